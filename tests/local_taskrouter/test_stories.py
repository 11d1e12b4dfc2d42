"""The quickstart, told through the official SDK over HTTP."""

import json

import pytest
from workspace_builder import WorkspaceBuilder


@pytest.fixture
def workspace(client, learner):
    """The quickstart's Workspace, before anybody is available."""
    built = WorkspaceBuilder(client, "TaskRouter Tutorial")
    built.workspace.activities.create("Idle", available=True)
    built.worker("Alice", "Offline", languages=["en", "es"])
    built.worker("Bob", "Offline", languages=["en"])
    filters = []
    for language, code in (("Spanish", "es"), ("English", "en")):
        queue = built.queue(f"Customer Care Requests - {language}", f'languages HAS "{code}"')
        filters.append((f'selected_language == "{code}"', queue))
    built.workflow(
        *filters,
        name="Incoming Customer Care Requests",
        assignment_callback_url=learner.url,
        task_reservation_timeout=1_200,
    )
    return built.workspace


def worker(workspace, name):
    (found,) = workspace.workers.list(friendly_name=name)
    return found


def go(workspace, name, activity):
    """Put a Worker into an Activity, both by name."""
    (to,) = workspace.activities.list(friendly_name=activity)
    workspace.workers(worker(workspace, name).sid).update(activity_sid=to.sid)


def test_from_alice_offline_to_assigned(workspace, learner, emulator):
    assert worker(workspace, "Alice").activity_name == "Offline"

    task = workspace.tasks.create(attributes='{"selected_language": "es"}')
    assert task.assignment_status == "pending"
    assert task.task_queue_friendly_name == "Customer Care Requests - Spanish"

    go(workspace, "Bob", "Idle")
    assert workspace.tasks(task.sid).fetch().assignment_status == "pending"

    emulator.taskrouter.advance(125)
    go(workspace, "Alice", "Idle")
    assert workspace.tasks(task.sid).fetch().assignment_status == "reserved"
    emulator.taskrouter.settle()
    ((path, _, form),) = learner.requests
    asked = dict(form)
    assert path == "/assignment_callback"
    assert (asked["TaskSid"], asked["TaskAge"]) == (task.sid, "125")

    reservation = workspace.tasks(task.sid).reservations(asked["ReservationSid"]).fetch()
    assert (reservation.worker_name, reservation.reservation_status) == ("Alice", "pending")

    accepted = reservation.update(reservation_status="accepted")
    assert accepted.reservation_status == "accepted"
    assert workspace.tasks(task.sid).fetch().assignment_status == "assigned"

    done = workspace.tasks(task.sid).update(assignment_status="completed", reason="helped")
    assert (done.assignment_status, done.reason) == ("completed", "helped")
    assert reservation.fetch().reservation_status == "completed"
    assert worker(workspace, "Alice").activity_name == "Idle"


def test_the_servers_answer_accepts(workspace, learner, emulator):
    learner.answer = lambda request: (200, "application/json", '{"instruction": "accept"}')
    task = workspace.tasks.create(attributes='{"selected_language": "es"}')
    go(workspace, "Alice", "Idle")
    emulator.taskrouter.settle()
    assert workspace.tasks(task.sid).fetch().assignment_status == "assigned"
    (reservation,) = workspace.tasks(task.sid).reservations.list()
    assert (reservation.worker_name, reservation.reservation_status) == ("Alice", "accepted")


def test_nobody_answers_for_twenty_minutes(workspace, learner, emulator):
    task = workspace.tasks.create(attributes='{"selected_language": "es"}')
    go(workspace, "Alice", "Idle")
    emulator.taskrouter.advance(1_199)
    assert workspace.tasks(task.sid).fetch().assignment_status == "reserved"
    emulator.taskrouter.advance(1)
    assert workspace.tasks(task.sid).fetch().assignment_status == "pending"
    assert worker(workspace, "Alice").activity_name == "Offline"
    go(workspace, "Alice", "Idle")
    emulator.taskrouter.settle()
    assert len(learner.requests) == 2


def test_two_callers_and_one_worker(workspace, learner, emulator):
    go(workspace, "Alice", "Idle")
    first, second = (
        workspace.tasks.create(attributes=json.dumps({"selected_language": language}))
        for language in ("es", "en")
    )
    status = {t.sid: t.assignment_status for t in workspace.tasks.list()}
    assert status == {first.sid: "reserved", second.sid: "pending"}
    (reservation,) = workspace.tasks(first.sid).reservations.list()
    reservation.update(reservation_status="accepted")
    reservation.update(reservation_status="completed")
    assert workspace.tasks(first.sid).fetch().assignment_status == "completed"
    assert workspace.tasks(second.sid).fetch().assignment_status == "reserved"


def test_the_events_tell_the_story(workspace, learner, emulator):
    learner.answer = lambda request: (200, "application/json", '{"instruction": "accept"}')
    go(workspace, "Alice", "Idle")
    task = workspace.tasks.create(attributes='{"selected_language": "es"}')
    emulator.taskrouter.settle()
    workspace.tasks(task.sid).update(assignment_status="completed")
    told = {event.event_type for event in workspace.events.list(task_sid=task.sid)}
    assert told == {
        "task.created",
        "workflow.entered",
        "workflow.target-matched",
        "task-queue.entered",
        "reservation.created",
        "reservation.accepted",
        "task.completed",
        "reservation.completed",
        "task.updated",
    }
