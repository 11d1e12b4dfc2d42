"""Tables of what happens in a Workspace: Tasks, Reservations, Events; and why a Task waits."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpers.rules.expression import ExpressionSyntaxError, parse
from helpers.tables.table import Table, table

if TYPE_CHECKING:
    from helpers.workspace import Lab

_HOLDING = ("pending", "accepted", "wrapping")


def tasks(lab: "Lab") -> Table:
    """Each Task, oldest first: where it is, for how long, and for a pending one why it waits.

    `age` is in seconds ("3 s"); `reason` is empty when the Task does not wait.
    """
    columns = ["sid", "attributes", "queue", "assignment_status", "priority", "age", "reason"]
    rows = [
        [
            task.sid,
            task.attributes,
            task.task_queue_friendly_name,
            task.assignment_status,
            task.priority,
            f"{task.age} s",
            why_waiting(lab, task),
        ]
        for task in lab.workspace.tasks.list()
    ]
    return table(columns, rows)


def reservations(lab: "Lab") -> Table:
    """Each Reservation of every Worker, oldest first."""
    found = [
        reservation
        for worker in lab.workspace.workers.list()
        for reservation in lab.workspace.workers(worker.sid).reservations.list()
    ]
    found.sort(key=lambda reservation: (reservation.date_created, reservation.sid))
    names = ["sid", "worker_name", "task_sid", "reservation_status"]
    return table(names, [[getattr(one, name) for name in names] for one in found])


def events(lab: "Lab", **filters: Any) -> Table:
    """What happened, oldest first, within the last 15 minutes.

    `filters` are those of the SDK's `events.list`, such as `task_sid` and `minutes`
    (https://www.twilio.com/docs/taskrouter/api/event).
    """
    # TaskRouter lists the newest first; those of one moment then stay in their order.
    found = lab.workspace.events.list(**filters)[::-1]
    found.sort(key=_when)
    rows = [[_iso(one.event_date), one.event_type, one.description] for one in found]
    return table(["time", "event_type", "description"], rows)


def why_waiting(lab: "Lab", task: Any) -> str:
    """Why `task` (the SDK's TaskInstance) is still pending, in a sentence; "" when it is not.

    A Task waits until a Worker whom the TaskQueue's expression matches is available and has room
    (https://www.twilio.com/docs/taskrouter/api/task-queue).
    """
    if task.assignment_status != "pending" or not task.task_queue_sid:
        return reason_to_wait(task, None, [], lambda _: False)
    expression = lab.workspace.task_queues(task.task_queue_sid).fetch().target_workers
    workers = lab.workspace.workers.list()
    return reason_to_wait(task, expression, workers, lambda worker: _is_busy(lab, worker))


def reason_to_wait(
    task: Any, expression: str | None, workers: Iterable[Any], is_busy: Callable[[Any], bool]
) -> str:
    """`why_waiting` without a request: told the TaskQueue's `expression` and the `workers`."""
    if task.assignment_status != "pending":
        return ""
    if not task.task_queue_sid:
        return "waits: no filter of the Workflow matches its attributes"
    matching = [one for one in workers if matches(expression, one)]
    available = [one for one in matching if one.available]
    if not matching:
        return f"waits: no Worker matches {expression}"
    if not available:
        standing = _listed(f"{one.friendly_name} is {one.activity_name}" for one in matching)
        return f"waits: no available Worker matches {expression} ({standing})"
    if all(is_busy(one) for one in available):
        names = _listed(f"{one.friendly_name} has another Task" for one in available)
        return f"waits: every available Worker who matches {expression} is busy ({names})"
    return f"waits: {available[0].friendly_name} is available, a Reservation is about to be made"


def matches(expression: str | None, worker: Any) -> bool:
    """Whether the Worker's attributes satisfy a TaskQueue's `expression`."""
    try:
        return parse(expression or "").matches(json.loads(worker.attributes))
    except ExpressionSyntaxError:
        return False


def _is_busy(lab: "Lab", worker: Any) -> bool:
    held = lab.workspace.workers(worker.sid).reservations.list()
    return any(reservation.reservation_status in _HOLDING for reservation in held)


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(sorted(parts))


def _when(event: Any) -> tuple[str, int]:
    return (_iso(event.event_date), int(getattr(event, "event_date_ms", 0) or 0))


def _iso(moment: datetime | str) -> str:
    return moment if isinstance(moment, str) else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
