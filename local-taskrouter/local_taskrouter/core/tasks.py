"""Create and change Tasks: https://www.twilio.com/docs/taskrouter/api/task"""

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import (
    Task,
    TaskChannel,
    TaskQueue,
    Worker,
    Workflow,
    Workspace,
)
from local_taskrouter.core.routing import seek_workers
from local_taskrouter.core.task_end import cancel_task, complete_task, wrap_up_task
from local_taskrouter.core.workflow_walk import enter_queue, enter_workflow, retry
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.lifecycle import TASK_WAITING
from local_taskrouter.rules.timeouts import TASK_TIMEOUT


def create_task(
    engine: Engine,
    workspace: Workspace,
    *,
    attributes: str = "{}",
    workflow: Workflow | None = None,
    task_queue: TaskQueue | None = None,
    worker: Worker | None = None,
    channel: TaskChannel,
    priority: int = 0,
    timeout: int = TASK_TIMEOUT,
    virtual_start_time: float | None = None,
    ignore_capacity: bool = False,
    routing_target: str | None = None,
) -> Task:
    """Create a Task of `workflow` and send it through it, or straight to `task_queue` or `worker`.

    A Task that goes straight to one keeps its Workflow: its Reservations have the Workflow's timeout
    and callback. `routing_target` is the caller's parameter; with a `worker` it is the Worker's SID. Raises
    BadRequest when nothing in the Workflow matches the attributes, or 25,000 Tasks are in flight.
    """
    engine.require_room("in_flight", workspace.sid)
    task = engine.store.add(
        Task(
            sid=engine.sid(Task),
            workspace_sid=workspace.sid,
            date_created=engine.now,
            date_updated=engine.now,
            attributes=attributes,
            priority=priority,
            timeout=timeout,
            task_channel_sid=channel.sid,
            virtual_start_time=engine.now if virtual_start_time is None else virtual_start_time,
            expires_at=engine.now + timeout,
            workflow_sid=workflow.sid if workflow else None,
            routing_target=worker.sid if worker else routing_target,
            ignore_capacity=ignore_capacity,
        )
    )
    emit(engine, "task.created", task, f"Task {task.sid} created")
    _route(engine, task, worker, task_queue)
    return task


def update_attributes(engine: Engine, task: Task, attributes: str) -> None:
    """Replace a Task's attributes; a pending Task that its Workflow routes enters it again.

    Raises BadRequest when nothing in the Workflow matches them.
    """
    if attributes == task.attributes:
        return
    engine.store.change(task, attributes=attributes)
    _touch(engine, task)
    if task.assignment_status == "pending" and task.step is not None:
        enter_workflow(engine, task)
    elif task.assignment_status in TASK_WAITING:
        retry(engine, task)


def update_routing(
    engine: Engine,
    task: Task,
    priority: int | None,
    channel: TaskChannel | None,
    virtual_start_time: float | None,
) -> None:
    """Change a Task's priority, virtual start time or TaskChannel, and route it again."""
    before = (task.priority, task.task_channel_sid, task.virtual_start_time)
    engine.store.change(
        task,
        priority=task.priority if priority is None else priority,
        task_channel_sid=task.task_channel_sid if channel is None else channel.sid,
        virtual_start_time=(
            task.virtual_start_time if virtual_start_time is None else virtual_start_time
        ),
    )
    if before != (task.priority, task.task_channel_sid, task.virtual_start_time):
        _touch(engine, task)
        if task.assignment_status in TASK_WAITING:
            retry(engine, task)


def update_status(engine: Engine, task: Task, status: str, reason: str | None) -> None:
    """Move a Task to canceled, wrapping or completed.

    Raises IllegalTransition when its lifecycle does not allow that, BadRequest for a status that
    only routing sets.
    """
    match status:
        case "canceled":
            cancel_task(engine, task, reason)
        case "wrapping":
            wrap_up_task(engine, task, reason)
        case "completed":
            complete_task(engine, task, reason)
        case _:
            raise BadRequest(
                f"AssignmentStatus {status} cannot be set: only routing sets it. A Task can be"
                " set to canceled, wrapping or completed."
            )
    emit(engine, "task.updated", task, f"Task {task.sid} updated")


def update_reason(engine: Engine, task: Task, reason: str) -> None:
    """Set a Task's reason without changing its status."""
    if reason != task.reason:
        engine.store.change(task, reason=reason)
        _touch(engine, task)


def _route(engine: Engine, task: Task, worker: Worker | None, task_queue: TaskQueue | None) -> None:
    if task_queue is not None:
        enter_queue(engine, task, task_queue)
        seek_workers(engine, task)
    elif worker is not None:
        queue = next(
            (
                queue
                for queue in engine.store.walk("task_queues", task.workspace_sid)
                if engine.eligibility.matches(queue, worker)
            ),
            None,
        )
        if queue is None:
            raise BadRequest(f"Worker {worker.sid} matches no TaskQueue of this Workspace")
        enter_queue(engine, task, queue)
        seek_workers(engine, task)
    else:
        enter_workflow(engine, task)


def _touch(engine: Engine, task: Task) -> None:
    engine.store.change(task, date_updated=engine.now, version=task.version + 1)
    emit(engine, "task.updated", task, f"Task {task.sid} updated")
