"""The fixtures `taskrouter`, `session_taskrouter` and `taskrouter_options`, for the tests of an app."""

from datetime import UTC, datetime

import pytest
from workspace_builder import WorkspaceBuilder

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def taskrouter_options():
    return {"now": NINE}


def test_fixture_moves_the_clock(taskrouter):
    built = WorkspaceBuilder(taskrouter.client)
    built.workflow(default=built.queue())
    alice = built.worker("Alice")
    task = built.task()
    assert task.assignment_status == "reserved"
    taskrouter.advance(121)
    assert alice.fetch().activity_name == "Offline"
    assert task.fetch().assignment_status == "pending"


def test_fixture_starts_empty(taskrouter):
    assert taskrouter.client.taskrouter.v1.workspaces.list() == []


def test_options_of_the_project_are_used(taskrouter, session_taskrouter):
    assert taskrouter.now == session_taskrouter.now == NINE
    assert taskrouter.url != session_taskrouter.url


@pytest.mark.parametrize("expected", [1, 2])
def test_fixture_of_the_session_keeps_its_state(session_taskrouter, expected):
    workspaces = session_taskrouter.client.taskrouter.v1.workspaces
    workspaces.create(f"Support {expected}")
    assert len(workspaces.list()) == expected
