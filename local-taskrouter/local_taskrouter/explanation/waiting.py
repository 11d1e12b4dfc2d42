"""Why a pending Task waits, in few words: for a row of a table, and for panels that follow.

The reason is one of those that `explain` gives in full (sentences.py).
"""

from collections.abc import Sequence
from typing import Any

from local_taskrouter.explanation.candidates import (
    Candidate,
    described,
    judge_staff,
    needs_channels,
)
from local_taskrouter.explanation.evidence import Evidence
from local_taskrouter.explanation.sentences import listed, why_no_worker_matches, why_not_yet
from local_taskrouter.rules.matching import routed_to

_DEPENDS = "depends on WorkerChannels, which only explain reads"


def somebody_could_take(evidence: Evidence) -> bool:
    """Whether TaskRouter could reserve a Worker for the evidence's pending Task now.

    As in `reason_to_wait`, Evidence without a Worker's channels will do.
    """
    return any(one.is_eligible for one in judge_staff(evidence))


def reason_to_wait(evidence: Evidence) -> str:
    """Return "waits: …" for the evidence's Task; "" when it does not wait.

    Evidence without a Worker's channels will do: then the Worker is busy when it holds anything.
    """
    task = evidence.task
    if task.assignment_status != "pending":
        return ""
    queue = evidence.queue(task.task_queue_sid)
    if queue is None:
        return "waits: no filter of the Workflow matches its attributes"
    if reason := why_no_worker_matches(evidence, queue):
        return f"waits: {reason}"
    staff = tuple(judge_staff(evidence))
    if asked := [one.friendly_name for one in staff if one.has_pending_reservation]:
        return f"waits: {asked[0]} has a pending Reservation for it"
    wanted = [queue.target_workers or ""]
    target = evidence.standing.target
    if target is not None and target.expression is not None:
        wanted.append(target.expression.text)
    expression = " and ".join(wanted)
    unknown = _is_unknown(evidence, queue)
    if evidence.named:
        return f"waits: {_for_the_named(evidence, staff, expression, unknown)}"
    if unknown:
        return f"waits: which Workers match {expression} {_DEPENDS}"
    return f"waits: {_for_all(evidence, staff, expression)}"


def _for_the_named(
    evidence: Evidence, staff: Sequence[Candidate], expression: str, unknown: bool
) -> str:
    """Why the Worker that the Task names cannot take it."""
    names = listed([described(one) for one in evidence.named])
    meant = next((one for one in staff if not one.known), None)
    if meant is None:
        return f"{names}, and there is no such Worker"
    if unknown:
        return f"{names}, and whether {meant.friendly_name} matches {expression} {_DEPENDS}"
    if not meant.matches:
        return f"{names}, and {meant.friendly_name} does not match {expression}"
    if not meant.available:
        return f"{names}, and {meant.friendly_name} is {meant.activity_name}"
    why = _why_busy(meant) if meant.busy else f"is available, {why_not_yet(evidence)}"
    return f"{names}, and {meant.friendly_name} {why}"


def _for_all(evidence: Evidence, staff: Sequence[Candidate], expression: str) -> str:
    """Why none of the Workers can take it."""
    matching = [one for one in staff if one.matches]
    available = [one for one in matching if one.available]
    able = [one.friendly_name for one in available if not one.busy]
    if not matching:
        return f"no Worker matches {expression}"
    if not available:
        standing = ", ".join(f"{one.friendly_name} is {one.activity_name}" for one in matching)
        return f"no available Worker matches {expression} ({standing})"
    if not able:
        names = ", ".join(f"{one.friendly_name} {_why_busy(one)}" for one in available)
        return f"every available Worker who matches {expression} is busy ({names})"
    return f"{able[0]} is available, {why_not_yet(evidence)}"


def _is_unknown(evidence: Evidence, queue: Any) -> bool:
    """Whether an expression reads channels that were not read here."""
    if routed_to(evidence.task.routing_target) is not None:
        return False  # no expression counts
    reads = needs_channels(queue, evidence.standing.target)
    return reads and any(one.sid not in evidence.channels for one in evidence.workers)


def _why_busy(one: Candidate) -> str:
    shut = one.room is not None and (not one.room.on or not one.room.capacity)
    return "takes none on this channel" if shut else "has another Task"
