"""The state on disk: SQLite in WAL mode, one transaction for each command.

A transaction is committed before the HTTP response is sent, so a process that is killed loses no
acknowledged write. Events and deliveries are only here, not in memory.
"""

import gc
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import orjson

from local_taskrouter import delivery_table, event_table
from local_taskrouter.core.engine import Outcome
from local_taskrouter.core.records import KINDS, Event, Record, Workspace
from local_taskrouter.delivery_table import Delivery
from local_taskrouter.errors import TwilioError
from local_taskrouter.event_table import OLDEST_FIRST, EventReader

VERSION = 3
"""Of the tables and of what is in them; `PRAGMA user_version` has it. Raise it with each change."""
EVENTS_KEPT = 30 * 86_400
"""Seconds until an Event is deleted: https://www.twilio.com/docs/taskrouter/api/event"""

_TIDY_ROWS = 500
_TIDY_PAGES = 256
_SPARE_PAGES = 256
_LARGEST_WAL = 16 << 20
_FULL = 1 << 16
_SCHEMA = f"""
CREATE TABLE records(serial INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL);
{event_table.SCHEMA}
{delivery_table.SCHEMA}
"""
_ROWS = ("records", "deliveries", "settings")
"""The tables whose rows a dump has as they are; it has Events as objects."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class DatabaseFailure(TwilioError):
    """The database cannot be read or written; the message has the reason and what to do."""

    status = 503
    code = 20503


class UnreadableDatabase(DatabaseFailure):
    """The file is not a database that this version of the code can read."""


class Snapshot(EventReader):
    """One moment of the database, to read from."""

    def deliveries(self, state: str | None = None, **which: Any) -> list[Delivery]:
        """Call `delivery_table.select`."""
        return list(delivery_table.select(self._db, state, **which))

    def newest_deliveries(self, workspace_sid: str, most: int) -> list[Delivery]:
        """Call `delivery_table.select_newest`."""
        return delivery_table.select_newest(self._db, workspace_sid, most)

    def dump(self) -> dict[str, Any]:
        """The version, and every row of every table, by table; Events are objects."""
        tables: dict[str, Any] = {
            table: [list(row) for row in self._db.execute(f"SELECT * FROM {table}")]
            for table in _ROWS
        }
        return {
            "version": VERSION,
            **tables,
            "events": [vars(event) for event in self.events(order=OLDEST_FIRST)],
        }


class Database:
    """One SQLite file. The caller serializes access, except for `snapshot` of a file.

    `has_file` is False for ":memory:". Raises DatabaseFailure.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = path
        self.has_file = path != ":memory:"
        with self._described():
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            try:
                self._open()
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def records(self) -> Iterator[Record]:
        """Every record, in order of creation. Raises ValueError or TypeError for one that is not."""
        names = {kind: {field.name for field in fields(cls)} for kind, cls in KINDS.items()}
        for kind, body in self._db.execute("SELECT kind, body FROM records ORDER BY serial"):
            if kind not in KINDS:
                raise ValueError(f"it has a record of the unknown kind {kind}")
            values = orjson.loads(body)
            if not values.keys() <= names[kind]:
                values = {name: values[name] for name in values.keys() & names[kind]}
            yield KINDS[kind](**values)

    def write(self, outcome: Outcome) -> list[Delivery]:
        """Write the outcome of a command in one transaction; return the callbacks to deliver."""
        with self._transaction():
            if outcome.changed:
                self._db.executemany(
                    "INSERT OR REPLACE INTO records VALUES (?, ?, ?)",
                    map(_row, outcome.changed.values()),
                )
            if outcome.removed:
                self._delete(outcome.removed.values())
            if outcome.events:
                event_table.insert(self._db, outcome.events)
            return [delivery_table.insert(self._db, each) for each in outcome.callbacks]

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Read one moment of the database.

        A separate connection reads a file, so it needs no lock and sees complete transactions only.
        """
        with self._described():
            if not self.has_file:
                yield Snapshot(self._db)
                return
            db = sqlite3.connect(self._path, isolation_level=None)
            try:
                db.execute("BEGIN")
                yield Snapshot(db)
            finally:
                db.close()

    def tidy(self, before: float) -> bool:
        """Delete some Events older than a moment (seconds since 1970), give back some free space.

        Takes a few milliseconds. Returns whether there is more to do.
        """
        with self._transaction():
            oldest = f"SELECT id FROM events ORDER BY id LIMIT {_TIDY_ROWS}"
            deleted = self._db.execute(
                f"DELETE FROM events WHERE id <= (SELECT MAX(id) FROM ({oldest})) AND at < ?",
                (before,),
            ).rowcount
        with self._described():
            (free,) = self._db.execute("PRAGMA freelist_count").fetchone()
            if free > _SPARE_PAGES:
                self._db.execute(f"PRAGMA incremental_vacuum({_TIDY_PAGES})").fetchall()
        return deleted == _TIDY_ROWS or free > _SPARE_PAGES

    def delivery(self, number: int) -> Delivery | None:
        """The delivery with this number, or None."""
        return next(delivery_table.select(self._db, after=number - 1, most=1), None)

    def save_delivery(self, delivery: Delivery) -> None:
        """Update a delivery, unless it has been deleted."""
        with self._described():
            delivery_table.save(self._db, delivery)

    def setting(self, name: str) -> str | None:
        """The value of a setting, or None."""
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def save_settings(self, **values: str | None) -> None:
        """Save settings by name, in one transaction; None deletes one."""
        with self._transaction():
            for name, value in values.items():
                self._db.execute("DELETE FROM settings WHERE name = ?", (name,))
                if value is not None:
                    self._db.execute("INSERT INTO settings VALUES (?, ?)", (name, value))

    def count_start(self) -> int:
        """How often this state was loaded with a seed for SIDs, before this time."""
        with self._described():
            (count,) = self._db.execute(
                "INSERT INTO settings VALUES ('starts', '1') ON CONFLICT (name)"
                " DO UPDATE SET value = value + 1 RETURNING value"
            ).fetchone()
        return int(count) - 1

    @contextmanager
    def restored(self, state: Mapping[str, Any]) -> Iterator[None]:
        """Replace all rows by those of a `dump`; commit if the `with` block raises nothing.

        Raises ValueError, and changes nothing, if `state` is not a dump or the block cannot read it.
        """
        if not isinstance(state, Mapping) or "version" not in state:
            raise ValueError("this is not an exported state: it has no version of the tables")
        if (version := state.get("version")) != VERSION:
            raise ValueError(
                f"this state has version {version} of the tables, this local-taskrouter reads version"
                f" {VERSION}"
            )
        try:
            with self._transaction():
                self._delete_all()
                for table in _ROWS:
                    for row in state[table]:
                        places = ", ".join("?" * len(row))
                        self._db.execute(f"INSERT INTO {table} VALUES ({places})", row)
                event_table.insert(self._db, (Event(**each) for each in state["events"]))
                yield
        except (KeyError, TypeError, AttributeError, ValueError, sqlite3.Error) as error:
            raise ValueError(f"this is not an exported state: {error}") from error

    def clear(self) -> None:
        """Delete everything."""
        with self._transaction():
            self._delete_all()

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Raise UnreadableDatabase if the `with` block cannot use what is in the database."""
        gc.disable()  # it would look through all the new records again and again
        try:
            with self._described():
                yield
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self._unreadable(str(error)) from error
        finally:
            gc.enable()

    def _open(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (tables,) = self._db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        if tables and version != VERSION:
            raise self._unreadable(
                f"it has version {version} of the tables, this local-taskrouter reads version"
                f" {VERSION}",
                "Update local-taskrouter. " if version > VERSION else "",
            )
        self._db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(f"PRAGMA journal_size_limit = {_LARGEST_WAL}")
        if not tables:
            self._db.executescript(f"BEGIN;{_SCHEMA};PRAGMA user_version = {VERSION};COMMIT")

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._db, self._failure)

    @contextmanager
    def _described(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as fault:
            raise self._failure(fault) from fault

    def _failure(self, fault: sqlite3.Error) -> Exception:
        """The DatabaseFailure for what the disk or the file caused, else the fault itself."""
        code = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DAMAGED:
            return self._unreadable(str(fault))
        if not isinstance(fault, sqlite3.OperationalError) or code == sqlite3.SQLITE_ERROR:
            return fault
        if code == sqlite3.SQLITE_FULL or self._disk_is_full():
            return DatabaseFailure(
                f"The disk is full, so nothing was changed in {self._path}. Free some space and try"
                " again."
            )
        return DatabaseFailure(
            f"The database {self._path} cannot be used ({fault}). Check that you can write to its"
            " folder, or set TASKROUTER_HOME to another one."
        )

    def _unreadable(self, reason: str, hint: str = "") -> UnreadableDatabase:
        return UnreadableDatabase(
            f"The database {self._path} cannot be read: {reason}. {hint}`python -m local_taskrouter"
            f' reset --home "{Path(self._path).parent}"` deletes every Workspace in it.'
        )

    def _disk_is_full(self) -> bool:
        try:
            return shutil.disk_usage(Path(self._path).parent).free < _FULL
        except OSError:
            return False

    def _delete_all(self) -> None:
        for table in (*_ROWS, "events"):
            self._db.execute(f"DELETE FROM {table}")

    def _delete(self, records: Iterable[Record]) -> None:
        """Delete records, and the Events and deliveries of each Workspace among them."""
        self._db.executemany(
            "DELETE FROM records WHERE serial = ?", [(record.serial,) for record in records]
        )
        for record in records:
            if isinstance(record, Workspace):
                event_table.delete(self._db, record.sid)
                self._db.execute("DELETE FROM deliveries WHERE workspace_sid = ?", (record.sid,))


def _row(record: Record) -> tuple[int, str, str]:
    return record.serial, type(record).__name__, orjson.dumps(vars(record)).decode()


class _Transaction:
    def __init__(
        self, db: sqlite3.Connection, failure: Callable[[sqlite3.Error], Exception]
    ) -> None:
        self._db, self._failure = db, failure

    def __enter__(self) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as fault:
            raise self._failure(fault) from fault

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        try:
            if error is None:
                self._db.execute("COMMIT")
        except sqlite3.Error as fault:
            error = fault
        if self._db.in_transaction:  # SQLite ends it itself after some errors
            self._db.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            raise self._failure(error) from error
