"""The sentence that sums it up: why a Task is where it is."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from local_taskrouter.explanation.candidates import Candidate
from local_taskrouter.explanation.evidence import Evidence
from local_taskrouter.explanation.verdicts import NOT_THERE, Verdict
from local_taskrouter.rules.matching import routed_to
from local_taskrouter.rules.times import iso, reservation_deadline, seconds_left

MOST_TOLD = 3
MOST_NAMES = 2

_REASONS = {
    "Workflow timeout": (
        "it fell out of its Workflow: the time of its last target was over, or that was skipped,"
        " and no later filter matches. default_filter is not used after a timeout"
    ),
    "TTL": "nobody accepted it within its own timeout, or it was offered 1,000 times",
}


def standing_of(candidate: Candidate) -> str:
    """What is to say of a Worker, to be read after its name: "matches but is Offline"."""
    if candidate.has_pending_reservation:
        return "has been asked: the Reservation is pending"
    if candidate.known:
        return f"is not asked, {candidate.known}"
    if not candidate.matches:
        return _lacking(candidate)
    obstacles = list(_obstacles(candidate))
    return f"matches but {' and '.join(obstacles)}" if obstacles else "matches and can take it"


def waiting(evidence: Evidence, staff: Sequence[Candidate]) -> str:
    """Why a pending Task waits."""
    queue = evidence.queue(evidence.task.task_queue_sid)
    would_be = not evidence.task.sid
    if queue is None:
        nothing = "no filter of its Workflow matches its attributes"
        if would_be:
            return f"TaskRouter would refuse it: {nothing}, and there is no default_filter."
        return f"It is in no TaskQueue: {nothing}."
    if reason := why_no_worker_matches(evidence, queue):
        return f"{reason[0].upper()}{reason[1:]}."
    if able := [one.friendly_name for one in staff if one.is_eligible]:
        if would_be:
            return f"{listed(able)} could take it at once."
        return f"{listed(able)} can take it: {why_not_yet(evidence)}."
    return f"{'; '.join(_told(staff))}."


def why_no_worker_matches(evidence: Evidence, queue: Any) -> str:
    """Why no Worker matches the Task, whatever its attributes; "" when one might."""
    if not evidence.workers:
        return "there is no Worker in the Workspace"
    if not queue.target_workers and routed_to(evidence.task.routing_target) is None:
        return f"the TaskQueue {queue.friendly_name!r} has no target_workers, so no Worker matches"
    return ""


def why_not_yet(evidence: Evidence) -> str:
    """Why a Task that a Worker could take has none, in words that follow the Worker's name."""
    if evidence.reservations and evidence.reservations[-1].reservation_status == "canceled":
        return "its last Reservation was canceled, after which TaskRouter pauses for some seconds"
    return "a Reservation is about to be made"


def sum_up(evidence: Evidence, staff: Sequence[Candidate]) -> str:
    """Why the Task is where it is, whatever its status."""
    task = evidence.task
    match task.assignment_status:
        case "pending":
            return waiting(evidence, staff)
        case "reserved":
            return _reserved(evidence, staff)
        case "assigned":
            who, when = _taker(evidence, "accepted")
            return f"{who} accepted it{when}, and has it until it is completed."
        case "wrapping":
            who, when = _taker(evidence, "wrapping")
            return f"{who} wraps it up{when}: it takes a place until it is completed."
        case "completed":
            who, when = _taker(evidence, "completed")
            return f"It is completed. {who} had it{when}.{_because(task)}"
        case _ if not task.sid:
            return (
                "It would be canceled at once: it would be skipped out of its Workflow, for nobody"
                " can take it now and each skip_if on its way holds."
            )
        case _:
            return f"It was canceled{_at(task.date_updated)}.{_because(task)}"


def _told(staff: Sequence[Candidate]) -> Iterator[str]:
    """What is to say of the nearest Workers; those of whom the same is to say together."""
    alike: dict[str, list[str]] = {}
    for one in sorted(staff, key=distance):
        alike.setdefault(standing_of(one), []).append(one.friendly_name)
    left = len(staff)
    for standing, names in list(alike.items())[:MOST_TOLD]:
        if len(names) > 1 and standing.startswith("lacks "):
            more = len(names) - MOST_NAMES
            named = [*names[:MOST_NAMES], f"{more} more"] if more > 1 else names
            yield f"{listed(named)} lack {standing.removeprefix('lacks ')}"
        else:
            yield f"{', '.join(names)} {standing}"
        left -= len(names)
    if left:
        yield f"{left} more cannot take it either"


def distance(one: Candidate) -> tuple[bool, bool, bool]:
    """Who matches comes first, then who fails by a usual mistake, then by something it has."""
    verdicts = [each for each in (one.target_workers, one.target) if each is not None]
    lacking = [clause for verdict in verdicts for clause in verdict.lacking]
    has_something = any(value != NOT_THERE for clause in lacking for _, value in clause.met)
    return (not one.matches, not any(clause.trap for clause in lacking), not has_something)


def _reserved(evidence: Evidence, staff: Sequence[Candidate]) -> str:
    task = evidence.task
    now = task.date_created + timedelta(seconds=task.age)
    pending = [one for one in evidence.reservations if one.reservation_status == "pending"]
    told = []
    for one in pending:
        until = reservation_deadline(one.date_created, evidence.workflow)
        left = seconds_left(until, now)
        told.append(f"{one.worker_name} is reserved until {iso(until)} ({left} s left)")
    others = [one.friendly_name for one in staff if one.is_eligible]
    queue = evidence.queue(task.task_queue_sid)
    if others and queue is not None and len(pending) >= queue.max_reserved_workers:
        told.append(
            f"{listed(others)} could take it too, but max_reserved_workers of the TaskQueue is"
            f" {queue.max_reserved_workers}"
        )
    return f"{'; '.join(told)}." if told else "A Worker is reserved."


def _lacking(candidate: Candidate) -> str:
    for verdict in (candidate.target_workers, candidate.target):
        if verdict is not None and not verdict.holds:
            return _lack(verdict)
    return "does not match"


def _lack(verdict: Verdict) -> str:
    if verdict.error:
        return f"cannot match {verdict.text!r}, which is no expression"
    if not verdict.text:
        return "matches no target_workers: there is none"
    word = " or " if verdict.either else " and "
    return "lacks " + word.join(
        f"`{one.text}`: {one.found()}" if one.met else f"`{one.text}`" for one in verdict.lacking
    )


def _obstacles(candidate: Candidate) -> Iterable[str]:
    if not candidate.available:
        yield f"is {candidate.activity_name}"
    if candidate.busy and candidate.room is None:
        yield "has another Task"
    elif candidate.busy:
        yield f"has no room ({candidate.room})"


def _taker(evidence: Evidence, status: str) -> tuple[str, str]:
    """Who has the Task, and since when, from its Reservation of this status."""
    for one in evidence.reservations:
        if one.reservation_status == status:
            return one.worker_name, f" ({iso(one.date_updated)})"
    return "A Worker", ""


def _because(task: Any) -> str:
    if not task.reason:
        return ""
    meaning = next((text for key, text in _REASONS.items() if key in task.reason), "")
    return f" The reason given: {task.reason!r}{f', which means: {meaning}' if meaning else ''}."


def _at(moment: datetime | str | None) -> str:
    return f" at {iso(moment)}" if moment else ""


def listed(names: Sequence[str]) -> str:
    """Names as people list them: "Ana, Ben and 4 more"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
