"""Find the emulator of a home folder, or start it: one process per learner, shared by all kernels.

Every notebook imports this file, so it loads no HTTP server and no SQLite.
"""

import json
import os
import subprocess
import sys
import threading
from base64 import b64encode
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import psutil
from filelock import Timeout

from local_taskrouter.process import log_file
from local_taskrouter.process.home import Home, Running, code_version
from local_taskrouter.process.private_files import NO_FOLLOW
from local_taskrouter.process.server_identity import verify
from local_taskrouter.process.serving_process import serving_process

START_SECONDS = 20.0
STOP_SECONDS = 15.0
END_SECONDS = 5.0
ANSWER_SECONDS = 2.0
_PROJECT = Path(__file__).resolve().parents[2]


class EmulatorUnavailable(RuntimeError):
    """There is no usable emulator; the message has the reason and what to do."""


def ensure_running(home: Home | None = None) -> Running:
    """Return the emulator of `home` (default: `Home()`); start it if it is not running.

    Replaces an emulator that runs a different version of the code. Raises EmulatorUnavailable.
    """
    home = home or Home()
    try:
        running = find_running(home)
        if running is None or running.version != code_version():
            running = _start_or_replace(home)
    except OSError as fault:
        raise EmulatorUnavailable(str(fault)) from None
    _check_credentials(running)
    return running


def find_running(home: Home) -> Running | None:
    """Return the emulator of `home` if it answers, whatever its version.

    Raises UnusableFile if `home` cannot be used.
    """
    running = home.running()
    if running is None:
        return None
    status = send_control(running, "GET", "/emulator")
    return running if status and status.get("pid") == running.pid else None


def send_control(running: Running, method: str, path: str) -> dict[str, Any] | None:
    """Verify `running`, then send it a control request; ignores the environment's proxies.

    Returns the JSON object of the response ({} if it has no body), or None if the request failed.
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
    """Stop the emulator of `home` and wait for its end; None if none is running.

    One that does not answer, or does not stop, is terminated and then killed. Its state is on disk at
    any moment. Raises EmulatorUnavailable if it runs on, UnusableFile if `home` cannot be used.
    """
    running = home.running()
    if running and send_control(running, "POST", "/emulator/stop") is not None:
        if not is_served(home, STOP_SECONDS):
            return running
    elif not is_served(home):
        return None
    process = serving_process(home)
    for end in (process.terminate, process.kill) if process else ():
        with suppress(psutil.Error):
            end()
        if not is_served(home, END_SECONDS):
            return running
    if running is None and not is_served(home, STOP_SECONDS):  # it ends without its emulator.json
        return None
    raise EmulatorUnavailable(
        f"The local TaskRouter of {home.folder} does not stop. End the process that runs "
        "`python -m local_taskrouter` and try again."
    )


def is_served(home: Home, timeout: float = 0) -> bool:
    """Whether a process serves `home`, even if it does not answer, for longer than `timeout` seconds.

    Raises UnusableFile.
    """
    if not home.folder.exists():
        return False
    try:
        with home.serving_lock(timeout):
            return False
    except Timeout:
        return True


def _start_or_replace(home: Home) -> Running:
    try:
        home.create()
        with home.starting_lock(START_SECONDS + STOP_SECONDS):
            running = find_running(home)
            if running and running.version != code_version():
                stop(home)
                running = None
            return running or _wait_for_unresponsive(home) or _start(home)
    except Timeout:
        raise EmulatorUnavailable(
            f"Another process has been starting the local TaskRouter of {home.folder} for too long. "
            "Try again; if that does not help, restart the kernels that use it."
        ) from None


def _wait_for_unresponsive(home: Home) -> Running | None:
    """Wait for an emulator that holds `home` but does not answer: it is starting or stopping.

    Terminates one of another version, which may have no such route. Returns the emulator once it
    answers, None once no process holds `home`. Raises EmulatorUnavailable.
    """
    recorded = home.running()
    is_older = recorded is not None and recorded.version != code_version()
    if is_older and (process := serving_process(home)):
        with suppress(psutil.Error):
            process.terminate()
    deadline = monotonic() + STOP_SECONDS
    while monotonic() < deadline:
        if not is_served(home, timeout=0.1):
            return None
        running = find_running(home)
        if running:
            return running
    raise EmulatorUnavailable(
        f"The local TaskRouter of {home.folder} is running but does not answer. "
        "Run `python -m local_taskrouter stop`, which ends it, and try again."
    )


def _start(home: Home) -> Running:
    log_start = _rotate_log(home)
    previous = home.running()
    process = _spawn(home)
    deadline = monotonic() + START_SECONDS
    try:
        while monotonic() < deadline:
            ended = _has_ended(process, timeout=0.01)
            running = find_running(home) if ended or home.running() != previous else None
            if running:
                return running
            if ended:
                break
    finally:
        _reap(process)
    raise EmulatorUnavailable(_start_failure(home, log_start))


def _spawn(home: Home) -> subprocess.Popen[bytes]:
    """Start a detached process with the same Python, which imports the package from here."""
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
            start_new_session=sys.platform != "win32",
            creationflags=_creation_flags(),
        )


def _creation_flags() -> int:
    if sys.platform != "win32":
        return 0
    # Not DETACHED_PROCESS: a virtual environment's python.exe starts a second process, which would
    # open a console window if it cannot inherit one.
    return subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP


def _rotate_log(home: Home) -> int:
    """Delete a log that has grown too long; return the size of the log."""
    size = home.log_file.stat().st_size if home.log_file.exists() else 0
    if size <= log_file.LARGEST:
        return size
    home.log_file.unlink()
    return 0


def _open_log(home: Home) -> int:
    return os.open(home.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | NO_FOLLOW, 0o600)


def _has_ended(process: subprocess.Popen[bytes], timeout: float) -> bool:
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        return False
    return True


def _reap(process: subprocess.Popen[bytes]) -> None:
    """Wait for the process in the background, so that it leaves no zombie when it is killed."""
    threading.Thread(target=process.wait, name="emulator-reaper", daemon=True).start()


def _start_failure(home: Home, log_start: int) -> str:
    output = home.log_file.read_bytes()[log_start:].decode(errors="replace").splitlines()
    if len(output) == 1:  # the reason and what to do
        return output[0]
    shown = "\n".join(f"    {line}" for line in output[-15:]) or "    (nothing)"
    return (
        f"The local TaskRouter did not start. Its output, in {home.log_file}:\n{shown}\n"
        "To see the problem, run `python -m local_taskrouter` in a terminal."
    )


def _check_credentials(running: Running) -> None:
    served = {
        "TASKROUTER_ACCOUNT_SID": running.account_sid,
        "TASKROUTER_AUTH_TOKEN": running.auth_token,
    }
    for name, value in served.items():
        if os.environ.get(name, value) not in (value, ""):
            raise EmulatorUnavailable(
                f"The local TaskRouter at {running.url} was started with another {name} than the one set "
                "here. Run `python -m local_taskrouter stop` and try again, or unset the variable."
            )
