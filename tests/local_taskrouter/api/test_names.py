"""Names of resources: which are unique, and which characters they may have."""

import json

import pytest
from twilio.base.exceptions import TwilioRestException


def taken(workspace, name):
    return (
        f"Queue named {name} already exists for workspace {workspace.sid}"
        f" for account {workspace.account_sid}"
    )


def test_when_a_queue_of_the_name_exists_then_no_other_can_be_created_or_renamed_to_it(
    workspace, queue
):
    other = workspace.task_queues.create("Other")
    for attempt in (
        lambda: workspace.task_queues.create(queue.friendly_name),
        lambda: other.update(friendly_name=queue.friendly_name),
    ):
        with pytest.raises(TwilioRestException) as refused:
            attempt()
        assert refused.value.msg.endswith(taken(workspace.fetch(), queue.friendly_name))
        assert (refused.value.status, refused.value.code) == (400, 20001)
    assert sorted(q.friendly_name for q in workspace.task_queues.list()) == ["Everybody", "Other"]
    assert queue.update(friendly_name="Everybody", target_workers="1==2").target_workers == "1==2"


def test_when_the_queue_is_in_another_workspace_then_the_name_is_free(client, queue):
    other = client.taskrouter.v1.workspaces.create("Other").task_queues
    assert other.create(queue.friendly_name).sid != queue.sid


def test_unique_name_of_a_channel_may_have_a_hyphen(workspace, built, queue):
    workspace.task_channels.create("E-mail", unique_name="email-channel")
    built.workflow(default=queue)
    task = workspace.tasks.create(task_channel="email-channel")
    assert task.task_channel_unique_name == "email-channel"


def test_template_empty_is_accepted(client):
    created = client.taskrouter.v1.workspaces.create("Empty", template="EMPTY")
    workspace = client.taskrouter.v1.workspaces(created.sid)
    assert workspace.task_queues.list() == workspace.workflows.list() == []


def test_when_a_workflow_names_queues_wrongly_then_each_is_named_and_the_sid_given(
    workspace, queue
):
    nowhere = "WQ" + "0" * 32
    targets = [{"queue": queue.friendly_name}, {"queue": nowhere}]
    routing = {"task_routing": {"filters": [{"expression": "1==1", "targets": targets}]}}
    with pytest.raises(TwilioRestException) as refused:
        workspace.workflows.create("Wrong", json.dumps(routing))
    assert f"write {queue.sid} instead of Everybody" in refused.value.msg
    assert f"TaskQueue {nowhere} is not in this Workspace" in refused.value.msg
