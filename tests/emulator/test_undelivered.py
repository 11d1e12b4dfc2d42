"""A callback that was due when the process died."""

import pytest
from callback_lab import JSON, Learner

from helpers.emulator import service
from helpers.emulator.clock import ManualClock
from helpers.emulator.core.model import Task
from helpers.emulator.core.tasks import create_task
from helpers.emulator.core.workers import create_worker
from helpers.emulator.core.workspaces import create_workspace
from helpers.emulator.home import ACCOUNT_SID
from helpers.emulator.service import TaskRouter


@pytest.fixture
def learner():
    learner = Learner()
    yield learner
    learner.close()


def test_what_was_due_when_the_process_died_is_delivered_once_after_the_restart(
    learner, tmp_path, monkeypatch
):
    learner.answer = lambda request: (200, JSON, '{"instruction": "accept"}')
    database = tmp_path / "killed.db"
    killed = TaskRouter(database, ACCOUNT_SID, "token", ManualClock())
    with monkeypatch.context() as dying:
        dying.setattr(service, "make_attempts", never_ends)
        task = killed.call(lambda engine: announced_task(engine, learner.url))
        killed.settle()
    killed.close()
    for _ in range(2):
        again = TaskRouter(database, ACCOUNT_SID, "token", ManualClock())
        again.start()
        again.settle()
        assert again.engine.store.the(Task, task.sid).assignment_status == "assigned"
        again.close()
    assert [dict(form)["TaskSid"] for _, _, form in learner.requests] == [task.sid]


def never_ends(*_):
    """What is known of an attempt that the process did not survive: nothing."""
    raise RuntimeError("the process was killed")


def announced_task(engine, url):
    """A Task that is reserved at once, with a callback to `url`."""
    workspace = create_workspace(engine, "Office", template="FIFO")
    activities = engine.store.find("activities", workspace.sid)
    available = next(activity for activity in activities if activity.available)
    create_worker(engine, workspace, "Alice", activity=available)
    workflow = next(engine.store.find("workflows", workspace.sid))
    engine.store.change(workflow, assignment_callback_url=url)
    channel = next(engine.store.find("task_channels", workspace.sid))
    return create_task(engine, workspace, workflow=workflow, channel=channel)
