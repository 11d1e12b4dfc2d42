"""The fixture `taskrouter`, for the tests of an app."""

from local_taskrouter.testing import local_taskrouter
from workspace_builder import WorkspaceBuilder


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


def test_client_ignores_the_region_of_the_environment(monkeypatch):
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    with local_taskrouter() as taskrouter:
        assert taskrouter.client.taskrouter.v1.workspaces.list() == []
