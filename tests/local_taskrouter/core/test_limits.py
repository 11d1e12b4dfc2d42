"""The documented limits of a Workspace, tested with small numbers."""

from dataclasses import fields

import pytest
from local_taskrouter.core import activities, task_channels, tasks, workspaces
from local_taskrouter.core.engine import Limits
from local_taskrouter.errors import BadRequest


def channel(lab):
    return lab.do(task_channels.create_task_channel, lab.workspace, "Another", "another")


def task(lab):
    queue = next(lab.engine.store.find("task_queues", lab.workspace.sid), None) or lab.queue()
    return lab.task(task_queue=queue)


MAKERS = {
    "activities": (
        lambda lab: lab.do(activities.create_activity, lab.workspace, "Break", False),
        3,
    ),
    "task_channels": (channel, 5),
    "task_queues": (lambda lab: lab.queue(), 0),
    "workflows": (lambda lab: lab.workflow(), 0),
    "workers": (lambda lab: lab.worker("Alice"), 0),
    "in_flight": (task, 0),
}


def test_every_limit_is_tested():
    assert set(MAKERS) == {field.name for field in fields(Limits)}


@pytest.mark.parametrize("index", MAKERS)
def test_creating_beyond_the_limit_raises_and_creates_nothing(lab, index):
    make, already = MAKERS[index]
    lab.engine.limits = Limits(**{index: already + 1})
    make(lab)
    with pytest.raises(BadRequest, match=f"A Workspace has at most {already + 1} "):
        make(lab)
    assert lab.engine.store.count(index, lab.workspace.sid) == already + 1


def test_limits_count_each_workspace_separately(lab):
    lab.engine.limits = Limits(workers=1)
    lab.worker("Alice")
    lab.workspace = lab.do(workspaces.create_workspace, "Another")
    lab.worker("Alice")


def test_ended_task_makes_room(lab):
    lab.engine.limits = Limits(in_flight=1)
    lab.worker("Alice")
    first = task(lab)
    lab.accept(first)
    with pytest.raises(BadRequest, match="at most 1 Tasks in flight"):
        task(lab)
    lab.do(tasks.update_status, first, "completed", "done")
    assert task(lab).assignment_status == "reserved"
