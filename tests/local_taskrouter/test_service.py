"""One TaskRouter over time: restart, timers, the moved clock, reset."""

import threading
from functools import partial
from typing import Any

import pytest
from engine_lab import state
from local_taskrouter.clock import ManualClock, SystemClock
from local_taskrouter.core.activities import create_activity
from local_taskrouter.core.records import Activity, Reservation, Task, Workspace
from local_taskrouter.core.tasks import create_task
from local_taskrouter.core.workers import create_worker
from local_taskrouter.core.workspaces import create_workspace
from local_taskrouter.errors import BadRequest
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import LATEST, TaskRouter
from twilio.base.exceptions import TwilioRestException


@pytest.fixture
def database(tmp_path):
    return tmp_path / "taskrouter.db"


@pytest.fixture
def started():
    """Start TaskRouters; close them at the end."""
    running = []

    def start(database, clock=None):
        taskrouter = TaskRouter(database, ACCOUNT_SID, "token", clock)
        taskrouter.start()
        running.append(taskrouter)
        return taskrouter

    yield start
    for taskrouter in running:
        taskrouter.close()


def reserved_task(engine, reservation_timeout=120):
    """Create a Workspace, and a Task that is reserved for Alice."""
    workspace = create_workspace(engine, "Office", template="FIFO")
    activities = engine.store.find("activities", workspace.sid)
    available = next(activity for activity in activities if activity.available)
    create_worker(engine, workspace, "Alice", activity=available)
    workflow = next(engine.store.find("workflows", workspace.sid))
    engine.store.change(workflow, task_reservation_timeout=reservation_timeout)
    channel = next(engine.store.find("task_channels", workspace.sid))
    return create_task(engine, workspace, workflow=workflow, channel=channel)


def test_restart_restores_the_state(started, database):
    clock = ManualClock()
    first = started(database, clock)
    first.call(reserved_task)
    first.advance(10)
    before = state(first.engine)
    first.close()
    assert state(started(database, clock).engine) == before


def test_timer_due_while_stopped_fires_at_its_moment_after_restart(started, database):
    clock = ManualClock()
    first = started(database, clock)
    task = first.call(reserved_task)
    first.close()
    clock.advance(1_000)
    again = started(database, ManualClock(clock.now()))
    again.call(lambda engine: None)
    (reservation,) = again.engine.store.find("reservations_of_task", task.sid)
    assert reservation.reservation_status == "timeout"
    assert reservation.date_updated == task.date_created + 120


def test_moved_clock_survives_a_restart(started, database):
    first = started(database, SystemClock())
    before = first.clock.now()
    first.advance(7_200)
    first.close()
    assert 7_200 <= started(database, SystemClock()).clock.now() - before < 7_300


def test_timer_fires_without_a_request(started):
    taskrouter, fired = with_timeout_event(started(":memory:", SystemClock()))
    taskrouter.call(lambda engine: reserved_task(engine, reservation_timeout=1))
    assert fired.wait(10)


def test_advance_wakes_the_timers(started):
    taskrouter, fired = with_timeout_event(started(":memory:", SystemClock()))
    seen = timer_thread_event(taskrouter)
    taskrouter.call(lambda engine: reserved_task(engine, reservation_timeout=3_600))
    assert seen.wait(10)
    taskrouter.advance(3_599.9)
    assert fired.wait(10)


def timer_thread_event(taskrouter):
    """An Event that is set when the thread of the timers has a timer to wait for."""
    seen, next_due = threading.Event(), taskrouter.engine.timers.next_due

    def look():
        due = next_due()
        if due is not None and threading.current_thread().name == "timers":
            seen.set()
        return due

    taskrouter.engine.timers.next_due = look
    return seen


def with_timeout_event(taskrouter):
    """The TaskRouter, and an Event that is set when a Reservation times out."""
    fired = threading.Event()
    write = taskrouter.database.write

    def watch(outcome):
        if any(event.event_type == "reservation.timeout" for event in outcome.events):
            fired.set()
        return write(outcome)

    taskrouter.database.write = watch
    return taskrouter, fired


def test_advance_fires_timers_at_their_moments_and_returns_now(started):
    clock = ManualClock()
    taskrouter = started(":memory:", clock)
    task = taskrouter.call(reserved_task)
    assert taskrouter.advance(600) == task.date_created + 600 == clock.now()
    events = taskrouter.database.events("event_type = ?", ["reservation.timeout"])
    assert [event.at - task.date_created for event in events] == [120]


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e300, LATEST])
def test_advance_backwards_or_beyond_the_year_3000_raises(started, seconds):
    taskrouter = started(":memory:", ManualClock())
    before = taskrouter.clock.now()
    with pytest.raises(ValueError, match="time"):
        taskrouter.advance(seconds)
    assert taskrouter.clock.now() == before
    assert taskrouter.database.setting("offset") is None


def test_failed_command_changes_neither_memory_nor_disk(started, database):
    taskrouter = started(database, ManualClock())
    taskrouter.call(reserved_task)
    before, written = state(taskrouter.engine), list(taskrouter.database.records())

    def command(engine):
        reserved_task(engine)
        raise BadRequest("no")

    with pytest.raises(BadRequest):
        taskrouter.call(command)
    assert state(taskrouter.engine) == before
    assert list(taskrouter.database.records()) == written


def test_failed_write_is_undone_in_memory(started, monkeypatch):
    taskrouter = started(":memory:", ManualClock())
    taskrouter.call(reserved_task)
    before = state(taskrouter.engine)

    def full(outcome):
        raise OSError("no space left")

    with monkeypatch.context() as patched, pytest.raises(OSError):
        patched.setattr(taskrouter.database, "write", full)
        taskrouter.call(lambda engine: create_workspace(engine, "Second"))
    assert state(taskrouter.engine) == before
    taskrouter.call(lambda engine: create_workspace(engine, "Third"))
    assert workspace_names(taskrouter) == ["Office", "Third"]


def workspace_names(taskrouter):
    store = taskrouter.engine.store
    return [workspace.friendly_name for workspace in store.find("workspaces", "all")]


def test_timers_continue_after_a_failed_write(started, monkeypatch, caplog):
    taskrouter, fired = with_timeout_event(
        TaskRouter(":memory:", ACCOUNT_SID, "token", SystemClock())
    )
    write, faults = taskrouter.database.write, iter([True])

    def fails_once(outcome):
        if any(e.event_type == "reservation.timeout" for e in outcome.events) and next(
            faults, None
        ):
            raise OSError("no space left")
        return write(outcome)

    taskrouter.database.write = fails_once
    monkeypatch.setattr("local_taskrouter.service._RETRY_SECONDS", 0.01)
    taskrouter.start()
    taskrouter.call(lambda engine: reserved_task(engine, reservation_timeout=1))
    assert fired.wait(10)
    assert "no space left" in caplog.text
    taskrouter.close()


def test_reset_deletes_everything_and_resets_the_clock(started, database):
    clock = ManualClock()
    taskrouter = started(database, clock)
    begin = clock.now()
    task = taskrouter.call(reserved_task)
    taskrouter.advance(50)
    taskrouter.reset()
    assert (clock.now(), taskrouter.engine.timers.next_due()) == (begin, None)
    for kind in (Workspace, Activity, Task, Reservation):
        assert taskrouter.engine.store.get(kind, task.sid) is None
    assert list(taskrouter.database.records()) == taskrouter.database.deliveries() == []
    assert taskrouter.database.events("1 = 1", []) == []
    taskrouter.close()
    assert workspace_names(started(database, clock)) == []


def test_concurrent_commands_lose_no_record(started, database):
    taskrouter = started(database, SystemClock())
    workspace = taskrouter.call(lambda engine: create_workspace(engine, "Office"))

    def create(number):
        for step in range(5):
            name = f"{number}.{step}"
            taskrouter.call(
                partial(create_activity, workspace=workspace, name=name, available=False)
            )

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taskrouter.close()
    found = started(database, SystemClock()).engine.store.find("activities", workspace.sid)
    made = {f"{number}.{step}" for number in range(8) for step in range(5)}
    assert {a.friendly_name for a in found} == made | {"Offline", "Available", "Unavailable"}


def control(session, emulator, path, **form) -> tuple[int, Any]:
    """Send a control request; return the status and the JSON, or None."""
    url = f"{emulator.url}/emulator{path}"
    auth = (session.account_sid, session.auth_token)
    method = "POST" if path else "GET"
    response = session.client.http_client.session.request(method, url, data=form, auth=auth)
    return response.status_code, response.json() if response.content else None


def test_clock_is_advanced_over_http(session, emulator):
    assert control(session, emulator, "")[1]["now"] == "2026-01-01T00:00:00Z"
    assert control(session, emulator, "/clock", advance="120.5") == (
        200,
        {"now": "2026-01-01T00:02:00Z", "frozen": True},
    )
    assert control(session, emulator, "")[1]["now"] == "2026-01-01T00:02:00Z"


@pytest.mark.parametrize(
    "form", [{}, *({"advance": bad} for bad in ("", "-1", "nan", "1e99", "x"))]
)
def test_invalid_advance_returns_400_and_keeps_the_clock(session, emulator, form):
    status, body = control(session, emulator, "/clock", **form)
    assert (status, body["code"]) == (400, 20001)
    assert "advance=120" in body["message"]
    assert control(session, emulator, "")[1]["now"] == "2026-01-01T00:00:00Z"


def test_reset_over_http_leaves_an_empty_account(session, emulator):
    workspaces = session.client.taskrouter.v1.workspaces
    sid = workspaces.create("Office").sid
    assert control(session, emulator, "/reset") == (204, None)
    assert workspaces.list() == []
    with pytest.raises(TwilioRestException):
        workspaces(sid).fetch()
