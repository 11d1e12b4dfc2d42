"""A full disk: requests fail with what to do, nothing is half done, and later requests work again."""

import json
import logging
from contextlib import contextmanager

import pytest
from engine_lab import state
from local_taskrouter.clock import SystemClock
from local_taskrouter.core.workspaces import create_workspace
from local_taskrouter.database import DatabaseFailure
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter
from timeout import eventually
from twilio.base.exceptions import TwilioRestException

BIG = json.dumps({"text": "x" * 4_000})


@pytest.fixture
def taskrouter(tmp_path):
    taskrouter = TaskRouter(tmp_path / "taskrouter.db", ACCOUNT_SID, "token", SystemClock())
    yield taskrouter
    taskrouter.close()


@contextmanager
def full_disk(taskrouter):
    """The file of the database cannot grow."""
    db = taskrouter.database._db
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}").fetchone()
    yield
    db.execute("PRAGMA max_page_count = 4294967294").fetchone()


def fail(*_, **__):
    raise DatabaseFailure("The disk is full")


def test_request_fails_with_503_changes_nothing_and_works_once_there_is_space(
    emulator, workspace, workflow
):
    before = None
    with full_disk(emulator.taskrouter), pytest.raises(TwilioRestException) as refused:
        for _ in range(1_000):
            before = state(emulator.taskrouter.engine)
            workspace.tasks.create(attributes=BIG, workflow_sid=workflow.sid)
    assert (refused.value.status, refused.value.code) == (503, 20503)
    assert "disk is full" in refused.value.msg and "Free some space" in refused.value.msg
    assert state(emulator.taskrouter.engine) == before
    count = len(workspace.tasks.list())
    workspace.tasks.create(attributes=BIG, workflow_sid=workflow.sid)
    assert len(workspace.tasks.list()) == count + 1


def test_failed_import_keeps_the_state_and_the_clock(taskrouter):
    taskrouter.advance(60)
    taskrouter.call(lambda engine: create_workspace(engine, "x" * 60_000))
    large = taskrouter.export_state()
    taskrouter.reset()
    taskrouter.database._db.execute("VACUUM")
    taskrouter.call(lambda engine: create_workspace(engine, "kept"))
    before, engine = state(taskrouter.engine), taskrouter.engine
    with full_disk(taskrouter), pytest.raises(DatabaseFailure, match="disk is full"):
        taskrouter.import_state(large)
    assert (taskrouter.engine, state(engine), taskrouter.clock.offset) == (engine, before, 0.0)
    taskrouter.import_state(large)
    assert taskrouter.clock.offset == 60.0


def test_import_that_cannot_be_committed_keeps_the_state(taskrouter, monkeypatch):
    before, saved = taskrouter.engine, taskrouter.export_state()
    load = taskrouter._load

    def load_and_fail():
        load()
        fail()

    monkeypatch.setattr(taskrouter, "_load", load_and_fail)
    with pytest.raises(DatabaseFailure):
        taskrouter.import_state(saved)
    assert taskrouter.engine is before


@pytest.mark.parametrize(
    "move",
    [lambda t: t.advance(60), TaskRouter.freeze, TaskRouter.resume],
    ids=["advance", "freeze", "resume"],
)
def test_clock_that_cannot_be_saved_does_not_move(taskrouter, monkeypatch, move):
    if move is TaskRouter.resume:
        taskrouter.freeze()
    clock, before = taskrouter.clock, (taskrouter.clock.offset, taskrouter.clock.stopped)
    with monkeypatch.context() as patched, pytest.raises(DatabaseFailure):
        patched.setattr(taskrouter.database, "save_settings", fail)
        move(taskrouter)
    assert (clock.offset, clock.stopped) == before
    move(taskrouter)
    assert (clock.offset, clock.stopped) != before


def test_timers_say_once_that_the_disk_is_full(taskrouter, monkeypatch, caplog):
    tried = []

    def full(before):
        tried.append(before)
        fail()

    monkeypatch.setattr(taskrouter.database, "tidy", full)
    monkeypatch.setattr("local_taskrouter.ticker._RETRY_SECONDS", 0.001)
    with caplog.at_level(logging.ERROR):
        taskrouter.start()
        eventually("it tries again", lambda: len(tried) > 2)
    assert [record.getMessage() for record in caplog.records] == ["The disk is full"]
    assert caplog.records[0].exc_info is None
