"""The messages about what a command changed, for the Workers that it concerns.

A message is `{"event_type": "reservation.created", "payload": {…}}`, with the state after the command.
"""

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from local_taskrouter.core.engine import Engine, Outcome
from local_taskrouter.core.records import Event, Record, Worker, WorkerChannel
from local_taskrouter.event_bridge.shapes import shape, task_of
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING

Push = tuple[str, str]
"""The SID of a Worker, and the message."""
_OF_WORKER = ("worker.activity.update", "worker.attributes.update")
_OF_CHANNEL = ("worker.capacity.update", "worker.channel.availability.update")
_OF_TRANSFER = "task.transfer-"
_OF_TASK = ("task.updated", "task.canceled", "task.completed", "task.wrapup")


def pushes(
    engine: Engine, account_sid: str, outcome: Outcome, follows: Callable[[str], bool]
) -> Iterator[Push]:
    """Yield the messages about an outcome, in the order of its Events.

    `follows` says whether anybody follows the Worker with a SID; others cost nothing.
    """
    for event in outcome.events:
        for worker_sid in filter(follows, _workers(engine, outcome, event)):
            record = _subject(engine, outcome, event)
            if record is not None:
                task = task_of(engine.store, outcome.removed, record)
                content = shape(engine.store, account_sid, engine.now, record, task)
                yield worker_sid, message(event.event_type, content)


def message(event_type: str, content: dict[str, Any]) -> str:
    """Return a message as it is sent."""
    return orjson.dumps({"event_type": event_type, "payload": content}).decode()


def _workers(engine: Engine, outcome: Outcome, event: Event) -> list[str]:
    """The SIDs of the Workers who learn of an Event."""
    kind = event.event_type
    if kind.startswith("reservation.") or kind in _OF_WORKER or kind in _OF_CHANNEL:
        return [event.data["worker_sid"]]
    if kind.startswith(_OF_TRANSFER):
        return [event.data["transfer_initiating_worker_sid"]]
    if kind not in _OF_TASK:
        return []
    found: dict[str, None] = {}
    for one in engine.store.walk("reservations_of_task", event.resource_sid):
        if one.reservation_status in RESERVATION_HOLDING or one.sid in outcome.changed:
            found[one.worker_sid] = None
    return list(found)


def _subject(engine: Engine, outcome: Outcome, event: Event) -> Record | None:
    """The record that a message shows: WorkerChannels and transfers have no Events of their own."""
    if event.event_type in _OF_CHANNEL:
        worker = engine.store.get(Worker, event.resource_sid)
        channels = engine.store.walk("channels_of_worker", worker.sid) if worker else ()
        return next((one for one in channels if _is_about(event, one)), None)
    sid = event.resource_sid
    if event.event_type.startswith(_OF_TRANSFER):
        sid = event.data["task_transfer_sid"]
    return engine.store.get(Record, sid) or outcome.removed.get(sid)


def _is_about(event: Event, channel: WorkerChannel) -> bool:
    return channel.task_channel_sid == event.data["task_channel_sid"]
