"""One TaskRouter over time: timers, the moved clock, a time of day that is set back."""

import threading
from functools import partial

import pytest
from engine_lab import reserved_task
from local_taskrouter import service
from local_taskrouter.clock import LATEST, ManualClock, SystemClock
from local_taskrouter.core.tasks import create_task
from local_taskrouter.core.workspaces import create_workspace
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter
from timeout import SECONDS, eventually


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
    first.advance(7_200)
    first.close()
    assert started(database, SystemClock()).clock.offset == 7_200


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


def test_advance_fires_timers_at_their_moments(started):
    clock = ManualClock()
    taskrouter = started(":memory:", clock)
    task = taskrouter.call(reserved_task)
    assert taskrouter.advance(600)
    assert clock.now() == task.date_created + 600
    events = taskrouter.read(
        lambda snapshot: list(snapshot.events("event_type = ?", ["reservation.timeout"]))
    )
    assert [event.at - task.date_created for event in events] == [120]


def waiting_tasks(engine, count):
    """Create a Workspace with `count` Tasks that no Worker takes; one ends every second."""
    workspace = create_workspace(engine, "Office", template="FIFO")
    workflow = next(engine.store.find("workflows", workspace.sid))
    channel = next(engine.store.find("task_channels", workspace.sid))
    for seconds in range(count):
        create_task(engine, workspace, workflow=workflow, channel=channel, timeout=seconds + 1)


def test_long_advance_is_written_in_slices(started):
    taskrouter = started(":memory:", ManualClock())
    taskrouter.call(partial(waiting_tasks, count=5 * service._SLICE))
    write, written = taskrouter.database.write, []

    def count(outcome):
        written.append(sum(event.event_type == "task.canceled" for event in outcome.events))
        return write(outcome)

    taskrouter.database.write = count
    taskrouter.advance(86_400)
    assert sum(written) == 5 * service._SLICE and max(written) == service._SLICE


def test_call_during_a_long_advance_runs_at_the_moment_that_has_been_reached(started):
    taskrouter = started(":memory:", ManualClock())
    taskrouter.call(partial(waiting_tasks, count=50 * service._SLICE))
    begin, lock, write = taskrouter.clock.now(), taskrouter._lock, taskrouter.database.write
    advancing = threading.Event()

    def wait_for_call(outcome):
        advancing.set()
        with lock._changed:
            assert lock._changed.wait_for(lambda: lock._waiting, SECONDS)
        taskrouter.database.write = write
        return write(outcome)

    taskrouter.database.write = wait_for_call
    thread = threading.Thread(target=taskrouter.advance, args=(86_400,))
    thread.start()
    assert advancing.wait(SECONDS)
    workspace = taskrouter.call(lambda engine: create_workspace(engine, "Meanwhile"))
    thread.join()
    assert begin < workspace.date_created < begin + 50 * service._SLICE
    assert taskrouter.call(lambda engine: engine.now) == begin + 86_400


def test_what_fell_due_while_stopped_is_caught_up_in_slices(started, database):
    first = started(database, ManualClock())
    first.call(partial(waiting_tasks, count=3 * service._SLICE))
    begin = first.clock.now()
    first.close()
    again = TaskRouter(database, ACCOUNT_SID, "token", ManualClock(begin + 86_400))
    assert again.call(lambda engine: engine.now) == begin + service._SLICE
    again.start()
    eventually("all have fired", lambda: not again.engine.timers.entries)
    assert again.call(lambda engine: engine.now) == begin + 86_400
    again.close()


def machine_clock(wall, monotonic=0.0):
    return SystemClock(wall=lambda: wall, monotonic=lambda: monotonic)


def test_reservation_times_out_although_the_time_of_day_is_set_back(started):
    machine = {"wall": 1e9, "monotonic": 0.0}
    clock = SystemClock(wall=lambda: machine["wall"], monotonic=lambda: machine["monotonic"])
    taskrouter = started(":memory:", clock)
    task = taskrouter.call(partial(reserved_task, reservation_timeout=10))
    machine.update(wall=1e9 - 3_600)
    assert taskrouter.call(lambda engine: engine.now) == task.date_created
    machine.update(wall=1e9 - 3_590, monotonic=10.0)
    assert taskrouter.call(lambda engine: engine.now) == task.date_created + 10
    [reservation] = taskrouter.engine.store.find("reservations_of_task", task.sid)
    assert reservation.reservation_status == "timeout"


@pytest.mark.parametrize("killed", [True, False])
def test_after_a_restart_with_the_time_of_day_set_back_time_does_not_go_back(
    started, database, killed
):
    first = started(database, machine_clock(1e9))
    task = first.call(reserved_task)
    if not killed:
        first.close()
    again = started(database, machine_clock(1e9 - 3_600))
    assert again.call(lambda engine: engine.now) == again.clock.now() == task.date_created


def test_time_reached_without_a_change_is_kept_over_a_restart(started, database):
    machine = {"monotonic": 0.0}
    clock = SystemClock(wall=lambda: 1e9, monotonic=lambda: machine["monotonic"])
    first = started(database, clock)
    machine["monotonic"] = 60.0
    first.close()
    assert started(database, machine_clock(1e9)).clock.now() == 1e9 + 60


def test_frozen_clock_moves_only_on_advance_and_is_frozen_after_a_restart(tmp_path):
    clock = SystemClock()
    taskrouter = TaskRouter(tmp_path / "t.db", ACCOUNT_SID, "token", clock)
    stands = taskrouter.freeze()
    assert clock.now() == clock.now() == pytest.approx(stands, abs=1)
    taskrouter.advance(3600)
    assert clock.now() == pytest.approx(stands + 3600, abs=1)
    taskrouter.close()
    again = TaskRouter(tmp_path / "t.db", ACCOUNT_SID, "token", SystemClock())
    assert again.clock.now() == clock.now()
    assert again.resume() >= clock.now()
    assert again.clock.stopped is None
    again.freeze()
    again.reset()
    again.close()
    once_more = TaskRouter(tmp_path / "t.db", ACCOUNT_SID, "token", SystemClock())
    assert once_more.clock.now() == again.clock.now() < stands + 3600
    assert once_more.clock.stopped is not None
    once_more.close()


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e300, LATEST])
def test_advance_backwards_or_beyond_the_year_3000_raises(started, seconds):
    taskrouter = started(":memory:", ManualClock())
    before = taskrouter.clock.now()
    with pytest.raises(ValueError, match="time"):
        taskrouter.advance(seconds)
    assert taskrouter.clock.now() == before
    assert taskrouter.database.setting("offset") is None


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
    monkeypatch.setattr("local_taskrouter.ticker._RETRY_SECONDS", 0.01)
    taskrouter.start()
    taskrouter.call(lambda engine: reserved_task(engine, reservation_timeout=1))
    assert fired.wait(10)
    assert "no space left" in caplog.text
    taskrouter.close()
