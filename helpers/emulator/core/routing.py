"""Bringing Tasks and Workers together.

Between commands one thing always holds: no waiting Task has a Worker that could take it now. So
whoever changes tries for itself: a Task that enters a TaskQueue looks for a Worker
(`seek_workers`), a Worker that becomes free looks for a Task (`offer_tasks`).

Sources: https://www.twilio.com/docs/taskrouter/lifecycle-task-workflows-and-assignment and
https://www.twilio.com/docs/taskrouter/queue-ordering-last-first-out-lifo
"""

from collections.abc import Iterable, Iterator

from helpers.emulator.core import reading
from helpers.emulator.core.engine import Engine
from helpers.emulator.core.index import routed_to
from helpers.emulator.core.model import (
    Task,
    TaskChannel,
    TaskQueue,
    Worker,
    WorkerChannel,
    Workspace,
)
from helpers.emulator.core.reserve import reserve
from helpers.emulator.core.standing import target_of
from helpers.rules.workflow import Target, order_workers


def seek_workers(engine: Engine, task: Task) -> bool:
    """Reserve Workers for a waiting Task, longest idle first; whether it has any now.

    A Worker who has just become free takes what suits it best, which may be another Task. Costs
    the smaller of: the TaskQueue's matching Workers, the available Workers up to the first that
    will do. `order_by` and a TaskChannel with `channel_optimized_routing` cost all of them.
    """
    while task.pending_reservations < task.places and task.held_until is None:
        worker = next(iter(_takers(engine, task)), None)
        if worker is None:
            break
        best = _best_task(engine, worker) if worker.sid in engine.freed else None
        reserve(engine, best or task, worker)
    return task.pending_reservations > 0


def offer_to_freed(engine: Engine) -> None:
    """Let every Worker that became free choose among the waiting Tasks."""
    while engine.freed:
        worker = engine.store.get(Worker, engine.freed.popleft())
        if worker is not None:
            offer_tasks(engine, worker)


def offer_tasks(engine: Engine, worker: Worker) -> None:
    """Let a Worker take waiting Tasks until none suits or there is no room.

    Costs one step for each TaskQueue that may match the Worker and TaskChannel with room, and for
    the Tasks at the head of such a line that a target's expression keeps from this Worker.
    """
    while worker.available:
        task = _best_task(engine, worker)
        if task is None:
            return
        reserve(engine, task, worker)


def _takers(engine: Engine, task: Task) -> Iterable[Worker]:
    target = target_of(engine, task)
    able = (w for w in _longest_idle(engine, task) if can_take(engine, task, w, target))
    if target is None or not target.order_by:
        return able
    return order_workers(
        target.order_by, able, lambda worker: reading.pair_values(engine.store, task, worker)
    )


def _longest_idle(engine: Engine, task: Task) -> Iterator[Worker]:
    """Available Workers, the longest idle first."""
    store = engine.store
    if (only := routed_to(task)) is not None:
        worker = store.get(Worker, only)
        can = worker is not None and (worker.available or task.ignore_capacity)
        return iter([worker] if worker is not None and can else [])
    members = engine.eligibility.members(store.the(TaskQueue, task.task_queue_sid))
    found: Iterator[Worker]
    if every := members is None or len(members) >= store.count("idle", task.workspace_sid):
        found = store.walk("idle", task.workspace_sid)
    else:
        found = (worker for sid in members if (worker := store.the(Worker, sid)).available)
    if store.the(TaskChannel, task.task_channel_sid).channel_optimized_routing:
        return iter(sorted(found, key=lambda worker: _idle_on_channel(engine, worker, task)))
    return found if every else iter(sorted(found, key=lambda w: (w.idle_since, w.serial)))


def _idle_on_channel(engine: Engine, worker: Worker, task: Task) -> tuple[float, float, int]:
    """Since when the Worker has had nothing on the Task's channel, and is there.

    https://www.twilio.com/docs/taskrouter/api/task-channel
    """
    channels = engine.store.walk("worker_channel", (worker.sid, task.task_channel_sid))
    since = max(channel.idle_since for channel in channels)
    return (max(since, worker.available_since), worker.idle_since, worker.serial)


def _best_task(engine: Engine, worker: Worker) -> Task | None:
    """The Task this Worker should get; FIFO or LIFO queues first, as the Workspace prefers."""
    heads: dict[str, list[Task]] = {"FIFO": [], "LIFO": []}
    for task in engine.store.walk("routed", worker.sid):
        if can_take(engine, task, worker, None):
            heads["FIFO"].append(task)
    channels = _open_channels(engine, worker)
    for queue in engine.eligibility.queues_of(worker) if channels else ():
        for channel_sid in channels:
            head = _head(engine, worker, queue.task_order, (queue.sid, channel_sid))
            if head is not None:
                heads[queue.task_order].append(head)
    workspace = engine.store.the(Workspace, worker.workspace_sid)
    other = "LIFO" if workspace.prioritize_queue_order == "FIFO" else "FIFO"
    candidates = heads[workspace.prioritize_queue_order] or heads[other]
    newest = candidates is heads["LIFO"]
    return min(candidates, key=_newest if newest else _oldest) if candidates else None


def _open_channels(engine: Engine, worker: Worker) -> list[str]:
    """The SIDs of the TaskChannels on which the Worker has room."""
    channels = engine.store.walk("channels_of_worker", worker.sid)
    return [channel.task_channel_sid for channel in channels if _is_open(engine, channel)]


def _oldest(task: Task) -> tuple[float, ...]:
    return (-task.priority, task.virtual_start_time, task.serial)


def _newest(task: Task) -> tuple[float, ...]:
    return (-task.virtual_start_time, -task.serial)


def _head(engine: Engine, worker: Worker, order: str, line: tuple[str, str]) -> Task | None:
    """The first Task of a line (TaskQueue, TaskChannel) that the Worker, who has room, can take."""
    for task in engine.store.walk(order.lower(), line):
        if _suits(engine, task, worker, target_of(engine, task)):
            return task
    return None


def can_take(engine: Engine, task: Task, worker: Worker, target: Target | None) -> bool:
    """Whether the Worker, if available, could be reserved for the Task at this target."""
    if (only := routed_to(task)) is not None:
        room = task.ignore_capacity or has_room(engine, worker, task)
        return only == worker.sid and room and not _has(engine, task, worker)
    return (
        engine.eligibility.matches(engine.store.the(TaskQueue, task.task_queue_sid), worker)
        and has_room(engine, worker, task)
        and _suits(engine, task, worker, target)
    )


def _suits(engine: Engine, task: Task, worker: Worker, target: Target | None) -> bool:
    """Whether, in the TaskQueue, anything keeps the two apart."""
    if _has(engine, task, worker):
        return False
    if target is None:
        return True
    if not _is_known_worker(task, worker, target):
        return False
    return target.expression is None or target.expression.matches(
        reading.pair_values(engine.store, task, worker)
    )


def has_room(engine: Engine, worker: Worker, task: Task) -> bool:
    """Whether the Worker's channel is on and has capacity left for this Task.

    https://www.twilio.com/docs/taskrouter/multitasking
    """
    channels = engine.store.walk("worker_channel", (worker.sid, task.task_channel_sid))
    return any(_is_open(engine, channel) for channel in channels)


def _is_open(engine: Engine, channel: WorkerChannel) -> bool:
    key = (channel.worker_sid, channel.task_channel_sid)
    return channel.available and engine.store.count("held", key) < channel.configured_capacity


def _has(engine: Engine, task: Task, worker: Worker) -> bool:
    """Whether the Worker already holds a Reservation for this very Task."""
    if not task.pending_reservations:
        return False
    reservations = engine.store.walk("reservations_of_task", task.sid)
    return any(
        r.worker_sid == worker.sid and r.reservation_status == "pending" for r in reservations
    )


def _is_known_worker(task: Task, worker: Worker, target: Target) -> bool:
    """https://www.twilio.com/docs/taskrouter/workflow-configuration/known-agent-routing"""
    for path, value in (
        (target.known_worker_sid, worker.sid),
        (target.known_worker_friendly_name, worker.friendly_name),
    ):
        if path is not None and _attribute(task, path) != value:
            return False
    return True


def _attribute(task: Task, path: str) -> object:
    value: object = {"task": reading.task_values(task)}
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
