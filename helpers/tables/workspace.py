"""Tables of what a Workspace holds, and of what happens in it."""

import json
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
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING
from local_taskrouter.rules.timeouts import iso
from local_taskrouter.rules.workflow import Target, read_configuration
from twilio.rest.taskrouter.v1.workspace import WorkspaceContext
from twilio.rest.taskrouter.v1.workspace.event import EventInstance
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from helpers.display.html import age
from helpers.display.pieces import task_names
from helpers.display.table import Table, table
from helpers.lessons.complaints import REQUESTS
from helpers.lessons.complaints_workspace import Case
from helpers.lessons.workspace import PreparedWorkspace


def activities(lab: PreparedWorkspace) -> Table:
    """Each Activity: its name, whether a Worker in it is available, and its SID."""
    names = ["friendly_name", "available", "sid"]
    return _table_of(lab.workspace.activities.list(), names)


def workers(lab: PreparedWorkspace) -> Table:
    """Each Worker by name: Activity, whether available, attributes, and SID."""
    found = sorted(lab.workspace.workers.list(), key=lambda worker: worker.friendly_name or "")
    return _table_of(found, ["friendly_name", "activity_name", "available", "attributes", "sid"])


def task_queues(lab: PreparedWorkspace) -> Table:
    """Each TaskQueue by name: which Workers it takes (`target_workers`), and its SID."""
    found = sorted(lab.workspace.task_queues.list(), key=lambda queue: queue.friendly_name or "")
    return _table_of(found, ["friendly_name", "target_workers", "sid"])


def workflow_filters(lab: PreparedWorkspace) -> Table:
    """The Workflow's filters in their order, one row for each target; the default filter last.

    `priority` and `timeout` (seconds) are empty where the target sets none.
    """
    columns = ["filter", "expression", "queue", "priority", "timeout"]
    return table(columns, _targets(lab.workspace, lab.workflow_sid))


def _targets(workspace: WorkspaceContext, workflow_sid: str) -> list[list[object]]:
    workflow = workspace.workflows(workflow_sid).fetch()
    configuration = read_configuration(workflow.configuration or "")
    names = {queue.sid: queue.friendly_name for queue in workspace.task_queues.list()}

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
    return rows


def tasks(lab: PreparedWorkspace) -> Table:
    """Each Task by name ("Spanish #1"), oldest first: its status, its TaskQueue, and why it waits.

    `reason` is empty when the Task does not wait. `age` is in words ("3 s").
    """
    columns = ["task", "assignment_status", "queue", "reason"]
    columns += ["priority", "age", "attributes", "sid"]
    found = lab.workspace.tasks.list()
    names, reasons = _names(lab, found), _reasons(lab, found)
    rows = [
        [
            names[task.sid or ""],
            task.assignment_status,
            task.task_queue_friendly_name,
            reasons.get(task.sid or ""),
            task.priority,
            age(task.age or 0),
            task.attributes,
            task.sid,
        ]
        for task in found
    ]
    return table(columns, rows)


def reservations(lab: PreparedWorkspace) -> Table:
    """Each Reservation of every Worker, oldest first: the Worker, the status, and the Task by name."""
    found = [
        reservation
        for worker in lab.workspace.workers.list()
        for reservation in lab.workspace.workers(worker.sid or "").reservations.list()
    ]
    found.sort(key=lambda reservation: (reservation.date_created, reservation.sid))
    names = _names(lab, lab.workspace.tasks.list()) if found else {}
    rows = [
        [
            each.worker_name,
            each.reservation_status,
            names.get(each.task_sid or ""),
            each.task_sid,
            each.sid,
        ]
        for each in found
    ]
    return table(["worker_name", "reservation_status", "task", "task_sid", "sid"], rows)


def events(lab: PreparedWorkspace, **filters: Any) -> Table:
    """The Events of the last 15 minutes, oldest first.

    `filters` are those of the SDK's `events.list`, such as `task_sid` and `minutes`
    (https://www.twilio.com/docs/taskrouter/api/event).
    """
    # TaskRouter lists the newest first; the sort keeps the order of simultaneous Events.
    found = lab.workspace.events.list(**filters)[::-1]
    found.sort(key=_moment)
    rows = [[_moment(event)[0], event.description, event.event_type] for event in found]
    return table(["time", "description", "event_type"], rows)


def evidence(case: Case) -> Table:
    """A complaint's Task, TaskQueue and Worker, a row each: what they ask or have, and where they are.

    A case with its own Workflow has a row for each of that Workflow's targets too.
    """
    complaint = case.complaint
    tasks = {task.sid: task for task in case.workspace.tasks.list()}
    task = tasks.get(case.task_sid)
    queue = case.workspace.task_queues(case.queue_sid).fetch()
    worker = case.workspace.workers(case.worker_sid)
    found = worker.fetch()
    held = [
        tasks[each.task_sid]
        for each in worker.reservations.list()
        if each.reservation_status in RESERVATION_HOLDING
    ]
    holds = [f"a Task: {each.assignment_status}, priority {each.priority}" for each in held]
    rows = [
        ["Task", task.attributes, f"{task.assignment_status} in {task.task_queue_friendly_name}"]
        if task
        else ["Task", json.dumps({"topic": complaint.topic}), "none: TaskRouter refused it"],
        *([] if complaint.workflow == REQUESTS else _routes(case, complaint.workflow)),
        [f"TaskQueue {queue.friendly_name}", queue.target_workers, ""],
        [
            f"Worker {found.friendly_name}",
            found.attributes,
            f"{found.activity_name}, holds {holds[0] if holds else 'no Task'}",
        ],
    ]
    return table(["what", "asks or has", "now"], rows)


def _routes(case: Case, workflow: str) -> list[list[object]]:
    """A row for each target of the case's Workflow: the expression, and where it leads."""
    return [
        [f"Workflow {workflow}", expression, f"leads to {queue}"]
        for _, expression, queue, *_ in _targets(case.workspace, case.workflow_sid)
    ]


def _names(lab: PreparedWorkspace, tasks: Iterable[TaskInstance]) -> dict[str, str]:
    return task_names(lab.session, lab.workspace_sid).name(tasks)


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
