"""The command `explain`."""

import json

import pytest
from local_taskrouter.__main__ import main
from local_taskrouter.environment import variables
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.testing import AUTH_TOKEN
from workspace_builder import WorkspaceBuilder

from helpers.session.connect import connect


@pytest.fixture
def named(home, emulator, monkeypatch):
    """The environment names `emulator`."""
    for name, value in variables(emulator.url, ACCOUNT_SID, AUTH_TOKEN).items():
        monkeypatch.setenv(name, value)


def test_explain_prints_why_a_task_waits_as_text_or_json(running_home, capsys):
    client = connect().client
    built = WorkspaceBuilder(client)
    built.workflow(default=built.queue())
    built.worker("Ann", "Offline")
    task = built.task()
    capsys.readouterr()
    assert main(["explain", task.sid]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "Ann matches but is Offline."
    assert main(["explain", "--json", task.sid]) == 0
    assert json.loads(capsys.readouterr().out)["sentence"] == "Ann matches but is Offline."
    assert main(["explain", "WT" + "0" * 32]) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.startswith("There is no Task WT000")


def test_explain_names_a_failed_callback(named, announce, receiver, capsys):
    receiver.answer = lambda request: (403, "text/plain", "")
    task = announce(receiver.url)
    assert main(["explain", task.sid]) == 0
    assert "failed (alert 11200): the answer's status is 403" in capsys.readouterr().out


def test_explain_of_what_is_no_sid_exits_1_with_the_reason(named, capsys):
    assert main(["explain", "hello"]) == 1
    assert capsys.readouterr().err.startswith("'hello' is not the SID of a Task")


def test_explain_reads_the_taskrouter_that_the_environment_names(named, built, workflow, capsys):
    built.worker("Ann", "Offline")
    assert main(["explain", built.task().sid]) == 0
    assert "Ann matches but is Offline." in capsys.readouterr().out


def test_explain_without_an_emulator_exits_1_with_what_to_do(home, capsys):
    assert main(["explain", "WT" + "0" * 32]) == 1
    assert "Start one with `python -m local_taskrouter`, or use --live" in capsys.readouterr().err
