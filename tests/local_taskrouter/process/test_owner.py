"""The process that an emulator belongs to, with processes in place of a JupyterHub's."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from local_taskrouter.process.home import Home
from local_taskrouter.process.launch import find_running
from local_taskrouter.process.owner import Owner, single_user_server

PROJECT = Path(__file__).resolve().parents[3] / "local-taskrouter"
MARK = "JUPYTERHUB_SERVICE_PREFIX"
# A server starts a kernel, the kernel an emulator; then the kernel ends and the server stays.
KERNEL = "from local_taskrouter.process.launch import ensure_running; print(ensure_running().pid)"
SERVER = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {KERNEL!r}], check=True)
input()
"""


@contextmanager
def server(home: Home, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A server whose kernel has started the emulator of `home`, and has ended."""
    environment = {name: value for name, value in os.environ.items() if name != MARK}
    with subprocess.Popen(
        [sys.executable, "-c", SERVER],
        env=environment | {"PYTHONPATH": str(PROJECT)} | variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            pid = process.stdout.readline()
            running = find_running(home)
            assert running and running.pid == int(pid)
            yield process
        finally:
            process.kill()


def test_without_owner_has_ended_is_false():
    assert not Owner.of_pid(None).has_ended()


def test_process_that_ended_before_has_ended():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert Owner.of_pid(process.pid).has_ended()
    assert not Owner.of_pid(os.getpid()).has_ended()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no zombie processes")
def test_zombie_process_has_ended():
    owner = Owner(None)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        owner.process = psutil.Process(process.pid)
        assert not owner.has_ended()
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert owner.has_ended()
    assert owner.has_ended()


@pytest.mark.parametrize("end", ["terminate", "kill"])
def test_emulator_stops_when_single_user_server_ends(home, end):
    with server(home, **{MARK: "/user/alice/"}) as process:
        getattr(process, end)()
        process.wait()
        with home.serving_lock(timeout=20):
            assert not home.running_file.exists()


def test_single_user_server_is_found_above_a_kernel():
    show = "from local_taskrouter.process.owner import *; print(single_user_server().process.pid)"
    kernel = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {show!r}])"
    server = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {kernel!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", server],
        env=os.environ | {MARK: "/user/alice/", "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == str(process.pid)


def test_outside_a_hub_there_is_no_owner(monkeypatch):
    monkeypatch.delenv(MARK, raising=False)
    assert single_user_server().process is None
    assert not single_user_server().has_ended()
