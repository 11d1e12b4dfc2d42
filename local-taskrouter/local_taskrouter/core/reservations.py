"""Answer a Reservation or let it time out, with the effects on its Task and Worker.

https://www.twilio.com/docs/taskrouter/api/reservations
"""

from local_taskrouter.core.availability import move_worker
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import (
    Activity,
    Reservation,
    Task,
    TaskQueue,
    Worker,
    Workspace,
)
from local_taskrouter.core.task_end import (
    cancel_task,
    complete_task,
    end_reservations,
    end_transfer,
    move_reservation,
    wrap_up_task,
)
from local_taskrouter.core.transfers import fail_attempt
from local_taskrouter.core.workflow_walk import retry
from local_taskrouter.errors import BadRequest, Gone
from local_taskrouter.rules.lifecycle import RESERVATION, TASK, advance

MAX_ASSIGNMENTS = 1_000
KEPT_ASSIGNED = 86_400
"""Seconds after which a Task that is still assigned is deleted by the system."""
PAUSE = 5
"""Seconds a Task waits after its Reservation was canceled because no callback could be reached."""
TOO_MANY = "Task TTL Exceeded or Max assignment count exceeded"
ALL_COMPLETED = "All reservations were completed"


def accept(engine: Engine, reservation: Reservation) -> None:
    """Assign the Task to the Worker and rescind other Workers' pending Reservations.

    Raises BadRequest when the Reservation is not pending, Gone when it was rescinded.
    """
    _require_pending(reservation, "accepted")
    task = engine.store.require(Task, reservation.task_sid)
    engine.store.change(
        task,
        assignment_status=advance(TASK, task.assignment_status, "accept"),
        expires_at=None,
        step_until=None,
        remove_at=engine.now + KEPT_ASSIGNED,
        date_updated=engine.now,
        version=task.version + 1,
    )
    move_reservation(engine, reservation, "accept")
    end_reservations(engine, task, "rescind", ("pending",), but=reservation)
    end_transfer(engine, task, "complete")
    _assign(engine, task, reservation)


def reject(engine: Engine, reservation: Reservation, activity_sid: str | None = None) -> None:
    """Decline the Reservation, move the Worker to `activity_sid` if given, route the Task again.

    Raises BadRequest when the Reservation is not pending or the Activity is unknown.
    """
    _require_pending(reservation, "rejected")
    worker = engine.store.require(Worker, reservation.worker_sid)
    move_reservation(engine, reservation, "reject")
    _leave(engine, worker, reservation, activity_sid)
    release(engine, reservation)


def time_out(engine: Engine, reservation: Reservation) -> None:
    """Move the Worker to the Workspace's TimeoutActivity and route the Task again."""
    worker = engine.store.require(Worker, reservation.worker_sid)
    workspace = engine.store.require(Workspace, reservation.workspace_sid)
    move_reservation(engine, reservation, "time_out")
    move_worker(engine, worker, workspace.timeout_activity_sid)
    release(engine, reservation)


def cancel_unreachable(engine: Engine, reservation: Reservation) -> None:
    """Cancel a Reservation whose callback URLs are unreachable; the Task pauses before a retry."""
    if reservation.reservation_status != "pending":
        return
    task = engine.store.require(Task, reservation.task_sid)
    engine.store.change(task, held_until=engine.now + PAUSE)
    move_reservation(engine, reservation, "cancel")
    release(engine, reservation)


def wrap_up(engine: Engine, reservation: Reservation) -> None:
    """Move the Reservation to wrapping, and with the last one its Task.

    Raises IllegalTransition unless it is accepted.
    """
    advance(RESERVATION, reservation.reservation_status, "wrap_up")
    task = engine.store.require(Task, reservation.task_sid)
    if task.assignment_status == "assigned" and not _others(engine, reservation, "accepted"):
        wrap_up_task(engine, task, None)
    else:
        move_reservation(engine, reservation, "wrap_up")


def complete(engine: Engine, reservation: Reservation) -> None:
    """Complete the Reservation, and with the last one its Task.

    Raises IllegalTransition unless it is accepted or wrapping.
    """
    advance(RESERVATION, reservation.reservation_status, "complete")
    task = engine.store.require(Task, reservation.task_sid)
    is_taken = task.assignment_status in ("assigned", "wrapping")
    if is_taken and not _others(engine, reservation, "accepted", "wrapping"):
        complete_task(engine, task, ALL_COMPLETED)
        return
    move_reservation(engine, reservation, "complete")
    if task.assignment_status == "assigned" and not _others(engine, reservation, "accepted"):
        wrap_up_task(engine, task, None)


def release(engine: Engine, reservation: Reservation) -> None:
    """Route the Task again after a Reservation ended unaccepted, or cancel it after too many."""
    task = engine.store.require(Task, reservation.task_sid)
    if task.assignment_status != "reserved":
        return
    if not task.pending_reservations:
        if fail_attempt(engine, task, reservation):
            return
        engine.store.change(
            task,
            assignment_status=advance(TASK, "reserved", "release"),
            date_updated=engine.now,
            version=task.version + 1,
        )
        if task.transfer_sid is not None:
            emit(engine, "task.updated", task, f"Task {task.sid} updated")
        if task.assignment_count >= MAX_ASSIGNMENTS:
            cancel_task(engine, task, TOO_MANY)
            return
    retry(engine, task)


def check_activity(engine: Engine, workspace_sid: str, sid: str | None, parameter: str) -> None:
    """Raise BadRequest when `sid` is given and is not an Activity of the Workspace."""
    if sid is None:
        return
    activity = engine.store.get(Activity, sid)
    if activity is None or activity.workspace_sid != workspace_sid:
        raise BadRequest(f"{parameter} {sid} is not an Activity of Workspace {workspace_sid}")


def transition_error(reservation: Reservation, status: str) -> str:
    """Return Twilio's sentence for a Reservation that cannot get this status."""
    return (
        f"Reservation {reservation.sid} is already in state [{reservation.reservation_status}]"
        f" and cannot be updated to [{status}]"
    )


def _others(engine: Engine, reservation: Reservation, *statuses: str) -> bool:
    """Whether other Reservations of the Task have one of these statuses, as after a transfer."""
    return any(
        one is not reservation and one.reservation_status in statuses
        for one in engine.store.walk("reservations_of_task", reservation.task_sid)
    )


def _require_pending(reservation: Reservation, status: str) -> None:
    if reservation.reservation_status == "rescinded":
        raise Gone(f"{transition_error(reservation, status)}: another Worker accepted the Task")
    if reservation.reservation_status != "pending":
        raise BadRequest(transition_error(reservation, status))


def _assign(engine: Engine, task: Task, reservation: Reservation) -> None:
    """Move the Worker of a single-tasking Workspace to the TaskQueue's AssignmentActivity."""
    workspace = engine.store.require(Workspace, task.workspace_sid)
    queue = engine.store.get(TaskQueue, task.task_queue_sid)
    if not workspace.multi_task_enabled and queue and queue.assignment_activity_sid:
        worker = engine.store.require(Worker, reservation.worker_sid)
        move_worker(engine, worker, queue.assignment_activity_sid)


def _leave(
    engine: Engine, worker: Worker, reservation: Reservation, activity_sid: str | None
) -> None:
    """Move the Worker to `activity_sid`, or in a single-tasking Workspace back where it was."""
    workspace = engine.store.require(Workspace, reservation.workspace_sid)
    check_activity(engine, workspace.sid, activity_sid, "WorkerActivitySid")
    if activity_sid is not None:
        move_worker(engine, worker, activity_sid)
    elif not workspace.multi_task_enabled and engine.store.get(
        Activity, reservation.previous_activity_sid
    ):
        move_worker(engine, worker, reservation.previous_activity_sid)
