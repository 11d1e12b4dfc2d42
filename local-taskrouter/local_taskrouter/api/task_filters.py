"""Filters and order of the list of Tasks: https://www.twilio.com/docs/taskrouter/api/task"""

from collections.abc import Callable
from typing import Any

from local_taskrouter.api.call import Call
from local_taskrouter.api.lists import read_ordering, sort
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
from local_taskrouter.core.records import Task, TaskQueue, Workflow
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.lifecycle import HIGHEST_PRIORITY, TASK

_ORDERINGS: dict[str, Callable[[Task], Any]] = {
    "DateCreated": lambda task: task.date_created,
    "Priority": lambda task: task.priority,
    "VirtualStartTime": lambda task: task.virtual_start_time,
}
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


def filtered_tasks(call: Call) -> list[Task]:
    """The Workspace's Tasks that satisfy every filter, in the requested order, else oldest first."""
    statuses = call.args.get("assignment_status", [])
    for status in statuses:
        if status not in TASK:
            raise BadRequest(f"AssignmentStatus must be one of {', '.join(TASK)}, not {status}")
    found = [task for task in call.store.walk("tasks", call.workspace.sid) if _passes(call, task)]
    expression = call.args.get("evaluate_task_attributes")
    if expression:
        parsed_expression = parsed.expression(expression)
        found = [task for task in found if parsed_expression.matches(parsed.task_values(task))]
    sort(found, _orderings(call.args.get("ordering", [])), _ORDERINGS)
    return found


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


def _orderings(values: list[str]) -> list[tuple[str, bool]]:
    orderings = read_ordering(values, _ORDERINGS)
    if {"DateCreated", "VirtualStartTime"} <= {key for key, _ in orderings}:
        raise BadRequest("Ordering by DateCreated and VirtualStartTime together is not allowed")
    return orderings
