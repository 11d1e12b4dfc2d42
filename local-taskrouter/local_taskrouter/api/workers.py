"""https://www.twilio.com/docs/taskrouter/api/worker"""

from collections.abc import Callable
from typing import Any

from local_taskrouter.api.call import Call, Reply, Route, iso
from local_taskrouter.api.lists import PAGING, page, read_ordering, sort
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
from local_taskrouter.core import parsed, workers
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


def index(call: Call) -> Reply:
    found = [w for w in call.store.walk("workers", call.workspace.sid) if _passes(call, w)]
    if "target_workers_expression" in call.args:
        expression = call.args["target_workers_expression"]
        found = [w for w in found if expression and _satisfies(call, w, expression)]
    if "task_queue_sid" in call.args or "task_queue_name" in call.args:
        queues = [
            q for q in call.store.walk("task_queues", call.workspace.sid) if _is_selected(call, q)
        ]
        matches = call.engine.eligibility.matches
        found = [w for w in found if any(matches(queue, w) for queue in queues)]
    sort(found, read_ordering(call.args.get("ordering", []), _ORDERINGS), _ORDERINGS)
    return page(call, "workers", found, worker_json)


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
    args = call.args
    return (
        args.get("friendly_name") in (None, worker.friendly_name)
        and args.get("available") in (None, worker.available)
        and args.get("activity_sid") in (None, worker.activity_sid)
        and args.get("activity_name")
        in (None, call.store.require(Activity, worker.activity_sid).friendly_name)
    )


def _satisfies(call: Call, worker: Worker, expression: str) -> bool:
    values = parsed.worker_values(call.store, worker)
    return parsed.expression(expression).matches(values)


def _is_selected(call: Call, queue: TaskQueue) -> bool:
    return call.args.get("task_queue_sid") in (None, queue.sid) and call.args.get(
        "task_queue_name"
    ) in (None, queue.friendly_name)


_ORDERINGS: dict[str, Callable[[Worker], Any]] = {
    "DateCreated": lambda worker: worker.date_created,
    "DateStatusChanged": lambda worker: worker.date_status_changed,
    "FriendlyName": lambda worker: worker.friendly_name,
}
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
