"""https://www.twilio.com/docs/taskrouter/api/task-channel; `{Sid}` may be the unique name."""

from typing import Any

from local_taskrouter.api.call import Call, Reply, Result, Route
from local_taskrouter.api.lists import PAGING, Listing, page
from local_taskrouter.api.params import boolean, friendly_name, optional, required, unique_name
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import TaskChannel, Workspace
from local_taskrouter.core.store import Store
from local_taskrouter.core.task_channels import create_task_channel, delete_task_channel
from local_taskrouter.errors import BadRequest


def task_channel_json(call: Call, channel: TaskChannel) -> dict[str, Any]:
    """A TaskChannel as Twilio returns it."""
    workspace = call.url(channel.workspace_sid)
    return {
        **call.head(channel),
        "workspace_sid": channel.workspace_sid,
        "friendly_name": channel.friendly_name,
        "unique_name": channel.unique_name,
        "channel_optimized_routing": channel.channel_optimized_routing,
        "url": f"{workspace}/TaskChannels/{channel.sid}",
        "links": {"workspace": workspace},
    }


def named_channel(store: Store, workspace: Workspace, name: str) -> TaskChannel | None:
    """The TaskChannel with this SID or unique name, or None."""
    for channel in store.walk("task_channels", workspace.sid):
        if name in (channel.sid, channel.unique_name):
            return channel
    return None


def channel_argument(call: Call) -> TaskChannel | None:
    """The TaskChannel in the parameter `TaskChannel`, or None; raises BadRequest if it is unknown."""
    name = call.args.get("task_channel")
    if name is None:
        return None
    channel = named_channel(call.store, call.workspace, name)
    if channel is None:
        raise BadRequest(f"TaskChannel {name} does not exist in this Workspace")
    return channel


def index(call: Call) -> Result:
    listing = Listing("task_channels", [call.workspace.sid])
    return page(call, "channels", listing, task_channel_json)


def create(call: Call) -> Reply:
    channel = create_task_channel(
        call.engine,
        call.workspace,
        call.args["friendly_name"],
        call.args["unique_name"],
        call.args.get("channel_optimized_routing", False),
    )
    return Reply(task_channel_json(call, channel), 201)


def fetch(call: Call) -> Reply:
    return Reply(task_channel_json(call, _channel(call)))


def update(call: Call) -> Reply:
    channel = _channel(call)
    call.store.change(channel, **call.args, date_updated=call.engine.now)
    emit(call.engine, "task-channel.updated", channel, f"TaskChannel {channel.sid} updated")
    return Reply(task_channel_json(call, channel))


def delete(call: Call) -> Reply:
    delete_task_channel(call.engine, _channel(call))
    return Reply(None, 204)


def _channel(call: Call) -> TaskChannel:
    channel = named_channel(call.store, call.workspace, call.sids["sid"])
    if channel is None:
        raise call.not_found()
    return channel


_ALL = "/Workspaces/<workspace_sid>/TaskChannels"
_CHANGES = {
    "FriendlyName": optional(friendly_name),
    "ChannelOptimizedRouting": optional(boolean),
}
ROUTES = [
    Route("GET", _ALL, index, PAGING),
    Route(
        "POST",
        _ALL,
        create,
        {
            **_CHANGES,
            "FriendlyName": required(friendly_name),
            "UniqueName": required(unique_name),
        },
    ),
    Route("GET", f"{_ALL}/<sid>", fetch),
    Route("POST", f"{_ALL}/<sid>", update, _CHANGES),
    Route("DELETE", f"{_ALL}/<sid>", delete),
]
