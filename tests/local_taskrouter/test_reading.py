"""Long readings: each sees one moment of the database, and none holds the TaskRouter's lock."""

import pytest
from local_taskrouter.clock import ManualClock
from local_taskrouter.core.workspaces import create_workspace
from local_taskrouter.database import EVENTS_KEPT
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter
from spy_lock import SpyLock
from timeout import eventually

DAY = 86_400


@pytest.fixture
def taskrouter(tmp_path):
    taskrouter = TaskRouter(tmp_path / "taskrouter.db", ACCOUNT_SID, "token", ManualClock())
    yield taskrouter
    taskrouter.close()


@pytest.mark.parametrize(
    "read",
    [
        lambda t: t.read(lambda snapshot: list(snapshot.events())),
        lambda t: t.read(lambda snapshot: snapshot.tallies("1", [])),
        lambda t: t.deliveries(),
    ],
    ids=["events", "statistics", "deliveries"],
)
def test_reading_of_a_file_needs_no_lock(taskrouter, read):
    taskrouter.call(lambda engine: create_workspace(engine, "Office"))
    with taskrouter._lock:
        before = read(taskrouter)
    assert before == read(taskrouter)


def test_export_reads_without_the_lock(taskrouter, monkeypatch):
    lock, read, held = SpyLock(), taskrouter.read, []
    monkeypatch.setattr(taskrouter, "_lock", lock)
    monkeypatch.setattr(taskrouter, "read", lambda query: held.append(lock.held) or read(query))
    assert taskrouter.export_state()["events"] == []
    assert held == [0]


def test_old_events_are_deleted_while_it_runs(taskrouter):
    taskrouter.start()
    taskrouter.call(lambda engine: create_workspace(engine, "Office"))
    count = len(taskrouter.export_state()["events"])
    taskrouter.advance(EVENTS_KEPT - DAY)
    taskrouter.call(lambda engine: create_workspace(engine, "Second"))
    assert len(taskrouter.export_state()["events"]) == 2 * count > 0
    taskrouter.advance(2 * DAY)
    eventually(
        "the older half is deleted", lambda: len(taskrouter.export_state()["events"]) == count
    )


def test_reading_in_memory_holds_the_lock():
    taskrouter = TaskRouter(":memory:", ACCOUNT_SID, "token", ManualClock())
    free = taskrouter.read(lambda snapshot: taskrouter._lock.acquire(blocking=False))
    taskrouter.close()
    assert not free
