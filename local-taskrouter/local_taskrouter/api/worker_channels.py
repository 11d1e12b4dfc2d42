"""https://www.twilio.com/docs/taskrouter/api/worker-channel; `{Sid}` may be the channel's name."""

from typing import Any

from local_taskrouter.api.call import Call, Reply, Result, Route
from local_taskrouter.api.lists import PAGING, Listing, page
from local_taskrouter.api.params import boolean, integer, optional
from local_taskrouter.core.parsed import load_of, percentage
from local_taskrouter.core.records import TaskChannel, Worker, WorkerChannel
from local_taskrouter.core.workers import update_worker_channel


def worker_channel_json(call: Call, channel: WorkerChannel) -> dict[str, Any]:
    """A WorkerChannel as Twilio returns it: `assigned_tasks` counts accepted Reservations."""
    assigned, held = load_of(call.store, channel)
    workspace_sid, worker_sid = channel.workspace_sid, channel.worker_sid
    return {
        **call.head(channel),
        "workspace_sid": workspace_sid,
        "worker_sid": worker_sid,
        "task_channel_sid": channel.task_channel_sid,
        "task_channel_unique_name": _name(call, channel),
        "configured_capacity": channel.configured_capacity,
        "available": channel.available,
        "assigned_tasks": assigned,
        "available_capacity_percentage": percentage(channel.configured_capacity, held),
        "url": call.url(workspace_sid, "Workers", worker_sid, "Channels", channel.sid),
    }


def index(call: Call) -> Result:
    listing = Listing("channels_of_worker", [call.find(Worker, "worker_sid").sid])
    return page(call, "channels", listing, worker_channel_json)


def fetch(call: Call) -> Reply:
    return Reply(worker_channel_json(call, _channel(call)))


def update(call: Call) -> Reply:
    channel = _channel(call)
    update_worker_channel(
        call.engine, channel, call.args.get("capacity"), call.args.get("available")
    )
    return Reply(worker_channel_json(call, channel))


def _channel(call: Call) -> WorkerChannel:
    worker, name = call.find(Worker, "worker_sid"), call.sids["sid"]
    for channel in call.store.walk("channels_of_worker", worker.sid):
        if name in (channel.sid, channel.task_channel_sid, _name(call, channel)):
            return channel
    raise call.not_found()


def _name(call: Call, channel: WorkerChannel) -> str:
    return call.store.require(TaskChannel, channel.task_channel_sid).unique_name


_ALL = "/Workspaces/<workspace_sid>/Workers/<worker_sid>/Channels"
ROUTES = [
    Route("GET", _ALL, index, PAGING),
    Route("GET", f"{_ALL}/<sid>", fetch),
    Route(
        "POST",
        f"{_ALL}/<sid>",
        update,
        {"Capacity": optional(integer(0, 1_000)), "Available": optional(boolean)},
    ),
]
