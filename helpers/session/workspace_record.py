"""The record of the Workspaces that the tutorial creates in real accounts: the file `live.json`.

    {"AC…": {"used": "2026-…", "workspaces": {"TaskRouter Tutorial": {"friendly_name": …, "marker": …,
                                              "sid": "WS…", "date_created": "2026-…"}}}}

One lock protects the file and every request that creates or deletes a Workspace.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import Timeout
from local_taskrouter.process import private_files

from helpers.session.api_errors import ConnectionFailed

FILE = "live.json"
LOCK_SECONDS = 120.0
_SHAPES = {
    "friendly_name": ".+",
    "marker": "[0-9a-f]{8}",
    "sid": "WS[0-9a-f]{32}|",
    "date_created": ".*",
}


@dataclass(frozen=True)
class Entry:
    """A Workspace that the tutorial creates, recorded before the request that creates it.

    It is created under `marked_name`, which no other Workspace has, so that it is found even if
    Twilio's response was lost; then it is renamed `friendly_name`. `sid` and `date_created` are ""
    until the response is recorded.
    """

    friendly_name: str
    marker: str
    sid: str = ""
    date_created: str = ""

    @property
    def marked_name(self) -> str:
        return f"{self.friendly_name} [{self.marker}]"


@dataclass(frozen=True)
class WorkspaceRecord:
    """The entries of `account` in the `live.json` of `folder`. Each method raises ConnectionFailed.

    `account` is the account's SID, with the region if it is not Twilio's default.
    """

    folder: Path
    account: str

    @property
    def file(self) -> Path:
        return self.folder / FILE

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of all accounts' records; other notebooks and kernels wait for it."""
        try:
            private_files.create_folder(self.folder)
            with private_files.PrivateLock(self.folder / "live.lock", LOCK_SECONDS):
                yield
        except Timeout:
            raise ConnectionFailed(
                "Another notebook is creating or deleting the tutorial's Workspaces. Wait until it has "
                "finished, then run this cell again."
            ) from None
        except private_files.UnusableFile as fault:
            raise ConnectionFailed(str(fault)) from None

    def entries(self) -> dict[str, Entry]:
        """Return the entries by the name in WORKSPACES that each was created as."""
        workspaces = self._account().get("workspaces", {})
        return {name: Entry(**entry) for name, entry in workspaces.items()}

    def save(self, name: str, entry: Entry | None) -> None:
        """Replace the entry of `name`; None removes it. Call it while `locked`."""
        entries = self.entries() | {name: entry}
        kept = {name: asdict(entry) for name, entry in entries.items() if entry is not None}
        self._update(workspaces=kept)

    def used(self) -> datetime | None:
        """Return the time that `save_used` stored last."""
        used = self._account().get("used")
        return None if used is None else datetime.fromisoformat(used)

    def save_used(self, now: datetime) -> None:
        """Store the time of the last use. Call it while `locked`."""
        self._update(used=now.isoformat())

    def _account(self) -> Mapping[str, Any]:
        return self._read().get(self.account, {})

    def _update(self, **fields: Any) -> None:
        accounts = self._read()
        accounts[self.account] = {**accounts.get(self.account, {}), **fields}
        private_files.write_json(self.file, accounts)

    def _read(self) -> dict[str, Any]:
        """Return the records of all accounts."""
        try:
            content = private_files.read_json(self.file)
            accounts = {} if content is None else content
            if not all(map(_is_valid, accounts.values())):
                raise ValueError("its content is not what the tutorial writes")
            return accounts
        except private_files.UnusableFile as fault:
            raise ConnectionFailed(str(fault)) from None
        except (ValueError, AttributeError, TypeError) as error:
            raise ConnectionFailed(
                f"{self.file}, where the tutorial records the Workspaces it created, cannot be read "
                f"({error}). Repair it, or move it away: then the tutorial creates another Workspace, and "
                "you can delete the previous one in the Twilio Console."
            ) from None


def _is_valid(record: Mapping[str, Any]) -> bool:
    workspaces, used = record.get("workspaces", {}), record.get("used")
    dated = used is None or datetime.fromisoformat(used).tzinfo is not None
    return dated and all(
        entry.keys() == _SHAPES.keys()
        and all(re.fullmatch(shape, entry[field]) for field, shape in _SHAPES.items())
        for entry in workspaces.values()
    )
