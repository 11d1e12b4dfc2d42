"""`LocalTaskRouter`, a TaskRouter in the process of a test."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
import requests
from local_taskrouter.testing import LocalTaskRouter, client_of
from workspace_builder import WorkspaceBuilder

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def shared():
    with LocalTaskRouter() as shared:
        yield shared


@pytest.fixture
def taskrouter(shared):
    """Shared by the tests here, and reset after each."""
    yield shared
    shared.reset()


def names(taskrouter):
    workspaces = taskrouter.client.taskrouter.v1.workspaces
    return [workspace.friendly_name for workspace in workspaces.list()]


def test_clock_stands_at_the_chosen_moment_until_it_is_moved():
    with LocalTaskRouter(now=NINE) as taskrouter:
        workspace = taskrouter.client.taskrouter.v1.workspaces.create("Support")
        assert workspace.date_created == taskrouter.now == NINE
        taskrouter.advance(60)
        assert taskrouter.now == NINE + timedelta(minutes=1)
        taskrouter.reset()
        assert taskrouter.now == NINE


def test_resumed_clock_runs_until_it_is_frozen(taskrouter):
    start = taskrouter.now
    taskrouter.resume()
    assert taskrouter.service.clock.stopped is None and taskrouter.now >= start
    taskrouter.freeze()
    assert taskrouter.now == taskrouter.now >= start


def test_same_seed_gives_the_same_sids():
    def sids(seed):
        with LocalTaskRouter(sids=seed) as taskrouter:
            workspaces = taskrouter.client.taskrouter.v1.workspaces
            return [workspaces.create(name).sid for name in ("A", "B")]

    assert sids(7) == sids(7) != sids(8)


def test_two_are_isolated(taskrouter):
    with LocalTaskRouter() as other:
        other.client.taskrouter.v1.workspaces.create("Support")
        assert other.url != taskrouter.url
        assert names(other) == ["Support"] and names(taskrouter) == []


def test_environment_reaches_it_from_another_process(taskrouter):
    env = taskrouter.env
    account_sid, auth_token = env["TWILIO_ACCOUNT_SID"], env["TWILIO_AUTH_TOKEN"]
    with client_of(env["TASKROUTER_URL"], account_sid, auth_token) as client:
        client.taskrouter.v1.workspaces.create("Support")
    assert names(taskrouter) == ["Support"]


def test_restore_returns_to_the_snapshot(taskrouter):
    built = WorkspaceBuilder(taskrouter.client)
    built.workflow(default=built.queue())
    task = built.task()
    saved, then = taskrouter.snapshot(), taskrouter.now
    taskrouter.advance(60)
    built.worker("Alice")
    assert built.status(task) == "reserved"
    taskrouter.restore(saved)
    assert (built.status(task), taskrouter.now) == ("pending", then)
    with pytest.raises(ValueError, match="state"):
        taskrouter.restore({})


def test_clock_waits_for_an_app_that_accepts_later(taskrouter, receiver):
    """Alice never answers; Bob's app accepts through the API, after it has responded."""
    built = WorkspaceBuilder(taskrouter.client)
    alice, bob = built.worker("Alice"), built.worker("Bob")
    accepted = Event()

    def answer(request):
        form = dict(request[2])
        if form["WorkerSid"] == bob.sid:
            accept = built.workspace.tasks(form["TaskSid"]).reservations(form["ReservationSid"])
            Thread(
                target=lambda: (accept.update(reservation_status="accepted"), accepted.set())
            ).start()
        return 200, "application/json", "{}"

    receiver.answer = answer
    built.workflow(default=built.queue(), assignment_callback_url=receiver.url)
    task = built.task()
    assert built.statuses(task) == ["pending"]
    taskrouter.advance(1_000)
    assert accepted.wait(10)
    assert built.status(task) == "assigned"
    assert alice.fetch().activity_name == "Offline"


def test_clock_is_moved_to_the_next_timer(taskrouter):
    assert taskrouter.next_due_in is None
    built = WorkspaceBuilder(taskrouter.client)
    built.workflow(default=built.queue())
    built.worker("Alice")
    task = built.task()
    taskrouter.advance(taskrouter.next_due_in - 1)
    assert built.statuses(task) == ["pending"]
    taskrouter.advance(taskrouter.next_due_in)
    assert built.statuses(task) == ["timeout"]


def test_app_that_does_not_respond_in_time_is_an_error_unless_not_waited_for(taskrouter, receiver):
    respond = Event()
    receiver.answer = lambda request: (respond.wait(10), (200, "application/json", "{}"))[1]
    built = WorkspaceBuilder(taskrouter.client)
    built.workflow(default=built.queue(), assignment_callback_url=receiver.url)
    built.worker("Alice")
    built.task()
    try:
        with pytest.raises(TimeoutError, match=r"within 0 seconds.*settle=False"):
            taskrouter.settle(timeout=0)
        with pytest.raises(TimeoutError, match="within 0 seconds"):
            taskrouter.advance(1, timeout=0)
        taskrouter.advance(1, settle=False)
    finally:
        respond.set()
    taskrouter.settle()


def test_deliveries_hold_request_and_response(taskrouter, receiver):
    taskrouter.client.taskrouter.v1.workspaces.create("Support", event_callback_url=receiver.url)
    taskrouter.settle()
    delivery = taskrouter.deliveries()[0]
    assert delivery.callback.parameters["EventType"]
    assert delivery.attempts[0]["status"] == 200


def test_explanation_of_a_task_by_itself_or_its_sid(taskrouter):
    built = WorkspaceBuilder(taskrouter.client)
    built.workflow(default=built.queue())
    built.worker("Ann", "Offline")
    task = built.task()
    for given in (task, task.sid):
        assert taskrouter.explain(given).sentence == "Ann matches but is Offline."


def test_app_sees_an_outage_after_stop():
    with LocalTaskRouter() as taskrouter:
        taskrouter.stop()
        with pytest.raises(requests.ConnectionError):
            names(taskrouter)


def test_repr_holds_no_token(taskrouter):
    assert repr(taskrouter) == f"<LocalTaskRouter {taskrouter.url}>"


def test_client_ignores_the_region_of_the_environment(taskrouter, monkeypatch):
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    with LocalTaskRouter() as other:
        assert names(other) == []
