"""Tables of what happens in a Workspace: Tasks and why they wait, Reservations, Events."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from local_taskrouter.explanation.gathering import surroundings, with_channels, with_pause
from local_taskrouter.explanation.waiting import reason_to_wait
from local_taskrouter.rules.times import iso

from helpers.display.table import Table, table
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.api_errors import raise_readable


@raise_readable
def tasks(lab: PreparedWorkspace) -> Table:
    """Each Task, oldest first: where it is, for how long, and for a pending one why it waits.

    `age` is in seconds ("3 s"); `reason` is empty when the Task does not wait.
    """
    columns = ["sid", "attributes", "queue", "assignment_status", "priority", "age", "reason"]
    found = lab.workspace.tasks.list()
    reasons = _reasons(lab, found)
    rows = [
        [
            task.sid,
            task.attributes,
            task.task_queue_friendly_name,
            task.assignment_status,
            task.priority,
            f"{task.age} s",
            reasons.get(task.sid),
        ]
        for task in found
    ]
    return table(columns, rows)


@raise_readable
def reservations(lab: PreparedWorkspace) -> Table:
    """Each Reservation of every Worker, oldest first."""
    found = [
        reservation
        for worker in lab.workspace.workers.list()
        for reservation in lab.workspace.workers(worker.sid).reservations.list()
    ]
    found.sort(key=lambda reservation: (reservation.date_created, reservation.sid))
    names = ["sid", "worker_name", "task_sid", "reservation_status"]
    return table(names, [[getattr(one, name) for name in names] for one in found])


@raise_readable
def events(lab: PreparedWorkspace, **filters: Any) -> Table:
    """What happened, oldest first, within the last 15 minutes.

    `filters` are those of the SDK's `events.list`, such as `task_sid` and `minutes`
    (https://www.twilio.com/docs/taskrouter/api/event).
    """
    # TaskRouter lists the newest first; those of one moment then stay in their order.
    found = lab.workspace.events.list(**filters)[::-1]
    found.sort(key=_when)
    rows = [[iso(one.event_date), one.event_type, one.description] for one in found]
    return table(["time", "event_type", "description"], rows)


def _reasons(lab: PreparedWorkspace, tasks: Iterable[Any]) -> dict[str, str]:
    """Why each pending Task waits, by its SID; what they share is read once."""
    reasons: dict[str, str] = {}
    evidence = None
    for task in tasks:
        if task.assignment_status == "pending":
            shared = evidence or surroundings(lab.workspace, task)
            evidence = with_channels(lab.workspace, replace(shared, task=task))
            reasons[task.sid] = reason_to_wait(with_pause(lab.workspace, evidence))
    return reasons


def _when(event: Any) -> tuple[str, int]:
    return (iso(event.event_date), int(getattr(event, "event_date_ms", 0) or 0))
