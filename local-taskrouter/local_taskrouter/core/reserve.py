"""Create a Reservation and its Assignment Callback.

https://www.twilio.com/docs/taskrouter/handle-assignment-callbacks
"""

from local_taskrouter.core.availability import begin_idle, free_if_load_is_read, move_worker
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import (
    Callback,
    Reservation,
    Task,
    TaskQueue,
    Worker,
    Workflow,
    Workspace,
)
from local_taskrouter.rules.lifecycle import TASK, advance
from local_taskrouter.rules.timeouts import reservation_timeout


def reserve(engine: Engine, task: Task, worker: Worker) -> Reservation:
    """Reserve `worker` for `task`: create a pending Reservation, its timer, event and callback."""
    store, now = engine.store, engine.now
    workflow = store.get(Workflow, task.workflow_sid)
    reservation = store.add(
        Reservation(
            sid=engine.sid(Reservation),
            workspace_sid=task.workspace_sid,
            date_created=now,
            date_updated=now,
            task_sid=task.sid,
            worker_sid=worker.sid,
            worker_name=worker.friendly_name,
            task_channel_sid=task.task_channel_sid,
            task_queue_sid=task.task_queue_sid,
            workflow_sid=task.workflow_sid,
            expires_at=now + reservation_timeout(workflow),
            previous_activity_sid=worker.activity_sid,
            transfer_sid=task.transfer_sid,
        )
    )
    store.change(
        task,
        assignment_count=task.assignment_count + (task.assignment_status == "pending"),
        assignment_status=advance(TASK, task.assignment_status, "reserve"),
        pending_reservations=task.pending_reservations + 1,
        date_updated=now,
        version=task.version + 1,
    )
    store.change(worker, version=worker.version + 1)
    begin_idle(engine, worker, reservation)
    _occupy(engine, task, worker)
    free_if_load_is_read(engine, worker)
    emit(
        engine,
        "reservation.created",
        reservation,
        f"Reservation {reservation.sid} created",
    )
    if workflow is not None and workflow.assignment_callback_url:
        engine.callbacks.append(_callback(engine, workflow, task, worker, reservation))
    return reservation


def _occupy(engine: Engine, task: Task, worker: Worker) -> None:
    """Move the Worker of a single-tasking Workspace to the TaskQueue's ReservationActivity."""
    workspace = engine.store.require(Workspace, worker.workspace_sid)
    queue = engine.store.get(TaskQueue, task.task_queue_sid)
    if not workspace.multi_task_enabled and queue and queue.reservation_activity_sid:
        move_worker(engine, worker, queue.reservation_activity_sid)


def _callback(
    engine: Engine, workflow: Workflow, task: Task, worker: Worker, reservation: Reservation
) -> Callback:
    return Callback(
        task.workspace_sid,
        workflow.assignment_callback_url,
        {
            "Timestamp": str(int(engine.now)),
            "ReservationSid": reservation.sid,
            "TaskAge": str(int(engine.now - task.date_created)),
            "TaskAttributes": task.attributes,
            "TaskPriority": str(task.priority),
            "TaskQueueSid": task.task_queue_sid or "",
            "TaskSid": task.sid,
            "WorkerAttributes": worker.attributes,
            "WorkerSid": worker.sid,
            "WorkflowSid": workflow.sid,
            "WorkspaceSid": task.workspace_sid,
        },
        reservation.sid,
        workflow.fallback_assignment_callback_url,
    )
