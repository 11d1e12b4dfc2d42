"""Match waiting Tasks with available Workers.

Between commands no waiting Task has a Worker that could take it. So only what changes has to be
matched: a Task that enters a TaskQueue is matched with Workers (`seek_workers`), a Worker that
becomes free is matched with Tasks (`offer_tasks`).

Sources: https://www.twilio.com/docs/taskrouter/lifecycle-task-workflows-and-assignment and
https://www.twilio.com/docs/taskrouter/queue-ordering-last-first-out-lifo
"""

from collections.abc import Iterable
from typing import Any, Self

from local_taskrouter.core import parsed
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.parsed import target_of
from local_taskrouter.core.records import (
    Task,
    TaskChannel,
    TaskQueue,
    Worker,
    Workspace,
)
from local_taskrouter.core.reserve import reserve
from local_taskrouter.rules.matching import may_take, named_workers, routed_to
from local_taskrouter.rules.scope import target_scope
from local_taskrouter.rules.workflow import Target, order_workers

_FEW = 16
"""Look up Workers one by one if that many times as many are idle, else go through the idle ones."""


def seek_workers(engine: Engine, task: Task) -> bool:
    """Reserve Workers for a waiting Task, longest idle first; return whether it has any now.

    A Worker who has just become free takes its best Task, which may be another one. Evaluates
    matching Workers with room, up to the first that can take it; `order_by` and a TaskChannel with
    `channel_optimized_routing` cost all of them.
    """
    while task.pending_reservations < task.places and task.held_until is None:
        worker = next(iter(_takers(engine, task)), None)
        if worker is None:
            break
        best = _best_task(engine, worker) if worker.sid in engine.freed else None
        reserve(engine, best or task, worker)
    return task.pending_reservations > 0


def offer_to_freed(engine: Engine) -> None:
    """Reserve every Worker that became free for its best waiting Tasks."""
    while engine.freed:
        worker = engine.store.get(Worker, engine.freed.popleft())
        if worker is not None:
            offer_tasks(engine, worker)


def offer_tasks(engine: Engine, worker: Worker) -> None:
    """Reserve a Worker for waiting Tasks until none matches or the Worker has no room.

    Costs one step for each TaskQueue that may match the Worker and each TaskChannel with room, and
    for each Task at the head of such a line whose target's expression excludes this Worker.
    """
    while worker.available:
        task = _best_task(engine, worker)
        if task is None:
            return
        reserve(engine, task, worker)


def _takers(engine: Engine, task: Task) -> Iterable[Worker]:
    target = target_of(engine.store, task)
    members = engine.eligibility.members(engine.store.require(TaskQueue, task.task_queue_sid))
    pair = _AnyPair(engine, members).with_task(task, target)
    able = (
        worker
        for worker in _longest_idle(engine, task, members)
        if may_take(pair.with_worker(worker))
    )
    if target is None or not target.order_by:
        return able
    return order_workers(
        target.order_by, able, lambda worker: parsed.pair_values(engine.store, task, worker)
    )


def _longest_idle(engine: Engine, task: Task, members: set[str] | None) -> Iterable[Worker]:
    """Return the available `members` (None: of the Workspace) with room, the longest idle first.

    For a Task that was created for one Worker, return that Worker.
    """
    store = engine.store
    if (only := routed_to(task.routing_target)) is not None:
        worker = store.get(Worker, only)
        return [] if worker is None else [worker]
    able = engine.room.workers(task.task_channel_sid)
    fewer, more = sorted((able, able if members is None else members), key=len)
    in_order = len(fewer) * _FEW > store.count("idle", task.workspace_sid)
    found: Iterable[Worker]
    if in_order:
        idle = store.walk("idle", task.workspace_sid)
        found = (worker for worker in idle if worker.sid in fewer and worker.sid in more)
    else:
        found = (store.require(Worker, sid) for sid in fewer if sid in more)
    if store.require(TaskChannel, task.task_channel_sid).channel_optimized_routing:
        return sorted(found, key=lambda worker: _idle_on_channel(engine, worker, task))
    return found if in_order else sorted(found, key=_idle)


def _idle(worker: Worker) -> tuple[float, int, int]:
    return (worker.idle_since, worker.last_reserved, worker.serial)


def _idle_on_channel(engine: Engine, worker: Worker, task: Task) -> tuple[Any, ...]:
    """Sort Workers by their idle time on the Task's channel, restarted when they came back.

    https://www.twilio.com/docs/taskrouter/api/task-channel
    """
    channels = engine.store.walk("worker_channel", (worker.sid, task.task_channel_sid))
    since = max(channel.idle_since for channel in channels)
    return (max(since, worker.available_since), *_idle(worker))


def _best_task(engine: Engine, worker: Worker) -> Task | None:
    """Return the Worker's best Task; FIFO or LIFO queues come first, as the Workspace prefers."""
    heads: dict[str, list[Task]] = {"FIFO": [], "LIFO": []}
    for task in engine.store.walk("routed", worker.sid):
        if can_take(engine, task, worker, None):
            heads["FIFO"].append(task)
    channels, pair = _open_channels(engine, worker), _PairInLine(engine).with_worker(worker)
    for queue in engine.eligibility.queues_of(worker) if channels else ():
        for channel_sid in channels:
            head = _head(pair, queue.task_order, (queue.sid, channel_sid))
            if head is not None:
                heads[queue.task_order].append(head)
    workspace = engine.store.require(Workspace, worker.workspace_sid)
    other = "LIFO" if workspace.prioritize_queue_order == "FIFO" else "FIFO"
    candidates = heads[workspace.prioritize_queue_order] or heads[other]
    newest = candidates is heads["LIFO"]
    return min(candidates, key=_newest if newest else _oldest) if candidates else None


def _open_channels(engine: Engine, worker: Worker) -> list[str]:
    """Return the SIDs of the TaskChannels on which the Worker has room."""
    channels = engine.store.walk("channels_of_worker", worker.sid)
    sids = [channel.task_channel_sid for channel in channels]
    return [sid for sid in sids if worker.sid in engine.room.workers(sid)]


def _oldest(task: Task) -> tuple[float, ...]:
    return (-task.priority, task.virtual_start_time, task.serial)


def _newest(task: Task) -> tuple[float, ...]:
    return (-task.virtual_start_time, -task.serial)


def _head(pair: "_PairInLine", order: str, line: tuple[str, str]) -> Task | None:
    """Return the first Task in a line (TaskQueue, TaskChannel with room) the Worker can take."""
    store = pair.engine.store
    for task in store.walk(order.lower(), line):
        if may_take(pair.with_task(task, target_of(store, task))):
            return task
    return None


class _Pair:
    """A Task and a Worker, as the records have them (see rules/matching.py).

    One of the two stays, the other changes.
    """

    __slots__ = ("_fields", "engine", "named", "target", "task", "worker")

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def with_task(self, task: Task, target: Target | None) -> Self:
        self.task = task
        self.target = target
        self.named = named_workers(task.routing_target, target, parsed.task_values(task))
        return self

    def with_worker(self, worker: Worker) -> Self:
        self.worker = worker
        self._fields: dict[str, Any] | None = None
        return self

    @property
    def has_pending_reservation(self) -> bool:
        return self.task.pending_reservations > 0 and self._has_reservation("pending")

    @property
    def is_transferring(self) -> bool:
        return self.task.transfer_sid is not None and self._has_reservation("accepted")

    def _has_reservation(self, status: str) -> bool:
        return any(
            each.worker_sid == self.worker.sid and each.reservation_status == status
            for each in self.engine.store.walk("reservations_of_task", self.task.sid)
        )

    @property
    def names_another_worker(self) -> bool:
        for name in self.named:
            if not name.is_worker(self.worker):
                return True
        return False

    @property
    def ignores_capacity(self) -> bool:
        return self.task.ignore_capacity

    @property
    def is_available(self) -> bool:
        return self.worker.available

    @property
    def matches_target(self) -> bool:
        if self.target is None or self.target.expression is None:
            return True
        if self._fields is None:
            self._fields = parsed.fields_of(self.engine.store, self.worker)
        values = target_scope(parsed.task_values(self.task), self._fields)
        return self.target.expression.matches(values)


class _PairInLine(_Pair):
    """The Task waits on a channel on which the Worker has room, in a TaskQueue that it matches."""

    __slots__ = ()
    is_for_one_worker = False
    has_room = True
    matches_queue = True


class _AnyPair(_Pair):
    """`members` are the SIDs of the Workers that match the TaskQueue; None: evaluate each one."""

    __slots__ = ("members",)

    def __init__(self, engine: Engine, members: set[str] | None = None) -> None:
        super().__init__(engine)
        self.members = members

    @property
    def is_for_one_worker(self) -> bool:
        return routed_to(self.task.routing_target) is not None

    @property
    def has_room(self) -> bool:
        return self.worker.sid in self.engine.room.workers(self.task.task_channel_sid)

    @property
    def matches_queue(self) -> bool:
        if self.members is not None:
            return self.worker.sid in self.members
        queue = self.engine.store.require(TaskQueue, self.task.task_queue_sid)
        return self.engine.eligibility.matches(queue, self.worker)


def can_take(engine: Engine, task: Task, worker: Worker, target: Target | None) -> bool:
    """Whether the Worker could be reserved for the Task at this target now."""
    return may_take(_AnyPair(engine).with_task(task, target).with_worker(worker))
