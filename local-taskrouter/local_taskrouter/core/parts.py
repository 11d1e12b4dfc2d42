"""The smaller parts of a Workspace: Activities, TaskChannels and TaskQueues.

https://www.twilio.com/docs/taskrouter/api/activity,
https://www.twilio.com/docs/taskrouter/multitasking and
https://www.twilio.com/docs/taskrouter/api/task-queue. What Twilio says of deleting a part that
is in use is little; here it is refused, with what uses it.
"""

from local_taskrouter.core import parsed
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import note
from local_taskrouter.core.records import (
    Activity,
    Task,
    TaskChannel,
    TaskQueue,
    Worker,
    Workspace,
)
from local_taskrouter.core.workers import add_channel
from local_taskrouter.errors import BadRequest

DEFAULT_CHANNELS = frozenset({"default", "voice", "sms", "video", "chat"})


def create_activity(
    engine: Engine, workspace: Workspace, name: str, available: bool, sid: str | None = None
) -> Activity:
    """Create an Activity. Raises BadRequest when the Workspace has 100 already."""
    engine.require_room("activities", workspace.sid)
    activity = engine.store.add(
        Activity(
            sid=sid or engine.sid(Activity),
            workspace_sid=workspace.sid,
            date_created=engine.now,
            date_updated=engine.now,
            friendly_name=name,
            available=available,
        )
    )
    note(engine, "activity.created", activity, f"Activity {name} created")
    return activity


def rename_activity(engine: Engine, activity: Activity, name: str) -> None:
    """Give an Activity another name; expressions may read it as `worker.activity_name`."""
    engine.store.change(activity, friendly_name=name, date_updated=engine.now)
    note(engine, "activity.updated", activity, f"Activity {name} updated")
    for worker in engine.store.walk("in_activity", activity.sid):
        engine.free(worker)


def delete_activity(engine: Engine, activity: Activity) -> None:
    """Delete an Activity. Raises BadRequest while anything uses it."""
    workspace = engine.store.the(Workspace, activity.workspace_sid)
    worker: Worker | None = next(engine.store.walk("in_activity", activity.sid), None)
    user = None
    if activity.sid in (workspace.default_activity_sid, workspace.timeout_activity_sid):
        user = f"it is the default or timeout Activity of Workspace {workspace.sid}"
    elif worker is not None:
        user = f"Worker {worker.sid} is in it"
    for queue in engine.store.walk("task_queues", activity.workspace_sid):
        if activity.sid in (queue.reservation_activity_sid, queue.assignment_activity_sid):
            user = f"TaskQueue {queue.sid} uses it"
    if user is not None:
        raise BadRequest(f"Cannot delete Activity {activity.sid}: {user}.")
    note(engine, "activity.deleted", activity, f"Activity {activity.friendly_name} deleted")
    engine.store.remove(activity)


def create_channel(
    engine: Engine,
    workspace: Workspace,
    name: str,
    unique_name: str,
    channel_optimized_routing: bool = False,
) -> TaskChannel:
    """Create a TaskChannel, on which every Worker gets a capacity of one.

    Raises BadRequest when the unique name is taken, or the Workspace has 15 already.
    """
    engine.require_room("task_channels", workspace.sid)
    for channel in engine.store.walk("task_channels", workspace.sid):
        if channel.unique_name == unique_name:
            raise BadRequest(f"TaskChannel with the unique name {unique_name} already exists")
    channel = engine.store.add(
        TaskChannel(
            sid=engine.sid(TaskChannel),
            workspace_sid=workspace.sid,
            date_created=engine.now,
            date_updated=engine.now,
            friendly_name=name,
            unique_name=unique_name,
            channel_optimized_routing=channel_optimized_routing,
        )
    )
    for worker in engine.store.find("workers", workspace.sid):
        add_channel(engine, worker, channel)
    note(engine, "task-channel.created", channel, f"TaskChannel {unique_name} created")
    return channel


def delete_channel(engine: Engine, channel: TaskChannel) -> None:
    """Delete a TaskChannel. Raises BadRequest for a default one or while Tasks are on it."""
    if channel.unique_name in DEFAULT_CHANNELS:
        raise BadRequest(f"TaskChannel {channel.unique_name} is a default one and stays")
    if engine.store.count("in_channel", channel.sid):
        raise BadRequest(f"Cannot delete TaskChannel {channel.sid}: there are Tasks on it.")
    note(engine, "task-channel.deleted", channel, f"TaskChannel {channel.unique_name} deleted")
    for worker in engine.store.find("workers", channel.workspace_sid):
        for part in engine.store.find("worker_channel", (worker.sid, channel.sid)):
            engine.store.remove(part)
    engine.store.remove(channel)


def create_queue(
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
    note(engine, "task-queue.created", queue, f"TaskQueue {name} created")
    return queue


def update_queue(engine: Engine, queue: TaskQueue, **fields: object) -> None:
    """Change a TaskQueue's fields; its waiting Tasks look for Workers again."""
    targets = queue.target_workers
    engine.store.change(queue, **fields, date_updated=engine.now)
    if queue.target_workers != targets:
        note(
            engine,
            "task-queue.expression.updated",
            queue,
            f"TaskQueue {queue.friendly_name} expression updated",
        )
    for task in engine.store.find("in_queue", queue.sid):
        engine.store.change(task, places=queue.max_reserved_workers)
    for worker in engine.store.find("idle", queue.workspace_sid):
        engine.free(worker)


def delete_queue(engine: Engine, queue: TaskQueue) -> None:
    """Delete a TaskQueue. Raises BadRequest while Tasks wait in it or a Workflow names it."""
    if engine.store.count("in_queue", queue.sid):
        task: Task = next(engine.store.walk("in_queue", queue.sid))
        raise BadRequest(f"Cannot delete TaskQueue {queue.sid}: Task {task.sid} waits in it.")
    for workflow in engine.store.walk("workflows", queue.workspace_sid):
        if queue.sid in parsed.configuration(workflow.configuration).queues:
            raise BadRequest(
                f"Cannot delete TaskQueue {queue.sid}: Workflow {workflow.sid} leads to it."
            )
    note(engine, "task-queue.deleted", queue, f"TaskQueue {queue.friendly_name} deleted")
    engine.store.remove(queue)
