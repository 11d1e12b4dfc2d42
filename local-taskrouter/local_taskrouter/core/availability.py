"""A Worker's Activity and idle time, which decide who gets the next Task.

https://www.twilio.com/docs/taskrouter/api/activity and
https://www.twilio.com/docs/taskrouter/multitasking
"""

from local_taskrouter.core import parsed
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import Activity, Reservation, TaskChannel, Worker


def move_worker(engine: Engine, worker: Worker, activity_sid: str) -> None:
    """Move the Worker to this Activity; do nothing if that is its Activity already.

    A Worker that becomes available starts a new idle time and is offered waiting Tasks.
    """
    if activity_sid == worker.activity_sid:
        return
    store, now = engine.store, engine.now
    previous, activity = (
        store.require(Activity, worker.activity_sid),
        store.require(Activity, activity_sid),
    )
    began = worker.date_status_changed
    seconds = now - began
    becomes_available = activity.available and not worker.available
    store.change(
        worker,
        activity_sid=activity.sid,
        available=activity.available,
        date_status_changed=now,
        date_updated=now,
        idle_since=now if becomes_available else worker.idle_since,
        available_since=now if becomes_available else worker.available_since,
        version=worker.version + 1,
    )
    emit(
        engine,
        "worker.activity.update",
        worker,
        f"Worker {worker.friendly_name} updated to {activity.friendly_name} Activity",
        began=began,
        worker_previous_activity_sid=previous.sid,
        worker_previous_activity_name=previous.friendly_name,
        worker_time_in_previous_activity=int(seconds),
        worker_time_in_previous_activity_ms=int(seconds * 1000),
    )
    if activity.available:
        engine.free(worker)


def begin_idle(engine: Engine, worker: Worker, reservation: Reservation) -> None:
    """Restart the Worker's idle time, also on a TaskChannel with `channel_optimized_routing`."""
    store = engine.store
    last_reserved = max(worker.last_reserved, reservation.serial)
    store.change(worker, idle_since=engine.now, last_reserved=last_reserved)
    channel = store.get(TaskChannel, reservation.task_channel_sid)
    if channel is not None and channel.channel_optimized_routing:
        for part in store.find("worker_channel", (worker.sid, channel.sid)):
            store.change(part, idle_since=engine.now)


def free_if_load_is_read(engine: Engine, worker: Worker) -> None:
    """Offer the Worker waiting Tasks if any expression reads how many Tasks a Worker holds.

    Costs one step for each Workflow, and for each former configuration that routes a Task.
    """
    sid = worker.workspace_sid
    if (
        engine.eligibility.reads_load(sid)
        or any(parsed.reads_load(w.configuration) for w in engine.store.walk("workflows", sid))
        or any(parsed.reads_load(c) for _, c in parsed.former_configurations(engine.store, sid))
    ):
        engine.free(worker)
