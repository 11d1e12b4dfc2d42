"""The quickstart, through the official SDK over HTTP."""

import json

import pytest
from workspace_builder import WorkspaceBuilder


@pytest.fixture
def workspace(client, receiver):
    """The quickstart's Workspace, with both Workers Offline."""
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
        assignment_callback_url=receiver.url,
        task_reservation_timeout=1_200,
    )
    return built.workspace


def worker(workspace, name):
    (found,) = workspace.workers.list(friendly_name=name)
    return found


def move(workspace, name, activity):
    """Move a Worker to an Activity, both by name."""
    (to,) = workspace.activities.list(friendly_name=activity)
    workspace.workers(worker(workspace, name).sid).update(activity_sid=to.sid)


def test_task_waits_for_alice_and_is_assigned(workspace, receiver, emulator):
    assert worker(workspace, "Alice").activity_name == "Offline"

    task = workspace.tasks.create(attributes='{"selected_language": "es"}')
    assert task.assignment_status == "pending"
    assert task.task_queue_friendly_name == "Customer Care Requests - Spanish"

    move(workspace, "Bob", "Idle")
    assert workspace.tasks(task.sid).fetch().assignment_status == "pending"

    emulator.taskrouter.advance(125)
    move(workspace, "Alice", "Idle")
    assert workspace.tasks(task.sid).fetch().assignment_status == "reserved"
    assert emulator.taskrouter.is_settled(30)
    ((path, _, form),) = receiver.requests
    parameters = dict(form)
    assert path == "/assignment_callback"
    assert (parameters["TaskSid"], parameters["TaskAge"]) == (task.sid, "125")

    reservation = workspace.tasks(task.sid).reservations(parameters["ReservationSid"]).fetch()
    assert (reservation.worker_name, reservation.reservation_status) == ("Alice", "pending")

    accepted = reservation.update(reservation_status="accepted")
    assert accepted.reservation_status == "accepted"
    assert workspace.tasks(task.sid).fetch().assignment_status == "assigned"

    done = workspace.tasks(task.sid).update(assignment_status="completed", reason="helped")
    assert (done.assignment_status, done.reason) == ("completed", "helped")
    assert reservation.fetch().reservation_status == "completed"
    assert worker(workspace, "Alice").activity_name == "Idle"


def test_callback_response_accepts_the_reservation(workspace, receiver, emulator):
    receiver.answer = lambda request: (200, "application/json", '{"instruction": "accept"}')
    task = workspace.tasks.create(attributes='{"selected_language": "es"}')
    move(workspace, "Alice", "Idle")
    assert emulator.taskrouter.is_settled(30)
    assert workspace.tasks(task.sid).fetch().assignment_status == "assigned"
    (reservation,) = workspace.tasks(task.sid).reservations.list()
    assert (reservation.worker_name, reservation.reservation_status) == ("Alice", "accepted")


def test_reservation_times_out_after_20_minutes(workspace, receiver, emulator):
    task = workspace.tasks.create(attributes='{"selected_language": "es"}')
    move(workspace, "Alice", "Idle")
    emulator.taskrouter.advance(1_199)
    assert workspace.tasks(task.sid).fetch().assignment_status == "reserved"
    emulator.taskrouter.advance(1)
    assert workspace.tasks(task.sid).fetch().assignment_status == "pending"
    assert worker(workspace, "Alice").activity_name == "Offline"
    move(workspace, "Alice", "Idle")
    assert emulator.taskrouter.is_settled(30)
    assert len(receiver.requests) == 2


def test_second_task_waits_until_the_worker_completes_the_first(workspace, receiver, emulator):
    move(workspace, "Alice", "Idle")
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


def test_events_record_the_task_from_created_to_completed(workspace, receiver, emulator):
    receiver.answer = lambda request: (200, "application/json", '{"instruction": "accept"}')
    move(workspace, "Alice", "Idle")
    task = workspace.tasks.create(attributes='{"selected_language": "es"}')
    assert emulator.taskrouter.is_settled(30)
    workspace.tasks(task.sid).update(assignment_status="completed")
    event_types = {event.event_type for event in workspace.events.list(task_sid=task.sid)}
    assert event_types == {
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
