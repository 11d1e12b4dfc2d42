from datetime import timedelta

import pytest

from helpers.controls.follow.poller import poller_for
from helpers.lessons.workspace import PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


def test_snapshot_holds_the_workspaces_resources(lab):
    poller = poller_for(lab)
    poller.refresh()
    seen = poller.latest.snapshot
    assert [worker.friendly_name for worker in seen.workers] == ["Alice", "Bob"]
    assert [task.sid for task in seen.tasks] == [lab.task_sid]
    assert seen.reservations == ()
    assert len(seen.settings.task_queues) == 2
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    poller.refresh()
    [reservation] = poller.latest.snapshot.reservations
    assert (reservation.task_sid, reservation.reservation_status) == (lab.task_sid, "pending")
    assert poller.latest.snapshot.held == {lab.alice_sid: (reservation,)}


def test_resource_is_found_by_its_sid(lab):
    workflow = lab.workspace.workflows(lab.workflow_sid).fetch()
    lab.workspace.workflows.create("Other", workflow.configuration)
    attributes = '{"selected_language": "es"}'
    lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)
    poller = poller_for(lab)
    poller.refresh()
    seen = poller.latest.snapshot
    for find, all_of_them in (
        (seen.task, seen.tasks),
        (seen.worker, seen.workers),
        (seen.workflow, seen.settings.workflows),
    ):
        assert len(all_of_them) == 2
        assert [find(one.sid) for one in all_of_them] == list(all_of_them)
        assert find("") is None


def test_now_is_taskrouters_time_and_none_without_an_open_task(lab, clock):
    poller = poller_for(lab)
    poller.refresh()
    before = poller.latest.snapshot.now()
    assert before is not None
    clock.advance(120)
    poller.refresh()
    assert poller.latest.snapshot.now() == before + timedelta(seconds=120)
    lab.workspace.tasks(lab.task_sid).update(assignment_status="canceled")
    poller.refresh()
    assert poller.latest.snapshot.now() is None
