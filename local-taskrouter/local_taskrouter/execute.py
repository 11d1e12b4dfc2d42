"""Run a command with a separate TaskRouter, as for the tests of an app in any language."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from local_taskrouter.environment import variables
from local_taskrouter.http.serve_home import Settings, opened
from local_taskrouter.process.home import Home

_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_FROM_THE_TERMINAL = {getattr(signal, name, None) for name in ("SIGINT", "SIGQUIT")}


class NoProgram(LookupError):
    """The program cannot be run; `exit_code` is a shell's, 127 if there is none of this name."""

    exit_code = 127


class NotExecutable(NoProgram):
    """The file is no program that this system runs."""

    exit_code = 126


def execute(command: Sequence[str], settings: Settings) -> int:
    """Run `command` beside a new TaskRouter, and return its exit code, for a signal 128 and its number.

    The environment has the variables that find the TaskRouter. Signals to this process are sent on to
    the command. The TaskRouter's state is in a temporary folder, which is deleted at the end. Raises
    NoProgram and CannotServe.
    """
    program = shutil.which(command[0])
    if program is None:
        raise NoProgram(f"There is no program {command[0]} on the PATH.")
    with TemporaryDirectory(prefix="local-taskrouter-", ignore_cleanup_errors=True) as folder:
        home = Home(Path(folder) / "home")
        with opened(home, settings) as (server, running):
            home.write_running(running)
            server.start()
            found = variables(running.url, running.account_sid, running.auth_token)
            found |= {**server.taskrouter.transparent, "TASKROUTER_HOME": str(home.folder)}
            try:
                return _run([program, *command[1:]], {**os.environ, **found})
            finally:
                server.stop()


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    try:
        with _Forwarding() as forwarding, subprocess.Popen(command, env=environment) as process:
            forwarding.begin(process)
            code = process.wait()
    except OSError as error:
        raise NotExecutable(f"{command[0]} cannot be run: {error.strerror or error}.") from None
    return code if code >= 0 else 128 - code


class _Forwarding:
    """Send this process's signals on to another one, also those that came before it was there."""

    def __enter__(self) -> Self:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        numbers = [getattr(signal, name) for name in _FORWARDED if hasattr(signal, name)]
        handled = [each for each in numbers if signal.getsignal(each) != signal.SIG_IGN]
        self._before = {number: signal.signal(number, self._on_signal) for number in handled}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def begin(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        for number in self._early:
            process.send_signal(number)

    def _on_signal(self, number: int, _: object) -> None:
        if self._process is None:
            self._early.append(number)
        elif not (number in _FROM_THE_TERMINAL and _is_in_foreground()):
            self._process.send_signal(number)


def _is_in_foreground() -> bool:
    """Whether Ctrl-C in the terminal has reached the command too."""
    if sys.platform == "win32":
        return True
    try:
        with open("/dev/tty") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False
