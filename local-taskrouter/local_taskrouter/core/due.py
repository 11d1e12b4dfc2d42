"""What happens when a timer runs out."""

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import Record, Reservation, Task
from local_taskrouter.core.reservations import time_out
from local_taskrouter.core.task_end import cancel_task, delete_task, remove_task
from local_taskrouter.core.workflow_walk import leave_step, retry
from local_taskrouter.rules.lifecycle import TASK_ENDED, TASK_WAITING

TTL_EXCEEDED = "Task TTL Exceeded"


def fire(engine: Engine, record: Record, field: str) -> None:
    """Act on `field` of `record`, whose moment is now."""
    match record, field:
        case Reservation(reservation_status="pending"), _:
            time_out(engine, record)
        case Task(), "expires_at" if record.assignment_status in TASK_WAITING:
            cancel_task(engine, record, TTL_EXCEEDED)
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
    """Five minutes after the end, or after a day of being assigned."""
    if task.assignment_status in TASK_ENDED:
        remove_task(engine, task)
    else:
        delete_task(engine, task, "task.system-deleted")
