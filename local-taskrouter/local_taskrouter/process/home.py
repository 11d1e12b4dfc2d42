"""The emulator's home folder: its state, its credentials and its current address.

    emulator.json    url, pid, account_sid, auth_token, version; exists while the emulator runs
    settings.json    what outlives the process: the auth token, the last port, the owner's process ID
    taskrouter.db    the database
    emulator.log     the output of an emulator that runs in the background
    transparent/     the certificate authority of transparent mode and its key
    *.lock           held by the running emulator, and by the process that starts it

Only the user can read the files (0600 in a 0700 folder, where the platform has modes): on a shared
host, other users can reach a loopback port, and only the token keeps them out. `private_files.py`
refuses a folder that another user could have prepared.
"""

import hashlib
import os
import re
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from filelock import FileLock
from platformdirs import user_state_dir

from local_taskrouter.process import private_files

# Visibly not a real account: a stored output with any other AC SID is a leak.
ACCOUNT_SID = "AC10ca1000000000000000000000000000"
_NO_COLON = "[!-9;-~]+"  # HTTP's basic authentication separates the SID and the token by a colon
_LAST_PORT, _LAST_PID = 65_535, 2**31 - 1
_FILES = (
    *("emulator.json", "settings.json", "emulator.log", "serving.lock", "starting.lock"),
    *(f"taskrouter.db{suffix}" for suffix in ("", "-wal", "-shm", "-journal")),
    *("transparent/authority.key", "transparent/authority.pem"),
)


class InvalidCredentials(ValueError):
    """The environment has credentials that HTTP cannot carry; the message has the variable."""


@dataclass(frozen=True)
class Running:
    """A running emulator, as `emulator.json` describes it."""

    url: str
    pid: int
    account_sid: str
    auth_token: str = field(repr=False)
    version: str

    @classmethod
    def parse(cls, content: Any) -> Self | None:
        """The emulator that the JSON value `content` describes; None if it describes none."""
        try:
            running = cls(**content)
            address = re.fullmatch(r"http://[^\s/@?#]*:([0-9]{1,5})", running.url)
        except TypeError:
            return None
        is_valid = (
            address is not None
            and _is_number(int(address[1]), _LAST_PORT)
            and _is_number(running.pid, _LAST_PID)
            and _is_credential(running.account_sid, _NO_COLON)
            and _is_credential(running.auth_token)
            and isinstance(running.version, str)
        )
        return running if is_valid else None


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
        """Create the folder, closed to other users, and check what is in it. Raises UnusableFile."""
        private_files.create_folder(self.folder)
        for name in _FILES:
            private_files.check_file(self.folder / name)

    def serving_lock(self, timeout: float = 0) -> FileLock:
        """The lock that the emulator of this home holds as long as it runs."""
        return self._lock("serving.lock", timeout)

    def starting_lock(self, timeout: float) -> FileLock:
        """The lock of a process that starts or replaces the emulator of this home."""
        return self._lock("starting.lock", timeout)

    def _lock(self, name: str, timeout: float) -> FileLock:
        return private_files.PrivateLock(self.folder / name, timeout)

    def running(self) -> Running | None:
        """The content of `emulator.json`, None if it is missing or not valid.

        It is out of date if the emulator was killed. Raises UnusableFile.
        """
        return Running.parse(_read(self.running_file))

    def write_running(self, running: Running) -> None:
        """Write `emulator.json`."""
        private_files.write_json(self.running_file, asdict(running))

    def remove_running(self, pid: int) -> None:
        """Remove `emulator.json` if it describes the process `pid`."""
        running = self.running()
        if running and running.pid == pid:
            private_files.retry_on_windows(self.running_file.unlink)

    def credentials(self) -> tuple[str, str]:
        """Account SID and auth token, from TASKROUTER_ACCOUNT_SID and TASKROUTER_AUTH_TOKEN.

        The defaults are a constant, and a random token that is stored in this home. Raises
        InvalidCredentials.
        """
        names = ("TASKROUTER_ACCOUNT_SID", "TASKROUTER_AUTH_TOKEN")
        account_sid, token = (os.environ.get(name) or None for name in names)
        valid = (_is_credential(account_sid or "A", _NO_COLON), _is_credential(token or "A"))
        for name, is_valid in zip(names, valid, strict=True):
            if not is_valid:
                raise InvalidCredentials(
                    f"{name} contains a character that no credential has, such as a space or an "
                    "accented letter. Set it again, or unset it."
                )
        return account_sid or ACCOUNT_SID, token or self._stored_token()

    def _stored_token(self) -> str:
        token = self._settings().get("auth_token")
        if token is None:
            token = secrets.token_hex(16)
            self._save_settings(auth_token=token)
        return token

    def last_port(self) -> int | None:
        """The last port of this home's emulator."""
        return self._settings().get("port")

    def save_port(self, port: int) -> None:
        """Store the port, for the next start."""
        if port != self.last_port():
            self._save_settings(port=port)

    def owner(self) -> int | None:
        """The ID of the process that the emulator ends with; None: it has no owner."""
        return self._settings().get("owner")

    def set_owner(self, pid: int) -> None:
        """Store the process that the emulator ends with."""
        self._save_settings(owner=pid)

    def _settings(self) -> dict[str, Any]:
        """The valid settings of `settings.json`."""
        content = _read(self.settings_file)
        stored = content if isinstance(content, dict) else {}
        valid = {
            "auth_token": _is_credential(stored.get("auth_token")),
            "port": _is_number(stored.get("port"), _LAST_PORT),
            "owner": _is_number(stored.get("owner"), _LAST_PID),
        }
        return {name: stored[name] for name, is_valid in valid.items() if is_valid}

    def _save_settings(self, **changes: object) -> None:
        private_files.write_json(self.settings_file, self._settings() | changes)

    def delete_database(self) -> None:
        """Delete every Workspace. Call it only while no emulator serves this home."""
        for suffix in ("", "-wal", "-shm", "-journal"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)


def code_version() -> str:
    """A hash of the emulator's source files on disk, with those of its page: 16 hex digits."""
    package = Path(__file__).parents[1]
    sources = [*package.rglob("*.py"), *(package / "ui").glob("*.*")]
    digest = hashlib.sha256()
    for source in sorted(set(sources)):
        digest.update(source.relative_to(package).as_posix().encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _read(file: Path) -> Any:
    """The JSON value in `file`; None if the file is missing or not JSON."""
    try:
        return private_files.read_json(file)
    except ValueError:
        return None


def _is_number(value: object, last: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= last


def _is_credential(value: object, pattern: str = "[!-~]+") -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None
