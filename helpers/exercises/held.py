"""The Reservations that keep a Worker busy."""

from typing import Any

from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING

from helpers.lessons.workspace import PreparedWorkspace


def held_by(lab: PreparedWorkspace, worker_sid: str, queue_sid: str) -> list[tuple[Any, Any]]:
    """The (Reservation, Task) pairs that a Worker holds from one TaskQueue, oldest first."""
    pairs = [
        (one, lab.workspace.tasks(one.task_sid).fetch())
        for one in lab.workspace.workers(worker_sid).reservations.list()
        if one.reservation_status in RESERVATION_HOLDING
    ]
    return [(one, task) for one, task in pairs if task.task_queue_sid == queue_sid]
