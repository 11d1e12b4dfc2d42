"""Transfer a Task from the Worker who accepted it to another Worker or to a TaskQueue.

The REST API has no transfers, the JavaScript SDK has: https://twilio.github.io/twilio-taskrouter.js/Task.html
After a WARM transfer both Workers hold the Task; a COLD one takes the first Worker's Reservation to
wrapping at once. Meanwhile the Task waits for a Worker. If none accepts it, it returns to the first one.
"""

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import Activity, Reservation, Task, TaskQueue, Transfer, Worker
from local_taskrouter.core.reserve import reserve
from local_taskrouter.core.routing import seek_workers
from local_taskrouter.core.task_end import end_reservations, end_transfer, move_reservation
from local_taskrouter.core.workflow_walk import enter_queue, retry
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.lifecycle import TASK, TASK_IN_TRANSFER, advance

WARM, COLD = MODES = ("WARM", "COLD")
_HOW = {"rejected": "was rejected", "timeout": "timed out", "canceled": "was canceled"}


def start_transfer(
    engine: Engine,
    reservation: Reservation,
    to: Worker | TaskQueue,
    mode: str = WARM,
    priority: int | None = None,
    attributes: str | None = None,
) -> Transfer:
    """Transfer the Task of an accepted Reservation; return the transfer, which may still fail.

    A Worker is reserved at once, a TaskQueue's Workers as for any Task in it. `priority` and
    `attributes` (JSON text) replace the Task's. Raises BadRequest, and changes nothing, when the
    Reservation is not accepted, the Task is being transferred, or the Worker cannot take it.
    """
    store = engine.store
    task = store.require(Task, reservation.task_sid)
    _require_assigned(reservation, task)
    if isinstance(to, Worker):
        _require_taker(engine, task, to)
    transfer = store.add(
        Transfer(
            sid=engine.sid(Transfer),
            workspace_sid=task.workspace_sid,
            date_created=engine.now,
            date_updated=engine.now,
            task_sid=task.sid,
            initiating_reservation_sid=reservation.sid,
            initiating_worker_sid=reservation.worker_sid,
            initiating_queue_sid=task.task_queue_sid,
            initiating_workflow_sid=task.workflow_sid,
            transfer_to=to.sid,
            transfer_mode=mode,
        )
    )
    _release(engine, task, transfer, to, priority, attributes)
    if mode == COLD:
        move_reservation(engine, reservation, "wrap_up")
    if isinstance(to, Worker):
        reserve(engine, task, to)
    else:
        enter_queue(engine, task, to)
        seek_workers(engine, task)
    return transfer


def cancel_transfer(engine: Engine, transfer: Transfer) -> None:
    """Cancel a transfer that no Worker has accepted. Raises BadRequest when it has ended."""
    if transfer.transfer_status != "initiated":
        raise BadRequest(
            f"Transfer {transfer.sid} is already {transfer.transfer_status} . Cannot cancel transfer."
        )
    task = engine.store.require(Task, transfer.task_sid)
    end_transfer(engine, task, "cancel")
    end_reservations(engine, task, "cancel", ("pending",))
    _give_back(engine, task, transfer)


def fail_attempt(engine: Engine, task: Task, reservation: Reservation) -> bool:
    """Go on after the last pending Reservation of a Task ended unaccepted, if the Task is transferred.

    A transfer to a Worker has failed then, and the Task is given back; returns whether it is. One to a
    TaskQueue goes on.
    """
    transfer = engine.store.get(Transfer, task.transfer_sid)
    if transfer is None:
        return False
    how = f"failed because the reservation {_HOW[reservation.reservation_status]}"
    if transfer.transfer_type == "WORKER":
        end_transfer(engine, task, "fail", f"Transfer {how}")
        _give_back(engine, task, transfer)
        return True
    reason = f"Transfer attempt {how}"
    engine.store.change(transfer, transfer_failed_reason=reason, date_updated=engine.now)
    failed = f"Transfer {transfer.sid} of Task {task.sid} failed to reach {reservation.worker_name}"
    emit(engine, "task.transfer-attempt-failed", task, failed)
    return False


def _release(
    engine: Engine,
    task: Task,
    transfer: Transfer,
    to: Worker | TaskQueue,
    priority: int | None,
    attributes: str | None,
) -> None:
    """Let the Task wait outside its Workflow, for `to`."""
    before = (task.priority, task.attributes)
    engine.store.change(
        task,
        assignment_status=advance(TASK_IN_TRANSFER, task.assignment_status, "transfer"),
        transfer_sid=transfer.sid,
        routing_target=to.sid,
        step=None,
        configuration=None,
        priority=task.priority if priority is None else priority,
        attributes=task.attributes if attributes is None else attributes,
        date_updated=engine.now,
        version=task.version + 1,
    )
    initiated = f"Transfer {transfer.sid} of Task {task.sid} to {to.friendly_name} initiated"
    emit(engine, "task.transfer-initiated", task, initiated)
    if before != (task.priority, task.attributes):
        emit(engine, "task.updated", task, f"Task {task.sid} updated")


def _require_assigned(reservation: Reservation, task: Task) -> None:
    if task.transfer_sid is not None:
        raise BadRequest(
            f"Task {task.sid} is already being transferred: cancel Transfer {task.transfer_sid} first"
        )
    if reservation.reservation_status != "accepted" or task.assignment_status != "assigned":
        raise BadRequest(
            f"Reservation {reservation.sid} is {reservation.reservation_status}: only an accepted"
            " Reservation's Task can be transferred"
        )


def _require_taker(engine: Engine, task: Task, worker: Worker) -> None:
    """Raise BadRequest unless the Worker is available, has room and does not have the Task."""
    store = engine.store
    name = f"Task {task.sid} cannot be transferred to Worker {worker.sid} ({worker.friendly_name})"
    if any(
        one.worker_sid == worker.sid and one.reservation_status == "accepted"
        for one in store.walk("reservations_of_task", task.sid)
    ):
        raise BadRequest(f"{name}, who has it")
    if not worker.available:
        activity = store.require(Activity, worker.activity_sid)
        raise BadRequest(f"{name}, who is {activity.friendly_name}")
    if worker.sid not in engine.room.workers(task.task_channel_sid):
        raise BadRequest(f"{name}, who has no capacity for it")
    if store.get(TaskQueue, task.task_queue_sid) is None:
        raise BadRequest(f"{name}: its TaskQueue was deleted, so transfer it to another TaskQueue")


def _give_back(engine: Engine, task: Task, transfer: Transfer) -> None:
    """Assign the Task to the Workers who have accepted it, or let it wait in the TaskQueue it had."""
    store = engine.store
    queue = store.get(TaskQueue, transfer.initiating_queue_sid)
    if queue is not None and queue.sid != task.task_queue_sid:
        enter_queue(engine, task, queue)
    status = task.assignment_status
    if any(
        one.reservation_status == "accepted" for one in store.walk("reservations_of_task", task.sid)
    ):
        status = advance(TASK_IN_TRANSFER, status, "return")
    elif status == "reserved":
        status = advance(TASK, status, "release")
    store.change(
        task,
        assignment_status=status,
        routing_target=None,
        date_updated=engine.now,
        version=task.version + 1,
    )
    emit(engine, "task.updated", task, f"Task {task.sid} updated")
    if status == "pending":
        retry(engine, task)
