"""`LocalTaskRouter`, a TaskRouter in the process of a test."""

import json
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
import requests
from local_taskrouter.explanation import NoSuchTask
from local_taskrouter.seed import SeedError
from local_taskrouter.settling import REPEATED
from local_taskrouter.testing import LocalTaskRouter, client_of
from timeout import eventually
from twilio.base.exceptions import TwilioRestException
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


@pytest.mark.parametrize(
    ("now", "message"),
    [
        (datetime(2026, 1, 1), "with a time zone"),
        ("2026-01-01T00:00:00Z", "with a time zone"),
        (datetime(3000, 1, 2, tzinfo=UTC), "from 1970 to the year 3000"),
    ],
)
def test_start_without_a_time_zone_or_out_of_range_is_refused(now, message):
    with pytest.raises(ValueError, match=message):
        LocalTaskRouter(now=now)


@pytest.mark.parametrize("seconds", ["abc", None, -1, float("nan"), timedelta(1)])
def test_clock_is_moved_by_a_number_of_seconds_only(taskrouter, seconds):
    with pytest.raises(ValueError, match="forward only, by a number of seconds, not by "):
        taskrouter.advance(seconds)


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
    for wrong in ({}, None, "state", {"tasks": []}):
        with pytest.raises(ValueError, match="this is not an exported state: it has no version"):
            taskrouter.restore(wrong)
    assert taskrouter.now == then


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
        moved = r"within 0 seconds\. The clock has moved, to 2026-01-01T00:00:01\+00:00\. "
        with pytest.raises(TimeoutError, match=moved):
            taskrouter.advance(1, timeout=0)
        taskrouter.advance(1, settle=False)
    finally:
        respond.set()
    taskrouter.settle()


def test_worker_that_is_reserved_again_and_again_is_named(taskrouter, receiver):
    rejected, respond = [], Event()

    def answer(request):
        rejected.append(dict(request[2])["ReservationSid"])
        if len(rejected) == REPEATED:
            respond.wait(10)
        return 200, "application/json", '{"instruction": "reject"}'

    receiver.answer = answer
    built = WorkspaceBuilder(taskrouter.client)
    built.workflow(default=built.queue(), assignment_callback_url=receiver.url)
    built.worker("Alice")
    task = built.task()
    try:
        eventually("it is reserved often", lambda: len(rejected) == REPEATED)
        with pytest.raises(TimeoutError) as caught:
            taskrouter.settle(timeout=0)
    finally:
        taskrouter.client.taskrouter.v1.workspaces(built.workspace_sid).delete()
        respond.set()
    assert (
        f"Worker Alice was reserved for the Task {task.sid} {REPEATED} times, the last time with the"
        f" Reservation {rejected[-1]}" in str(caught.value)
    )


SEED = {
    "workspace": {"friendly_name": "Support"},
    "task_queues": {"Everybody": {}},
    "workflows": {
        "Support": {
            "configuration": {"task_routing": {"default_filter": {"queue": "Everybody"}}},
            "assignment_callback_url": "${CALLBACK_BASE}/assignment",
        }
    },
    "workers": {"Alice": {"activity": "Available"}},
}


def test_seed_is_there_at_the_start_and_after_a_reset(receiver, tmp_path):
    file = tmp_path / "seed.json"
    file.write_text(json.dumps(SEED), "utf-8")
    variables = {"CALLBACK_BASE": receiver.url}
    for seed in (SEED, file, str(file)):
        with LocalTaskRouter(seed, variables=variables, sids=1) as taskrouter:
            taskrouter.client.taskrouter.v1.workspaces.create("Other")
            sid = taskrouter.workspace.tasks.create().sid
            taskrouter.settle()
            assert [each.state for each in taskrouter.deliveries("assignment", sid)] == ["done"]
            taskrouter.reset()
            assert names(taskrouter) == ["Support"] and taskrouter.deliveries() == []
            assert [w.friendly_name for w in taskrouter.workspace.workers.list()] == ["Alice"]
            assert taskrouter.workspace.tasks.list() == []
    assert receiver.paths() == ["/assignment_callback/assignment"] * 3


def test_wrong_seed_stops_the_server_and_names_the_mistake():
    taskrouter = LocalTaskRouter({"workspace": {"name": "Support"}})
    with pytest.raises(SeedError, match='"friendly_name" is missing'), taskrouter:
        pytest.fail("it started")
    with pytest.raises(requests.ConnectionError):
        requests.get(taskrouter.url, timeout=10)


def test_without_a_seed_there_is_no_workspace_by_name(taskrouter):
    with pytest.raises(LookupError, match="give LocalTaskRouter a seed"):
        taskrouter.workspace  # noqa: B018


def test_deliveries_are_found_by_kind_and_task(taskrouter, receiver):
    built = WorkspaceBuilder(taskrouter.client, event_callback_url=receiver.url)
    built.workflow(default=built.queue(), assignment_callback_url=receiver.url)
    built.worker("Alice"), built.worker("Bob")
    first, second = built.task(), built.task()
    taskrouter.settle()
    found = taskrouter.deliveries(kind="assignment", task=second.sid)
    assert [each.callback.parameters["TaskSid"] for each in found] == [second.sid]
    events = taskrouter.deliveries(kind="event", task=first.sid)
    assert "task.created" in [each.callback.parameters["EventType"] for each in events]
    assert taskrouter.deliveries(task=first) == taskrouter.deliveries(task=first.sid) != []
    assert len(taskrouter.deliveries(kind="assignment")) == 2
    for kind in ("assignments", "callback"):
        with pytest.raises(ValueError, match=f"kind is assignment or event, not {kind}"):
            taskrouter.deliveries(kind=kind)
    for task in ("hello", first.sid.upper(), built.workspace_sid, 5):
        with pytest.raises(ValueError, match="is not the SID of a Task"):
            taskrouter.deliveries(task=task)


def test_deliveries_hold_request_and_response(taskrouter, receiver):
    taskrouter.client.taskrouter.v1.workspaces.create("Support", event_callback_url=receiver.url)
    taskrouter.settle()
    delivery = taskrouter.deliveries()[0]
    assert delivery.callback.parameters["EventType"]
    assert delivery.attempts[0]["status"] == 200


def test_requests_of_the_app_are_found_by_method_path_and_status():
    with LocalTaskRouter(SEED, variables={"CALLBACK_BASE": "http://127.0.0.1:1"}) as taskrouter:
        assert taskrouter.requests() == []
        taskrouter.workspace.workers.list()
        with pytest.raises(TwilioRestException):
            taskrouter.workspace.tasks.create(attributes="{")
        [refused] = taskrouter.requests("POST", "*/Tasks", 400)
        assert dict(refused.parameters) == {"Attributes": "{"} and "Attributes" in refused.message
        assert [each.method for each in taskrouter.requests()] == ["GET", "POST"]
        taskrouter.reset()
        assert taskrouter.requests() == []


def test_faults_hit_the_app_until_they_are_cleared(taskrouter):
    workspaces = taskrouter.client.taskrouter.v1.workspaces
    taskrouter.faults.add(status=429, method="POST", path="*/Workspaces", count=2)
    assert workspaces.list() == []
    for _ in range(2):
        with pytest.raises(TwilioRestException) as refused:
            workspaces.create("Support")
        assert refused.value.status == 429
    workspaces.create("Support")
    taskrouter.faults.add("callback", fault="slow", url="*/assignment")
    assert taskrouter.faults.list() == [
        {"kind": "callback", "fault": "slow", "url": "*/assignment", "count": 1}
    ]
    taskrouter.faults.clear()
    assert taskrouter.faults.list() == []
    with pytest.raises(ValueError, match="one of status, delay and fault"):
        taskrouter.faults.add()


def test_explanation_of_a_task_by_itself_or_its_sid(taskrouter):
    built = WorkspaceBuilder(taskrouter.client)
    built.workflow(default=built.queue())
    built.worker("Ann", "Offline")
    task = built.task()
    taskrouter.faults.add(status=500)  # for the app, not for this
    for given in (task, task.sid):
        assert taskrouter.explain(given).sentence == "Ann matches but is Offline."
    with pytest.raises(NoSuchTask, match="There is no Task WT000"):
        taskrouter.explain("WT" + "0" * 32)
    for wrong in ("hello", "WT123", ""):
        with pytest.raises(ValueError, match=f"'{wrong}' is not the SID of a Task"):
            taskrouter.explain(wrong)


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
