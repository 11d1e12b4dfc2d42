"""The resources as taskrouter.js reads them: dates in whole seconds since 1970, versions as numbers.

A key that the SDK lists must be there; of `task_transfer` and its kind it must not be null.
"""

from collections.abc import Mapping
from typing import Any

from local_taskrouter.core.parsed import load_of, percentage
from local_taskrouter.core.records import (
    Activity,
    Record,
    Reservation,
    Task,
    TaskChannel,
    TaskQueue,
    Transfer,
    Worker,
    WorkerChannel,
    Workflow,
)
from local_taskrouter.core.store import Store
from local_taskrouter.rules.timeouts import reservation_timeout

Shape = dict[str, Any]
TRANSFERS = ("task_transfer", "active_outgoing_task_transfer")
"""Of a Reservation: the transfer that made it, and the one that its Worker has started."""


def shape(store: Store, account_sid: str, now: float, record: Record, task: Task | None) -> Shape:
    """Return a record as the SDK reads it. `task` is a Reservation's, which may be gone already."""
    head = {
        "sid": record.sid,
        "account_sid": account_sid,
        "workspace_sid": record.workspace_sid,
        "date_created": int(record.date_created),
        "date_updated": int(record.date_updated),
    }
    match record:
        case Worker():
            return head | _worker(store, record)
        case Activity():
            return head | {"available": record.available, "friendly_name": record.friendly_name}
        case WorkerChannel():
            return head | _worker_channel(store, record)
        case TaskQueue():
            return head | _task_queue(store, record)
        case Task():
            return head | _task(store, now, record)
        case Reservation():
            return head | _reservation(store, account_sid, now, record, task)
        case Transfer():
            return head | _transfer(record)
    raise TypeError(f"the SDK reads no {type(record).__name__}")


def task_of(store: Store, removed: Mapping[str, Record], record: Record) -> Task | None:
    """Return the Task of a Reservation, also if the command has removed it; None for other records."""
    if not isinstance(record, Reservation):
        return None
    gone = removed.get(record.task_sid)
    return store.get(Task, record.task_sid) or (gone if isinstance(gone, Task) else None)


def _worker(store: Store, worker: Worker) -> Shape:
    activity = store.get(Activity, worker.activity_sid)
    return {
        "activity_name": activity.friendly_name if activity else None,
        "activity_sid": worker.activity_sid,
        "attributes": worker.attributes,
        "available": worker.available,
        "date_status_changed": int(worker.date_status_changed),
        "friendly_name": worker.friendly_name,
        "version": worker.version,
    }


def _worker_channel(store: Store, channel: WorkerChannel) -> Shape:
    assigned, held = load_of(store, channel)
    kind = store.require(TaskChannel, channel.task_channel_sid)
    return {
        "assigned_tasks": assigned,
        "available": int(channel.available),
        "available_capacity_percentage": percentage(channel.configured_capacity, held),
        "configured_capacity": channel.configured_capacity,
        "last_reserved_time": int(channel.date_updated * 1000),
        "task_channel_sid": kind.sid,
        "task_channel_unique_name": kind.unique_name,
        "worker_sid": channel.worker_sid,
    }


def _task_queue(store: Store, queue: TaskQueue) -> Shape:
    shown: Shape = {
        "friendly_name": queue.friendly_name,
        "target_workers": queue.target_workers,
        "max_reserved_workers": queue.max_reserved_workers,
        "task_order": queue.task_order,
        "lifo_queue": queue.task_order == "LIFO",
    }
    for kind in ("reservation", "assignment"):
        activity = store.get(Activity, getattr(queue, f"{kind}_activity_sid"))
        shown[f"{kind}_activity_sid"] = activity.sid if activity else None
        shown[f"{kind}_activity_name"] = activity.friendly_name if activity else None
    return shown


def _task(store: Store, now: float, task: Task) -> Shape:
    queue, workflow = (
        store.get(TaskQueue, task.task_queue_sid),
        store.get(Workflow, task.workflow_sid),
    )
    return {
        "addons": "{}",
        "age": int(now - task.date_created),
        "attributes": task.attributes,
        "priority": task.priority,
        "queue_name": queue.friendly_name if queue else None,
        "queue_sid": task.task_queue_sid,
        "reason": task.reason,
        "routing_target": task.routing_target,
        "assignment_status": task.assignment_status,
        "task_channel_unique_name": store.require(TaskChannel, task.task_channel_sid).unique_name,
        "task_channel_sid": task.task_channel_sid,
        "timeout": task.timeout,
        "workflow_name": workflow.friendly_name if workflow else None,
        "workflow_sid": task.workflow_sid,
        "version": task.version,
        "virtual_start_time": int(task.virtual_start_time),
    }


def _reservation(
    store: Store, account_sid: str, now: float, reservation: Reservation, task: Task | None
) -> Shape:
    workflow = store.get(Workflow, reservation.workflow_sid)
    shown = {
        "reservation_status": reservation.reservation_status,
        "reservation_timeout": reservation_timeout(workflow),
        "task": shape(store, account_sid, now, task, None) if task else None,
        "task_sid": reservation.task_sid,
        "worker_sid": reservation.worker_sid,
        "worker_name": reservation.worker_name,
        "worker_previous_activity_sid": reservation.previous_activity_sid,
        "version": reservation.version,
    }
    incoming = store.get(Transfer, reservation.transfer_sid)
    outgoing = store.get(Transfer, task.transfer_sid if task else None)
    if outgoing is not None and outgoing.initiating_reservation_sid != reservation.sid:
        outgoing = None
    for name, transfer in zip(TRANSFERS, (incoming, outgoing), strict=True):
        if transfer is not None:
            shown[name] = shape(store, account_sid, now, transfer, None)
    return shown


def _transfer(transfer: Transfer) -> Shape:
    shown: Shape = {
        "initiating_reservation_sid": transfer.initiating_reservation_sid,
        "initiating_worker_sid": transfer.initiating_worker_sid,
        "initiating_queue_sid": transfer.initiating_queue_sid,
        "initiating_workflow_sid": transfer.initiating_workflow_sid,
        "task_sid": transfer.task_sid,
        "transfer_mode": transfer.transfer_mode,
        "transfer_to": transfer.transfer_to,
        "transfer_type": transfer.transfer_type,
        "transfer_status": transfer.transfer_status,
    }
    if transfer.transfer_failed_reason is not None:
        shown["transfer_failed_reason"] = transfer.transfer_failed_reason
    return shown
