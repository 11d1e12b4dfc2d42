"""The state on disk: SQLite in WAL mode, one transaction for each command.

A transaction is committed before the HTTP response is sent, so a process that is killed loses no
acknowledged write. Events and deliveries are only here, not in memory.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from local_taskrouter.core.engine import Outcome
from local_taskrouter.core.records import KINDS, Callback, Event, Record

EVENT_KEYS = (
    "task_sid",
    "worker_sid",
    "workflow_sid",
    "task_queue_sid",
    "reservation_sid",
    "task_channel_sid",
)
EVENTS_KEPT = 30 * 86_400
"""Seconds until an Event is deleted: https://www.twilio.com/docs/taskrouter/api/event"""

NEWEST_FIRST = "ORDER BY at DESC, id DESC"
OLDEST_FIRST = "ORDER BY at, id"

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS records(
    sid TEXT PRIMARY KEY, kind TEXT NOT NULL, serial INTEGER NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events(
    id INTEGER PRIMARY KEY, sid TEXT NOT NULL, workspace_sid TEXT NOT NULL,
    event_type TEXT NOT NULL, at REAL NOT NULL,
    {", ".join(f"{key} TEXT" for key in EVENT_KEYS)}, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS events_by_time ON events(workspace_sid, at);
CREATE UNIQUE INDEX IF NOT EXISTS events_by_sid ON events(sid);
CREATE TABLE IF NOT EXISTS deliveries(
    id INTEGER PRIMARY KEY, state TEXT NOT NULL, workspace_sid TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_by_state ON deliveries(state);
CREATE TABLE IF NOT EXISTS settings(name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_TABLES = ("records", "events", "deliveries", "settings")
_INSERT_EVENT = (
    f"INSERT INTO events(sid, workspace_sid, event_type, at, {', '.join(EVENT_KEYS)}, body)"
    f" VALUES ({', '.join('?' * (5 + len(EVENT_KEYS)))})"
)


@dataclass
class Delivery:
    """A callback: `state` is due, done or failed; `attempts` are the requests and responses."""

    id: int
    state: str
    callback: Callback
    attempts: list[dict[str, Any]] = field(default_factory=list)


class Database:
    """One SQLite file. The caller serializes access, except for `events` of a file.

    `has_file` is False for ":memory:".
    """

    def __init__(self, path: str | Path) -> None:
        self._path = path
        self.has_file = path != ":memory:"
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def records(self) -> Iterator[Record]:
        """Every record, in order of creation."""
        rows = self._db.execute("SELECT kind, body FROM records ORDER BY serial")
        for kind, body in rows:
            names = {field.name for field in fields(KINDS[kind])}
            values = json.loads(body).items()
            yield KINDS[kind](**{name: value for name, value in values if name in names})

    def write(self, outcome: Outcome) -> list[Delivery]:
        """Write the outcome of a command in one transaction; return the callbacks to deliver."""
        with self._transaction():
            for sid, record in outcome.changed.items():
                self._write_record(sid, record)
            if outcome.events:
                self._db.executemany(_INSERT_EVENT, map(_event_row, outcome.events))
            return [self._add_delivery(callback) for callback in outcome.callbacks]

    def events(self, where: str, values: Sequence[Any], order: str = NEWEST_FIRST) -> list[Event]:
        """The Events that satisfy an SQL condition; `order` is the SQL that orders and limits them.

        A separate connection reads a file, so it needs no lock and sees complete transactions only.
        """
        query = f"SELECT body FROM events WHERE {where} {order}"
        db = sqlite3.connect(self._path) if self.has_file else self._db
        try:
            return [Event(**json.loads(body)) for (body,) in db.execute(query, values)]
        finally:
            if db is not self._db:
                db.close()

    def delete_events(self, before: float) -> None:
        """Delete the Events older than a moment (seconds since 1970)."""
        self._db.execute("DELETE FROM events WHERE at < ?", (before,))

    def deliveries(self, state: str | None = None) -> list[Delivery]:
        """All deliveries, oldest first, or those in one state."""
        query = "SELECT id, state, body FROM deliveries"
        rows = self._db.execute(
            f"{query} WHERE state = ? ORDER BY id" if state else f"{query} ORDER BY id",
            (state,) if state else (),
        )
        return [_delivery(*row) for row in rows]

    def delivery(self, number: int) -> Delivery | None:
        """The delivery with this number, or None."""
        query = "SELECT id, state, body FROM deliveries WHERE id = ?"
        row = self._db.execute(query, (number,)).fetchone()
        return _delivery(*row) if row else None

    def save_delivery(self, delivery: Delivery) -> None:
        """Update a delivery, unless it has been deleted."""
        self._db.execute(
            "UPDATE deliveries SET state = ?, body = ? WHERE id = ? AND workspace_sid = ?",
            (
                delivery.state,
                _delivery_body(delivery),
                delivery.id,  # which a delivery of another Workspace may have by now
                delivery.callback.workspace_sid,
            ),
        )

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

    def dump(self) -> dict[str, Any]:
        """Every row of every table, by table."""
        return {
            table: [list(row) for row in self._db.execute(f"SELECT * FROM {table}")]
            for table in _TABLES
        }

    @contextmanager
    def restored(self, state: dict[str, Any]) -> Iterator[None]:
        """Replace all rows by those of a `dump`; commit if the `with` block raises nothing.

        Raises ValueError, and changes nothing, if `state` is not a dump or the block cannot read it.
        """
        try:
            with self._transaction():
                for table in _TABLES:
                    self._db.execute(f"DELETE FROM {table}")
                    for row in state[table]:
                        places = ", ".join("?" * len(row))
                        self._db.execute(f"INSERT INTO {table} VALUES ({places})", row)
                yield
        except (KeyError, TypeError, ValueError, sqlite3.Error) as error:
            raise ValueError(f"this is not an exported state: {error}") from error

    def clear(self) -> None:
        """Delete everything."""
        with self._transaction():
            for table in _TABLES:
                self._db.execute(f"DELETE FROM {table}")

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._db)

    def _write_record(self, sid: str, record: Record | None) -> None:
        if record is not None:
            self._db.execute(
                "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)",
                (sid, type(record).__name__, record.serial, json.dumps(vars(record))),
            )
            return
        self._db.execute("DELETE FROM records WHERE sid = ?", (sid,))
        if sid.startswith("WS"):
            self._db.execute("DELETE FROM events WHERE workspace_sid = ?", (sid,))
            self._db.execute("DELETE FROM deliveries WHERE workspace_sid = ?", (sid,))

    def _add_delivery(self, callback: Callback) -> Delivery:
        delivery = Delivery(0, "due", callback)
        cursor = self._db.execute(
            "INSERT INTO deliveries(state, workspace_sid, body) VALUES (?, ?, ?)",
            ("due", callback.workspace_sid, _delivery_body(delivery)),
        )
        assert cursor.lastrowid is not None
        delivery.id = cursor.lastrowid
        return delivery


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def _event_row(event: Event) -> tuple[Any, ...]:
    keys = [event.data.get(key) for key in EVENT_KEYS]
    head = (event.sid, event.workspace_sid, event.event_type, event.at)
    return (*head, *keys, json.dumps(vars(event)))


def _delivery_body(delivery: Delivery) -> str:
    return json.dumps({"callback": asdict(delivery.callback), "attempts": delivery.attempts})


def _delivery(number: int, state: str, body: str) -> Delivery:
    parts = json.loads(body)
    return Delivery(number, state, Callback(**parts["callback"]), parts["attempts"])
