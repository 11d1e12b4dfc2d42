"""Run commands and timers: each at its moment, completely or not at all, until no Task can move."""

from collections.abc import Callable
from math import inf
from typing import TypeVar

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import Record, Reservation, Task
from local_taskrouter.core.reservations import time_out
from local_taskrouter.core.routing import offer_to_freed
from local_taskrouter.core.task_end import cancel_task, delete_task, remove_task
from local_taskrouter.core.workflow_walk import leave_step, retry
from local_taskrouter.rules.lifecycle import TASK_ENDED, TASK_WAITING

T = TypeVar("T")
TTL_EXCEEDED = "Task TTL Exceeded"


def run(engine: Engine, now: float, command: Callable[[Engine], T]) -> T:
    """Run `command` at the moment `now`, then reserve freed Workers for waiting Tasks.

    An exception undoes everything since the engine's last commit, and is raised again.
    """
    engine.now = now
    try:
        result = command(engine)
        offer_to_freed(engine)
    except BaseException:
        engine.undo()
        raise
    return result


def run_due(engine: Engine, now: float, most: float = inf, pause: bool = False) -> bool:
    """Fire timers that are due by `now`, earliest first, each at its own moment.

    Stops after `most` timers and, with `pause`, before the time moves on from a moment at which a
    callback was emitted. Returns whether no further timer is due. An exception undoes everything
    since the engine's last commit, and is raised again.
    """
    try:
        while (due := engine.timers.next_due()) is not None and due <= now:
            if most <= 0 or (pause and engine.callbacks and due > engine.now):
                return False
            most -= 1
            engine.now = max(engine.now, due)
            _fire(engine, *engine.timers.pop())
            offer_to_freed(engine)
    except BaseException:
        engine.undo()
        raise
    return True


def _fire(engine: Engine, record: Record, field: str) -> None:
    """Do what the timer `field` of `record` was set for."""
    match record, field:
        case Reservation(reservation_status="pending"), _:
            time_out(engine, record)
        case Task(), "expires_at" if record.assignment_status in TASK_WAITING:
            cancel_task(engine, record, TTL_EXCEEDED, description=TTL_EXCEEDED)
        case Task(), "step_until":
            engine.store.change(record, step_until=None)
            if record.assignment_status == "pending":
                leave_step(engine, record)
        case Task(), "held_until":
            engine.store.change(record, held_until=None)
            if record.assignment_status in TASK_WAITING:
                retry(engine, record)
        case Task(), "remove_at":
            _remove(engine, record)


def _remove(engine: Engine, task: Task) -> None:
    """Remove a Task some time after its end; delete one that has been assigned for a day."""
    if task.assignment_status in TASK_ENDED:
        remove_task(engine, task)
    else:
        delete_task(engine, task, "task.system-deleted")
