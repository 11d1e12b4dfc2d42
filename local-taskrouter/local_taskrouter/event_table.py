"""The table of Events: compact rows, and statistics that SQLite counts from them.

A SID takes 16 bytes, a name in the data one or two characters, and a SID that has a column is not
repeated in the data. The numbers that statistics need have columns, so counting parses no JSON.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from local_taskrouter.core.records import Event
from local_taskrouter.core.window_statistics import Durations, Tallies, Tally, Window
from local_taskrouter.sids import operating_unit_sid

_SIDS = {
    "workspace_sid": "WS",
    "task_sid": "WT",
    "worker_sid": "WK",
    "workflow_sid": "WW",
    "task_queue_sid": "WQ",
    "reservation_sid": "WR",
    "task_channel_sid": "TC",
}
_COLUMN_OF = {name.removesuffix("_sid").replace("_", ""): name for name in _SIDS}
"""The column of the ResourceSid by the ResourceType, such as `taskqueue`."""
_NAMES = (
    *_SIDS,
    *("workspace_name", "activity_sid", "activity_name", "activity_available"),
    *("task_attributes", "task_age", "task_priority", "task_assignment_status", "task_version"),
    *("task_date_created", "task_channel_unique_name", "task_canceled_reason"),
    *("task_completed_reason", "task_queue_entered_date", "task_queue_name"),
    *("task_queue_target_expression", "previous_task_queue_sid", "workflow_name"),
    *("workflow_filter_name", "worker_name", "worker_attributes"),
    *("worker_activity_sid", "worker_activity_name", "worker_version", "reservation_version"),
    *("worker_previous_activity_sid", "worker_previous_activity_name"),
    *("worker_time_in_previous_activity", "worker_time_in_previous_activity_ms"),
    *("task_channel_name", "task_channel_optimized_routing", "worker_channel_available"),
    *("worker_channel_available_capacity", "worker_channel_previous_capacity"),
    *("reason", "operating_unit_sid", "known_worker_sid", "workflow_filter_expression"),
    *("workflow_filter_target_expression", "worker_channel_capacity"),
    *("worker_channel_task_count",),
)
"""Names in the data by their number in the rows: append only, or raise `database.VERSION`."""


class _Codes(dict[str, str]):
    """Names by number; one without a number is written out, after a dot."""

    def __missing__(self, name: str) -> str:
        return f".{name}"


_CODES = _Codes({name: f"{number:x}" for number, name in enumerate(_NAMES)})
_SID_CODES = [(name, _CODES[name]) for name in _SIDS]
_NAME_OF = {code: name for name, code in _CODES.items()}
_IN_COLUMN = 0
"""Stands for a SID that has a column, or follows from one."""

_COLUMNS = ("sid", "event_type", "at", *_SIDS, "left_sid", "began", "wait", "wait_in_queue", "body")
_ALL = ", ".join(_COLUMNS)
_INSERT = f"INSERT INTO events({_ALL}) VALUES ({', '.join('?' * len(_COLUMNS))})"
SCHEMA = f"""
CREATE TABLE events(
    id INTEGER PRIMARY KEY, sid BLOB NOT NULL, event_type TEXT NOT NULL, at REAL NOT NULL,
    {", ".join(f"{name} BLOB" for name in (*_SIDS, "left_sid"))},
    began REAL, wait INTEGER, wait_in_queue INTEGER, body TEXT NOT NULL
);
CREATE INDEX events_by_time ON events(workspace_sid, at);
CREATE UNIQUE INDEX events_by_sid ON events(sid);
"""
"""`left_sid` is the Activity that the Event ends a stay in, `began` is when it began, `wait` is a Task's age when it is accepted or canceled.
"""
NEWEST_FIRST = "ORDER BY at DESC, id DESC"
OLDEST_FIRST = "ORDER BY at, id"


def insert(db: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Insert Events. Raises ValueError for a SID without hexadecimal digits."""
    db.executemany(_INSERT, map(_row, events))


def delete(db: sqlite3.Connection, workspace_sid: str) -> None:
    """Delete the Events of a Workspace."""
    db.execute("DELETE FROM events WHERE workspace_sid = ?", (_packed(workspace_sid),))


class EventReader:
    """Reads one snapshot of the Events through `db`, a connection in a transaction.

    Conditions are SQL; they compare a SID with `sid_bytes(?)`.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.create_function("sid_bytes", 1, _packed, deterministic=True)

    def events(
        self, where: str = "1", values: Sequence[Any] = (), order: str = NEWEST_FIRST
    ) -> Iterator[Event]:
        """The Events that satisfy a condition; `order` is the SQL that orders and limits them."""
        query = f"SELECT {_ALL} FROM events WHERE {where} {order}"
        return map(_event, self._db.execute(query, values))

    def tallies(
        self,
        where: str,
        values: Sequence[Any],
        thresholds: Sequence[int] = (),
        by: str = "NULL",
    ) -> Mapping[str | None, Tallies]:
        """Count the Events that satisfy a condition by type, for each TaskQueue in the column `by`.

        The key of the counts of all together, without `by`, is None.
        """
        split = "".join(f", TOTAL(wait <= {int(each)})" for each in thresholds)
        waits, in_queue = (
            f"COUNT({name}), MIN({name}), MAX({name}), SUM({name})"
            for name in ("wait", "wait_in_queue")
        )
        rows = self._db.execute(
            f"SELECT {by}, event_type, COUNT(*), {waits}, {in_queue}{split} FROM events"
            f" WHERE {where} GROUP BY {by}, event_type",
            values,
        )
        found: dict[str | None, dict[str, Tally]] = {}
        for key, event_type, count, *rest in rows:
            found.setdefault(_sid("WQ", key), {})[event_type] = Tally(
                count, Durations.of(*rest[:4]), Durations.of(*rest[4:8]), tuple(map(int, rest[8:]))
            )
        return found

    def stays(self, where: str, values: Sequence[Any], window: Window) -> dict[str, Durations]:
        """The stays in Activities that ended with the Events that satisfy a condition.

        By the SID of the Activity; they are cut to the window.
        """
        rows = self._db.execute(
            "SELECT left_sid, COUNT(*), MIN(seconds), MAX(seconds), SUM(seconds) FROM"
            " (SELECT left_sid, MIN(at, ?) - MAX(began, ?) AS seconds FROM events"
            f" WHERE {where} AND began IS NOT NULL) WHERE seconds > 0 GROUP BY left_sid",
            (window.until, window.since, *values),
        )
        return {_sid("WA", sid) or "": Durations.of(*numbers) for sid, *numbers in rows}


def _row(event: Event) -> tuple[Any, ...]:
    data, event_type = event.data, event.event_type
    left = None
    if event.began is not None:
        left = data.get("worker_previous_activity_sid", data.get("worker_activity_sid"))
    wait = in_queue = None
    if event_type in ("reservation.accepted", "task.canceled"):
        wait = int(data["task_age"])
        # The data has the entry in whole seconds only, so the Task's age is the upper bound.
        entered = int(data.get("task_queue_entered_date", event.at))
        in_queue = min(wait, int(event.at - entered))
    slim: dict[str, str | int] = dict(
        zip(map(_CODES.__getitem__, data), data.values(), strict=True)
    )
    packed, in_column = [], _COLUMN_OF.get(event.resource_type)
    subject: str | int = event.resource_sid
    for name, code in _SID_CODES:
        sid = event.workspace_sid if name == "workspace_sid" else data.get(name)
        packed.append(_packed(sid))
        if code in slim and slim[code] == sid:
            slim[code] = _IN_COLUMN
        if name == in_column and subject == sid:
            subject = _IN_COLUMN
    for name, sid in _derived(event.workspace_sid).items():
        if data.get(name) == sid:
            slim[_CODES[name]] = _IN_COLUMN
    body = _dumps([event.resource_type, subject, event.description, slim])
    head = (_packed(event.sid), event_type, event.at)
    return (*head, *packed, _packed(left), event.began, wait, in_queue, body)


def _event(row: Sequence[Any]) -> Event:
    values = dict(zip(_COLUMNS, row, strict=True))
    keys = {name: _sid(prefix, values[name]) or "" for name, prefix in _SIDS.items()}
    resource_type, subject, description, slim = _loads(values["body"])
    if subject == _IN_COLUMN:
        subject = keys[_COLUMN_OF[resource_type]]
    keys |= _derived(keys["workspace_sid"])
    names = ((_NAME_OF.get(code) or code[1:], value) for code, value in slim.items())
    return Event(
        _sid("EV", values["sid"]) or "",
        keys["workspace_sid"],
        values["event_type"],
        values["at"],
        resource_type,
        subject,
        description,
        {name: keys[name] if value == _IN_COLUMN else value for name, value in names},
        values["began"],
    )


def _derived(workspace_sid: str) -> dict[str, str]:
    """The SIDs in the data that follow from those in the columns."""
    return {"operating_unit_sid": operating_unit_sid(workspace_sid)}


def _dumps(body: list[Any]) -> str:
    try:
        return orjson.dumps(body).decode()
    except TypeError:  # half of a surrogate pair
        return json.dumps(body)


def _loads(text: str) -> list[Any]:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


@lru_cache(maxsize=4_096)
def _packed(sid: str | None) -> bytes | None:
    """The 16 bytes of a SID. Raises ValueError if it is none."""
    return None if sid is None else bytes.fromhex(sid[2:])


def _sid(prefix: str, packed: bytes | None) -> str | None:
    return None if packed is None else prefix + packed.hex()
