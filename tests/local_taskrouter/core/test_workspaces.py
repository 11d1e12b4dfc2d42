"""Workspaces and what is in them: default resources, and what prevents deletion."""

import json

import pytest
from engine_lab import EngineLab
from local_taskrouter.core import (
    activities,
    task_channels,
    task_queues,
    workers,
    workflows,
    workspaces,
)
from local_taskrouter.core.records import WorkerChannel
from local_taskrouter.core.task_end import cancel_task, complete_task
from local_taskrouter.errors import BadRequest


def activities_of(lab):
    found = lab.engine.store.find("activities", lab.workspace.sid)
    return [(activity.friendly_name, activity.available) for activity in found]


def test_new_multitasking_workspace_has_three_activities(lab):
    assert activities_of(lab) == [("Offline", False), ("Available", True), ("Unavailable", False)]
    offline = lab.activity("Offline").sid
    assert (lab.workspace.default_activity_sid, lab.workspace.timeout_activity_sid) == (
        offline,
        offline,
    )


def test_new_single_tasking_workspace_has_four_activities(single):
    assert activities_of(single) == [
        ("Offline", False),
        ("Idle", True),
        ("Busy", False),
        ("Reserved", False),
    ]


def test_new_workspace_has_five_channels_and_no_workflow(lab):
    found = lab.engine.store.find("task_channels", lab.workspace.sid)
    assert [channel.unique_name for channel in found] == [
        "default",
        "voice",
        "sms",
        "video",
        "chat",
    ]
    for name in ("task_queues", "workflows", "workers", "tasks"):
        assert lab.engine.store.count(name, lab.workspace.sid) == 0


@pytest.mark.parametrize("multi", [True, False])
def test_template_fifo_routes_every_task_to_any_worker(multi):
    lab = EngineLab(template="FIFO", multi_task_enabled=multi)
    (workflow,) = lab.engine.store.find("workflows", lab.workspace.sid)
    (queue,) = lab.engine.store.find("task_queues", lab.workspace.sid)
    assert (workflow.friendly_name, workflow.task_reservation_timeout) == (
        "Default Fifo Workflow",
        120,
    )
    assert (queue.friendly_name, queue.target_workers, queue.task_order) == (
        "Sample Queue",
        "1==1",
        "FIFO",
    )
    alice = lab.worker("Alice", activity="Available" if multi else "Idle")
    assert lab.holder(lab.task(workflow)) == "Alice"
    assert lab.name_of(alice.activity_sid) == ("Available" if multi else "Reserved")


def test_unknown_template_is_rejected():
    with pytest.raises(BadRequest, match="NONE, EMPTY, FIFO"):
        EngineLab(template="LIFO")


def test_deleted_workspace_removes_its_records_and_no_others(lab):
    other = lab.workspace
    lab.worker("Alice")
    lab.task(lab.workflow(default=lab.queue()))
    kept = list(lab.engine.store)
    lab.workspace = lab.do(workspaces.create_workspace, "Second", template="FIFO")
    lab.worker("Bob", capacity=2)
    (workflow,) = lab.engine.store.find("workflows", lab.workspace.sid)
    lab.accept(lab.task(workflow))
    lab.task(workflow)
    lab.do(workspaces.delete_workspace, lab.workspace)
    assert list(lab.engine.store) == kept
    assert list(lab.engine.store.find("workspaces", "all")) == [other]
    lab.wait(90_000)


def test_new_worker_has_the_default_activity_and_a_capacity_of_one(lab):
    lab.engine.store.change(lab.workspace, default_activity_sid=lab.activity("Available").sid)
    worker = lab.do(workers.create_worker, lab.workspace, "Alice")
    assert (lab.name_of(worker.activity_sid), worker.attributes) == ("Available", "{}")
    channels = list(lab.engine.store.find("channels_of_worker", worker.sid))
    assert [(c.configured_capacity, c.available) for c in channels] == [(1, True)] * 5


def test_new_channel_is_added_to_every_worker(lab):
    lab.worker("Alice"), lab.worker("Bob")
    channel = lab.do(task_channels.create_task_channel, lab.workspace, "Letters", "letters")
    assert lab.count(WorkerChannel) == 12
    lab.do(task_channels.delete_task_channel, channel)
    assert lab.count(WorkerChannel) == 10


def test_worker_names_are_unique_regardless_of_case(lab):
    alice, bob = lab.worker("Alice"), lab.worker("Bob")
    with pytest.raises(BadRequest, match="Worker with the same friendly name already exists"):
        lab.worker("ALICE")
    with pytest.raises(BadRequest, match="already exists"):
        lab.do(workers.rename_worker, bob, "alice")
    lab.do(workers.rename_worker, alice, "ALICE")
    assert alice.friendly_name == "ALICE"


def test_worker_names_can_be_reused_elsewhere_and_after_deletion(lab):
    lab.do(workers.delete_worker, lab.worker("Alice"))
    lab.worker("Alice")
    lab.workspace = lab.do(workspaces.create_workspace, "Second")
    lab.worker("Alice")


def test_worker_with_a_reservation_cannot_be_deleted(lab):
    alice, workflow = lab.worker("Alice"), lab.workflow(default=lab.queue())
    task = lab.task(workflow)
    for _ in range(2):
        with pytest.raises(BadRequest, match=f"it holds Reservation WR.* for Task {task.sid}"):
            lab.do(workers.delete_worker, alice)
        if task.assignment_status == "reserved":
            lab.accept(task)
    lab.do(complete_task, task, None)
    lab.do(workers.delete_worker, alice)
    lab.wait(300)


def test_activity_in_use_cannot_be_deleted(lab):
    names = {"default": "Offline", "worker": "Available", "queue": "Unavailable"}
    alice = lab.worker("Alice")
    queue = lab.queue(reservation_activity_sid=lab.activity(names["queue"]).sid)
    for reason, user in (("default", "Workspace"), ("worker", "Worker"), ("queue", "TaskQueue")):
        with pytest.raises(BadRequest, match=f"Cannot delete Activity WA.*{user}"):
            lab.do(activities.delete_activity, lab.activity(names[reason]))
    lab.move(alice, "Offline")
    lab.do(task_queues.delete_task_queue, queue)
    for name in ("Available", "Unavailable"):
        lab.do(activities.delete_activity, lab.activity(name))
    assert activities_of(lab) == [("Offline", False)]


def test_default_channel_and_channel_with_tasks_cannot_be_deleted(lab):
    with pytest.raises(BadRequest, match="voice is a default one"):
        lab.do(task_channels.delete_task_channel, lab.channel("voice"))
    with pytest.raises(BadRequest, match="already exists"):
        lab.do(task_channels.create_task_channel, lab.workspace, "Again", "voice")
    letters = lab.do(task_channels.create_task_channel, lab.workspace, "Letters", "letters")
    task = lab.task(task_queue=lab.queue(), channel="letters")
    with pytest.raises(BadRequest, match="there are Tasks on it"):
        lab.do(task_channels.delete_task_channel, letters)
    lab.do(cancel_task, task, None)
    lab.wait(300)
    lab.do(task_channels.delete_task_channel, letters)


def test_queue_with_tasks_or_in_a_workflow_cannot_be_deleted(lab):
    queue, workflow_queue = lab.queue("Q"), lab.queue("W")
    task = lab.task(task_queue=queue)
    workflow = lab.workflow(default=workflow_queue)
    with pytest.raises(BadRequest, match=f"Task {task.sid} waits in it"):
        lab.do(task_queues.delete_task_queue, queue)
    with pytest.raises(BadRequest, match=f"Workflow {workflow.sid} routes to it"):
        lab.do(task_queues.delete_task_queue, workflow_queue)
    lab.do(cancel_task, task, None)
    lab.do(task_queues.delete_task_queue, queue)
    lab.do(workflows.delete_workflow, workflow)
    lab.do(task_queues.delete_task_queue, workflow_queue)


def test_workflow_with_tasks_cannot_be_deleted(lab):
    workflow = lab.workflow(default=lab.queue())
    task = lab.task(workflow)
    with pytest.raises(BadRequest, match=f"Task {task.sid} under its control is pending"):
        lab.do(workflows.delete_workflow, workflow)
    lab.worker("Alice")
    with pytest.raises(BadRequest, match="is reserved"):
        lab.do(workflows.delete_workflow, workflow)
    lab.accept(task)
    lab.do(workflows.delete_workflow, workflow)
    lab.do(complete_task, task, None)
    assert task.assignment_status == "completed"


def test_single_tasking_queue_needs_activity_sids(single):
    with pytest.raises(BadRequest, match="Activity Sids cannot be empty"):
        single.queue()


def test_workflow_configuration_is_validated(lab):
    for routing, complaint in (
        ({}, "task_routing is missing"),
        ({"task_routing": {"filters": [{"expression": "1=="}]}}, "filters\\[0\\].expression"),
        ({"task_routing": {"default_filter": {"queue": "WQ1"}}}, "WQ1 is not in this Workspace"),
    ):
        with pytest.raises(BadRequest, match=complaint):
            lab.do(workflows.create_workflow, lab.workspace, "W", json.dumps(routing))
