"""TaskQueues: https://www.twilio.com/docs/taskrouter/api/task-queue

Twilio's documentation says little about deleting a TaskQueue in use; here that is an error.
"""

from collections.abc import Iterator

from local_taskrouter.core import parsed
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import Task, TaskQueue, Workspace
from local_taskrouter.errors import BadRequest

SLICE = 50
"""Workers to offer Tasks before another command may run: that takes about 15 ms."""


def create_task_queue(
    engine: Engine,
    workspace: Workspace,
    name: str,
    *,
    target_workers: str = "1==1",
    max_reserved_workers: int = 1,
    task_order: str = "FIFO",
    reservation_activity_sid: str | None = None,
    assignment_activity_sid: str | None = None,
) -> TaskQueue:
    """Create a TaskQueue.

    Raises BadRequest when it needs Activities, as in a single-tasking Workspace, or the Workspace
    has 5,000 TaskQueues already.
    """
    engine.require_room("task_queues", workspace.sid)
    if not workspace.multi_task_enabled and None in (
        reservation_activity_sid,
        assignment_activity_sid,
    ):
        raise BadRequest("Activity Sids cannot be empty")
    queue = engine.store.add(
        TaskQueue(
            sid=engine.sid(TaskQueue),
            workspace_sid=workspace.sid,
            date_created=engine.now,
            date_updated=engine.now,
            friendly_name=name,
            target_workers=target_workers,
            max_reserved_workers=max_reserved_workers,
            task_order=task_order,
            reservation_activity_sid=reservation_activity_sid,
            assignment_activity_sid=assignment_activity_sid,
        )
    )
    emit(engine, "task-queue.created", queue, f"TaskQueue {queue.sid} created")
    return queue


def update_task_queue(engine: Engine, queue: TaskQueue, **fields: object) -> None:
    """As `update_in_slices`, in one."""
    for _ in update_in_slices(engine, queue, **fields):
        pass


def update_in_slices(engine: Engine, queue: TaskQueue, **fields: object) -> Iterator[None]:
    """Change a TaskQueue's fields and match its waiting Tasks with its Workers again.

    Costs one step for each waiting Task and each idle Worker if it changes the Workers it matches or how
    many Workers are reserved for a Task. Yields where Workers are to be reserved, and another command
    may run.
    """
    targets, places = queue.target_workers, queue.max_reserved_workers
    engine.store.change(queue, **fields, date_updated=engine.now)
    if queue.target_workers != targets:
        emit(
            engine,
            "task-queue.expression.updated",
            queue,
            f"TaskQueue {queue.sid} expression updated to '{queue.target_workers}'",
        )
    if (queue.target_workers, queue.max_reserved_workers) == (targets, places):
        return
    for task in engine.store.find("in_queue", queue.sid):
        engine.store.change(task, places=queue.max_reserved_workers)
    members = engine.eligibility.members(queue)
    for worker in engine.store.find("idle", queue.workspace_sid):
        if not engine.store.count("in_queue", queue.sid):
            return
        if members is None or worker.sid in members:
            engine.free(worker)
        if len(engine.freed) == SLICE:
            yield


def delete_task_queue(engine: Engine, queue: TaskQueue) -> None:
    """Delete a TaskQueue. Raises BadRequest while Tasks wait in it or may go to it."""
    if engine.store.count("in_queue", queue.sid):
        task: Task = next(engine.store.walk("in_queue", queue.sid))
        raise BadRequest(f"Cannot delete TaskQueue {queue.sid}: Task {task.sid} waits in it.")
    for workflow in engine.store.walk("workflows", queue.workspace_sid):
        if queue.sid in parsed.configuration(workflow.configuration).queues:
            raise BadRequest(
                f"Cannot delete TaskQueue {queue.sid}: Workflow {workflow.sid} routes to it."
            )
    for key in parsed.former_configurations(engine.store, queue.workspace_sid):
        if queue.sid in parsed.configuration(key[1]).queues:
            task = next(engine.store.walk("in_former", key))
            raise BadRequest(
                f"Cannot delete TaskQueue {queue.sid}: Task {task.sid} may go to it, for it entered"
                f" Workflow {task.workflow_sid} before that was changed."
            )
    emit(engine, "task-queue.deleted", queue, f"TaskQueue {queue.sid} deleted")
    engine.store.remove(queue)
