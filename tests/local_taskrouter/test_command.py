"""The command: serve, status, stop, reset."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from local_taskrouter.__main__ import main
from local_taskrouter.process.launch import Running, ensure_running, find_running, send_control

from helpers.session.connect import connect

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


def test_serves_in_the_foreground_and_prints_its_address(home):
    with serving("--port", 0) as (process, line):
        running = find_running(home)
        assert running and running.url in line and str(home.folder) in line
        assert running.pid == process.pid or sys.platform == "win32"
        assert main(["stop"]) == 0
        assert process.wait(20) == 0
        assert process.stdout and "state is kept" in process.stdout.read()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_signal_stops_it_and_prints_no_error(home, name):
    with serving("--port", 0) as (process, _):
        process.send_signal(getattr(signal, name))
        assert process.wait(20) == 0
        assert not home.running_file.exists()
        assert process.stderr and process.stderr.read() == ""


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


def test_taken_port_exits_1_with_advice(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(**command("--port", port), timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} of 127.0.0.1 cannot be used")
    assert "--port 0" in done.stderr and "Traceback" not in done.stderr


def test_second_emulator_of_a_home_exits_1_and_names_the_first(running_home):
    running = ensure_running(running_home)
    done = subprocess.run(**command("--port", 0), timeout=60, check=False)
    assert done.returncode == 1
    assert f"already running at {running.url} (process {running.pid})" in done.stderr
    assert find_running(running_home) == running


@pytest.mark.parametrize("port", ["x", "-1", "65536"])
def test_invalid_port_exits_2(home, port):
    with pytest.raises(SystemExit) as caught:
        main(["--port", port])
    assert caught.value.code == 2


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
