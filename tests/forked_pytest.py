"""pytest_process in a fork of a process that has imported pytest: a quarter of a new one's CPU."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers.exercises import pytest_process

PRELOADED = [
    *("flask", "pytest", "twilio.request_validator", "werkzeug.serving"),
    *("local_taskrouter.callbacks", "local_taskrouter.pytest_plugin", "local_taskrouter.testing"),
]


def run(command: Sequence[str], env: Mapping[str, str], timeout: float, **_: Any) -> Any:
    """Do what `subprocess.run` does for the command `python … pytest_process.py …`."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    arguments = list(command[command.index(pytest_process.__file__) + 1 :])
    with tempfile.NamedTemporaryFile() as output:
        fork = context.Process(target=_child, args=(arguments, dict(env), output.name))
        fork.start()
        fork.join(timeout)
        printed = Path(output.name).read_text("utf-8")
    if fork.is_alive():
        fork.kill()
        raise subprocess.TimeoutExpired(command, timeout, printed)
    return subprocess.CompletedProcess(command, fork.exitcode or 0, printed, "")


def _child(arguments: list[str], env: dict[str, str], output: str) -> None:
    os.environ.update(env)
    sys.dont_write_bytecode = True
    with open(output, "w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        pytest_process.main(arguments)
        sys.stdout.flush()
    os._exit(0)
