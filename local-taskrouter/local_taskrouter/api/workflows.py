"""https://www.twilio.com/docs/taskrouter/api/workflow"""

from typing import Any

from local_taskrouter.api.call import Call, Reply, Result, Route
from local_taskrouter.api.lists import PAGING, Listing, page
from local_taskrouter.api.params import (
    boolean,
    configuration,
    friendly_name,
    integer,
    optional,
    required,
    text,
    url,
)
from local_taskrouter.core.records import Workflow
from local_taskrouter.core.workflows import create_workflow, delete_workflow, update_in_slices


def workflow_json(call: Call, workflow: Workflow) -> dict[str, Any]:
    """A Workflow as Twilio returns it."""
    workspace = call.url(workflow.workspace_sid)
    address = f"{workspace}/Workflows/{workflow.sid}"
    return {
        **call.head(workflow),
        "workspace_sid": workflow.workspace_sid,
        "friendly_name": workflow.friendly_name,
        "configuration": workflow.configuration,
        "document_content_type": "application/json",
        "assignment_callback_url": workflow.assignment_callback_url,
        "fallback_assignment_callback_url": workflow.fallback_assignment_callback_url,
        "task_reservation_timeout": workflow.task_reservation_timeout,
        "url": address,
        "links": {
            "workspace": workspace,
            "statistics": f"{address}/Statistics",
            "real_time_statistics": f"{address}/RealTimeStatistics",
            "cumulative_statistics": f"{address}/CumulativeStatistics",
        },
    }


def index(call: Call) -> Result:
    name = call.args.get("friendly_name")
    listing = Listing[Workflow](
        "workflows", [call.workspace.sid], lambda each: name in (None, each.friendly_name)
    )
    return page(call, "workflows", listing, workflow_json)


def create(call: Call) -> Reply:
    arguments = dict(call.args)
    name, configuration_json = arguments.pop("friendly_name"), arguments.pop("configuration")
    workflow = create_workflow(call.engine, call.workspace, name, configuration_json, **arguments)
    return Reply(workflow_json(call, workflow), 201)


def fetch(call: Call) -> Reply:
    return Reply(workflow_json(call, call.find(Workflow)))


def update(call: Call) -> Result:
    workflow, arguments = call.find(Workflow), dict(call.args)
    re_evaluate = arguments.pop("re_evaluate_tasks", False)
    steps = update_in_slices(call.engine, workflow, re_evaluate, **arguments)
    return call.in_slices(steps, lambda: fetch(call))


def delete(call: Call) -> Reply:
    delete_workflow(call.engine, call.find(Workflow))
    return Reply(None, 204)


_ALL = "/Workspaces/<workspace_sid>/Workflows"
_SETTINGS = {
    "AssignmentCallbackUrl": optional(url),
    "FallbackAssignmentCallbackUrl": optional(url),
    "TaskReservationTimeout": optional(integer(1, 86_400)),
}
ROUTES = [
    Route("GET", _ALL, index, {"FriendlyName": optional(text), **PAGING}),
    Route(
        "POST",
        _ALL,
        create,
        {
            "FriendlyName": required(friendly_name),
            "Configuration": required(configuration),
            **_SETTINGS,
        },
    ),
    Route("GET", f"{_ALL}/<sid>", fetch),
    Route(
        "POST",
        f"{_ALL}/<sid>",
        update,
        {
            "FriendlyName": optional(friendly_name),
            "Configuration": optional(configuration),
            "ReEvaluateTasks": optional(boolean),
            **_SETTINGS,
        },
        long=True,
    ),
    Route("DELETE", f"{_ALL}/<sid>", delete),
]
