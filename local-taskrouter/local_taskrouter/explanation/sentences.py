"""Why a Task is where it is: in one sentence, and in few words for a row of a table."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from twilio.rest.taskrouter.v1.workspace.task_queue import TaskQueueInstance

from local_taskrouter.explanation.candidates import (
    Candidate,
    describe_named_worker,
    judge_candidates,
)
from local_taskrouter.explanation.evidence import Evidence, TaskFacts
from local_taskrouter.explanation.verdicts import MISSING, Clause
from local_taskrouter.rules.matching import Obstacle, routed_to
from local_taskrouter.rules.timeouts import iso, reservation_deadline, seconds_left, time_left

MOST_GROUPS = 3
MOST_NAMES = 2
MOST_FIXES = 3

PENDING = "the Reservation is pending"

_DEPENDS = "depends on WorkerChannels that were not read"
_REASONS = {
    "Workflow timeout": (
        "it fell out of its Workflow: its last target timed out or was skipped, and no later filter"
        " matches. default_filter is not used after a timeout"
    ),
    "TTL": "no Worker accepted it before the Task's timeout, or it was offered 1,000 times",
}


class Verbs(NamedTuple):
    """The verbs and the pronoun of a description, for one Worker or for several."""

    be: str
    have: str
    match: str
    lack: str
    own: str


SINGULAR = Verbs("is", "has", "matches", "lacks", "its")
PLURAL = Verbs("are", "have", "match", "lack", "their")


def sum_up(evidence: Evidence, candidates: Sequence[Candidate]) -> str:
    """Return why the Task is where it is, whatever its status, as one sentence."""
    task = evidence.task
    match task.assignment_status:
        case "pending":
            return _pending(evidence, candidates)
        case "reserved":
            return _reserved(evidence, candidates)
        case "assigned":
            name, since = _holder(evidence, "accepted")
            return f"{name} accepted it{since}, and has it until it is completed."
        case "wrapping":
            name, since = _holder(evidence, "wrapping")
            return f"{name} is wrapping it up{since}: it uses capacity until it is completed."
        case "completed":
            name, since = _holder(evidence, "completed")
            return f"It is completed. {name} handled it{since}.{_reason_given(task)}"
        case _ if not task.sid:
            return (
                "TaskRouter would cancel it at once: no Worker can take it now, and the skip_if of"
                " each target holds."
            )
        case _:
            return f"It was canceled{_at(task.date_updated)}.{_reason_given(task)}"


def describe_candidate(candidate: Candidate, verbs: Verbs = SINGULAR) -> str:
    """Return what follows the Worker's name in a sentence: "matches but is Offline"."""
    if candidate.is_reserved:
        return f"{verbs.be} reserved: {PENDING}"
    if candidate.exclusion:
        return f"{verbs.be} excluded: {candidate.exclusion}"
    if not candidate.might_match:
        return _mismatch(candidate, verbs)
    match = verbs.match if candidate.matches else "might match"
    obstacles = list(_obstacles(candidate, verbs))
    if obstacles:
        return f"{match} but {' and '.join(obstacles)}"
    if candidate.is_unread:
        return f"{match} and {verbs.be} available, but {verbs.own} channels were not read"
    return f"{match} and can take it"


def distance(candidate: Candidate) -> tuple[bool, bool, bool, bool]:
    """A sort key: matching Workers first, then common mistakes, then attributes that differ."""
    failing = [clause for verdict in candidate.verdicts for clause in verdict.failing]
    has_value = any(value != MISSING for clause in failing for _, value in clause.met)
    has_mistake = any(clause.mistake for clause in failing)
    return not candidate.might_match, candidate.is_unread, not has_mistake, not has_value


def join_names(names: Sequence[str], most: int | None = None) -> str:
    """Return names as part of a sentence, after `most` of them a count: "Ana, Ben and 4 more"."""
    if most is not None and len(names) > most + 1:
        names = [*names[:most], f"{len(names) - most:,} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def reason_to_wait(evidence: Evidence) -> str:
    """Return "waits: …" for a pending Task in few words, "" for any other.

    It is one of the reasons that `sum_up` gives in full. It works without the Workers' channels: a
    Worker with any Reservation then counts as busy.
    """
    if evidence.task.assignment_status != "pending":
        return ""
    queue = evidence.task_queue
    if queue is None:
        return "waits: no filter of the Workflow matches its attributes"
    if reason := _why_no_worker_matches(evidence, queue):
        return f"waits: {reason}"
    judged = tuple(judge_candidates(evidence))
    candidates = tuple(one for one in judged if Obstacle.TRANSFERRING not in one.obstacles)
    if not candidates:
        return f"waits: {judged[0].friendly_name} is transferring it, and there is no other Worker"
    if reserved := [each.friendly_name for each in candidates if each.is_reserved]:
        return f"waits: {reserved[0]} has a pending Reservation for it"
    expressions = [queue.target_workers or ""]
    target = evidence.position.target
    if target is not None and target.expression is not None:
        expressions.append(target.expression.text)
    expression = " and ".join(expressions)
    if evidence.named_workers:
        return f"waits: {_for_named_worker(evidence, candidates, expression)}"
    if any(each.might_match and not each.matches for each in candidates):
        return f"waits: which Workers match {expression} {_DEPENDS}"
    return f"waits: {_for_any_worker(evidence, candidates, expression)}"


def _pending(evidence: Evidence, candidates: Sequence[Candidate]) -> str:
    exists, queue = bool(evidence.task.sid), evidence.task_queue
    if queue is None:
        reason = "no filter of its Workflow matches its attributes"
        if exists:
            return f"It is in no TaskQueue: {reason}."
        return f"TaskRouter would refuse it: {reason}, and there is no default_filter."
    if reason := _why_no_worker_matches(evidence, queue):
        return f"{reason[0].upper()}{reason[1:]}."
    if eligible := [each.friendly_name for each in candidates if each.is_eligible]:
        if exists:
            return f"{join_names(eligible, MOST_NAMES)} can take it: {_why_not_yet(evidence)}."
        return f"{join_names(eligible, MOST_NAMES)} could take it at once."
    return f"{'; '.join(describe_nearest(candidates))}."


def _reserved(evidence: Evidence, candidates: Sequence[Candidate]) -> str:
    task, parts = evidence.task, []
    pending = [each for each in evidence.reservations if each.reservation_status == "pending"]
    for each in pending:
        assert each.date_created is not None and task.date_created is not None
        until = reservation_deadline(each.date_created, evidence.workflow)
        left = seconds_left(until, task.date_created + timedelta(seconds=task.age))
        parts.append(f"{each.worker_name} is reserved until {iso(until)} ({time_left(left)} left)")
    others = [each.friendly_name for each in candidates if each.is_eligible]
    queue = evidence.task_queue
    if others and queue is not None and len(pending) >= (queue.max_reserved_workers or 1):
        parts.append(
            f"{join_names(others, MOST_NAMES)} could take it too, but max_reserved_workers of the TaskQueue is"
            f" {queue.max_reserved_workers}"
        )
    return f"{'; '.join(parts)}." if parts else "A Worker is reserved."


def _why_no_worker_matches(evidence: Evidence, queue: TaskQueueInstance) -> str:
    """Why no Worker matches, whatever the Task's attributes; "" when one might."""
    if not evidence.workers:
        return "there is no Worker in the Workspace"
    if not queue.target_workers and routed_to(evidence.task.routing_target) is None:
        return f"the TaskQueue {queue.friendly_name!r} has no target_workers, so no Worker matches"
    return ""


def _why_not_yet(evidence: Evidence) -> str:
    """Why a Worker who can take the Task has no Reservation; follows the Worker's name."""
    if evidence.reservations and evidence.reservations[-1].reservation_status == "canceled":
        return "its last Reservation was canceled, after which TaskRouter pauses for some seconds"
    return "a Reservation is about to be made"


def group_nearest(candidates: Sequence[Candidate]) -> Iterator[tuple[list[Candidate], str]]:
    """Yield the Workers nearest to a match in groups, and what follows the names of each group.

    Those with the same description are together.
    """
    groups: dict[str, list[Candidate]] = {}
    for each in sorted(candidates, key=distance):
        groups.setdefault(describe_candidate(each), []).append(each)
    for group in groups.values():
        yield group, describe_candidate(group[0], SINGULAR if len(group) == 1 else PLURAL)


def describe_nearest(candidates: Sequence[Candidate]) -> Iterator[str]:
    """Describe the nearest Workers; those with the same description together."""
    left = len(candidates)
    for number, (group, description) in enumerate(group_nearest(candidates)):
        if number < MOST_GROUPS or group[0].is_unread:
            names = join_names([each.friendly_name for each in group], MOST_NAMES)
            yield f"{names} {description}"
            left -= len(group)
    if left:
        yield f"{left:,} more cannot take it either"


def _mismatch(candidate: Candidate, verbs: Verbs) -> str:
    verdict = next(each for each in candidate.verdicts if not each.holds)
    if verdict.error:
        return f"cannot match {verdict.text!r}, which is not a valid expression"
    if not verdict.text:
        return "cannot match, since the TaskQueue has no target_workers"
    fixes = verdict.nearest_fixes(MOST_FIXES + 1)
    described = [" and ".join(map(_describe_clause, clauses)) for clauses in fixes]
    if len(described) > MOST_FIXES:
        described[MOST_FIXES:] = ["another"]
    return f"{verbs.lack} {(' or ' if len(fixes[0]) == 1 else ', or ').join(described)}"


def _describe_clause(clause: Clause) -> str:
    return f"`{clause.text}`: {clause.found()}" if clause.met else f"`{clause.text}`"


def _obstacles(candidate: Candidate, verbs: Verbs) -> Iterator[str]:
    if Obstacle.TRANSFERRING in candidate.obstacles:
        yield f"{verbs.be} transferring it"
    if not candidate.is_available:
        yield f"{verbs.be} {candidate.activity_name}"
    if candidate.is_busy and candidate.capacity is None:
        yield f"{verbs.have} another Task"
    elif candidate.is_busy:
        yield f"{verbs.have} no room ({candidate.capacity})"


def _holder(evidence: Evidence, status: str) -> tuple[str, str]:
    """The Worker whose Reservation for the Task has this status, and since when."""
    for each in evidence.reservations:
        if each.reservation_status == status:
            return (
                each.worker_name or "",
                f" ({iso(each.date_updated)})" if each.date_updated else "",
            )
    return "A Worker", ""


def _reason_given(task: TaskFacts) -> str:
    if not task.reason:
        return ""
    meaning = next((text for key, text in _REASONS.items() if key in task.reason), "")
    return f" The reason given: {task.reason!r}{f', which means: {meaning}' if meaning else ''}."


def _at(moment: datetime | None) -> str:
    return f" at {iso(moment)}" if moment else ""


def _for_named_worker(evidence: Evidence, candidates: Sequence[Candidate], expression: str) -> str:
    """Why the Worker that the Task names cannot take it."""
    names = join_names([describe_named_worker(each) for each in evidence.named_workers])
    named = next((each for each in candidates if not each.exclusion), None)
    if named is None:
        return f"{names}, and there is no such Worker"
    if named.might_match and not named.matches:
        return f"{names}, and whether {named.friendly_name} matches {expression} {_DEPENDS}"
    if not named.matches:
        return f"{names}, and {named.friendly_name} does not match {expression}"
    if not named.is_available:
        return f"{names}, and {named.friendly_name} is {named.activity_name}"
    why = _why_busy(named) if named.is_busy else f"is available, {_why_not_yet(evidence)}"
    return f"{names}, and {named.friendly_name} {why}"


def _for_any_worker(evidence: Evidence, candidates: Sequence[Candidate], expression: str) -> str:
    """Why none of the Workers can take it."""
    matching = [each for each in candidates if each.matches]
    available = [each for each in matching if each.is_available]
    free = [each.friendly_name for each in available if each.is_eligible]
    if not matching:
        return f"no Worker matches {expression}"
    if not available:
        activities = _few(f"{each.friendly_name} is {each.activity_name}" for each in matching)
        return f"no available Worker matches {expression} ({activities})"
    if free:
        return f"{free[0]} is available, {_why_not_yet(evidence)}"
    busy = [each for each in available if each.is_busy]
    names = _few(f"{each.friendly_name} {_why_busy(each)}" for each in busy)
    if len(busy) < len(available):
        read = f"{len(busy)} of {len(available):,} available Workers who match {expression}"
        return f"{read} were read, and are busy ({names})"
    return f"every available Worker who matches {expression} is busy ({names})"


def _few(parts: Iterable[str]) -> str:
    """The first of these parts of a list, and the number of the others."""
    found = list(parts)
    if len(found) > MOST_NAMES + 1:
        found[MOST_NAMES:] = [f"{len(found) - MOST_NAMES:,} more"]
    return ", ".join(found)


def _why_busy(candidate: Candidate) -> str:
    capacity = candidate.capacity
    is_closed = capacity is not None and (not capacity.is_on or not capacity.configured)
    return "takes none on this channel" if is_closed else "has another Task"
