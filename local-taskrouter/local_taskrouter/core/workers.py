"""Workers and their channels: https://www.twilio.com/docs/taskrouter/api/worker"""

from local_taskrouter.core.availability import move_worker
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.parsed import load_of
from local_taskrouter.core.records import (
    Activity,
    Task,
    TaskChannel,
    Worker,
    WorkerChannel,
    Workspace,
)
from local_taskrouter.core.reservations import reject
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING


def create_worker(
    engine: Engine,
    workspace: Workspace,
    friendly_name: str,
    attributes: str = "{}",
    activity: Activity | None = None,
) -> Worker:
    """Create a Worker, in `activity` or the Workspace's default one, with a channel for each
    TaskChannel. Raises BadRequest when the name is taken, or the Workspace has 15,000 already.
    """
    engine.require_room("workers", workspace.sid)
    _require_free_name(engine, workspace.sid, friendly_name)
    activity = activity or engine.store.require(Activity, workspace.default_activity_sid)
    worker = engine.store.add(
        Worker(
            sid=engine.sid(Worker),
            workspace_sid=workspace.sid,
            date_created=engine.now,
            date_updated=engine.now,
            friendly_name=friendly_name,
            attributes=attributes,
            activity_sid=activity.sid,
            available=activity.available,
            date_status_changed=engine.now,
            idle_since=engine.now,
            available_since=engine.now,
        )
    )
    for channel in engine.store.find("task_channels", workspace.sid):
        add_worker_channel(engine, worker, channel)
    emit(engine, "worker.created", worker, f"Worker {friendly_name} created")
    engine.free(worker)
    return worker


def add_worker_channel(engine: Engine, worker: Worker, channel: TaskChannel) -> None:
    """Create the WorkerChannel for a TaskChannel, with a capacity of one."""
    engine.store.add(
        WorkerChannel(
            sid=engine.sid(WorkerChannel),
            workspace_sid=worker.workspace_sid,
            date_created=engine.now,
            date_updated=engine.now,
            worker_sid=worker.sid,
            task_channel_sid=channel.sid,
            idle_since=engine.now,
        )
    )


def rename_worker(engine: Engine, worker: Worker, friendly_name: str) -> None:
    """Rename the Worker, which may match a Task that waits for a known Worker of that name.

    Raises BadRequest when it is taken.
    """
    if friendly_name == worker.friendly_name:
        return
    _require_free_name(engine, worker.workspace_sid, friendly_name, worker)
    engine.store.change(
        worker,
        friendly_name=friendly_name,
        date_updated=engine.now,
        version=worker.version + 1,
    )
    engine.free(worker)


def update_attributes(engine: Engine, worker: Worker, attributes: str) -> None:
    """Replace the Worker's attributes, so that it may match other TaskQueues."""
    if attributes == worker.attributes:
        return
    engine.store.change(
        worker, attributes=attributes, date_updated=engine.now, version=worker.version + 1
    )
    emit(
        engine,
        "worker.attributes.update",
        worker,
        f"Worker {worker.friendly_name} updated attributes to {attributes}",
    )
    engine.free(worker)


def update_activity(
    engine: Engine, worker: Worker, activity: Activity, reject_pending: bool
) -> None:
    """Move the Worker to `activity`; with `reject_pending`, reject its pending Reservations.

    Raises BadRequest for `reject_pending` with an available Activity.
    """
    if reject_pending and activity.available:
        raise BadRequest(
            "Unable to reject pending reservations when updating to an Available activity state."
        )
    move_worker(engine, worker, activity.sid)
    if reject_pending:
        for reservation in engine.store.find("reservations_of_worker", worker.sid):
            if reservation.reservation_status == "pending":
                reject(engine, reservation, activity.sid)


def update_worker_channel(
    engine: Engine, channel: WorkerChannel, capacity: int | None, available: bool | None
) -> None:
    """Set how many Tasks the Worker handles at once on a channel, or turn it on or off.

    https://www.twilio.com/docs/taskrouter/api/worker-channel
    """
    before = channel.configured_capacity
    if capacity is not None and capacity != before:
        engine.store.change(channel, configured_capacity=capacity, date_updated=engine.now)
        _emit_channel_event(engine, channel, "worker.capacity.update", "capacity", before)
    if available is not None and available != channel.available:
        engine.store.change(channel, available=available, date_updated=engine.now)
        _emit_channel_event(
            engine,
            channel,
            "worker.channel.availability.update",
            "channel availability",
            channel.configured_capacity,
        )
    engine.free(engine.store.require(Worker, channel.worker_sid))


def delete_worker(engine: Engine, worker: Worker) -> None:
    """Delete a Worker. Raises BadRequest while it holds a Reservation."""
    held = [
        reservation
        for reservation in engine.store.find("reservations_of_worker", worker.sid)
        if reservation.reservation_status in RESERVATION_HOLDING
    ]
    if held:
        task = engine.store.require(Task, held[0].task_sid)
        raise BadRequest(
            f"Cannot delete Worker {worker.sid}: it holds Reservation {held[0].sid} for Task"
            f" {task.sid}, which is {task.assignment_status}."
        )
    emit(
        engine,
        "worker.deleted",
        worker,
        f"Worker {worker.friendly_name} deleted",
        began=worker.date_status_changed,
    )
    for channel in engine.store.find("channels_of_worker", worker.sid):
        engine.store.remove(channel)
    engine.store.remove(worker)


def _emit_channel_event(
    engine: Engine, channel: WorkerChannel, event_type: str, changed: str, capacity_before: int
) -> None:
    """Emit an Event about a WorkerChannel, with its load; capacities are numbers of Tasks.

    The Worker gets a new version, as pages that follow it expect.
    """
    worker = engine.store.require(Worker, channel.worker_sid)
    engine.store.change(worker, version=worker.version + 1)
    task_channel = engine.store.require(TaskChannel, channel.task_channel_sid)
    assigned, held = load_of(engine.store, channel)
    emit(
        engine,
        event_type,
        worker,
        f"Worker {worker.friendly_name} {changed} updated",
        task_channel_sid=task_channel.sid,
        task_channel_unique_name=task_channel.unique_name,
        worker_channel_available=channel.available,
        worker_channel_capacity=channel.configured_capacity,
        worker_channel_available_capacity=max(0, channel.configured_capacity - held),
        worker_channel_previous_capacity=capacity_before,
        worker_channel_task_count=assigned,
    )


def _require_free_name(
    engine: Engine, workspace_sid: str, name: str, but: Worker | None = None
) -> None:
    for worker in engine.store.walk("names", (workspace_sid, name.casefold())):
        if worker is not but:
            raise BadRequest("Worker with the same friendly name already exists")
