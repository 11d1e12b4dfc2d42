"""Each Worker judged for one Task: whether it matches, is available, and has capacity left."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from twilio.rest.taskrouter.v1.workspace.task_queue import TaskQueueInstance
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance
from twilio.rest.taskrouter.v1.workspace.worker.worker_channel import WorkerChannelInstance

from local_taskrouter.explanation.evidence import Evidence, Reservation
from local_taskrouter.explanation.verdicts import Verdict, judge
from local_taskrouter.rules.lifecycle import TASK_WAITING
from local_taskrouter.rules.matching import (
    NamedWorker,
    Obstacle,
    has_room,
    may_take,
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
class ChannelCapacity:
    """A Worker's capacity on the Task's channel: `taken` of `configured` Tasks.

    `is_on` is the WorkerChannel's `available`.
    """

    channel: str
    configured: int
    free_percentage: int
    is_on: bool

    @property
    def is_free(self) -> bool:
        """Whether one more Task fits. https://www.twilio.com/docs/taskrouter/multitasking

        The API rounds down: of a capacity above 100, the last hundredth counts as taken.
        """
        return has_room(self.is_on, self.free_percentage)

    @property
    def taken(self) -> int:
        return self.configured - -(-self.configured * self.free_percentage // 100)

    def __str__(self) -> str:
        off = "" if self.is_on else ", switched off"
        return f"{self.taken} of {self.configured} taken on {self.channel}{off}"


_MISMATCH = {Obstacle.ANOTHER_WORKER, Obstacle.TASK_QUEUE, Obstacle.TARGET}


@dataclass(frozen=True)
class Candidate:
    """A Worker, and its `obstacles`: all that prevents TaskRouter from reserving it for the Task.

    `target_workers` is the TaskQueue's expression judged for this Worker; `target` is that of the
    Workflow's target, None where there is none. `exclusion` names the other Worker that the Task is
    meant for, "" when it is meant for this one or for any. `capacity` is None where the Worker's
    channels were not read; `is_unread` where they alone would show whether it can take the Task.
    `holding` lists the Reservations that use its capacity, `pending_holding` counts the pending ones,
    and `reservation_statuses` are the statuses of its Reservations for this very Task, oldest first.
    """

    friendly_name: str
    sid: str
    activity_name: str
    target_workers: Verdict
    target: Verdict | None
    exclusion: str
    capacity: ChannelCapacity | None
    holding: tuple[str, ...]
    pending_holding: int
    reservation_statuses: tuple[str, ...]
    obstacles: frozenset[Obstacle]
    is_match_known: bool = True
    is_unread: bool = False

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The expressions that decide whether the Worker matches."""
        return tuple(v for v in (self.target_workers, self.target) if v is not None)

    @property
    def matches(self) -> bool | None:
        """Whether both expressions, and the Worker that the Task names, allow this one.

        None where channels decide that were not read.
        """
        return self.might_match if self.is_match_known or not self.might_match else None

    @property
    def might_match(self) -> bool:
        """Whether it matches, or would with certain channels, which were not read."""
        return not self.obstacles & _MISMATCH

    @property
    def is_available(self) -> bool:
        """Whether its Activity is an available one, or does not count for this Task."""
        return Obstacle.ACTIVITY not in self.obstacles

    @property
    def is_busy(self) -> bool:
        """Whether no further Task fits, and capacity counts for this Task."""
        return Obstacle.CAPACITY in self.obstacles

    @property
    def is_reserved(self) -> bool:
        """Whether it has a pending Reservation for the Task."""
        return Obstacle.PENDING_RESERVATION in self.obstacles

    @property
    def is_eligible(self) -> bool:
        """Whether TaskRouter could reserve it for the Task now."""
        return not self.obstacles and not self.is_unread

    @property
    def can_take(self) -> bool | None:
        """`is_eligible`, or None where the Worker's channels would show it and were not read."""
        return None if self.is_unread else self.is_eligible


@dataclass(frozen=True)
class _TaskAndWorker:
    """The Task and one Worker, as the REST API shows them; a `Pair` of rules/matching.py."""

    has_pending_reservation: bool
    is_transferring: bool
    names_another_worker: bool
    is_for_one_worker: bool
    ignores_capacity: bool
    is_available: bool
    has_room: bool
    matches_queue: bool
    matches_target: bool


def judge_candidates(evidence: Evidence) -> Iterator[Candidate]:
    """Judge each Worker for the Task where it waits, in the order of `evidence.workers`."""
    target, named = evidence.position.target, evidence.named_workers
    for worker in evidence.workers:
        yield _judge(evidence, target, evidence.task_queue, named, worker)


def can_be_reserved(evidence: Evidence) -> bool:
    """Whether TaskRouter could reserve a Worker for the pending Task now.

    Works without the Workers' channels: a Worker with any Reservation then counts as busy.
    """
    return any(candidate.is_eligible for candidate in judge_candidates(evidence))


def is_skip_known(evidence: Evidence) -> bool:
    """Whether the channels that were read show if the Task is skipped where it waits."""
    if not is_presence_known(evidence, evidence.task.task_queue_sid or ""):
        return False
    return not any(candidate.is_unread for candidate in judge_candidates(evidence))


def channels_to_read(evidence: Evidence, targets: Iterable[Target | None], most: int) -> list[str]:
    """Return the SIDs of Workers whose unread channels decide at these targets.

    They are among the first `most` Workers whose channels decide, read or not, so that many Tasks do
    not read more and more Workers. A target of None stands for the Task's TaskQueue without a target. Channels decide for a Worker
    who could take the waiting Task if they have room, and where an expression reads them.
    """
    waits = evidence.task.assignment_status in TASK_WAITING
    known = evidence.channels
    all_workers = frozenset(worker.sid or "" for worker in evidence.workers)
    evidence = replace(evidence, channels={}, unread=all_workers)
    ranked: dict[str, int] = {}
    for target in targets:
        if list(ranked.values()).count(0) >= most:
            break
        queue = evidence.queue(target.queue if target else evidence.task.task_queue_sid)
        named = named_workers(evidence.task.routing_target, target, evidence.attributes)
        reads = needs_channels(queue, target)
        for worker in evidence.workers:
            sid = worker.sid or ""
            candidate = _judge(evidence, target, queue, named, worker)
            if waits and (candidate.is_unread or candidate.is_reserved):
                rank = 0
            elif candidate.might_match and not candidate.matches:
                rank = 1
            elif reads:
                rank = 2
            else:
                continue
            ranked[sid] = min(rank, ranked.get(sid, rank))
    first = sorted(ranked, key=ranked.__getitem__)[:most]
    return [sid for sid in first if sid not in known]


def count_presence(evidence: Evidence, queue_sid: str) -> Mapping[str, Mapping[str, int]]:
    """Return what `skip_if` reads about the Workers who match a TaskQueue."""
    queue = evidence.queue(queue_sid)
    members = [w for w in evidence.workers if judge_target_workers(evidence, queue, w).holds]
    return presence((bool(worker.available), worker.activity_sid or "") for worker in members)


def is_presence_known(evidence: Evidence, queue_sid: str) -> bool:
    """Whether `count_presence` depends on no channel that was not read."""
    queue = evidence.queue(queue_sid)
    return all(judge_target_workers(evidence, queue, each).is_known for each in evidence.workers)


def judge_target_workers(
    evidence: Evidence, queue: TaskQueueInstance | None, worker: WorkerInstance
) -> Verdict:
    """Judge a TaskQueue's `target_workers` for a Worker."""
    fields = fields_of(worker, _channels(evidence, worker))
    return _judge_target_workers(queue, fields, worker, worker.sid not in evidence.channels)


def fields_of(
    worker: WorkerInstance, channels: Sequence[WorkerChannelInstance] = ()
) -> dict[str, Any]:
    """Return what expressions read of a Worker as `worker.…`."""
    return worker_fields(
        attributes_of(worker),
        sid=worker.sid or "",
        friendly_name=worker.friendly_name or "",
        activity_sid=worker.activity_sid or "",
        activity_name=worker.activity_name or "",
        channels={
            channel.task_channel_unique_name or "": {
                "configured_capacity": channel.configured_capacity or 0,
                "assigned_tasks": channel.assigned_tasks or 0,
                "available_capacity_percentage": channel.available_capacity_percentage or 0,
            }
            for channel in channels
        },
    )


def needs_channels(queue: TaskQueueInstance | None, target: Target | None = None) -> bool:
    """Whether an expression of the TaskQueue or the target reads the Workers' channels."""
    expression = judge(queue.target_workers, {}).expression if queue is not None else None
    return reads_channels(expression) or (target is not None and reads_channels(target.expression))


def describe_named_worker(named: NamedWorker) -> str:
    """Return which Worker the Task names, as part of a sentence."""
    if not named.path:
        return f"the Task is for Worker {named.value} alone"
    if named.value is None:
        return f"{named.path}, which would name the known Worker, is missing or null"
    return f"the known Worker is {named.value!r} ({named.path})"


def _judge(
    evidence: Evidence,
    target: Target | None,
    queue: TaskQueueInstance | None,
    named: tuple[NamedWorker, ...],
    worker: WorkerInstance,
) -> Candidate:
    sid, task = worker.sid or "", evidence.task
    fields = fields_of(worker, _channels(evidence, worker))
    lacks_channels = sid not in evidence.channels
    capacity = _capacity(evidence, worker)
    holding = evidence.holding.get(sid, ())
    expression = target.expression if target is not None else None
    of_queue = _judge_target_workers(queue, fields, worker, lacks_channels)
    of_target = None
    if expression is not None:
        scope = target_scope(evidence.attributes, fields)
        of_target = judge(expression, scope, lacks_channels)
    another = next((each for each in named if not each.is_worker(worker)), None)
    statuses = evidence.reservation_statuses.get(sid, ())
    pair = _TaskAndWorker(
        has_pending_reservation="pending" in statuses,
        is_transferring="accepted" in statuses and task.assignment_status in TASK_WAITING,
        names_another_worker=another is not None,
        is_for_one_worker=routed_to(task.routing_target) is not None,
        ignores_capacity=task.ignore_capacity,
        is_available=bool(worker.available),
        has_room=not holding if capacity is None else capacity.is_free,
        matches_queue=of_queue.holds,
        matches_target=of_target is None or of_target.holds,
    )
    found = frozenset(obstacles(pair))
    is_known = pair.is_for_one_worker or (
        of_queue.is_known and (of_target is None or of_target.is_known)
    )
    is_room_known = sid not in evidence.unread or may_take(replace(pair, has_room=False))
    return Candidate(
        friendly_name=worker.friendly_name or "",
        sid=sid,
        activity_name=worker.activity_name or "",
        target_workers=of_queue,
        target=of_target,
        exclusion=describe_named_worker(another) if another is not None else "",
        capacity=capacity,
        holding=tuple(_describe_holding(evidence, each) for each in holding),
        pending_holding=sum(each.reservation_status == "pending" for each in holding),
        reservation_statuses=statuses,
        obstacles=found,
        is_match_known=is_known,
        is_unread=not found and not (is_known and is_room_known),
    )


def _describe_holding(evidence: Evidence, reservation: Reservation) -> str:
    """A Reservation that uses capacity: its Task, its status, and until when it is pending."""
    until = evidence.deadlines.get(reservation.sid or "")
    status = f"pending until {until}" if until else str(reservation.reservation_status)
    return f"Task {reservation.task_sid} ({status})"


def _judge_target_workers(
    queue: TaskQueueInstance | None,
    fields: Mapping[str, Any],
    worker: WorkerInstance,
    lacks_channels: bool,
) -> Verdict:
    values = queue_scope(fields, attributes_of(worker))
    return judge(queue.target_workers if queue is not None else None, values, lacks_channels)


def _channels(evidence: Evidence, worker: WorkerInstance) -> Sequence[WorkerChannelInstance]:
    return evidence.channels.get(worker.sid or "", ())


def _capacity(evidence: Evidence, worker: WorkerInstance) -> ChannelCapacity | None:
    name = evidence.task.task_channel_unique_name
    for channel in _channels(evidence, worker):
        if channel.task_channel_unique_name == name:
            return ChannelCapacity(
                channel=name,
                configured=channel.configured_capacity or 0,
                free_percentage=channel.available_capacity_percentage or 0,
                is_on=bool(channel.available),
            )
    return None
