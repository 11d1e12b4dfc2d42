"""The Workspace of ten complaints: made anew, and each case brought back to how it came in.

It is separate from the tutorial's. All calls go through the `twilio` client.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING
from twilio.rest.taskrouter.v1.workspace import WorkspaceContext
from twilio.rest.taskrouter.v1.workspace.task import TaskContext, TaskInstance

from helpers.checks import wait_for
from helpers.lessons.complaints import (
    COMPLAINTS,
    GIFTS,
    PARCELS,
    REQUESTS,
    ROUTED,
    START,
    TASK_QUEUES,
    Complaint,
)
from helpers.session.session import Session
from helpers.session.workspace_ownership import COMPLAINTS_WORKSPACE

EARLIER = "earlier"
"""The attribute of a case's other Task, which was there before the customer's."""
TASK_RESERVATION_TIMEOUT = 7200  # seconds, longer than the lesson
URGENT = 100  # the priority of the Task that Jonas is asked about


@dataclass(frozen=True, repr=False)
class Case:
    """A complaint with the SIDs of its Worker, its TaskQueue, its Workflow and its customer's Task.

    `configuration` is the Workflow's at first, as JSON text. `task_sid` is None where
    TaskRouter refuses the Task. `workspace` is the SDK's context.
    """

    session: Session
    workspace_sid: str
    complaint: Complaint
    worker_sid: str
    queue_sid: str
    workflow_sid: str
    configuration: str
    task_sid: str | None = None

    @property
    def workspace(self) -> WorkspaceContext:
        return self.session.client.taskrouter.v1.workspaces(self.workspace_sid)

    def tasks(self) -> list[TaskInstance]:
        """Return the Tasks of this case, oldest first."""
        return [each for each in self.workspace.tasks.list() if _belongs(each, self.complaint)]

    def __repr__(self) -> str:
        return f"The case {self.complaint.name!r} is open"


@dataclass(frozen=True, repr=False)
class ComplaintsWorkspace:
    """The prepared Workspace with the SIDs of its Workflow for most cases, and of others by name."""

    session: Session
    workspace_sid: str
    workflow_sid: str
    workflow_sids: Mapping[str, str] = field(default_factory=dict)
    queue_sids: Mapping[str, str] = field(default_factory=dict)
    worker_sids: Mapping[str, str] = field(default_factory=dict)
    start: str = START

    @property
    def workspace(self) -> WorkspaceContext:
        return self.session.client.taskrouter.v1.workspaces(self.workspace_sid)

    def open(self, name: str) -> Case:
        """Bring the case `name` back to how it came in, and return it.

        Deletes the Tasks of the case and those that hold its Worker; restores the Worker, the
        TaskQueues' expressions and the Workflow; then creates the customer's Task. Raises
        ValueError, with the names, for an unknown one.
        """
        case = self.case(name)
        return replace(case, task_sid=_open(self, case))

    def case(self, name: str) -> Case:
        """Return the case `name` as it is, without its `task_sid`; raises ValueError as `open` does."""
        known = {**COMPLAINTS, ROUTED.name: ROUTED}
        if name not in known:
            raise ValueError(f"There is no case {name!r}. The cases are: {', '.join(known)}.")
        complaint = known[name]
        return Case(
            self.session,
            self.workspace_sid,
            complaint,
            self.worker_sids[complaint.worker],
            self.queue_sids[complaint.queue],
            self.workflow_sids[complaint.workflow],
            _configuration(complaint.workflow, self.queue_sids),
        )

    def __repr__(self) -> str:
        return f"The Workspace {COMPLAINTS_WORKSPACE!r} is ready ({self.start})"


def make_complaints_workspace(session: Session) -> ComplaintsWorkspace:
    """Create the Workspace with every case open, in place of the previous one; touch no other.

    Raises the SDK's exception when a request fails.
    """
    sid = str(session.tutorial_workspaces.recreate(COMPLAINTS_WORKSPACE).sid)
    space = session.client.taskrouter.v1.workspaces(sid)
    queues = {
        name: str(space.task_queues.create(friendly_name=name, target_workers=expression).sid)
        for name, expression in TASK_QUEUES.items()
    }
    workflows = {
        name: str(
            space.workflows.create(
                friendly_name=name,
                configuration=_configuration(name, queues),
                task_reservation_timeout=TASK_RESERVATION_TIMEOUT,
            ).sid
        )
        for name in (REQUESTS, PARCELS, GIFTS)
    }
    cases = (ROUTED, *COMPLAINTS.values())
    activities = _activities(space)
    workers = {
        each.worker: str(
            space.workers.create(
                friendly_name=each.worker,
                attributes=json.dumps(each.attributes),
                activity_sid=activities["Available"],
            ).sid
        )
        for each in cases
    }
    lab = ComplaintsWorkspace(session, sid, workflows[REQUESTS], workflows, queues, workers)
    for each in cases:
        _begin(lab.case(each.name), activities)
    return lab


def _configuration(workflow: str, queue_sids: Mapping[str, str]) -> str:
    filters = [
        {
            "filter_friendly_name": (each.routed or each.topic).capitalize(),
            "expression": f'topic == "{each.routed or each.topic}"',
            "targets": [{"queue": queue_sids[each.target or each.queue]}],
        }
        for each in (*COMPLAINTS.values(), ROUTED)
        if each.workflow == workflow
    ]
    return json.dumps({"task_routing": {"filters": filters}})


def _open(lab: ComplaintsWorkspace, case: Case) -> str | None:
    """Build the case anew, and return the SID of the customer's Task; None where it is refused."""
    activities = _activities(case.workspace)
    worker = case.workspace.workers(case.worker_sid)
    _delete_tasks(case)
    _restore_routing(lab, case.complaint)
    attributes = json.dumps(case.complaint.attributes)
    worker.update(attributes=attributes, activity_sid=activities["Available"])
    for channel in worker.worker_channels.list():
        if channel.configured_capacity != 1 or not channel.available:
            channel.update(capacity=1, available=True)
    return _begin(case, activities)


def _begin(case: Case, activities: Mapping[str, str]) -> str | None:
    """Create the Tasks of a case whose Worker is available; return the SID of the customer's Task."""
    complaint = case.complaint
    worker = case.workspace.workers(case.worker_sid)
    if complaint.earlier:
        priority = URGENT if complaint.earlier == "reserved" else 0
        task_sid = _create_task(case, {EARLIER: True}, priority)
        _bring_to(case.workspace.tasks(task_sid), complaint.earlier)
    if complaint.activity != "Available":
        worker.update(activity_sid=activities[complaint.activity])
    if complaint.capacity != 1:
        worker.worker_channels("default").update(capacity=complaint.capacity)
    return None if complaint.routed else _create_task(case)


def _activities(space: WorkspaceContext) -> dict[str, str]:
    return {str(each.friendly_name): str(each.sid) for each in space.activities.list()}


def waiting_task(tasks: Sequence[TaskInstance]) -> TaskInstance | None:
    """Return the customer's Task of a case's `tasks`: the oldest that is not the earlier one."""
    return next((each for each in tasks if EARLIER not in _attributes(each)), None)


def earlier_task(tasks: Sequence[TaskInstance]) -> TaskInstance | None:
    """Return the Task of a case's `tasks` that was there before the customer's."""
    return next((each for each in tasks if EARLIER in _attributes(each)), None)


def _delete_tasks(case: Case) -> None:
    """Delete the Tasks of the case, and those of others that a repair has led to its Worker."""
    space = case.workspace
    held = {
        reservation.task_sid
        for reservation in space.workers(case.worker_sid).reservations.list()
        if reservation.reservation_status in RESERVATION_HOLDING
    }
    for task in space.tasks.list():
        if task.sid in held or _belongs(task, case.complaint):
            task.delete()


def _belongs(task: TaskInstance, complaint: Complaint) -> bool:
    if complaint.workflow != REQUESTS and task.workflow_friendly_name == complaint.workflow:
        return True
    return _attributes(task).get("topic") == complaint.topic


def _attributes(task: TaskInstance) -> dict[str, Any]:
    return json.loads(task.attributes or "{}")


def _restore_routing(lab: ComplaintsWorkspace, complaint: Complaint) -> None:
    for name in filter(None, (complaint.queue, complaint.target)):
        queue = lab.workspace.task_queues(lab.queue_sids[name])
        queue.update(target_workers=TASK_QUEUES[name])
    configuration = _configuration(complaint.workflow, lab.queue_sids)
    workflow = lab.workspace.workflows(lab.workflow_sids[complaint.workflow]).fetch()
    if json.loads(workflow.configuration or "{}") != json.loads(configuration):
        workflow.update(configuration=configuration)


def _create_task(case: Case, more: Mapping[str, Any] | None = None, priority: int = 0) -> str:
    attributes = json.dumps({"topic": case.complaint.topic, **(more or {})})
    task = case.workspace.tasks.create(
        attributes=attributes, workflow_sid=case.workflow_sid, priority=priority
    )
    return str(task.sid)


def _bring_to(task: TaskContext, status: str) -> None:
    """Bring a Task for which a Worker is free to the status reserved, assigned or wrapping."""
    [reservation] = wait_for("a Reservation", task.reservations.list)
    if status in ("assigned", "wrapping"):
        reservation.update(reservation_status="accepted")
    if status == "wrapping":
        task.update(assignment_status="wrapping", reason="writing notes")
