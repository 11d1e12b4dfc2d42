"""Each Worker judged for one Task: does it match, is it available, has it room."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_taskrouter.explanation.evidence import Evidence
from local_taskrouter.explanation.verdicts import Verdict, judge
from local_taskrouter.rules.lifecycle import TASK_WAITING
from local_taskrouter.rules.matching import (
    NamedWorker,
    Obstacle,
    has_room,
    named_workers,
    obstacles,
    routed_to,
)
from local_taskrouter.rules.scope import (
    attributes_of,
    presence,
    queue_scope,
    reads_channels,
    target_scope,
    worker_fields,
)
from local_taskrouter.rules.workflow import Target


@dataclass(frozen=True)
class Room:
    """A Worker's channel for the Task: `taken` of `capacity` in use, and whether it is `on`."""

    channel: str
    capacity: int
    free_percentage: int
    on: bool

    @property
    def is_open(self) -> bool:
        """Whether one more Task fits. https://www.twilio.com/docs/taskrouter/multitasking

        The API rounds down: of a capacity above 100, the last hundredth counts as taken.
        """
        return has_room(self.on, self.free_percentage)

    @property
    def taken(self) -> int:
        return self.capacity - -(-self.capacity * self.free_percentage // 100)

    def __str__(self) -> str:
        off = "" if self.on else ", switched off"
        return f"{self.taken} of {self.capacity} taken on {self.channel}{off}"


_MISMATCH = {Obstacle.ANOTHER_WORKER, Obstacle.TASK_QUEUE, Obstacle.TARGET}


@dataclass(frozen=True)
class Candidate:
    """A Worker, and what keeps it from the Task: its `obstacles`, see rules/matching.py.

    `target_workers` is the TaskQueue's expression judged for this Worker, `target` that of the
    Workflow's target, None where there is none. `known` says which other Worker the Task names, ""
    when it names this one or none. `room` is None where the Worker's channels were not read.
    `holds` are the Reservations that take its capacity, `asked` the statuses of its Reservations
    for this very Task, oldest first.
    """

    friendly_name: str
    sid: str
    activity_name: str
    target_workers: Verdict
    target: Verdict | None
    known: str
    room: Room | None
    holds: tuple[str, ...]
    asked: tuple[str, ...]
    obstacles: frozenset[Obstacle]

    @property
    def matches(self) -> bool:
        """Whether both expressions, and the Worker that the Task names, allow this one."""
        return not self.obstacles & _MISMATCH

    @property
    def available(self) -> bool:
        """Whether its Activity is an available one, or does not count for this Task."""
        return Obstacle.ACTIVITY not in self.obstacles

    @property
    def busy(self) -> bool:
        """Whether no further Task fits, though its capacity counts for this Task."""
        return Obstacle.CAPACITY in self.obstacles

    @property
    def has_pending_reservation(self) -> bool:
        """Whether it holds a pending Reservation for the Task."""
        return Obstacle.PENDING_RESERVATION in self.obstacles

    @property
    def is_eligible(self) -> bool:
        """Whether TaskRouter could reserve it for the Task now."""
        return not self.obstacles


@dataclass(frozen=True)
class _Pair:
    """The Task and one Worker, as the REST API shows them (see rules/matching.py)."""

    has_pending_reservation: bool
    names_another_worker: bool
    is_for_one_worker: bool
    ignores_capacity: bool
    is_available: bool
    has_room: bool
    matches_queue: bool
    matches_target: bool


def judge_staff(evidence: Evidence) -> Iterator[Candidate]:
    """Judge every Worker for the Task where it stands, in the order of `evidence.workers`."""
    queue = evidence.queue(evidence.task.task_queue_sid)
    target = evidence.standing.target
    return (_judge(evidence, target, queue, evidence.named, one) for one in evidence.workers)


def channels_wanted(evidence: Evidence, targets: Iterable[Target | None]) -> list[str]:
    """The SIDs of the Workers whose channels can decide at one of these targets.

    A target of None is the TaskQueue in which the Task is, and nothing else. Channels decide for
    all where an expression reads channels, and for those who match while the Task wants Workers.
    """
    wants = evidence.task.assignment_status in TASK_WAITING
    wanted: dict[str, None] = {}
    for target in targets:
        queue = evidence.queue(target.queue if target else evidence.task.task_queue_sid)
        everybody = needs_channels(queue, target)
        named = named_workers(evidence.task.routing_target, target, attributes_of(evidence.task))
        for worker in evidence.workers:
            if everybody or (wants and _judge(evidence, target, queue, named, worker).matches):
                wanted[worker.sid] = None
    return list(wanted)


def count_presence(evidence: Evidence, queue_sid: str) -> dict[str, dict[str, int]]:
    """What `skip_if` reads of the Workers who match a TaskQueue."""
    queue = evidence.queue(queue_sid)
    members = [one for one in evidence.workers if of_queue(evidence, queue, one).holds]
    return presence((one.available, one.activity_sid) for one in members)


def of_queue(evidence: Evidence, queue: Any | None, worker: Any) -> Verdict:
    """A TaskQueue's `target_workers` judged for a Worker."""
    return _of_queue(queue, fields_of(evidence, worker), worker)


def fields_of(evidence: Evidence, worker: Any) -> dict[str, Any]:
    """A Worker as `worker.…` in expressions."""
    return worker_fields(
        attributes_of(worker),
        sid=worker.sid,
        friendly_name=worker.friendly_name,
        activity_sid=worker.activity_sid,
        activity_name=worker.activity_name,
        channels={
            one.task_channel_unique_name: {
                "configured_capacity": one.configured_capacity,
                "assigned_tasks": one.assigned_tasks,
                "available_capacity_percentage": one.available_capacity_percentage,
            }
            for one in evidence.channels.get(worker.sid, ())
        },
    )


def needs_channels(queue: Any | None, target: Target | None = None) -> bool:
    """Whether an expression of the TaskQueue or the target reads what the Workers hold."""
    of_queue = judge(queue.target_workers, {}).expression if queue is not None else None
    return reads_channels(of_queue) or (target is not None and reads_channels(target.expression))


def described(named: NamedWorker) -> str:
    """Which Worker the Task names, in words."""
    if not named.path:
        return f"the Task is for Worker {named.value} alone"
    return f"the known Worker is {named.value!r} ({named.path})"


def _judge(
    evidence: Evidence,
    target: Target | None,
    queue: Any | None,
    named: tuple[NamedWorker, ...],
    worker: Any,
) -> Candidate:
    task = evidence.task
    fields = fields_of(evidence, worker)
    room = _room(evidence, worker)
    held = evidence.held.get(worker.sid, ())
    expression = target.expression if target is not None else None
    of_queue = _of_queue(queue, fields, worker)
    of_target = judge(expression, target_scope(attributes_of(task), fields)) if expression else None
    another = next((one for one in named if not one.is_worker(worker)), None)
    asked = [
        one.reservation_status for one in evidence.reservations if one.worker_sid == worker.sid
    ]
    pair = _Pair(
        has_pending_reservation="pending" in asked,
        names_another_worker=another is not None,
        is_for_one_worker=routed_to(task.routing_target) is not None,
        ignores_capacity=bool(task.ignore_capacity),
        is_available=bool(worker.available),
        has_room=not held if room is None else room.is_open,
        matches_queue=of_queue.holds,
        matches_target=of_target is None or of_target.holds,
    )
    return Candidate(
        friendly_name=worker.friendly_name,
        sid=worker.sid,
        activity_name=worker.activity_name,
        target_workers=of_queue,
        target=of_target,
        known=described(another) if another is not None else "",
        room=room,
        holds=tuple(f"Task {one.task_sid} ({one.reservation_status})" for one in held),
        asked=tuple(asked),
        obstacles=frozenset(obstacles(pair)),
    )


def _of_queue(queue: Any | None, fields: Mapping[str, Any], worker: Any) -> Verdict:
    values = queue_scope(fields, attributes_of(worker))
    return judge(queue.target_workers if queue is not None else None, values)


def _room(evidence: Evidence, worker: Any) -> Room | None:
    name = evidence.task.task_channel_unique_name
    for one in evidence.channels.get(worker.sid, ()):
        if one.task_channel_unique_name == name:
            free = one.available_capacity_percentage
            return Room(name, one.configured_capacity, free, bool(one.available))
    return None
