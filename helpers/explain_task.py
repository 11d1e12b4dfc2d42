"""`explain` for a notebook: why a Task is where it is, as HTML, text or DataFrames."""

from collections.abc import Mapping
from typing import Any

from local_taskrouter import explanation
from twilio.rest import Client
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from helpers.display.explanation import Explanation
from helpers.display.pieces import known_name
from helpers.lessons.city_bikes import CityBikes
from helpers.lessons.complaints_workspace import ComplaintsWorkspace
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.session import Session


def explain(
    lab: PreparedWorkspace | ComplaintsWorkspace | CityBikes | Session | Client,
    task: TaskInstance | str | Mapping[str, Any],
    workspace_sid: str | None = None,
    workflow_sid: str | None = None,
) -> Explanation:
    """Explain why `task` is where it is: a sentence, the mistakes found, and every reason.

    `task` is the SDK's TaskInstance or a Task's SID. A mapping holds the attributes of a Task that
    is not created: the explanation then says where it would go in the Workflow `workflow_sid`, by
    default the lab's, or the only one of the Workspace. With a Session or the SDK's
    Client instead of a lab, the Workspace is the Task's, or `workspace_sid`, or the one that has a Task of this SID.

    It reads through the client, and changes nothing. Raises NoSuchTask, ValueError when a
    Workspace or Workflow is missing, and what the SDK raises.
    """
    if isinstance(lab, PreparedWorkspace | ComplaintsWorkspace | CityBikes):
        workspace_sid = workspace_sid or lab.workspace_sid
        workflow_sid = workflow_sid or lab.workflow_sid
        lab = lab.session
    found = explanation.explain(lab, task, workspace_sid, workflow_sid)
    return Explanation(**vars(found), task_name=known_name(lab, found.task_sid))
