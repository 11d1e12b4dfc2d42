"""`explain`: why a Task is where it is, or where a Task not yet created would go."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.rest.taskrouter.v1.workspace import WorkspaceContext
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from local_taskrouter.explanation.candidates import judge_candidates
from local_taskrouter.explanation.evidence import Evidence, Reservation, TaskFacts
from local_taskrouter.explanation.gathering import gather
from local_taskrouter.explanation.notes import write_notes
from local_taskrouter.explanation.place import find_place, judge_filters
from local_taskrouter.explanation.result import Explanation, ReservationView
from local_taskrouter.explanation.sentences import sum_up
from local_taskrouter.rules.timeouts import iso, reservation_deadline
from local_taskrouter.sids import sid_of_task

_DELETED = "TaskRouter deletes a Task five minutes after it is completed or canceled."


class NoSuchTask(LookupError):
    """TaskRouter has no such Task; the message gives the usual reason."""


class HasClient(Protocol):
    """What has an SDK's Client: the pytest fixture `taskrouter`, the tutorial's Session."""

    @property
    def client(self) -> Client:
        """The Client."""
        ...


def explain(
    client: Client | HasClient,
    task: TaskInstance | str | Mapping[str, Any],
    workspace_sid: str | None = None,
    workflow_sid: str | None = None,
) -> Explanation:
    """Explain why `task` is where it is: a sentence, the mistakes found, and every reason.

    `client` is the SDK's Client, or what has one, as the pytest fixture `taskrouter`. `task` is the SDK's TaskInstance or a Task's SID. A mapping holds the attributes of a Task that
    is not created: the explanation then says where it would go in the Workflow `workflow_sid`, by
    default the Workspace's only one. The Workspace is the Task's; for a SID it is `workspace_sid`
    or, by default, the one that has the Task.

    It reads each resource once and changes nothing: the Task, Workflows, TaskQueues, Workers, the
    Task's Reservations, the channels of at most ten Workers, the Reservations of at most three with
    their pending Tasks, and the Task's Events where only they show at which target it waits.

    Raises NoSuchTask, ValueError for what is no Task's SID and when a Workspace or Workflow is missing,
    and what the SDK raises.
    """
    if not isinstance(client, Client):
        client = client.client
    if isinstance(task, Mapping):
        if workspace_sid is None:
            raise ValueError(
                "A Task that is not created is in no Workspace. Say in which one it would be:"
                ' explain(…, workspace_sid="WS…").'
            )
        workspace = client.taskrouter.v1.workspaces(workspace_sid)
        attributes = json.dumps(dict(task), ensure_ascii=False)
        workflow_sid = workflow_sid or _only_workflow(workspace)
        return explain_evidence(gather(workspace, TaskFacts(workflow_sid, attributes)))
    sid = sid_of_task(task)
    if isinstance(task, str):
        found = _find(client, workspace_sid, sid)
    else:
        found = _fetch(client, task.workspace_sid or "", sid)
    workspace = client.taskrouter.v1.workspaces(found.workspace_sid or "")
    return explain_evidence(gather(workspace, TaskFacts.of(found)))


def explain_evidence(evidence: Evidence) -> Explanation:
    """Return the explanation that follows from the evidence; sends nothing."""
    task, workflow = evidence.task, evidence.workflow
    candidates = tuple(judge_candidates(evidence)) if evidence.task_queue is not None else ()
    filters = judge_filters(evidence)
    return Explanation(
        task_sid=task.sid,
        attributes=task.attributes,
        assignment_status=task.assignment_status,
        priority=task.priority,
        sentence=sum_up(evidence, candidates),
        notes=write_notes(evidence, filters, candidates),
        workflow=workflow.friendly_name or "" if workflow is not None else "",
        filters=filters,
        place=find_place(evidence),
        reservations=tuple(_view(evidence, each) for each in evidence.reservations),
        candidates=candidates,
    )


def _view(evidence: Evidence, reservation: Reservation) -> ReservationView:
    until = ""
    if reservation.reservation_status == "pending" and reservation.date_created is not None:
        until = iso(reservation_deadline(reservation.date_created, evidence.workflow))
    return ReservationView(
        reservation.worker_name or "", str(reservation.reservation_status), until
    )


def _only_workflow(workspace: WorkspaceContext) -> str:
    workflows = workspace.workflows.list(limit=2)
    if len(workflows) != 1:
        has = "has several Workflows" if workflows else "has no Workflow yet: create one"
        raise ValueError(
            f'The Workspace {has}. Say which one the Task would use: explain(…, workflow_sid="WW…").'
        )
    return workflows[0].sid or ""


def _find(client: Client, workspace_sid: str | None, sid: str) -> TaskInstance:
    """Fetch the Task from this Workspace or, without one, from the first that has it."""
    if workspace_sid is not None:
        return _fetch(client, workspace_sid, sid)
    for workspace in client.taskrouter.v1.workspaces.list():
        try:
            return _fetch(client, workspace.sid or "", sid)
        except NoSuchTask:
            continue
    raise NoSuchTask(f"There is no Task {sid} in any Workspace. {_DELETED}")


def _fetch(client: Client, workspace_sid: str, sid: str) -> TaskInstance:
    try:
        return client.taskrouter.v1.workspaces(workspace_sid).tasks(sid).fetch()
    except TwilioRestException as error:
        if error.status != 404:
            raise
        raise NoSuchTask(
            f"There is no Task {sid} in the Workspace {workspace_sid}. {_DELETED}"
        ) from None
