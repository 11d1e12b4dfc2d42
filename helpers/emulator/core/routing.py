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
from helpers.emulator.core.model import Task, TaskQueue, Worker, WorkerChannel, Workspace
from helpers.emulator.core.reserve import reserve
from helpers.emulator.core.standing import target_of
from helpers.rules.workflow import Target, order_workers


def seek_workers(engine: Engine, task: Task) -> bool:
    """Reserve Workers for a waiting Task, longest idle first; whether any was found.

    Costs the smaller of: the TaskQueue's matching Workers, the available Workers up to the first
    that will do. `order_by` costs all of the available ones.
    """
    found = False
    while task.pending_reservations < task.places and task.held_until is None:
        worker = next(iter(_takers(engine, task)), None)
        if worker is None:
            break
        reserve(engine, task, worker)
        found = True
    return found


def offer_tasks(engine: Engine, worker: Worker) -> None:
    """Let a Worker take waiting Tasks until none suits or there is no room.

    Costs one step for each TaskQueue in which Tasks wait, and the Tasks at its head that this
    Worker cannot take.
    """
    while worker.available:
        task = _best_task(engine, worker)
        if task is None:
            return
        reserve(engine, task, worker)


def _takers(engine: Engine, task: Task) -> Iterable[Worker]:
    target = target_of(engine, task)
    able = (w for w in _longest_idle(engine, task) if _can_take(engine, task, w, target))
    if target is None or not target.order_by:
        return able
    return order_workers(
        target.order_by, able, lambda worker: reading.pair_values(engine.store, task, worker)
    )


def _longest_idle(engine: Engine, task: Task) -> Iterator[Worker]:
    """Available Workers, the longest idle first, by the cheaper of two ways."""
    store = engine.store
    if task.routing_target is not None and task.routing_target.startswith("WK"):
        worker = store.get(Worker, task.routing_target)
        return iter([worker] if worker is not None and worker.available else [])
    members = engine.eligibility.members(store.the(TaskQueue, task.task_queue_sid))
    if members is None or len(members) >= store.count("idle", task.workspace_sid):
        return store.walk("idle", task.workspace_sid)
    found = (store.the(Worker, sid) for sid in members)
    return iter(sorted((w for w in found if w.available), key=lambda w: (w.idle_since, w.serial)))


def _best_task(engine: Engine, worker: Worker) -> Task | None:
    """The Task this Worker should get; FIFO or LIFO queues first, as the Workspace prefers."""
    workspace = engine.store.the(Workspace, worker.workspace_sid)
    heads: dict[str, list[Task]] = {"FIFO": [], "LIFO": []}
    for key in engine.store.keys("fifo"):
        if key[0] == worker.workspace_sid:
            queue = engine.store.the(TaskQueue, key[1])
            head = _head(engine, worker, queue, key)
            if head is not None:
                heads[queue.task_order].append(head)
    first = heads[workspace.prioritize_queue_order]
    other = heads["LIFO" if workspace.prioritize_queue_order == "FIFO" else "FIFO"]
    candidates = first or other
    newest = candidates is heads["LIFO"]
    return min(candidates, key=_newest if newest else _oldest) if candidates else None


def _oldest(task: Task) -> tuple[float, ...]:
    return (-task.priority, task.virtual_start_time, task.serial)


def _newest(task: Task) -> tuple[float, ...]:
    return (-task.virtual_start_time, task.serial)


def _head(engine: Engine, worker: Worker, queue: TaskQueue, key: tuple[str, str]) -> Task | None:
    """The first Task of the TaskQueue that this Worker can take."""
    for task in engine.store.walk(queue.task_order.lower(), key):
        if _can_take(engine, task, worker, target_of(engine, task)):
            return task
    return None


def _can_take(engine: Engine, task: Task, worker: Worker, target: Target | None) -> bool:
    store = engine.store
    if task.routing_target == worker.sid:
        return (task.ignore_capacity or has_room(engine, worker, task)) and not _has(
            engine, task, worker
        )
    if task.routing_target is not None and task.routing_target.startswith("WK"):
        return False
    if not engine.eligibility.matches(store.the(TaskQueue, task.task_queue_sid), worker):
        return False
    if not has_room(engine, worker, task) or _has(engine, task, worker):
        return False
    if target is None:
        return True
    if not _is_known_worker(task, worker, target):
        return False
    return target.expression is None or target.expression.matches(
        reading.pair_values(store, task, worker)
    )


def has_room(engine: Engine, worker: Worker, task: Task) -> bool:
    """Whether the Worker's channel is on and has capacity left for this Task.

    https://www.twilio.com/docs/taskrouter/multitasking
    """
    key = (worker.sid, task.task_channel_sid)
    channel: WorkerChannel | None = next(engine.store.walk("worker_channel", key), None)
    if channel is None or not channel.available:
        return False
    return engine.store.count("held", key) < channel.configured_capacity


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
