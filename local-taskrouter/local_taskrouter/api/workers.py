"""https://www.twilio.com/docs/taskrouter/api/worker"""

from functools import partial
from typing import Any

from local_taskrouter.api.call import Call, Reply, Result, Route, iso
from local_taskrouter.api.lists import PAGING, Listing, Test, page, read_ordering
from local_taskrouter.api.params import (
    attributes,
    boolean,
    expression_text,
    friendly_name,
    optional,
    required,
    sid,
    text,
    texts,
)
from local_taskrouter.core import workers
from local_taskrouter.core.eligibility import satisfies
from local_taskrouter.core.records import Activity, TaskQueue, Worker
from local_taskrouter.core.reservations import check_activity


def worker_json(call: Call, worker: Worker) -> dict[str, Any]:
    """A Worker as Twilio returns it; three of its links are of all Workers' statistics."""
    workspace = call.url(worker.workspace_sid)
    workers_url = f"{workspace}/Workers"
    address = f"{workers_url}/{worker.sid}"
    return {
        **call.head(worker),
        "workspace_sid": worker.workspace_sid,
        "friendly_name": worker.friendly_name,
        "attributes": worker.attributes,
        "activity_sid": worker.activity_sid,
        "activity_name": call.store.require(Activity, worker.activity_sid).friendly_name,
        "available": worker.available,
        "date_status_changed": iso(worker.date_status_changed),
        "url": address,
        "links": {
            "channels": f"{address}/Channels",
            "worker_channels": f"{address}/Channels",
            "activity": f"{workspace}/Activities/{worker.activity_sid}",
            "workspace": workspace,
            "reservations": f"{address}/Reservations",
            "statistics": f"{workers_url}/Statistics",
            "real_time_statistics": f"{workers_url}/RealTimeStatistics",
            "cumulative_statistics": f"{workers_url}/CumulativeStatistics",
            "worker_statistics": f"{address}/Statistics",
        },
    }


def index(call: Call) -> Result:
    """Workers are found by Activity. The other filters, and an Ordering, look at each Worker."""
    args, store, workspace_sid = call.args, call.store, call.workspace.sid
    passes = partial(_passes, call)
    evaluated = args.keys() & {"target_workers_expression", "task_queue_sid", "task_queue_name"}
    test = partial(_test, call, _queues(call)) if evaluated else None
    if ordering := read_ordering(args.get("ordering", []), *_ORDERINGS):
        listing = Listing("workers", [workspace_sid], passes, test, ordering)
    elif args.keys() & {"activity_sid", "activity_name", "available"}:
        activities = store.walk("activities", workspace_sid)
        keys = [activity.sid for activity in activities if _selects(call, activity)]
        listing = Listing("in_activity", keys, passes, test)
    else:
        listing = Listing("workers", [workspace_sid], passes, test)
    return page(call, "workers", listing, worker_json)


def create(call: Call) -> Reply:
    worker = workers.create_worker(
        call.engine,
        call.workspace,
        call.args["friendly_name"],
        call.args.get("attributes", "{}"),
        _activity(call),
    )
    return Reply(worker_json(call, worker), 201, worker.version)


def fetch(call: Call) -> Reply:
    worker = call.find(Worker)
    return Reply(worker_json(call, worker), etag=worker.version)


def update(call: Call) -> Reply:
    worker = call.find(Worker)
    call.check_version(worker.version)
    activity = _activity(call)
    if "friendly_name" in call.args:
        workers.rename_worker(call.engine, worker, call.args["friendly_name"])
    if "attributes" in call.args:
        workers.update_attributes(call.engine, worker, call.args["attributes"])
    if activity is not None:
        reject_pending = call.args.get("reject_pending_reservations", False)
        workers.update_activity(call.engine, worker, activity, reject_pending)
    return Reply(worker_json(call, worker), etag=worker.version)


def delete(call: Call) -> Reply:
    worker = call.find(Worker)
    call.check_version(worker.version)
    workers.delete_worker(call.engine, worker)
    return Reply(None, 204)


def _activity(call: Call) -> Activity | None:
    activity_sid = call.args.get("activity_sid")
    check_activity(call.engine, call.workspace.sid, activity_sid, "ActivitySid")
    return call.store.get(Activity, activity_sid)


def _passes(call: Call, worker: Worker) -> bool:
    if call.args.get("friendly_name") not in (None, worker.friendly_name):
        return False
    return _selects(call, call.store.require(Activity, worker.activity_sid))


def _selects(call: Call, activity: Activity) -> bool:
    args = call.args
    return (
        args.get("available") in (None, activity.available)
        and args.get("activity_sid") in (None, activity.sid)
        and args.get("activity_name") in (None, activity.friendly_name)
    )


def _queues(call: Call) -> list[TaskQueue] | None:
    """The TaskQueues that the Workers must match one of; None: no such filter."""
    sid_given, name = call.args.get("task_queue_sid"), call.args.get("task_queue_name")
    workspace_sid = call.workspace.sid
    if sid_given is None:
        named = call.store.walk("queue_names", (workspace_sid, name))
        return None if name is None else list(named)
    queue = call.store.get(TaskQueue, sid_given)
    if queue is None or queue.workspace_sid != workspace_sid:
        return []
    return [queue] if name in (None, queue.friendly_name) else []


def _test(call: Call, queues: list[TaskQueue] | None, worker: Worker) -> Test:
    expression = call.args.get("target_workers_expression")
    alternatives = [] if expression is None else [[expression]]
    if queues is not None:
        alternatives.append([queue.target_workers for queue in queues])
    tests = [[satisfies(call.store, worker, text) for text in texts] for texts in alternatives]
    return lambda: all(any(test() for test in either) for either in tests)


_ORDERINGS = ("DateCreated", "DateStatusChanged", "FriendlyName")
_ALL = "/Workspaces/<workspace_sid>/Workers"
ROUTES = [
    Route(
        "GET",
        _ALL,
        index,
        {
            "ActivityName": optional(text),
            "ActivitySid": optional(sid("WA")),
            "Available": optional(boolean),
            "FriendlyName": optional(text),
            "TargetWorkersExpression": optional(expression_text),
            "TaskQueueName": optional(text),
            "TaskQueueSid": optional(sid("WQ")),
            "Ordering": optional(texts),
            **PAGING,
        },
    ),
    Route(
        "POST",
        _ALL,
        create,
        {
            "FriendlyName": required(friendly_name),
            "ActivitySid": optional(sid("WA")),
            "Attributes": optional(attributes),
        },
    ),
    Route("GET", f"{_ALL}/<sid>", fetch),
    Route(
        "POST",
        f"{_ALL}/<sid>",
        update,
        {
            "FriendlyName": optional(friendly_name),
            "ActivitySid": optional(sid("WA")),
            "Attributes": optional(attributes),
            "RejectPendingReservations": optional(boolean),
        },
    ),
    Route("DELETE", f"{_ALL}/<sid>", delete),
]
