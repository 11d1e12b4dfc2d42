"""The command: serve, status, env, ui, stop, reset."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from local_taskrouter.__main__ import main
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.process.launch import Running, ensure_running, find_running, send_control

from helpers.checks import wait_for
from helpers.session.connect import connect

PRINT_WORKSPACES = """
import os
from twilio.rest import Client

client = Client()
client.taskrouter.base_url = os.environ['TASKROUTER_URL']
print(client.taskrouter.base_url, client.taskrouter.v1.workspaces.list())
"""
PROJECT = Path(__file__).resolve().parents[2] / "local-taskrouter"


def command(*arguments) -> dict[str, Any]:
    return {
        "args": [sys.executable, "-m", "local_taskrouter", *map(str, arguments)],
        "env": {**os.environ, "PYTHONPATH": str(PROJECT)},
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
    }


@contextmanager
def serving(*arguments) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve in the foreground; yield the process and the first line that it prints."""
    with subprocess.Popen(**command(*arguments)) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline()
        finally:
            process.kill()


def test_serves_in_the_foreground_and_prints_its_address_and_requests(home):
    with serving("--port", 0, "--verbose") as (process, line):
        running = find_running(home)
        assert running and running.url in line and str(home.folder) in line
        assert running.pid == process.pid or sys.platform == "win32"
        assert send_control(running, "GET", "/v1/Unknown") is None
        assert main(["stop"]) == 0
        assert process.wait(20) == 0
        assert process.stdout
        request, *_, last = process.stdout.read().splitlines()
        assert " GET /v1/Unknown 404 " in request and "was not found" in request
        assert "state is kept" in last


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_signal_stops_it_and_prints_no_error(home, name):
    with serving("--port", 0) as (process, _):
        process.send_signal(getattr(signal, name))
        assert process.wait(20) == 0
        assert not home.running_file.exists()
        assert process.stderr and process.stderr.read() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_parent_that_closes_the_pipes_ends_nothing(home):
    with subprocess.Popen(**command("--port", 0)) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        process.stderr.close()
        try:
            wait_for("TaskRouter runs", lambda: find_running(home), timeout=20)
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()


def test_credentials_come_from_the_environment(home, monkeypatch):
    monkeypatch.setenv("TASKROUTER_ACCOUNT_SID", "AC" + "2" * 32)
    monkeypatch.setenv("TASKROUTER_AUTH_TOKEN", "chosen")
    with serving("--port", 0, "--home", home.folder):
        running = find_running(home)
        assert running
        assert (running.account_sid, running.auth_token) == ("AC" + "2" * 32, "chosen")
        assert send_control(running, "GET", "/emulator") is not None
        wrong = Running(running.url, running.pid, running.account_sid, "wrong", running.version)
        assert send_control(wrong, "GET", "/emulator") is None


def test_taken_port_exits_1_with_advice(home, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    printed = capsys.readouterr().err
    assert printed.startswith(f"Port {port} of 127.0.0.1 cannot be used")
    assert "--port 0" in printed


def test_second_emulator_of_a_home_exits_1_and_names_the_first(running_home, capsys):
    running = ensure_running(running_home)
    assert main(["--port", "0"]) == 1
    assert f"already running at {running.url} (process {running.pid})" in capsys.readouterr().err
    assert find_running(running_home) == running


def test_env_exits_1_and_prints_no_commands_if_no_emulator_is_running(home, capsys):
    assert main(["env"]) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and "Start one: python -m local_taskrouter" in captured.err


def test_status_exits_1_if_no_emulator_is_running(home, capsys):
    assert main(["status"]) == 1
    assert capsys.readouterr().out == f"No local TaskRouter is running for {home.folder}.\n"
    running = ensure_running(home)
    assert main(["status", "--home", str(home.folder)]) == 0
    out = capsys.readouterr().out
    assert running.url in out and str(running.pid) in out and running.auth_token not in out


def test_status_reports_another_version(running_home, capsys, monkeypatch):
    ensure_running(running_home)
    monkeypatch.setattr("local_taskrouter.__main__.code_version", lambda: "newer")
    assert main(["status"]) == 0
    assert "runs a different version" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="there is no POSIX shell")
def test_env_sets_the_variables_in_a_shell(running_home, capsys):
    running = ensure_running(running_home)
    assert main(["env"]) == 0
    script = f'TWILIO_EDGE=dublin; eval "{"$1"}"; exec {sys.executable} -c "{PRINT_WORKSPACES}"'
    done = subprocess.run(
        ["sh", "-c", script, "sh", capsys.readouterr().out],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"{running.url} []\n", "")


def test_ui_prints_a_link_that_opens_the_page(running_home, capsys, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    running = ensure_running(running_home)
    assert main(["ui"]) == 0
    [link] = capsys.readouterr().out.splitlines()
    assert link.startswith(f"{running.url}/emulator/ui?code=") and opened == []
    assert requests.get(link, timeout=10).status_code == 200
    assert main(["ui", "--open"]) == 0
    assert opened == capsys.readouterr().out.splitlines() and opened != [link]


def test_ui_exits_1_if_no_emulator_is_running(home, capsys):
    assert main(["ui"]) == 1
    assert "Start one: python -m local_taskrouter" in capsys.readouterr().err


def test_stop_stops_the_emulator_and_reports_it(running_home, capsys):
    running = ensure_running(running_home)
    assert main(["stop"]) == 0
    assert running.url in capsys.readouterr().out
    assert find_running(running_home) is None
    assert main(["stop"]) == 0
    assert "nothing to stop" in capsys.readouterr().out


def test_reset_empties_a_running_emulator(running_home):
    session = connect()
    session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    assert main(["reset"]) == 0
    assert session.client.taskrouter.v1.workspaces.list() == []
    assert find_running(running_home) is not None


def test_reset_deletes_the_database_of_a_stopped_emulator(home, capsys):
    ensure_running(home)
    main(["stop"])
    assert home.database.exists()
    assert main(["reset"]) == 0
    assert not home.database.exists()
    assert "empty now" in capsys.readouterr().out


def test_reset_of_a_missing_home_creates_nothing(home):
    assert main(["reset"]) == 0
    assert not home.folder.exists()


def test_reset_keeps_the_database_of_an_unresponsive_emulator(home, capsys):
    home.create()
    home.database.touch()
    with home.serving_lock():
        assert main(["reset"]) == 1
    assert home.database.exists()
    assert "does not answer" in capsys.readouterr().err


def test_status_names_the_command_that_ends_an_unresponsive_emulator(home, capsys):
    home.create()
    with home.serving_lock():
        assert main(["status"]) == 1
    assert "does not answer; `python -m local_taskrouter stop` ends it" in capsys.readouterr().out


def open_to_others(home):
    home.folder.chmod(0o777)


def folder_in_place_of_emulator_json(home):
    home.running_file.mkdir()


def link_in_place_of_emulator_json(home):
    home.running_file.symlink_to(home.log_file)


def folder_in_place_of_the_lock(home):
    (home.folder / "serving.lock").mkdir()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes and few links")
@pytest.mark.parametrize("name", ["status", "env", "stop", "reset", "serve"])
@pytest.mark.parametrize(
    "harm",
    [
        open_to_others,
        folder_in_place_of_emulator_json,
        link_in_place_of_emulator_json,
        folder_in_place_of_the_lock,
    ],
)
def test_unusable_home_exits_1_with_one_line_and_keeps_the_database(home, capsys, harm, name):
    home.create()
    home.database.write_text("kept")
    harm(home)
    assert main([name]) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert re.search("Run `chmod 700 |Delete it, |Move it away, ", captured.err)
    assert home.database.read_text() == "kept"
    shutil.rmtree(home.folder)


WRONG_VALUES = r'{"port": 999999, "auth_token": "\u00e9", "owner": "x"}'


def damage(home, content):
    home.create()
    home.running_file.write_text(content, "latin-1")
    home.settings_file.write_text(content, "latin-1")


@pytest.mark.parametrize("content", ["", "{", "[]", WRONG_VALUES, "\xff"])
def test_damaged_files_do_not_stop_the_commands(home, capsys, content):
    damage(home, content)
    assert [main([name]) for name in ("status", "stop", "reset")] == [1, 0, 0]
    assert capsys.readouterr().err == ""
    account_sid, token = home.credentials()
    assert account_sid == ACCOUNT_SID and re.fullmatch("[0-9a-f]{32}", token)
    assert home.last_port() is home.owner() is None


def test_damaged_files_do_not_stop_a_start(home):
    damage(home, WRONG_VALUES)
    assert connect().client.taskrouter.v1.workspaces.list() == []


@pytest.mark.skipif(sys.platform == "win32", reason="the limit of a file's size is POSIX")
def test_full_disk_exits_1_with_one_line(home):
    limited = (
        "import resource, sys; from local_taskrouter.__main__ import main;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); sys.exit(main(['--port', '0']))"
    )
    options = command() | {"args": [sys.executable, "-c", limited]}
    done = subprocess.run(**options, timeout=60, check=False)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "Free some space on its disk" in done.stderr


def test_credentials_that_http_cannot_carry_exit_1(home, monkeypatch, capsys):
    monkeypatch.setenv("TASKROUTER_AUTH_TOKEN", "tök")
    assert main(["--port", "0"]) == 1
    assert capsys.readouterr().err.startswith("TASKROUTER_AUTH_TOKEN contains a character")
