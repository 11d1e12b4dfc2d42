"""https://www.twilio.com/docs/taskrouter/api/activity"""

from typing import Any

from local_taskrouter.api.call import Call, Reply, Result, Route
from local_taskrouter.api.lists import PAGING, Listing, page
from local_taskrouter.api.params import boolean, friendly_name, optional, required, text
from local_taskrouter.core.activities import create_activity, delete_activity, rename_activity
from local_taskrouter.core.records import Activity


def activity_json(call: Call, activity: Activity) -> dict[str, Any]:
    """An Activity as Twilio returns it."""
    workspace = call.url(activity.workspace_sid)
    return {
        **call.head(activity),
        "workspace_sid": activity.workspace_sid,
        "friendly_name": activity.friendly_name,
        "available": activity.available,
        "url": f"{workspace}/Activities/{activity.sid}",
        "links": {"workspace": workspace},
    }


def index(call: Call) -> Result:
    name, available = call.args.get("friendly_name"), call.args.get("available")
    listing = Listing[Activity](
        "activities",
        [call.workspace.sid],
        lambda each: name in (None, each.friendly_name) and available in (None, each.available),
    )
    return page(call, "activities", listing, activity_json)


def create(call: Call) -> Reply:
    activity = create_activity(
        call.engine,
        call.workspace,
        call.args["friendly_name"],
        call.args.get("available", False),
    )
    return Reply(activity_json(call, activity), 201)


def fetch(call: Call) -> Reply:
    return Reply(activity_json(call, call.find(Activity)))


def update(call: Call) -> Reply:
    activity = call.find(Activity)
    if "friendly_name" in call.args:
        rename_activity(call.engine, activity, call.args["friendly_name"])
    return Reply(activity_json(call, activity))


def delete(call: Call) -> Reply:
    delete_activity(call.engine, call.find(Activity))
    return Reply(None, 204)


_ALL = "/Workspaces/<workspace_sid>/Activities"
ROUTES = [
    Route(
        "GET",
        _ALL,
        index,
        {"FriendlyName": optional(text), "Available": optional(boolean), **PAGING},
    ),
    Route(
        "POST",
        _ALL,
        create,
        {"FriendlyName": required(friendly_name), "Available": optional(boolean)},
    ),
    Route("GET", f"{_ALL}/<sid>", fetch),
    Route("POST", f"{_ALL}/<sid>", update, {"FriendlyName": optional(friendly_name)}),
    Route("DELETE", f"{_ALL}/<sid>", delete),
]
