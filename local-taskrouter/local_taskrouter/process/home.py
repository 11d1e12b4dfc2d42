"""The emulator's home folder: its state, its credentials and its current address.

    emulator.json    url, pid, account_sid, auth_token, version; exists while the emulator runs
    settings.json    what outlives the process: the auth token, the last port, the owner's process ID
    taskrouter.db    the database
    emulator.log     the output of an emulator that runs in the background
    transparent/     the certificate authority of transparent mode and its key
    *.lock           held by the running emulator, and by the process that starts it

Only the user can read the files (0600 in a 0700 folder, where the platform has modes): on a shared
host, other users can reach a loopback port, and only the token keeps them out.
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

# Visibly not a real account: a stored output with any other AC SID is a leak.
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
    """The folder of one emulator, created by `create`.

    `folder` defaults to the environment variable TASKROUTER_HOME, else the user's state folder.
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
        """Create the folder, readable by its owner only. Raises OSError with what to do instead."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(self.folder, os.W_OK):
                raise PermissionError("it is not writable")
        except OSError as fault:
            raise OSError(
                f"The local TaskRouter cannot keep its state in {self.folder} ({fault}). "
                "Set TASKROUTER_HOME to a folder that you can write to."
            ) from None

    def serving_lock(self, timeout: float = 0) -> FileLock:
        """The lock that the emulator of this home holds as long as it runs."""
        return self._lock("serving.lock", timeout)

    def starting_lock(self, timeout: float) -> FileLock:
        """The lock of a process that starts or replaces the emulator of this home."""
        return self._lock("starting.lock", timeout)

    def _lock(self, name: str, timeout: float) -> FileLock:
        return FileLock(self.folder / name, timeout=timeout, mode=0o600)

    def running(self) -> Running | None:
        """The content of `emulator.json`. It is out of date if the emulator was killed."""
        try:
            return Running(**_read(self.running_file))
        except TypeError:
            return None

    def write_running(self, running: Running) -> None:
        """Write `emulator.json`."""
        _write(self.running_file, asdict(running))

    def remove_running(self, pid: int) -> None:
        """Remove `emulator.json` if it describes the process `pid`."""
        running = self.running()
        if running and running.pid == pid:
            _retry_on_windows(self.running_file.unlink)

    def credentials(self) -> tuple[str, str]:
        """Account SID and auth token, from TASKROUTER_ACCOUNT_SID and TASKROUTER_AUTH_TOKEN.

        The defaults are a constant, and a random token that is stored in this home.
        """
        account_sid = os.environ.get("TASKROUTER_ACCOUNT_SID") or ACCOUNT_SID
        return account_sid, os.environ.get("TASKROUTER_AUTH_TOKEN") or self._stored_token()

    def _stored_token(self) -> str:
        token = _read(self.settings_file).get("auth_token")
        if not isinstance(token, str) or not token:
            token = secrets.token_hex(16)
            self._save_settings(auth_token=token)
        return token

    def last_port(self) -> int | None:
        """The last port of this home's emulator."""
        port = _read(self.settings_file).get("port")
        return port if isinstance(port, int) else None

    def save_port(self, port: int) -> None:
        """Store the port, for the next start."""
        if port != self.last_port():
            self._save_settings(port=port)

    def owner(self) -> int | None:
        """The ID of the process that the emulator ends with; None: it has no owner."""
        pid = _read(self.settings_file).get("owner")
        return pid if isinstance(pid, int) else None

    def set_owner(self, pid: int) -> None:
        """Store the process that the emulator ends with."""
        self._save_settings(owner=pid)

    def _save_settings(self, **changes: object) -> None:
        _write(self.settings_file, _read(self.settings_file) | changes)

    def delete_database(self) -> None:
        """Delete every Workspace. Call it only while no emulator serves this home."""
        for suffix in ("", "-wal", "-shm", "-journal"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)


def code_version() -> str:
    """A hash of the emulator's source files on disk: 16 hex digits."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for source in sorted(package.rglob("*.py")):
        digest.update(source.relative_to(package).as_posix().encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _read(file: Path) -> dict[str, Any]:
    """The JSON object in `file`; empty if the file is missing or not valid."""
    try:
        content = json.loads(_retry_on_windows(file.read_bytes))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write(file: Path, content: Mapping[str, object]) -> None:
    """Replace `file` atomically: a reader sees the old content or the new."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        json.dump(content, opened, indent=2)
    _retry_on_windows(lambda: os.replace(draft, file))


def _retry_on_windows(action: Callable[[], Result]) -> Result:
    """Run `action`, again while another process has the file open: Windows then refuses it."""
    for _ in range(50 if sys.platform == "win32" else 0):
        try:
            return action()
        except PermissionError:
            time.sleep(0.01)
    return action()
