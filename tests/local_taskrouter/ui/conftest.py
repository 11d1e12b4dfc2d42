"""A Workspace of a TaskRouter in this process, as JSON."""

from collections.abc import Callable

import pytest
from local_taskrouter.page.reading import read_payloads, snapshot_of
from local_taskrouter.ui.names import TaskNames
from local_taskrouter.ui.shape import Shown
from local_taskrouter.ui.shown import show


@pytest.fixture
def now(built, emulator) -> Callable[[], Shown]:
    """The Workspace as it is now."""
    service, names = emulator.taskrouter, TaskNames()

    def read() -> Shown:
        payloads = service.call(
            lambda engine: read_payloads(engine, service.account_sid, built.workspace_sid)
        )
        return show(snapshot_of(payloads), names)

    return read


@pytest.fixture
def spanish(built):
    """A TaskQueue and the Workflow that leads Spanish Tasks to it."""
    queue = built.queue("Customer Care Requests - Spanish", 'languages HAS "es"')
    built.workflow(('selected_language == "es"', queue), default=built.queue("Others"))
    return queue
