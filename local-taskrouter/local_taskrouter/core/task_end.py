"""End Tasks (cancel, complete, delete), their Reservations and their transfers.

https://www.twilio.com/docs/taskrouter/lifecycle-task-state
"""

import json

from local_taskrouter.core.availability import begin_idle, free_if_load_is_read, move_worker
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import (
    Activity,
    Reservation,
    Task,
    TaskQueue,
    Transfer,
    Worker,
    Workspace,
)
from local_taskrouter.rules.lifecycle import RESERVATION, TASK, TRANSFER, advance

KEPT_AFTER_END = 300
"""Seconds that a canceled or completed Task can still be read."""

_EVENT = {
    "accept": "reservation.accepted",
    "reject": "reservation.rejected",
    "time_out": "reservation.timeout",
    "cancel": "reservation.canceled",
    "rescind": "reservation.rescinded",
    "wrap_up": "reservation.wrapup",
    "complete": "reservation.completed",
}
_TRANSFER_EVENT = {
    "complete": "task.transfer-completed",
    "fail": "task.transfer-failed",
    "cancel": "task.transfer-canceled",
}
_FREES = frozenset({"reject", "time_out", "cancel", "rescind", "complete"})


def cancel_task(
    engine: Engine, task: Task, reason: str | None, description: str | None = None
) -> None:
    """Cancel a pending or reserved Task; its pending Reservations are canceled with it.

    Those of Workers who were transferring it are completed.

    `description` is the Event's, if it is not just that the Task is canceled. Raises IllegalTransition in any other status.
    """
    _end(engine, task, "cancel", reason)
    end_transfer(engine, task, "fail", "Transfer failed because the task was canceled")
    end_reservations(engine, task, "cancel", ("pending",))
    end_reservations(engine, task, "complete", ("accepted", "wrapping"))
    emit(engine, "task.canceled", task, description or f"Task {task.sid} canceled")


def complete_task(engine: Engine, task: Task, reason: str | None) -> None:
    """Complete an assigned or wrapping Task, and its Reservation.

    Raises IllegalTransition in any other status.
    """
    _end(engine, task, "complete", reason)
    emit(engine, "task.completed", task, f"Task {task.sid} completed")
    end_reservations(engine, task, "complete", ("accepted", "wrapping"))


def wrap_up_task(engine: Engine, task: Task, reason: str | None) -> None:
    """Move an assigned Task and its Reservation to wrapping: the Worker stays occupied."""
    engine.store.change(
        task,
        assignment_status=advance(TASK, task.assignment_status, "wrap_up"),
        reason=reason if reason is not None else task.reason,
        date_updated=engine.now,
        version=task.version + 1,
    )
    end_reservations(engine, task, "wrap_up", ("accepted",))
    emit(engine, "task.wrapup", task, f"Task {task.sid} is in wrap-up")


def delete_task(engine: Engine, task: Task, event_type: str = "task.deleted") -> None:
    """Delete a Task in any status; cancel its pending Reservations, complete the accepted ones."""
    end_transfer(engine, task, "fail", "Transfer failed because the task was deleted")
    end_reservations(engine, task, "cancel", ("pending",))
    end_reservations(engine, task, "complete", ("accepted", "wrapping"))
    emit(engine, event_type, task, f"Task {task.sid} deleted")
    remove_task(engine, task)


def remove_task(engine: Engine, task: Task) -> None:
    """Remove a Task with its Reservations and transfers, as TaskRouter does some time after its end."""
    for index in ("reservations_of_task", "transfers_of_task"):
        for record in engine.store.find(index, task.sid):
            engine.store.remove(record)
    engine.store.remove(task)


def end_transfer(engine: Engine, task: Task, trigger: str, reason: str | None = None) -> None:
    """Apply `trigger` to the Task's transfer if one is going on: "complete", "fail" or "cancel".

    The caller gives the Task to a Worker, or routes it.
    """
    transfer = engine.store.get(Transfer, task.transfer_sid)
    if transfer is None:
        return
    engine.store.change(
        transfer,
        transfer_status=advance(TRANSFER, transfer.transfer_status, trigger),
        transfer_failed_reason=reason,
        date_updated=engine.now,
    )
    emit(
        engine,
        _TRANSFER_EVENT[trigger],
        task,
        f"Transfer {transfer.sid} of Task {task.sid} {transfer.transfer_status}",
    )
    engine.store.change(task, transfer_sid=None)


def end_reservations(
    engine: Engine,
    task: Task,
    trigger: str,
    statuses: tuple[str, ...],
    but: Reservation | None = None,
) -> None:
    """Apply `trigger` to all Reservations of the Task with one of `statuses`, except `but`."""
    for reservation in engine.store.find("reservations_of_task", task.sid):
        if reservation.reservation_status in statuses and reservation is not but:
            move_reservation(engine, reservation, trigger)


def move_reservation(engine: Engine, reservation: Reservation, trigger: str) -> None:
    """Apply `trigger` to a Reservation, and free its Worker if that ends it.

    Raises IllegalTransition. Updates the Task's count of pending Reservations; the caller updates
    the Task's status.
    """
    store = engine.store
    before = reservation.reservation_status
    store.change(
        reservation,
        reservation_status=advance(RESERVATION, reservation.reservation_status, trigger),
        expires_at=None,
        date_updated=engine.now,
        version=reservation.version + 1,
    )
    task = store.require(Task, reservation.task_sid)
    if before == "pending":
        store.change(task, pending_reservations=task.pending_reservations - 1)
    emit(
        engine,
        _EVENT[trigger],
        reservation,
        f"Reservation {reservation.sid} {reservation.reservation_status}",
    )
    worker = store.get(Worker, reservation.worker_sid)
    if worker is None:
        return
    if before == "accepted":
        _begin_post_work(engine, worker, reservation)
    if trigger not in _FREES:
        free_if_load_is_read(engine, worker)
    else:
        begin_idle(engine, worker, reservation)
        engine.free(worker)
        if trigger in ("cancel", "rescind"):
            _return(engine, worker, reservation)


def _begin_post_work(engine: Engine, worker: Worker, reservation: Reservation) -> None:
    """Move the Worker to the Activity that `dequeue` or `conference` named, if it still exists.

    That of `conference` counts in single-tasking Workspaces only:
    https://www.twilio.com/docs/taskrouter/api/reservations#conference
    """
    instruction = json.loads(reservation.instruction or "{}")
    sid = instruction.get("post_work_activity_sid")
    workspace = engine.store.require(Workspace, reservation.workspace_sid)
    if instruction.get("instruction") == "conference" and workspace.multi_task_enabled:
        return
    if sid and engine.store.get(Activity, sid) is not None:
        move_worker(engine, worker, sid)


def _return(engine: Engine, worker: Worker, reservation: Reservation) -> None:
    """Move the Worker of a single-tasking Workspace back to the Activity before the Reservation."""
    queue = engine.store.get(TaskQueue, reservation.task_queue_sid)
    workspace = engine.store.require(Workspace, reservation.workspace_sid)
    if workspace.multi_task_enabled or queue is None:
        return
    previous = engine.store.get(Activity, reservation.previous_activity_sid)
    if worker.activity_sid == queue.reservation_activity_sid and previous is not None:
        move_worker(engine, worker, previous.sid)


def _end(engine: Engine, task: Task, trigger: str, reason: str | None) -> None:
    engine.store.change(
        task,
        assignment_status=advance(TASK, task.assignment_status, trigger),
        reason=reason if reason is not None else task.reason,
        expires_at=None,
        step_until=None,
        held_until=None,
        remove_at=engine.now + KEPT_AFTER_END,
        date_updated=engine.now,
        version=task.version + 1,
    )
