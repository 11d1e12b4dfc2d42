"""Why a pending Task waits, in few words: for a row of a table, and for panels that follow."""

from helpers.explanation.evidence import Evidence
from helpers.explanation.staff import Candidate, judge_staff
from helpers.explanation.standing import stand


def somebody_could_take(evidence: Evidence) -> bool:
    """Whether TaskRouter could reserve a Worker for the evidence's pending Task now.

    As in `reason_to_wait`, Evidence without a Worker's channels will do.
    """
    return any(one.is_eligible for one in judge_staff(evidence, stand(evidence).target))


def reason_to_wait(evidence: Evidence) -> str:
    """ "waits: …" for the evidence's Task; "" when it does not wait.

    Evidence without a Worker's channels will do: then the Worker is busy when it holds anything.
    """
    task = evidence.task
    if task.assignment_status != "pending":
        return ""
    queue, target = evidence.queue(task.task_queue_sid), stand(evidence).target
    if queue is None:
        return "waits: no filter of the Workflow matches its attributes"
    wanted = [queue.target_workers or "nobody"]
    if target is not None and target.expression is not None:
        wanted.append(target.expression.text)
    expression = " and ".join(wanted)
    matching = [one for one in judge_staff(evidence, target) if one.matches]
    available = [one for one in matching if one.available]
    able = [one.friendly_name for one in available if not one.busy]
    if not matching:
        return f"waits: no Worker matches {expression}"
    if not available:
        standing = ", ".join(f"{one.friendly_name} is {one.activity_name}" for one in matching)
        return f"waits: no available Worker matches {expression} ({standing})"
    if not able:
        names = ", ".join(f"{one.friendly_name} {_why_busy(one)}" for one in available)
        return f"waits: every available Worker who matches {expression} is busy ({names})"
    return f"waits: {able[0]} is available, a Reservation is about to be made"


def _why_busy(one: Candidate) -> str:
    shut = one.room is not None and (not one.room.on or not one.room.capacity)
    return "takes none on this channel" if shut else "has another Task"
