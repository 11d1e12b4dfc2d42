"""https://www.twilio.com/docs/taskrouter/api/task"""

from typing import Any

from local_taskrouter.api.call import Call, Reply, Result, Route, iso
from local_taskrouter.api.lists import PAGING, page
from local_taskrouter.api.params import (
    attributes,
    boolean,
    choice,
    integer,
    optional,
    sid,
    text,
    timestamp,
)
from local_taskrouter.api.task_channels import channel_argument, named_channel
from local_taskrouter.api.task_filters import FILTERS, task_listing
from local_taskrouter.core import tasks
from local_taskrouter.core.records import Task, TaskChannel, TaskQueue, Worker, Workflow
from local_taskrouter.core.task_end import delete_task
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.lifecycle import HIGHEST_PRIORITY, TASK, IllegalTransition
from local_taskrouter.rules.timeouts import TASK_TIMEOUT

EARLIEST_START = -2_208_988_800.0
"""1900-01-01T00:00:00Z, the earliest VirtualStartTime."""


def task_json(call: Call, task: Task) -> dict[str, Any]:
    """A Task as Twilio returns it; `age` in whole seconds."""
    store = call.store
    workspace = call.url(task.workspace_sid)
    address = f"{workspace}/Tasks/{task.sid}"
    queue = store.get(TaskQueue, task.task_queue_sid)
    workflow = store.get(Workflow, task.workflow_sid)
    return {
        **call.head(task),
        "workspace_sid": task.workspace_sid,
        "age": int(call.engine.now - task.date_created),
        "assignment_status": task.assignment_status,
        "attributes": task.attributes,
        "addons": "{}",
        "priority": task.priority,
        "reason": task.reason,
        "timeout": task.timeout,
        "task_queue_sid": task.task_queue_sid,
        "task_queue_friendly_name": queue.friendly_name if queue else None,
        "task_queue_entered_date": iso(task.task_queue_entered_date),
        "task_channel_sid": task.task_channel_sid,
        "task_channel_unique_name": store.require(TaskChannel, task.task_channel_sid).unique_name,
        "workflow_sid": task.workflow_sid,
        "workflow_friendly_name": workflow.friendly_name if workflow else None,
        "virtual_start_time": iso(task.virtual_start_time),
        "ignore_capacity": task.ignore_capacity,
        "routing_target": task.routing_target,
        "url": address,
        "links": {
            "workspace": workspace,
            "task_queue": f"{workspace}/TaskQueues/{task.task_queue_sid}" if queue else None,
            "workflow": f"{workspace}/Workflows/{task.workflow_sid}" if workflow else None,
            "reservations": f"{address}/Reservations",
        },
    }


def index(call: Call) -> Result:
    return page(call, "tasks", task_listing(call), task_json)


def create(call: Call) -> Reply:
    args, workspace = call.args, call.workspace
    worker, queue = _worker(call), _task_queue(call)
    workflow = _workflow(call, is_routed=not (worker or queue))
    task = tasks.create_task(
        call.engine,
        workspace,
        attributes=args.get("attributes", "{}"),
        workflow=workflow,
        task_queue=queue,
        worker=worker,
        channel=channel_argument(call) or _default_channel(call),
        priority=args.get("priority", 0),
        timeout=args.get("timeout", TASK_TIMEOUT),
        virtual_start_time=_virtual_start(call),
        ignore_capacity=worker is not None and args.get("ignore_capacity", True),
        routing_target=args.get("routing_target"),
    )
    return Reply(task_json(call, task), 201, task.version)


def fetch(call: Call) -> Reply:
    task = call.find(Task)
    return Reply(task_json(call, task), etag=task.version)


def update(call: Call) -> Reply:
    task, args = call.find(Task), call.args
    call.check_version(task.version)
    status, reason = args.get("assignment_status"), args.get("reason")
    if "attributes" in args and status in ("wrapping", "completed"):
        raise BadRequest(
            f"Attributes and AssignmentStatus {status} cannot be set in one request: update the"
            " Attributes first, then the AssignmentStatus."
        )
    if "attributes" in args:
        tasks.update_attributes(call.engine, task, args["attributes"])
    tasks.update_routing(
        call.engine, task, args.get("priority"), channel_argument(call), _virtual_start(call)
    )
    if status is not None:
        _move(call, task, status, reason)
    elif reason is not None:
        tasks.update_reason(call.engine, task, reason)
    return Reply(task_json(call, task), etag=task.version)


def delete(call: Call) -> Reply:
    task = call.find(Task)
    call.check_version(task.version)
    delete_task(call.engine, task)
    return Reply(None, 204)


def _move(call: Call, task: Task, status: str, reason: str | None) -> None:
    """Change the status; raises BadRequest with Twilio's message if the lifecycle forbids it."""
    try:
        tasks.update_status(call.engine, task, status, reason)
    except IllegalTransition as error:
        subject = f"{task.sid} in workspace {task.workspace_sid} for account {call.account_sid}"
        raise BadRequest(_REFUSALS[status].format(subject)) from error


def _worker(call: Call) -> Worker | None:
    worker = call.store.get(Worker, call.args.get("routing_target"))
    return worker if worker and worker.workspace_sid == call.workspace.sid else None


def _task_queue(call: Call) -> TaskQueue | None:
    """The TaskQueue in `TaskQueueSid` or `RoutingTarget`, or None; raises BadRequest."""
    given = call.args.get("task_queue_sid")
    queue = call.store.get(TaskQueue, given or call.args.get("routing_target"))
    if queue is not None and queue.workspace_sid == call.workspace.sid:
        return queue
    if given is not None:
        raise BadRequest(f"TaskQueueSid {given} is no TaskQueue of this Workspace")
    return None


def _workflow(call: Call, is_routed: bool) -> Workflow | None:
    """The requested Workflow, or the only one in the Workspace; raises BadRequest.

    Without `is_routed` the Task goes straight to a Worker or TaskQueue, and may have no Workflow.
    """
    given = call.args.get("workflow_sid") or (
        call.args.get("routing_target") if is_routed else None
    )
    if given is None:
        workflows = list(call.store.walk("workflows", call.workspace.sid))
        if len(workflows) == 1:
            return workflows[0]
        if is_routed:
            raise BadRequest("WorkflowSid field is required")
        return None
    workflow = call.store.get(Workflow, given)
    if workflow is None or workflow.workspace_sid != call.workspace.sid:
        raise BadRequest(f"{given} is no Workflow, Worker or TaskQueue of this Workspace")
    return workflow


def _default_channel(call: Call) -> TaskChannel:
    channel = named_channel(call.store, call.workspace, "default")
    assert channel is not None
    return channel


def _virtual_start(call: Call) -> float | None:
    moment: float | None = call.args.get("virtual_start_time")
    if moment is not None and not EARLIEST_START <= moment <= call.engine.now:
        raise BadRequest("VirtualStartTime must not be in the future or before 1900")
    return moment


_REFUSALS = {
    "canceled": "Cannot cancel task {} because it is not pending or reserved.",
    "wrapping": "Cannot wrap up a task {} because it's not currently assigned",
    "completed": "Cannot complete task {} because it is not currently assigned.",
}
_ALL = "/Workspaces/<workspace_sid>/Tasks"
_SETTINGS = {
    "Attributes": optional(attributes),
    "Priority": optional(integer(0, HIGHEST_PRIORITY)),
    "TaskChannel": optional(text),
    "VirtualStartTime": optional(timestamp),
}
ROUTES = [
    Route("GET", _ALL, index, {**FILTERS, **PAGING}),
    Route(
        "POST",
        _ALL,
        create,
        {
            "WorkflowSid": optional(sid("WW")),
            "Timeout": optional(integer(1, 1_209_600)),
            "RoutingTarget": optional(text),
            "IgnoreCapacity": optional(boolean),
            "TaskQueueSid": optional(sid("WQ")),
            **_SETTINGS,
        },
    ),
    Route("GET", f"{_ALL}/<sid>", fetch),
    Route(
        "POST",
        f"{_ALL}/<sid>",
        update,
        {
            "AssignmentStatus": optional(choice(*TASK)),
            "Reason": optional(text),
            **_SETTINGS,
        },
    ),
    Route("DELETE", f"{_ALL}/<sid>", delete),
]
