"""A Workspace that `explain` reads without a socket."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from asgi_client import AsgiClient, client_on
from local_taskrouter.clock import ManualClock
from local_taskrouter.explanation import Explanation, explain
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance
from workspace_builder import WorkspaceBuilder


class ExplainedWorkspace(WorkspaceBuilder):
    """A Workspace to explain Tasks in; `sent` holds (method, path) of each request."""

    def __init__(self, taskrouter: TaskRouter) -> None:
        self.clock, self.call = taskrouter.clock, taskrouter.call
        self.client = client_on(taskrouter)
        assert isinstance(self.client.http_client, AsgiClient)
        self.sent = self.client.http_client.sent
        super().__init__(self.client)

    def explain(self, task: TaskInstance | str | Mapping[str, Any]) -> Explanation:
        return explain(self.client, task, self.workspace_sid, self.workflow_sid)


@pytest.fixture
def builder() -> Iterator[ExplainedWorkspace]:
    taskrouter = TaskRouter(":memory:", ACCOUNT_SID, "token", ManualClock())
    yield ExplainedWorkspace(taskrouter)
    taskrouter.close()
