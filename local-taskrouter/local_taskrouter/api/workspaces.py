"""https://www.twilio.com/docs/taskrouter/api/workspace"""

from typing import Any

from local_taskrouter.api.call import Call, Reply, Result, Route
from local_taskrouter.api.lists import PAGING, Listing, page
from local_taskrouter.api.params import (
    boolean,
    choice,
    friendly_name,
    optional,
    required,
    sid,
    snake,
    text,
    url,
)
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import Activity, Workspace
from local_taskrouter.core.reservations import check_activity
from local_taskrouter.core.workspaces import create_workspace, delete_workspace
from local_taskrouter.errors import BadRequest

_LINKS = {
    "activities": "Activities",
    "statistics": "Statistics",
    "real_time_statistics": "RealTimeStatistics",
    "cumulative_statistics": "CumulativeStatistics",
    "task_queues": "TaskQueues",
    "tasks": "Tasks",
    "workers": "Workers",
    "workflows": "Workflows",
    "task_channels": "TaskChannels",
    "events": "Events",
}


def workspace_json(call: Call, workspace: Workspace) -> dict[str, Any]:
    """A Workspace as Twilio returns it."""
    store = call.store
    address = call.url(workspace.sid)
    return {
        **call.head(workspace),
        "friendly_name": workspace.friendly_name,
        "default_activity_sid": workspace.default_activity_sid,
        "default_activity_name": store.require(
            Activity, workspace.default_activity_sid
        ).friendly_name,
        "timeout_activity_sid": workspace.timeout_activity_sid,
        "timeout_activity_name": store.require(
            Activity, workspace.timeout_activity_sid
        ).friendly_name,
        "event_callback_url": workspace.event_callback_url,
        "events_filter": workspace.events_filter,
        "multi_task_enabled": workspace.multi_task_enabled,
        "prioritize_queue_order": workspace.prioritize_queue_order,
        "url": address,
        "links": {name: f"{address}/{path}" for name, path in _LINKS.items()},
    }


def index(call: Call) -> Result:
    name = call.args.get("friendly_name")
    listing = Listing[Workspace](
        "workspaces", ["all"], lambda each: name in (None, each.friendly_name)
    )
    return page(call, "workspaces", listing, workspace_json)


def create(call: Call) -> Reply:
    arguments = dict(call.args)
    workspace = create_workspace(call.engine, arguments.pop("friendly_name"), **arguments)
    return Reply(workspace_json(call, workspace), 201)


def fetch(call: Call) -> Reply:
    return Reply(workspace_json(call, call.find(Workspace)))


def update(call: Call) -> Reply:
    workspace = call.find(Workspace)
    for name in ("DefaultActivitySid", "TimeoutActivitySid"):
        sid_given = call.args.get(snake(name))
        check_activity(call.engine, workspace.sid, sid_given, name)
    if workspace.multi_task_enabled and not call.args.get("multi_task_enabled", True):
        raise BadRequest("A multitasking Workspace cannot become a single-tasking one")
    call.store.change(workspace, **call.args, date_updated=call.engine.now)
    emit(
        call.engine,
        "workspace.updated",
        workspace,
        f"Workspace {workspace.friendly_name} updated",
    )
    return Reply(workspace_json(call, workspace))


def delete(call: Call) -> Reply:
    delete_workspace(call.engine, call.find(Workspace))
    return Reply(None, 204)


_SETTINGS = {
    "EventCallbackUrl": optional(url),
    "EventsFilter": optional(text),
    "MultiTaskEnabled": optional(boolean),
    "PrioritizeQueueOrder": optional(choice("FIFO", "LIFO")),
}
ROUTES = [
    Route("GET", "/Workspaces", index, {"FriendlyName": optional(text), **PAGING}),
    Route(
        "POST",
        "/Workspaces",
        create,
        {"FriendlyName": required(friendly_name), "Template": optional(text), **_SETTINGS},
    ),
    Route("GET", "/Workspaces/<sid>", fetch),
    Route(
        "POST",
        "/Workspaces/<sid>",
        update,
        {
            "FriendlyName": optional(friendly_name),
            "DefaultActivitySid": optional(sid("WA")),
            "TimeoutActivitySid": optional(sid("WA")),
            **_SETTINGS,
        },
    ),
    Route("DELETE", "/Workspaces/<sid>", delete, long=True),
]
