"""The process that serves a home folder: identify it before it is ended, and end with the home."""

import os
from contextlib import suppress
from pathlib import Path

import psutil

from local_taskrouter.process.home import Home, Running


def serving_process(home: Home) -> psutil.Process | None:
    """The process that `emulator.json` names, None if it does not serve `home`.

    A process ID may belong to another program by now. The one that serves `home` has its lock open.
    """
    running = home.running()
    with suppress(psutil.Error, OSError):
        process = psutil.Process(running.pid) if running else None
        if process and any(_is_lock(home, Path(opened.path)) for opened in process.open_files()):
            return process
    return None


def _is_lock(home: Home, path: Path) -> bool:
    lock = Path(home.serving_lock().lock_file)
    return path.name == lock.name and os.path.samefile(path, lock)


class Registration:
    """The entry of an emulator in its home, `emulator.json`.

    Without it no program finds the emulator, so the emulator ends, as with an `Owner`.
    """

    def __init__(self, home: Home, running: Running) -> None:
        self._home = home
        self._running = running

    def has_ended(self) -> bool:
        """Whether the home folder was deleted, or `emulator.json` deleted, damaged or replaced."""
        try:
            return self._home.running() != self._running
        except OSError:  # it exists, and cannot be read now
            return False
