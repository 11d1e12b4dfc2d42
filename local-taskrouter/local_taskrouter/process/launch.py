"""Find the emulator of a home folder, or start it: one process per learner, shared by all kernels.

Imported by every notebook, so it is light: neither Flask nor SQLite.
"""

import json
import os
import subprocess
import sys
import threading
from base64 import b64encode
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import psutil
from filelock import Timeout

from local_taskrouter.process.home import Home, Running, code_version
from local_taskrouter.process.server_identity import VerifiedAdapter, verify  # noqa: F401 (for connection.py)

START_SECONDS = 20.0
STOP_SECONDS = 15.0
ANSWER_SECONDS = 2.0
_LOG_LIMIT = 1_000_000
_PROJECT = Path(__file__).resolve().parents[2]


class EmulatorUnavailable(RuntimeError):
    """No emulator could be had; the message says why and what to do."""


def ensure_running(home: Home | None = None) -> Running:
    """The emulator of `home` (by default `Home()`), started if none runs.

    One that runs other code than this process is asked to stop, and replaced. Raises
    EmulatorUnavailable.
    """
    home = home or Home()
    running = find_running(home)
    if running is None or running.version != code_version():
        running = _start_or_replace(home)
    _check_credentials(running)
    return running


def find_running(home: Home) -> Running | None:
    """The emulator of `home` if it answers, whatever its version."""
    running = home.running()
    if running is None:
        return None
    answer = ask(running, "GET", "/emulator")
    return running if answer and answer.get("pid") == running.pid else None


def ask(running: Running, method: str, path: str) -> dict[str, Any] | None:
    """Send a control request to `running`, once it has proved to be that.

    Gives its JSON answer ({} when empty), or None when there is no good one. Proxies set in the environment are not used.
    """
    address = urlsplit(running.url)
    secret = b64encode(f"{running.account_sid}:{running.auth_token}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}", "Connection": "close"}
    connection = HTTPConnection(address.hostname or "", address.port, timeout=ANSWER_SECONDS)
    try:
        connection.connect()
        verify(connection.sock, connection.host, connection.port, running.auth_token)
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        answer = json.loads(body) if body else {}
        return answer if response.status < 300 and isinstance(answer, dict) else None
    except (OSError, HTTPException, ValueError):
        return None
    finally:
        connection.close()


def stop(home: Home) -> Running | None:
    """Ask the emulator of `home` to stop and wait until it has; None when none runs.

    Raises EmulatorUnavailable when it does not stop.
    """
    running = find_running(home)
    if running is None:
        return None
    ask(running, "POST", "/emulator/stop")
    try:
        with home.serving_lock(STOP_SECONDS):
            return running
    except Timeout:
        raise EmulatorUnavailable(
            f"The emulator at {running.url} does not stop. End process {running.pid} and try again."
        ) from None


def _start_or_replace(home: Home) -> Running:
    try:
        home.create()
        with home.starting_lock(START_SECONDS + STOP_SECONDS):
            running = find_running(home)
            if running and running.version != code_version():
                stop(home)
                running = None
            return running or _silent_one(home) or _start(home)
    except Timeout:
        raise EmulatorUnavailable(
            f"Another process has been starting the emulator of {home.folder} for too long. "
            "Try again; if it stays so, restart the kernels that use it."
        ) from None
    except OSError as fault:
        raise EmulatorUnavailable(str(fault)) from None


def _silent_one(home: Home) -> Running | None:
    """Wait for an emulator that holds `home` without answering: it is starting, or about to end.

    One of another version may not know how to answer, and is ended. Returns it once it answers,
    None when nobody holds `home`. Raises EmulatorUnavailable.
    """
    known = home.running()
    if known is not None and known.version != code_version():
        _end(known)
    deadline = monotonic() + STOP_SECONDS
    while monotonic() < deadline:
        try:
            with home.serving_lock(timeout=0.1):
                return None
        except Timeout:
            running = find_running(home)
            if running:
                return running
    known = home.running()
    which = f"process {known.pid}" if known else "that process"
    raise EmulatorUnavailable(
        f"The emulator of {home.folder} runs, but does not answer. End {which} and try again."
    )


def _end(known: Running) -> None:
    """End a process, if it is an emulator; its state is on disk at any moment."""
    try:
        process = psutil.Process(known.pid)
        if {"local_taskrouter", "local-taskrouter"} & {Path(a).stem for a in process.cmdline()}:
            process.terminate()
    except psutil.Error:
        pass  # it has ended, or its number belongs to somebody else now


def _start(home: Home) -> Running:
    said_before = _log_size(home)
    gone = home.running()
    process = _spawn(home)
    deadline = monotonic() + START_SECONDS
    try:
        while monotonic() < deadline:
            ended = _ends(process, within=0.01)
            running = find_running(home) if ended or home.running() != gone else None
            if running:
                return running
            if ended:
                break
    finally:
        _reap(process)
    raise EmulatorUnavailable(_why_not(home, said_before))


def _spawn(home: Home) -> subprocess.Popen[bytes]:
    """The same Python, detached from this process, able to import this very package."""
    inherited = os.environ.get("PYTHONPATH")
    search_path = os.pathsep.join([str(_PROJECT), *([inherited] if inherited else [])])
    with open(_open_log(home), "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "local_taskrouter", "--home", str(home.folder)],
            cwd=home.folder,
            env={**os.environ, "PYTHONPATH": search_path},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **_detached(),
        )


def _detached() -> dict[str, Any]:
    if sys.platform != "win32":
        return {"start_new_session": True}
    # Not DETACHED_PROCESS: a virtual environment's python.exe starts a second one, which would
    # open a console window of its own when there is none to inherit.
    flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return {"creationflags": flags}


def _log_size(home: Home) -> int:
    """The bytes in the log, after throwing away one that has grown too long."""
    size = home.log_file.stat().st_size if home.log_file.exists() else 0
    if size <= _LOG_LIMIT:
        return size
    home.log_file.unlink()
    return 0


def _open_log(home: Home) -> int:
    return os.open(home.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _ends(process: subprocess.Popen[bytes], within: float) -> bool:
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True


def _reap(process: subprocess.Popen[bytes]) -> None:
    """Wait for the process in the background, so that a killed one does not stay as a zombie."""
    threading.Thread(target=process.wait, name="emulator-reaper", daemon=True).start()


def _why_not(home: Home, said_before: int) -> str:
    said = home.log_file.read_bytes()[said_before:].decode(errors="replace").splitlines()
    shown = "\n".join(f"    {line}" for line in said[-15:]) or "    (nothing)"
    return (
        f"The emulator did not start. It said, in {home.log_file}:\n{shown}\n"
        "Run `python -m local_taskrouter` in a terminal to see it happen."
    )


def _check_credentials(running: Running) -> None:
    served = {
        "TASKROUTER_ACCOUNT_SID": running.account_sid,
        "TASKROUTER_AUTH_TOKEN": running.auth_token,
    }
    for name, value in served.items():
        if os.environ.get(name, value) not in (value, ""):
            raise EmulatorUnavailable(
                f"The emulator at {running.url} was started with another {name} than the one set "
                "here. Run `python -m local_taskrouter stop` and try again, or unset the variable."
            )
