"""Tables of what a Workspace holds, and of what happens in it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from local_taskrouter.explanation.evidence import TaskFacts
from local_taskrouter.explanation.gathering import (
    read_channels,
    read_reservations,
    read_workspace,
)
from local_taskrouter.explanation.sentences import reason_to_wait
from local_taskrouter.rules.timeouts import iso
from local_taskrouter.rules.workflow import Target, read_configuration
from twilio.rest.taskrouter.v1.workspace.event import EventInstance
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from helpers.display.table import Table, table
from helpers.lessons.workspace import PreparedWorkspace


def activities(lab: PreparedWorkspace) -> Table:
    """Each Activity: its name, whether a Worker in it is available, and its SID."""
    names = ["friendly_name", "available", "sid"]
    return _table_of(lab.workspace.activities.list(), names)


def workers(lab: PreparedWorkspace) -> Table:
    """Each Worker by name: attributes, Activity, whether available, and SID."""
    found = sorted(lab.workspace.workers.list(), key=lambda worker: worker.friendly_name or "")
    return _table_of(found, ["friendly_name", "attributes", "activity_name", "available", "sid"])


def task_queues(lab: PreparedWorkspace) -> Table:
    """Each TaskQueue by name: which Workers it takes (`target_workers`), and its SID."""
    found = sorted(lab.workspace.task_queues.list(), key=lambda queue: queue.friendly_name or "")
    return _table_of(found, ["friendly_name", "target_workers", "sid"])


def workflow_filters(lab: PreparedWorkspace) -> Table:
    """The Workflow's filters in their order, one row for each target; the default filter last.

    `priority` and `timeout` (seconds) are empty where the target sets none.
    """
    workflow = lab.workspace.workflows(lab.workflow_sid).fetch()
    configuration = read_configuration(workflow.configuration or "")
    names = {queue.sid: queue.friendly_name for queue in lab.workspace.task_queues.list()}

    def row(filter_name: str | None, expression: str, target: Target) -> list[object]:
        queue = names.get(target.queue, target.queue)
        return [filter_name, expression, queue, target.priority, target.timeout]

    rows = [
        row(each.friendly_name, each.expression.text, target)
        for each in configuration.filters
        for target in each.targets
    ]
    if configuration.default is not None:
        rows.append(row("default filter", "(no filter matches)", configuration.default))
    return table(["filter", "expression", "queue", "priority", "timeout"], rows)


def tasks(lab: PreparedWorkspace) -> Table:
    """Each Task, oldest first: its TaskQueue, status and age, and why a pending one waits.

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
            reasons.get(task.sid or ""),
        ]
        for task in found
    ]
    return table(columns, rows)


def reservations(lab: PreparedWorkspace) -> Table:
    """Each Reservation of every Worker, oldest first."""
    found = [
        reservation
        for worker in lab.workspace.workers.list()
        for reservation in lab.workspace.workers(worker.sid or "").reservations.list()
    ]
    found.sort(key=lambda reservation: (reservation.date_created, reservation.sid))
    return _table_of(found, ["sid", "worker_name", "task_sid", "reservation_status"])


def events(lab: PreparedWorkspace, **filters: Any) -> Table:
    """The Events of the last 15 minutes, oldest first.

    `filters` are those of the SDK's `events.list`, such as `task_sid` and `minutes`
    (https://www.twilio.com/docs/taskrouter/api/event).
    """
    # TaskRouter lists the newest first; the sort keeps the order of simultaneous Events.
    found = lab.workspace.events.list(**filters)[::-1]
    found.sort(key=_moment)
    rows = [[_moment(event)[0], event.event_type, event.description] for event in found]
    return table(["time", "event_type", "description"], rows)


def _reasons(lab: PreparedWorkspace, tasks: Iterable[TaskInstance]) -> dict[str, str]:
    """Why each pending Task waits, by its SID; reads what the Tasks share once."""
    reasons: dict[str, str] = {}
    evidence = None
    for facts in map(TaskFacts.of, tasks):
        if facts.assignment_status == "pending":
            shared = evidence or read_workspace(lab.workspace, facts)
            evidence = read_channels(lab.workspace, replace(shared, task=facts))
            reasons[facts.sid] = reason_to_wait(read_reservations(lab.workspace, evidence))
    return reasons


def _table_of(resources: Iterable[object], names: list[str]) -> Table:
    return table(names, [[getattr(each, name) for name in names] for each in resources])


def _moment(event: EventInstance) -> tuple[str, int]:
    time = iso(event.event_date) if event.event_date is not None else ""
    return time, int(event.event_date_ms or 0)
