"""The command `apply`, and `--seed`."""

import json

import pytest
from local_taskrouter.__main__ import main


@pytest.fixture
def file(tmp_path):
    """A seed file."""
    file = tmp_path / "seed.json"
    workspace = {"friendly_name": "Support", "event_callback_url": "${CALLBACK_BASE}/events"}
    file.write_text(json.dumps({"workspace": workspace, "workers": {"Alice": {}}}), "utf-8")
    return str(file)


@pytest.fixture
def here(home, emulator, monkeypatch):
    """The environment of an app that uses `emulator`."""
    monkeypatch.setenv("TASKROUTER_URL", emulator.url)
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", emulator.taskrouter.account_sid)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", emulator.taskrouter.auth_token)
    monkeypatch.setenv("CALLBACK_BASE", "http://127.0.0.1:5050")


def test_changes_are_printed_and_made_once(here, client, file, capsys):
    assert main(["apply", file, "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    expected = ['create Workspace "Support": event_callback_url "http://127.0.0.1:5050/events"']
    assert lines[:-1] == [*expected, 'create Worker "Alice"']
    assert lines[-1].startswith("A dry run: nothing was changed.")
    assert client.taskrouter.v1.workspaces.list() == []
    assert main(["apply", file]) == 0
    made = capsys.readouterr().out.splitlines()
    assert made[:-1] == lines[:-1] and made[-1].startswith("2 changes made, in the TaskRouter at")
    assert len(client.taskrouter.v1.workspaces.list()) == 1
    assert main(["apply", file]) == 0
    assert capsys.readouterr().out.startswith("Nothing to change: the TaskRouter at http://")


def test_running_taskrouter_of_the_home_is_the_default(running_home, file, capsys, monkeypatch):
    monkeypatch.setenv("CALLBACK_BASE", "http://127.0.0.1:5050")
    assert main(["apply", file]) == 0
    assert "2 changes made" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "arguments", "sentence"),
    [
        ({"CALLBACK_BASE": None}, [], "seed.json: workspace.event_callback_url: the variable"),
        ({"TWILIO_AUTH_TOKEN": "other"}, [], "answered with status 401: check the credentials"),
        ({"TWILIO_AUTH_TOKEN": None}, [], "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or"),
        ({"TASKROUTER_URL": "http://127.0.0.1:1"}, [], "127.0.0.1:1 cannot be reached (Connection"),
        (
            {"TASKROUTER_URL": None},
            [],
            "Start one with `python -m local_taskrouter`, or use --live",
        ),
        ({}, ["--live"], "TASKROUTER_URL is set, so"),
        ({"TASKROUTER_URL": None, "TWILIO_AUTH_TOKEN": None}, ["--live"], "Set TWILIO_ACCOUNT"),
    ],
)
def test_obstacle_is_one_sentence_and_exit_code_1(
    here, file, monkeypatch, capsys, changed, arguments, sentence
):
    for name, value in changed.items():
        monkeypatch.delenv(name)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert main(["apply", file, *arguments]) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert sentence in captured.err


def test_server_with_a_wrong_seed_does_not_start(home, file, monkeypatch, capsys):
    monkeypatch.delenv("CALLBACK_BASE", raising=False)
    assert main(["--port", "0", "--seed", file]) == 1
    captured = capsys.readouterr()
    assert "the variable CALLBACK_BASE has no value" in captured.err
    assert "listening" not in captured.out and not home.running_file.exists()
