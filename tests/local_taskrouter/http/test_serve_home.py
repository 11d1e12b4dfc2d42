"""Open the TaskRouter of a home: where its clock starts."""

import gc
from functools import partial

import pytest
from local_taskrouter.core.workspaces import create_workspace
from local_taskrouter.http.serve_home import Settings, freeze_loaded, opened
from local_taskrouter.service import TaskRouter

START, DAY = 1_582_977_600.0, 86_400.0  # 2020-02-29T12:00:00Z
create = partial(create_workspace, friendly_name="Office")


@pytest.fixture
def now(home):
    """Open the TaskRouter of `home`, let it run `command`, and return the time of its clock."""

    def now(command=None, **settings):
        with opened(home, Settings(port=0, **settings)) as (server, _):
            if command is not None:
                server.taskrouter.call(command)
            found = server.taskrouter.clock.now()
            server.close()
        return found

    return now


def test_empty_home_starts_at_the_given_time_whatever_it_was(now):
    assert now() > START + 365 * DAY
    assert START <= now(now=START) < START + DAY
    assert START + DAY <= now(now=START + DAY) < START + 2 * DAY
    assert now(now=START, freeze=True) == START


def test_home_with_a_workspace_goes_on_from_where_it_was(now):
    assert now(create, now=START, freeze=True) == START
    assert now(now=START + DAY, freeze=True) == START


def test_running_clock_goes_on_without_the_option(now):
    now(create, now=START)
    assert START <= now() < START + DAY


def test_garbage_collector_skips_the_loaded_state_until_it_is_replaced(monkeypatch):
    calls = []
    monkeypatch.setattr(gc, "freeze", lambda: calls.append("freeze"))
    monkeypatch.setattr(gc, "unfreeze", lambda: calls.append("unfreeze"))
    taskrouter = TaskRouter(":memory:", "AC" + "0" * 32, "1" * 32)
    freeze_loaded(taskrouter)
    taskrouter.call(lambda engine: create_workspace(engine, "Office"))
    assert calls == ["freeze"]
    taskrouter.reset()
    taskrouter.close()
    assert calls == ["freeze", "unfreeze"]
