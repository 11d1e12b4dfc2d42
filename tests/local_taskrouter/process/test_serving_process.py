"""Only the process that serves a home is ended, and an emulator ends with its home."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict, replace

import pytest
from local_taskrouter.process import launch, server_identity
from local_taskrouter.process.home import ACCOUNT_SID, Home, Running
from local_taskrouter.process.launch import EmulatorUnavailable, ensure_running, stop
from local_taskrouter.process.serving_process import Registration, serving_process
from timeout import SECONDS
from wrong_server import kill

RUNNING = Running("http://127.0.0.1:9", os.getpid(), ACCOUNT_SID, "token", "0123456789abcdef")
can_halt = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot halt a process")


@pytest.fixture
def impatient(monkeypatch):
    for module, name in ((launch, "ANSWER_SECONDS"), (server_identity, "SECONDS")):
        monkeypatch.setattr(module, name, 0.2)
    for name in ("STOP_SECONDS", "END_SECONDS"):
        monkeypatch.setattr(launch, name, 0.5)


def test_process_that_has_the_lock_open_serves_the_home(home):
    home.create()
    home.write_running(RUNNING)
    assert serving_process(home) is None
    with home.serving_lock():
        process = serving_process(home)
        assert process and process.pid == os.getpid()


def test_process_that_serves_another_home_does_not_serve_this_one(home, tmp_path):
    other = Home(tmp_path / "other")
    for each in (home, other):
        each.create()
        each.write_running(RUNNING)
    with other.serving_lock():
        assert serving_process(other) and serving_process(home) is None


@can_halt
def test_stop_ends_an_emulator_that_does_not_answer(home, impatient):
    running = ensure_running(home)
    os.kill(running.pid, signal.SIGSTOP)
    assert stop(home) == running
    assert not launch.is_served(home)


@can_halt
def test_stop_ends_an_emulator_that_answers_and_does_not_stop(home, impatient, monkeypatch):
    running = ensure_running(home)
    os.kill(running.pid, signal.SIGSTOP)
    monkeypatch.setattr(launch, "send_control", lambda *_: {})
    assert stop(home) == running
    assert not launch.is_served(home)


def test_stop_never_ends_a_process_that_does_not_serve_the_home(home, impatient):
    """After a restart of the computer, the recorded process ID may be any program's."""
    home.create()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as foreign:
        home.write_running(replace(RUNNING, pid=foreign.pid))
        assert stop(home) is None
        refused = pytest.raises(EmulatorUnavailable, match="does not stop. End the process that")
        with home.serving_lock(), refused:
            stop(home)
        assert foreign.poll() is None
        foreign.communicate(b"\n")


def test_stop_without_a_home_creates_nothing(home):
    assert stop(home) is None
    assert not home.folder.exists()


def test_emulator_ends_when_its_home_is_deleted(home):
    ensure_running(home)
    process = serving_process(home)
    assert process
    with open(home.log_file) as log:
        shutil.rmtree(home.folder)
        process.wait(SECONDS)
        assert "Traceback" not in log.read()


@pytest.mark.parametrize("damage", ["{", None])
def test_damaged_emulator_json_leads_to_another_emulator_with_the_same_state(home, damage):
    first = ensure_running(home)
    if damage is None:
        home.running_file.unlink()
    else:
        home.running_file.write_text(damage)
    second = ensure_running(home)
    assert second.pid != first.pid and second.auth_token == first.auth_token


def test_registration_ends_only_when_the_file_says_so(home, monkeypatch):
    home.create()
    home.write_running(RUNNING)
    registration = Registration(home, RUNNING)
    assert not registration.has_ended()
    with monkeypatch.context() as patched:

        def refuse(*_):
            raise OSError(24, "Too many open files")

        patched.setattr(os, "open", refuse)
        assert not registration.has_ended()
    home.running_file.write_text(json.dumps(asdict(replace(RUNNING, pid=1))))
    assert registration.has_ended()
    home.running_file.unlink()
    assert registration.has_ended()


def test_stop_of_a_killed_emulator_returns_none(home):
    ensure_running(home)
    kill(home)
    assert stop(home) is None
