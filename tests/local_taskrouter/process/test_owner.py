"""How long an emulator lives on a JupyterHub, with processes that stand for a hub's."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from local_taskrouter.process.home import Home
from local_taskrouter.process.hub import single_user_server
from local_taskrouter.process.launch import find_running

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
        try:
            pid = process.stdout.readline()
            assert find_running(home).pid == int(pid)
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("end", ["terminate", "kill"])
def test_it_ends_with_the_server_however_that_ends(home, end):
    with server(home, **{MARK: "/user/alice/"}) as process:
        getattr(process, end)()
        process.wait()
        with home.serving_lock(timeout=20):
            assert not home.running_file.exists()


def test_above_a_kernel_the_server_is_found():
    say = "from local_taskrouter.process.hub import single_user_server as s; print(s().process.pid)"
    kernel = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {say!r}])"
    server = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {kernel!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", server],
        env=os.environ | {MARK: "/user/alice/", "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline().strip() == str(process.pid)


def test_outside_a_hub_there_is_no_server_to_end(monkeypatch):
    monkeypatch.delenv(MARK, raising=False)
    assert single_user_server().process is None
    assert not single_user_server().has_ended()
