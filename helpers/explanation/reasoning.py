"""From the evidence to the explanation: pure, nothing is asked and nothing is changed here."""

from typing import Any

from local_taskrouter.explanation.candidates import judge_staff
from local_taskrouter.explanation.evidence import Evidence
from local_taskrouter.explanation.filters import judge_filters
from local_taskrouter.explanation.notes import notes_on
from local_taskrouter.explanation.place import find_place
from local_taskrouter.explanation.sentences import sum_up
from local_taskrouter.rules.times import iso, reservation_deadline

from helpers.explanation.explanation import Explanation, ReservationView


def reason(evidence: Evidence) -> Explanation:
    """Return why the Task of the evidence is where it is, or what would become of it."""
    in_queue = evidence.queue(evidence.task.task_queue_sid) is not None
    staff = tuple(judge_staff(evidence)) if in_queue else ()
    filters = judge_filters(evidence)
    task, workflow = evidence.task, evidence.workflow
    return Explanation(
        task_sid=task.sid,
        attributes=task.attributes,
        assignment_status=task.assignment_status,
        priority=task.priority,
        sentence=sum_up(evidence, staff),
        notes=notes_on(evidence, filters, staff),
        workflow=workflow.friendly_name if workflow is not None else "",
        filters=filters,
        place=find_place(evidence),
        reservations=tuple(
            ReservationView(
                one.worker_name,
                one.reservation_status,
                _until(evidence, one),
            )
            for one in evidence.reservations
        ),
        candidates=staff,
    )


def _until(evidence: Evidence, reservation: Any) -> str:
    if reservation.reservation_status != "pending":
        return ""
    return iso(reservation_deadline(reservation.date_created, evidence.workflow))
