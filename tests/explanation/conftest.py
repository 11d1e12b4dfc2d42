"""A Workspace that explain reads without a socket, and short ways to look at what it says."""

from collections.abc import Iterator

import pytest
from local_taskrouter.clock import ManualClock
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter
from workspace_builder import WorkspaceBuilder
from wsgi_client import session_on


class Shop(WorkspaceBuilder):
    """What explain takes for a lab: a `session` and a `workspace_sid`; `sent` are its requests."""

    def __init__(self, taskrouter: TaskRouter) -> None:
        self.clock = taskrouter.clock
        self.session = session_on(taskrouter)
        self.sent = self.session.client.http_client.sent
        super().__init__(self.session.client)


@pytest.fixture
def shop() -> Iterator[Shop]:
    taskrouter = TaskRouter(":memory:", ACCOUNT_SID, "token", ManualClock())
    yield Shop(taskrouter)
    taskrouter.close()
