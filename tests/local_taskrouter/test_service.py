"""One TaskRouter: restart, commands that fail, concurrent commands, reset."""

import threading
from functools import partial

import pytest
from engine_lab import reserved_task, state
from local_taskrouter.clock import ManualClock, SystemClock
from local_taskrouter.core.activities import create_activity
from local_taskrouter.core.records import Activity, Reservation, Task, Workspace
from local_taskrouter.core.workspaces import create_workspace
from local_taskrouter.errors import BadRequest


def test_restart_restores_the_state(started, database):
    clock = ManualClock()
    first = started(database, clock)
    first.call(reserved_task)
    first.advance(10)
    before = state(first.engine)
    first.close()
    assert state(started(database, clock).engine) == before


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
    assert list(taskrouter.database.records()) == taskrouter.deliveries() == []
    assert taskrouter.read(lambda snapshot: list(snapshot.events())) == []
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


def test_workers_left_by_a_killed_process_are_offered_tasks_after_the_restart(started, database):
    first = started(database, ManualClock())

    def interrupted(engine):
        """Leave a Task waiting for an available Worker, as between two slices of a long command."""
        task = reserved_task(engine)
        reservation = next(engine.store.find("reservations_of_task", task.sid))
        engine.store.remove(reservation)
        engine.store.change(task, assignment_status="pending", pending_reservations=0)
        return task.sid

    sid = first.call(interrupted)
    first.close()
    second = started(database, ManualClock())
    while second._tick() < 1:
        pass
    assert second.engine.store.require(Task, sid).assignment_status == "reserved"
