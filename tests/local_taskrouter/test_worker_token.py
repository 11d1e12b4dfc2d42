"""Tokens for agents' pages: of the command, and of the fixture."""

import time

import pytest
from local_taskrouter.__main__ import main
from local_taskrouter.event_bridge.tokens import read_token
from local_taskrouter.testing import LocalTaskRouter
from local_taskrouter.worker_token import NoSuchWorker
from workspace_builder import WorkspaceBuilder

from helpers.session.connect import connect


def read(token, service):
    return read_token(token, service.credentials, service.account_sid, time.time())


def test_fixture_makes_a_token_that_its_taskrouter_accepts():
    with LocalTaskRouter() as taskrouter:
        built = WorkspaceBuilder(taskrouter.client)
        alice = built.worker("Alice")
        for name in ("Alice", alice.sid):
            token = read(taskrouter.token(name, "supervisor", 60), taskrouter.service)
            assert (token.worker_sid, token.role) == (alice.sid, "supervisor")
            assert 55 < token.ends - time.time() <= 60
        WorkspaceBuilder(taskrouter.client, "Another").worker("Alice")
        with pytest.raises(NoSuchWorker, match="Another, Workspace"):
            taskrouter.token("Alice")
        for missing in ("Nobody", "WK" + "0" * 32):
            with pytest.raises(NoSuchWorker, match=f"no Worker {missing}"):
                taskrouter.token(missing)


def test_command_prints_a_token_or_what_is_wrong(running_home, capsys):
    WorkspaceBuilder(connect().client).worker("Alice")
    capsys.readouterr()
    assert main(["token", "--worker", "Alice", "--workspace", "Workspace"]) == 0
    assert capsys.readouterr().out.count(".") == 2
    assert main(["token", "--worker", "Alice", "--workspace", "Elsewhere"]) == 1
    assert capsys.readouterr().err == "There is no Worker Alice in Elsewhere.\n"


def test_command_without_a_taskrouter_says_how_to_start_one(home, capsys):
    assert main(["token", "--worker", "Alice"]) == 1
    assert "Start one: " in capsys.readouterr().err


def test_command_refuses_a_time_that_no_token_has(home, capsys):
    with pytest.raises(SystemExit):
        main(["token", "--worker", "Alice", "--ttl", "0"])
    assert "1 to 86400 seconds" in capsys.readouterr().err
