"""`explain`: why a Task is where it is, or what would become of one that does not exist yet."""

import json
from collections.abc import Mapping
from typing import Any

from local_taskrouter.explanation.evidence import WouldBeTask
from local_taskrouter.explanation.gathering import gather
from twilio.base.exceptions import TwilioRestException
from twilio.rest.taskrouter.v1.workspace import WorkspaceContext
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from helpers.checks import ReadableError
from helpers.explanation.explanation import Explanation
from helpers.explanation.reasoning import reason
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.session import Session


class NoSuchTask(ReadableError, LookupError):
    """TaskRouter does not know the Task; the message says why that may be."""


def explain(
    lab: PreparedWorkspace | Session,
    task: TaskInstance | str | Mapping[str, Any],
    workspace_sid: str | None = None,
    workflow_sid: str | None = None,
) -> Explanation:
    """Explain why `task` is where it is: the sentence, the mistakes met, and every reason.

    `task` is the SDK's TaskInstance or a Task's SID. A mapping is taken for the attributes of a
    Task that does not exist: what would become of it in the Workflow `workflow_sid`, by default
    the lab's, or the only one of the Workspace. With a Session instead of a lab, the Workspace is
    the Task's own, or `workspace_sid`, or the one of all Workspaces in which the SID is found.

    It reads each resource once, through the session's client: the Task, Workflows, TaskQueues,
    Workers, the Task's Reservations, one or two requests for each Worker who matches, and the
    Task's Events where only they can tell at which target it stands. It changes nothing.

    Raises NoSuchTask when there is no such Task, ValueError when a Workspace or Workflow is
    missing, and what the SDK raises.
    """
    session: Session = getattr(lab, "session", lab)
    given = workspace_sid or getattr(lab, "workspace_sid", None)
    if isinstance(task, Mapping):
        space = _workspace(session, given)
        return reason(gather(space, _would_be(space, lab, task, workflow_sid)))
    if isinstance(task, str):
        found = _find(session, given, task)
    else:
        found = _fetch(session, task.workspace_sid, task.sid)
    return reason(gather(_workspace(session, found.workspace_sid), found))


def _would_be(
    space: WorkspaceContext, lab: Any, attributes: Mapping[str, Any], workflow_sid: str | None
) -> WouldBeTask:
    chosen = workflow_sid or getattr(lab, "workflow_sid", None)
    if chosen is None:
        workflows = space.workflows.list(limit=2)
        if len(workflows) != 1:
            raise ValueError("Which Workflow? Name it: explain(…, workflow_sid=…).")
        chosen = workflows[0].sid
    return WouldBeTask(json.dumps(dict(attributes), ensure_ascii=False), chosen)


def _workspace(session: Session, sid: str | None) -> WorkspaceContext:
    if sid is None:
        raise ValueError("Which Workspace? Name it: explain(…, workspace_sid=…).")
    return session.client.taskrouter.v1.workspaces(sid)


def _find(session: Session, workspace_sid: str | None, sid: str) -> TaskInstance:
    """The Task of this SID, where it was said to be or else in any Workspace."""
    if workspace_sid is not None:
        return _fetch(session, workspace_sid, sid)
    for workspace in session.client.taskrouter.v1.workspaces.list():
        try:
            return _fetch(session, str(workspace.sid), sid)
        except NoSuchTask:
            continue
    raise NoSuchTask(f"There is no Task {sid} in any Workspace. {_ENDED}")


def _fetch(session: Session, workspace_sid: str, sid: str) -> TaskInstance:
    try:
        return _workspace(session, workspace_sid).tasks(sid).fetch()
    except TwilioRestException as fault:
        if fault.status != 404:
            raise
        raise NoSuchTask(
            f"There is no Task {sid} in the Workspace {workspace_sid}. {_ENDED}"
        ) from None


_ENDED = "TaskRouter forgets a Task five minutes after it is completed or canceled."
