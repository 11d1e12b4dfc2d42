"""Each Worker judged for one Task: does it match, is it available, has it room."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from helpers.explanation.evidence import Evidence, attributes_of
from helpers.explanation.verdicts import Verdict, judge
from helpers.rules.expression import ExpressionSyntaxError, parse
from helpers.rules.lifecycle import TASK_WAITING
from helpers.rules.scope import presence, queue_scope, target_scope, worker_fields
from helpers.rules.workflow import Target


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
        return self.on and self.free_percentage > 0

    @property
    def taken(self) -> int:
        return self.capacity - -(-self.capacity * self.free_percentage // 100)

    def __str__(self) -> str:
        off = "" if self.on else ", switched off"
        return f"{self.taken} of {self.capacity} taken on {self.channel}{off}"


@dataclass(frozen=True)
class Candidate:
    """What stands between one Worker and the Task.

    `target_workers` is the TaskQueue's expression judged for this Worker, `target` that of the
    Workflow's target, None where there is none. `known` says why it is not the Worker that the
    Task is meant for, "" when it is or none is. `room` is None where it was not asked for, `busy`
    whether no further Task fits. `holds` are the Reservations that take its capacity, `asked` the
    statuses of its Reservations for this very Task, oldest first.
    """

    friendly_name: str
    sid: str
    activity_name: str
    available: bool
    target_workers: Verdict
    target: Verdict | None
    known: str
    room: Room | None
    busy: bool
    holds: tuple[str, ...]
    asked: tuple[str, ...]
    forced: bool = False

    @property
    def matches(self) -> bool:
        """Whether both expressions, and the known Worker, allow this one."""
        if self.known:
            return False
        return self.forced or (
            self.target_workers.holds and (self.target is None or self.target.holds)
        )

    @property
    def is_asked(self) -> bool:
        """Whether it holds a pending Reservation for the Task."""
        return "pending" in self.asked

    @property
    def is_eligible(self) -> bool:
        """Whether TaskRouter could reserve it for the Task now."""
        return self.matches and self.available and not self.busy and not self.is_asked


def judge_staff(evidence: Evidence, target: Target | None) -> Iterator[Candidate]:
    """Judge every Worker for the Task at `target`, in the order of `evidence.workers`."""
    queue = evidence.queue(target.queue if target else evidence.task.task_queue_sid)
    return (_judge(evidence, target, queue, one) for one in evidence.workers)


def channels_wanted(evidence: Evidence, targets: Iterable[Target | None]) -> list[str]:
    """The SIDs of the Workers whose channels can decide at one of these targets.

    A target of None is the TaskQueue in which the Task is, and nothing else. Channels decide for
    all where an expression reads channels, and for those who match while the Task wants Workers.
    """
    wants = evidence.task.assignment_status in TASK_WAITING
    wanted: dict[str, None] = {}
    for target in targets:
        queue = evidence.queue(target.queue if target else evidence.task.task_queue_sid)
        everybody = reads_channels(queue, target)
        for worker in evidence.workers:
            if everybody or (wants and _judge(evidence, target, queue, worker).matches):
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


def _judge(evidence: Evidence, target: Target | None, queue: Any | None, worker: Any) -> Candidate:
    task = evidence.task
    fields = fields_of(evidence, worker)
    room = _room(evidence, worker)
    held = evidence.held.get(worker.sid, ())
    routed = _routed_to(task)
    forced = routed == worker.sid
    expression = target.expression if target is not None else None
    ignores = forced and bool(task.ignore_capacity)
    return Candidate(
        friendly_name=worker.friendly_name,
        sid=worker.sid,
        activity_name=worker.activity_name,
        available=bool(worker.available) or ignores,
        target_workers=_of_queue(queue, fields, worker),
        target=judge(expression, target_scope(attributes_of(task), fields)) if expression else None,
        known=_not_known(task, worker, target, routed),
        room=room,
        busy=not ignores and (bool(held) if room is None else not room.is_open),
        holds=tuple(f"Task {one.task_sid} ({one.reservation_status})" for one in held),
        asked=tuple(
            one.reservation_status for one in evidence.reservations if one.worker_sid == worker.sid
        ),
        forced=forced,
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


def _routed_to(task: Any) -> str | None:
    """The SID of the one Worker that a Task was created for."""
    target = task.routing_target
    return target if target and target.startswith("WK") else None


def _not_known(task: Any, worker: Any, target: Target | None, routed: str | None) -> str:
    """https://www.twilio.com/docs/taskrouter/workflow-configuration/known-agent-routing"""
    if routed is not None:
        return "" if routed == worker.sid else f"the Task is for Worker {routed} alone"
    if target is None:
        return ""
    for path, own in (
        (target.known_worker_sid, worker.sid),
        (target.known_worker_friendly_name, worker.friendly_name),
    ):
        wanted = _at(task, path) if path is not None else own
        if wanted != own:
            return f"the known Worker is {wanted!r} ({path})"
    return ""


def _at(task: Any, path: str) -> Any:
    value: Any = {"task": attributes_of(task)}
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def reads_channels(queue: Any | None, target: Target | None = None) -> bool:
    """Whether an expression of the TaskQueue or the target asks for the load of channels."""
    names = set(target.expression.names) if target is not None and target.expression else set()
    try:
        names |= parse(queue.target_workers or "").names if queue is not None else set()
    except ExpressionSyntaxError:
        pass  # the verdict tells
    return any("channel" in name.split(".") for name in names)
