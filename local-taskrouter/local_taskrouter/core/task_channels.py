"""TaskChannels: https://www.twilio.com/docs/taskrouter/api/task-channel and
https://www.twilio.com/docs/taskrouter/multitasking

Twilio's documentation says little about deleting a TaskChannel in use; here that is an error.
"""

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import TaskChannel, Workspace
from local_taskrouter.core.workers import add_worker_channel
from local_taskrouter.errors import BadRequest

DEFAULT_CHANNELS = frozenset({"default", "voice", "sms", "video", "chat"})


def create_task_channel(
    engine: Engine,
    workspace: Workspace,
    name: str,
    unique_name: str,
    channel_optimized_routing: bool = False,
) -> TaskChannel:
    """Create a TaskChannel and a WorkerChannel with a capacity of one for each Worker.

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
        add_worker_channel(engine, worker, channel)
    emit(engine, "task-channel.created", channel, f"TaskChannel {channel.sid} created")
    return channel


def delete_task_channel(engine: Engine, channel: TaskChannel) -> None:
    """Delete a TaskChannel. Raises BadRequest for a default one, or while Tasks are on it."""
    if channel.unique_name in DEFAULT_CHANNELS:
        raise BadRequest(
            f"Cannot delete TaskChannel {channel.sid}: {channel.unique_name} is a default one."
        )
    if engine.store.count("in_channel", channel.sid):
        raise BadRequest(f"Cannot delete TaskChannel {channel.sid}: there are Tasks on it.")
    emit(engine, "task-channel.deleted", channel, f"TaskChannel {channel.sid} deleted")
    for worker in engine.store.find("workers", channel.workspace_sid):
        for part in engine.store.find("worker_channel", (worker.sid, channel.sid)):
            engine.store.remove(part)
    engine.store.remove(channel)
