"""A kernel that is killed or interrupted at any step, or not alone, leaves no Workspace without a record."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import pytest
from recorded_workspaces import record, workspaces

from helpers.session.workspace_ownership import WORKSPACE, WORKSPACES, TutorialWorkspaces


@pytest.fixture
def session(live_session):
    return live_session


class Killed(BaseException):
    """The process ends here: no code of the tutorial handles this."""


@contextmanager
def killed_at(step, client, monkeypatch):
    """End the process before or after each request, and before or after each write to the disk."""
    steps = count(1)

    def interrupt():
        if next(steps) == step:
            raise Killed

    def around(action):
        def interrupted(*given, **named):
            interrupt()
            result = action(*given, **named)
            interrupt()
            return result

        return interrupted

    with monkeypatch.context() as patched:
        patched.setattr(client.http_client, "request", around(client.http_client.request))
        patched.setattr(os, "replace", around(os.replace))
        try:
            yield
        except Killed:
            pass


def was_killed(step, session, monkeypatch, action):
    """Whether `action` was still running at its `step`-th step, where it ends."""
    finished = []
    with killed_at(step, session.client, monkeypatch):
        action()
        finished.append(True)
    return not finished


def other_process(session):
    """What another process knows: the folder."""
    return TutorialWorkspaces(session.client, session.account_sid, session.folder)


def killed_everywhere(session, emulator, monkeypatch, prepare, action):
    """Yield after `action` was killed at its first step, at its second, and so on.

    The account is empty and without a record each time, then `prepare` runs.
    """
    for step in count(1):
        emulator.taskrouter.reset()
        shutil.rmtree(session.folder, ignore_errors=True)
        prepare()
        if not was_killed(step, session, monkeypatch, action):
            assert step > 6, "there are requests and writes"
            return
        yield


def test_creation_killed_at_any_step_leaves_one_workspace(session, emulator, monkeypatch):
    def create():
        return other_process(session).find_or_create()

    for _ in killed_everywhere(session, emulator, monkeypatch, lambda: None, create):
        assert len(workspaces(session)) <= 1
        sid = create().sid
        assert workspaces(session) == {sid: WORKSPACE}
        assert record(session) == {WORKSPACE: sid}


def test_creation_killed_twice_leaves_one_workspace(session, emulator, monkeypatch):
    def create():
        return other_process(session).find_or_create()

    for second in range(1, 12):
        for _ in killed_everywhere(session, emulator, monkeypatch, lambda: None, create):
            was_killed(second, session, monkeypatch, create)
            sid = create().sid
            assert workspaces(session) == {sid: WORKSPACE} and record(session) == {WORKSPACE: sid}


@pytest.mark.parametrize("action", ["recreate", "remove"])
def test_deletion_killed_at_any_step_leaves_no_orphan(session, emulator, monkeypatch, action):
    def start():
        theirs.append(session.client.taskrouter.v1.workspaces.create(WORKSPACE).sid)
        other_process(session).find_or_create()

    def act():
        return getattr(other_process(session), action)(WORKSPACE)

    theirs = []
    for _ in killed_everywhere(session, emulator, monkeypatch, start, act):
        left = act()
        expected = {theirs[-1]: WORKSPACE}
        if action == "recreate":
            expected[left.sid] = f"{WORKSPACE} 2"
        assert workspaces(session) == expected
        assert record(session) == ({WORKSPACE: left.sid} if action == "recreate" else {})


def test_teardown_removes_a_workspace_whose_creation_was_killed(session, emulator, monkeypatch):
    def create():
        other_process(session).find_or_create()

    for _ in killed_everywhere(session, emulator, monkeypatch, lambda: None, create):
        session.teardown()
        assert workspaces(session) == {} and record_is_empty(session)


def test_teardown_removes_a_workspace_that_twilio_created_late(session, monkeypatch):
    """The kernel is killed while it sends the request, which takes effect after the next run."""
    request, delayed = session.client.http_client.request, []

    def kill_at_creation(*given, **named):
        if given[0] == "POST":
            delayed.append((given, named))
            raise Killed
        return request(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(session.client.http_client, "request", kill_at_creation)
        with pytest.raises(Killed):
            other_process(session).find_or_create()
    sid = other_process(session).find_or_create().sid
    [(given, named)] = delayed
    request(*given, **named)
    assert len(workspaces(session)) == 2 and record(session) == {WORKSPACE: sid}
    session.teardown()
    assert workspaces(session) == {}


def record_is_empty(session):
    return not (session.folder / "live.json").exists() or record(session) == {}


def test_kernels_that_start_at_once_share_one_workspace(session):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: other_process(session).find_or_create().sid, range(8)))
    assert len(set(found)) == 1 and list(workspaces(session)) == found[:1]


def test_kernels_that_create_and_remove_at_once_leave_what_is_recorded(session):
    def work(number):
        mine = other_process(session)
        (mine.remove, mine.find_or_create, mine.recreate)[number % 3](WORKSPACES[number % 2])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(24)))
    assert set(workspaces(session)) == set(record(session).values())
