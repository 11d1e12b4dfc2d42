"""The table of deliveries: the callbacks to send, and the latest that were sent."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from local_taskrouter.core.records import Callback

_FIELD = "json_extract(body, '$.callback.{}')"
KEPT = 10_000
"""How many deliveries are kept; those that are due are always kept."""
SCHEMA = """
CREATE TABLE deliveries(
    id INTEGER PRIMARY KEY, state TEXT NOT NULL, workspace_sid TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX deliveries_by_state ON deliveries(state);
"""


@dataclass(frozen=True)
class Attempt:
    """One POST to one URL, and the response.

    `reached` is True if a complete response came in time; `alert` is the code and the description
    of what is wrong with the response, None if it can be used. `signature` is the header
    X-Twilio-Signature; it is empty if a fault took the place of the request.
    """

    url: str
    reached: bool
    status: int | None = None
    body: str = ""
    alert: tuple[int, str] | None = None
    answer: dict[str, Any] | None = None
    seconds: float = 0.0
    signature: str = ""


@dataclass
class Delivery:
    """A callback: `state` is due, done or failed; `attempts` are the requests and responses."""

    id: int
    state: str
    callback: Callback
    attempts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What it delivers: an "assignment" or an "event"."""
        return "assignment" if self.callback.reservation_sid else "event"


def check_kind(kind: str | None) -> None:
    """Raise ValueError if there are no deliveries of this kind; None stands for all."""
    if kind not in (None, "assignment", "event"):
        raise ValueError(f"kind is assignment or event, not {str(kind)[:99]}; without kind, both")


def insert(db: sqlite3.Connection, callback: Callback) -> Delivery:
    """Insert a callback to deliver, and delete the oldest deliveries."""
    delivery = Delivery(0, "due", callback)
    cursor = db.execute(
        "INSERT INTO deliveries(state, workspace_sid, body) VALUES (?, ?, ?)",
        ("due", callback.workspace_sid, _body(delivery)),
    )
    assert cursor.lastrowid is not None
    delivery.id = cursor.lastrowid
    db.execute(
        "DELETE FROM deliveries WHERE id <= ? AND state IN ('done', 'failed')",  # uses the index
        (delivery.id - KEPT,),
    )
    return delivery


def save(db: sqlite3.Connection, delivery: Delivery) -> None:
    """Update a delivery, unless it has been deleted."""
    db.execute(
        "UPDATE deliveries SET state = ?, body = ? WHERE id = ? AND workspace_sid = ?",
        (
            delivery.state,
            _body(delivery),
            delivery.id,  # which a delivery of another Workspace may have by now
            delivery.callback.workspace_sid,
        ),
    )


def select(
    db: sqlite3.Connection,
    state: str | None = None,
    after: int = 0,
    most: int = -1,
    kind: str | None = None,
    task: str | None = None,
) -> Iterator[Delivery]:
    """At most `most` deliveries (-1: all), oldest first, from the one after the number `after`.

    Those in a state, of a kind ("assignment" or "event") and about the Task with a SID; None: all.
    """
    where: dict[str, str | int] = {"id > ?": after}
    if state is not None:
        where["state = ?"] = state
    if kind is not None:
        where[f"({_FIELD.format('reservation_sid')} != '') = ?"] = kind == "assignment"
    if task is not None:
        where[f"{_FIELD.format('parameters.TaskSid')} = ?"] = task
    query = (
        f"SELECT id, state, body FROM deliveries WHERE {' AND '.join(where)} ORDER BY id LIMIT ?"
    )
    yield from (_parse(*row) for row in db.execute(query, (*where.values(), most)))


def select_newest(db: sqlite3.Connection, workspace_sid: str, most: int) -> list[Delivery]:
    """The newest deliveries of a Workspace, newest first."""
    query = (
        "SELECT id, state, body FROM deliveries WHERE workspace_sid = ? ORDER BY id DESC LIMIT ?"
    )
    return [_parse(*row) for row in db.execute(query, (workspace_sid, most))]


def _parse(number: int, state: str, body: str) -> Delivery:
    parts = json.loads(body)
    return Delivery(number, state, Callback(**parts["callback"]), parts["attempts"])


def _body(delivery: Delivery) -> str:
    return json.dumps({"callback": asdict(delivery.callback), "attempts": delivery.attempts})
