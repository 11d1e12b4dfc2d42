"""Filters and order of the list of Tasks: https://www.twilio.com/docs/taskrouter/api/task"""

from functools import partial

from local_taskrouter.api.call import Call
from local_taskrouter.api.lists import Listing, Test, read_ordering
from local_taskrouter.api.params import (
    boolean,
    expression_text,
    integer,
    optional,
    sid,
    text,
    texts,
)
from local_taskrouter.core import parsed
from local_taskrouter.core.index import Ordering
from local_taskrouter.core.records import Task, TaskQueue, Workflow
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.expression import Expression
from local_taskrouter.rules.lifecycle import HIGHEST_PRIORITY, TASK

FILTERS = {
    "Priority": optional(integer(0, HIGHEST_PRIORITY)),
    "AssignmentStatus": optional(texts),
    "WorkflowSid": optional(sid("WW")),
    "WorkflowName": optional(text),
    "TaskQueueSid": optional(sid("WQ")),
    "TaskQueueName": optional(text),
    "EvaluateTaskAttributes": optional(expression_text),
    "RoutingTarget": optional(text),
    "Ordering": optional(texts),
    "HasAddons": optional(boolean),
}


def task_listing(call: Call) -> Listing[Task]:
    """The Workspace's Tasks that satisfy every filter, in the requested order, else oldest first.

    An index finds them by status unless there is an Ordering. The other filters look at each Task.
    """
    statuses, workspace_sid = call.args.get("assignment_status", []), call.workspace.sid
    for status in statuses:
        if status not in TASK:
            raise BadRequest(f"AssignmentStatus must be one of {', '.join(TASK)}, not {status}")
    expression = call.args.get("evaluate_task_attributes")
    test = partial(_test, parsed.expression(expression)) if expression else None
    if (ordering := _ordering(call)) or not statuses:
        return Listing("tasks", [workspace_sid], partial(_passes, call), test, ordering)
    keys = [(workspace_sid, status) for status in dict.fromkeys(statuses)]
    return Listing("in_status", keys, partial(_passes, call), test)


def _test(expression: Expression, task: Task) -> Test:
    text = task.attributes
    return lambda: expression.matches(parsed.attributes(text))


def _passes(call: Call, task: Task) -> bool:
    args = call.args
    statuses = args.get("assignment_status")
    return (
        (not statuses or task.assignment_status in statuses)
        and args.get("priority") in (None, task.priority)
        and args.get("workflow_sid") in (None, task.workflow_sid)
        and args.get("task_queue_sid") in (None, task.task_queue_sid)
        and args.get("routing_target") in (None, task.routing_target)
        and not args.get("has_addons")
        and _named(call, Workflow, task.workflow_sid, args.get("workflow_name"))
        and _named(call, TaskQueue, task.task_queue_sid, args.get("task_queue_name"))
    )


def _named(
    call: Call, kind: type[Workflow] | type[TaskQueue], record_sid: str | None, name: str | None
) -> bool:
    record = call.store.get(kind, record_sid) if name is not None else None
    return name is None or (record is not None and record.friendly_name == name)


def _ordering(call: Call) -> Ordering:
    values = call.args.get("ordering", [])
    ordering = read_ordering(values, "DateCreated", "Priority", "VirtualStartTime")
    if {"date_created", "virtual_start_time"} <= dict(ordering).keys():
        raise BadRequest("Ordering by DateCreated and VirtualStartTime together is not allowed")
    return ordering
