"""https://www.twilio.com/docs/taskrouter/api/task-queue"""

from functools import partial
from typing import Any

from local_taskrouter.api.call import Call, Reply, Result, Route
from local_taskrouter.api.lists import PAGING, Listing, Test, page, read_ordering
from local_taskrouter.api.params import (
    attributes,
    choice,
    expression_text,
    friendly_name,
    integer,
    optional,
    required,
    sid,
    snake,
    text,
    texts,
)
from local_taskrouter.core import parsed
from local_taskrouter.core.eligibility import satisfies
from local_taskrouter.core.records import Activity, TaskQueue, Worker
from local_taskrouter.core.reservations import check_activity
from local_taskrouter.core.task_queues import (
    create_task_queue,
    delete_task_queue,
    update_in_slices,
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


def index(call: Call) -> Result:
    """An index finds TaskQueues by name. The other filters, and an Ordering, look at each one."""
    args, name, workspace_sid = call.args, call.args.get("friendly_name"), call.workspace.sid
    evaluated = args.keys() & {"worker_sid", "evaluate_worker_attributes"}
    test = partial(_test, call) if evaluated else None
    keys = ("DateCreated", "DateUpdated", "FriendlyName")
    ordering = read_ordering(args.get("ordering", []), *keys)
    if name is None or ordering:
        passes = partial(_passes, call)
        listing = Listing("task_queues", [workspace_sid], passes, test, ordering)
    else:
        listing = Listing("queue_names", [(workspace_sid, name)], test=test)
    return page(call, "task_queues", listing, task_queue_json)


def create(call: Call) -> Reply:
    arguments = _checked(call)
    queue = create_task_queue(
        call.engine, call.workspace, arguments.pop("friendly_name"), **arguments
    )
    return Reply(task_queue_json(call, queue), 201)


def fetch(call: Call) -> Reply:
    return Reply(task_queue_json(call, call.find(TaskQueue)))


def update(call: Call) -> Result:
    steps = update_in_slices(call.engine, call.find(TaskQueue), **_checked(call))
    return call.in_slices(steps, lambda: fetch(call))


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
        given = call.args.get(snake(name))
        check_activity(call.engine, call.workspace.sid, given, name)
    return dict(call.args)


def _passes(call: Call, queue: TaskQueue) -> bool:
    return call.args.get("friendly_name") in (None, queue.friendly_name)


def _test(call: Call, queue: TaskQueue) -> Test:
    args, tests = call.args, list[Test]()
    if "worker_sid" in args:
        worker = call.store.get(Worker, args["worker_sid"])
        tests.append(satisfies(call.store, worker, queue.target_workers) if worker else bool)
    if "evaluate_worker_attributes" in args:
        expression = queue.target_workers and parsed.expression(queue.target_workers)
        values = parsed.attributes(args["evaluate_worker_attributes"])
        tests.append(partial(expression.matches, values) if expression else bool)
    return lambda: all(test() for test in tests)


def _name(call: Call, activity_sid: str | None) -> str | None:
    activity = call.store.get(Activity, activity_sid)
    return activity.friendly_name if activity else None


def _link(workspace: str, activity_sid: str | None) -> str | None:
    return f"{workspace}/Activities/{activity_sid}" if activity_sid else None


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
    Route(
        "POST",
        f"{_ALL}/<sid>",
        update,
        {"FriendlyName": optional(friendly_name), **_SETTINGS},
        long=True,
    ),
    Route("DELETE", f"{_ALL}/<sid>", delete),
]
