"""https://www.twilio.com/docs/taskrouter/api/task-queue"""

from collections.abc import Callable
from typing import Any

from local_taskrouter.api.call import Call, Reply, Route
from local_taskrouter.api.lists import PAGING, page, read_ordering, sort
from local_taskrouter.api.params import (
    attributes,
    choice,
    expression_text,
    friendly_name,
    integer,
    optional,
    required,
    sid,
    text,
    texts,
)
from local_taskrouter.core import parsed
from local_taskrouter.core.records import Activity, TaskQueue, Worker
from local_taskrouter.core.reservations import check_activity
from local_taskrouter.core.task_queues import (
    create_task_queue,
    delete_task_queue,
    update_task_queue,
)
from local_taskrouter.errors import BadRequest


def task_queue_json(call: Call, queue: TaskQueue) -> dict[str, Any]:
    """A TaskQueue as Twilio returns it."""
    workspace = call.url(queue.workspace_sid)
    queues = f"{workspace}/TaskQueues"
    address = f"{queues}/{queue.sid}"
    return {
        **call.head(queue),
        "workspace_sid": queue.workspace_sid,
        "friendly_name": queue.friendly_name,
        "target_workers": queue.target_workers,
        "max_reserved_workers": queue.max_reserved_workers,
        "task_order": queue.task_order,
        "reservation_activity_sid": queue.reservation_activity_sid,
        "reservation_activity_name": _name(call, queue.reservation_activity_sid),
        "assignment_activity_sid": queue.assignment_activity_sid,
        "assignment_activity_name": _name(call, queue.assignment_activity_sid),
        "url": address,
        "links": {
            "workspace": workspace,
            "reservation_activity": _link(workspace, queue.reservation_activity_sid),
            "assignment_activity": _link(workspace, queue.assignment_activity_sid),
            "statistics": f"{address}/Statistics",
            "real_time_statistics": f"{address}/RealTimeStatistics",
            "cumulative_statistics": f"{address}/CumulativeStatistics",
            "list_statistics": f"{queues}/Statistics",
            "bulk_real_time_statistics": f"{queues}/RealTimeStatistics",
        },
    }


def index(call: Call) -> Reply:
    found = list(call.store.walk("task_queues", call.workspace.sid))
    if "friendly_name" in call.args:
        found = [q for q in found if q.friendly_name == call.args["friendly_name"]]
    if "worker_sid" in call.args:
        worker = call.store.get(Worker, call.args["worker_sid"])
        found = [q for q in found if worker and call.engine.eligibility.matches(q, worker)]
    if "evaluate_worker_attributes" in call.args:
        values = parsed.attributes(call.args["evaluate_worker_attributes"])
        found = [q for q in found if _matches(q, values)]
    sort(found, read_ordering(call.args.get("ordering", []), _ORDERINGS), _ORDERINGS)
    return page(call, "task_queues", found, task_queue_json)


def create(call: Call) -> Reply:
    arguments = _checked(call)
    queue = create_task_queue(
        call.engine, call.workspace, arguments.pop("friendly_name"), **arguments
    )
    return Reply(task_queue_json(call, queue), 201)


def fetch(call: Call) -> Reply:
    return Reply(task_queue_json(call, call.find(TaskQueue)))


def update(call: Call) -> Reply:
    queue = call.find(TaskQueue)
    update_task_queue(call.engine, queue, **_checked(call))
    return Reply(task_queue_json(call, queue))


def delete(call: Call) -> Reply:
    delete_task_queue(call.engine, call.find(TaskQueue))
    return Reply(None, 204)


def _checked(call: Call) -> dict[str, Any]:
    """The parameters; raises BadRequest for a name that is taken or an unknown Activity."""
    name = call.args.get("friendly_name")
    for queue in call.store.walk("queue_names", (call.workspace.sid, name)):
        if queue.sid != call.sids.get("sid"):
            raise BadRequest(
                f"Queue named {name} already exists for workspace {call.workspace.sid}"
                f" for account {call.account_sid}"
            )
    for name in ("ReservationActivitySid", "AssignmentActivitySid"):
        given = call.args.get(name.replace("ActivitySid", "_activity_sid").lower())
        check_activity(call.engine, call.workspace.sid, given, name)
    return dict(call.args)


def _matches(queue: TaskQueue, values: dict[str, Any]) -> bool:
    return bool(queue.target_workers) and parsed.expression(queue.target_workers).matches(values)


def _name(call: Call, activity_sid: str | None) -> str | None:
    activity = call.store.get(Activity, activity_sid)
    return activity.friendly_name if activity else None


def _link(workspace: str, activity_sid: str | None) -> str | None:
    return f"{workspace}/Activities/{activity_sid}" if activity_sid else None


_ORDERINGS: dict[str, Callable[[TaskQueue], Any]] = {
    "DateCreated": lambda queue: queue.date_created,
    "DateUpdated": lambda queue: queue.date_updated,
    "FriendlyName": lambda queue: queue.friendly_name,
}
_ALL = "/Workspaces/<workspace_sid>/TaskQueues"
_SETTINGS = {
    "TargetWorkers": optional(expression_text),
    "MaxReservedWorkers": optional(integer(1, 50)),
    "TaskOrder": optional(choice("FIFO", "LIFO")),
    "ReservationActivitySid": optional(sid("WA")),
    "AssignmentActivitySid": optional(sid("WA")),
}
ROUTES = [
    Route(
        "GET",
        _ALL,
        index,
        {
            "FriendlyName": optional(text),
            "EvaluateWorkerAttributes": optional(attributes),
            "WorkerSid": optional(sid("WK")),
            "Ordering": optional(texts),
            **PAGING,
        },
    ),
    Route("POST", _ALL, create, {"FriendlyName": required(friendly_name), **_SETTINGS}),
    Route("GET", f"{_ALL}/<sid>", fetch),
    Route("POST", f"{_ALL}/<sid>", update, {"FriendlyName": optional(friendly_name), **_SETTINGS}),
    Route("DELETE", f"{_ALL}/<sid>", delete),
]
