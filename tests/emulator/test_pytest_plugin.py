"""The fixture that an app's own tests use."""

from helpers.emulator.pytest_plugin import taskrouter  # noqa: F401 - a fixture


def test_a_task_waits_and_times_out_in_no_time(taskrouter):  # noqa: F811
    workspaces = taskrouter.client.taskrouter.v1.workspaces
    office = workspaces(workspaces.create("Office", template="FIFO").sid)
    available = office.activities.list(friendly_name="Available")[0]
    alice = office.workers.create("Alice", activity_sid=available.sid)
    task = office.tasks.create()
    assert task.assignment_status == "reserved"
    taskrouter.advance(121)
    assert alice.fetch().activity_name == "Offline"
    assert task.fetch().assignment_status == "pending"


def test_every_test_begins_with_an_empty_account(taskrouter):  # noqa: F811
    assert taskrouter.client.taskrouter.v1.workspaces.list() == []
