"""The emulator's home folder: its state, its credentials, and where it listens right now.

    emulator.json    url, pid, account_sid, auth_token, version; exists while an emulator runs
    settings.json    what outlives it: the auth token, the port used last, the process it ends with
    taskrouter.db    the database
    emulator.log     what a detached emulator printed
    transparent/     the certificate authority of transparent mode and its key
    *.lock           held by the running emulator, and by whoever is starting one

Every file is for its owner alone (0600 in a 0700 folder, where the platform has modes): on a
shared host other users can reach a loopback port, and only the token keeps them out.
"""

import hashlib
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock
from platformdirs import user_state_dir

Result = TypeVar("Result")

# Recognisably not a real account: a stored output with any other AC SID is a leak.
ACCOUNT_SID = "AC10ca1000000000000000000000000000"


@dataclass(frozen=True)
class Running:
    """A running emulator, as `emulator.json` describes it."""

    url: str
    pid: int
    account_sid: str
    auth_token: str = field(repr=False)
    version: str


class Home:
    """One emulator's folder. Nothing is created before `create`.

    `folder` is by default the environment variable TASKROUTER_HOME, else the platform's folder
    for a user's state.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        chosen = folder or os.environ.get("TASKROUTER_HOME")
        default = user_state_dir("taskrouter-notebooks", appauthor=False)
        self.folder = Path(chosen or default).expanduser().absolute()
        self.running_file = self.folder / "emulator.json"
        self.settings_file = self.folder / "settings.json"
        self.database = self.folder / "taskrouter.db"
        self.log_file = self.folder / "emulator.log"

    def __repr__(self) -> str:
        return f"Home({str(self.folder)!r})"

    def create(self) -> None:
        """Make the folder, for its owner alone. Raises OSError saying what to do instead."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(self.folder, os.W_OK):
                raise PermissionError("it is not writable")
        except OSError as fault:
            raise OSError(
                f"The emulator cannot keep its state in {self.folder} ({fault}). "
                "Set TASKROUTER_HOME to a folder that you can write to."
            ) from None

    def serving_lock(self, timeout: float = 0) -> FileLock:
        """Held by the emulator that serves this home for as long as it lives."""
        return self._lock("serving.lock", timeout)

    def starting_lock(self, timeout: float) -> FileLock:
        """Held by whoever is starting or replacing the emulator of this home."""
        return self._lock("starting.lock", timeout)

    def _lock(self, name: str, timeout: float) -> FileLock:
        return FileLock(self.folder / name, timeout=timeout, mode=0o600)

    def running(self) -> Running | None:
        """What `emulator.json` says. It may be out of date: the emulator may have been killed."""
        try:
            return Running(**_read(self.running_file))
        except TypeError:
            return None

    def write_running(self, running: Running) -> None:
        _write(self.running_file, asdict(running))

    def forget_running(self, pid: int) -> None:
        """Remove `emulator.json`, if it speaks of the process `pid`."""
        running = self.running()
        if running and running.pid == pid:
            _patiently(self.running_file.unlink)

    def credentials(self) -> tuple[str, str]:
        """(account SID, auth token): from the environment variables TASKROUTER_ACCOUNT_SID and
        TASKROUTER_AUTH_TOKEN, else a constant and a random token that this home keeps.
        """
        account_sid = os.environ.get("TASKROUTER_ACCOUNT_SID") or ACCOUNT_SID
        return account_sid, os.environ.get("TASKROUTER_AUTH_TOKEN") or self._kept_token()

    def _kept_token(self) -> str:
        token = _read(self.settings_file).get("auth_token")
        if not isinstance(token, str) or not token:
            token = secrets.token_hex(16)
            self._keep(auth_token=token)
        return token

    def last_port(self) -> int | None:
        """The port this home's emulator used last."""
        port = _read(self.settings_file).get("port")
        return port if isinstance(port, int) else None

    def keep_port(self, port: int) -> None:
        if port != self.last_port():
            self._keep(port=port)

    def owner(self) -> int | None:
        """The process that this home's emulator belongs to, and ends with; None: to nobody."""
        pid = _read(self.settings_file).get("owner")
        return pid if isinstance(pid, int) else None

    def belong_to(self, pid: int) -> None:
        self._keep(owner=pid)

    def _keep(self, **changes: object) -> None:
        _write(self.settings_file, _read(self.settings_file) | changes)

    def delete_database(self) -> None:
        """Forget every Workspace. Only for a home that nobody serves."""
        for suffix in ("", "-wal", "-shm", "-journal"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)


def code_version() -> str:
    """A fingerprint of the emulator's sources as they are on disk now: 16 hex digits."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for source in sorted(package.rglob("*.py")):
        digest.update(source.relative_to(package).as_posix().encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _read(file: Path) -> dict[str, Any]:
    """The JSON object in `file`; empty when there is none that can be read."""
    try:
        content = json.loads(_patiently(file.read_bytes))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write(file: Path, content: Mapping[str, object]) -> None:
    """Replace `file` at once, so that a reader sees the old content or the new."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        json.dump(content, opened, indent=2)
    _patiently(lambda: os.replace(draft, file))


def _patiently(action: Callable[[], Result]) -> Result:
    """Windows refuses to open or replace a file in the instant another process has it open."""
    for _ in range(50 if sys.platform == "win32" else 0):
        try:
            return action()
        except PermissionError:
            time.sleep(0.01)
    return action()
