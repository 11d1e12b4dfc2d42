"""The Workspaces of an account that belong to the tutorial: one for the lessons, one for the faults.

A local TaskRouter is the tutorial's, so there a Workspace is found by its name. A real account is
not: there the tutorial records the SID of each Workspace it creates, finds it by that SID even after
a rename, and reads, changes or deletes no other.
"""

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.rest.taskrouter.v1.workspace import WorkspaceInstance

from helpers.session.api_errors import ConnectionFailed

WORKSPACE, FAULTY_WORKSPACE = "TaskRouter Tutorial", "TaskRouter Tutorial - Seven faults"
WORKSPACES = (WORKSPACE, FAULTY_WORKSPACE)
_REMIND_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class TutorialWorkspaces:
    """The tutorial's Workspaces in the account of `client`, by the names in WORKSPACES.

    `folder` holds the record of what was created in a real account; None for a local TaskRouter.
    """

    client: Client
    account_sid: str
    folder: Path | None = None

    def find(self, name: str = WORKSPACE) -> WorkspaceInstance | None:
        """Return the Workspace that was created as `name`, or None if there is none now."""
        if self.folder is None:
            return next(iter(self._named(name)), None)
        sid = self._sids(self.folder).get(name)
        if sid is None:
            return None
        try:
            return self.client.taskrouter.v1.workspaces(sid).fetch()
        except TwilioRestException as error:
            if error.status != 404:
                raise
            return None

    def find_or_create(self, name: str = WORKSPACE) -> WorkspaceInstance:
        """Return the Workspace `name`; in a real account, print a notice before creating it."""
        if self.folder is None:
            return self.find(name) or self._create(name)
        with FileLock(_existing(self.folder) / "live.lock", mode=0o600):  # two notebooks may start
            return self.find(name) or self._announce_and_create(name)

    def recreate(self, name: str) -> WorkspaceInstance:
        """Delete the Workspace `name`, if there is one, and create it empty.

        In a real account, print a notice the first time.
        """
        return self._create(name) if self.remove(name) else self.find_or_create(name)

    def remove(self, name: str = WORKSPACE) -> WorkspaceInstance | None:
        """Delete the Workspace `name` with everything in it; return what was deleted, or None."""
        workspace = self.find(name)
        if workspace is not None and not _delete(workspace):
            workspace = None
        if self.folder is not None:
            sids = self._sids(self.folder)
            sids.pop(name, None)
            self._update_record(self.folder, workspaces=sids)
        return workspace

    def reminder(self, now: datetime) -> str:
        """Return a sentence about Workspaces last used over a day before `now`, or "".

        Records `now` as the time of their last use.
        """
        if self.folder is None or not self._sids(self.folder):
            return ""
        used = datetime.fromisoformat(self._record(self.folder).get("used") or now.isoformat())
        self._update_record(self.folder, used=now.isoformat())
        if now - used < _REMIND_AFTER:
            return ""
        existing = [str(workspace.sid) for name in WORKSPACES if (workspace := self.find(name))]
        if not existing:
            return ""
        return (
            f"The tutorial's Workspace {' and '.join(existing)} is still in this account, last used "
            f"on {used:%d %B %Y}. The lessons use it again; session.teardown() removes it."
        )

    def _announce_and_create(self, name: str) -> WorkspaceInstance:
        unused_name = self._unused_name(name)
        notice = (
            f"The tutorial now creates a Workspace {unused_name!r} in the account "
            f"{self.account_sid}, with Activities, TaskQueues, a Workflow and Workers. "
            "session.teardown() removes it."
        )
        if unused_name != name:
            notice += (
                f" (The account has a Workspace {name!r} that the tutorial did not create, so the "
                "tutorial does not touch it.)"
            )
        print(notice)
        return self._create(name)

    def _create(self, name: str) -> WorkspaceInstance:
        unused_name = self._unused_name(name)
        workspace = self.client.taskrouter.v1.workspaces.create(friendly_name=unused_name)
        if self.folder is not None:
            sids = {**self._sids(self.folder), name: str(workspace.sid)}
            self._update_record(self.folder, workspaces=sids)
        return workspace

    def _unused_name(self, name: str) -> str:
        """Return `name`, with the first number appended that makes it unique in the account."""
        candidate, number = name, 1
        while self._named(candidate):
            number += 1
            candidate = f"{name} {number}"
        return candidate

    def _named(self, name: str) -> list[WorkspaceInstance]:
        workspaces = self.client.taskrouter.v1.workspaces.list(friendly_name=name)
        return [workspace for workspace in workspaces if workspace.friendly_name == name]

    def _record(self, folder: Path) -> dict[str, Any]:
        return _read_records(folder).get(self.account_sid, {})

    def _sids(self, folder: Path) -> dict[str, str]:
        """Return the SIDs of the tutorial's Workspaces, by the name each was created as."""
        return dict(self._record(folder).get("workspaces", {}))

    def _update_record(self, folder: Path, **fields: Any) -> None:
        """Replace `fields` in the account's record, in one step."""
        records = _read_records(folder)
        records[self.account_sid] = {**self._record(folder), **fields}
        file = _existing(folder) / "live.json"
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
            opened.write(json.dumps(records, indent=2))
        os.replace(draft, file)


def _delete(workspace: WorkspaceInstance) -> bool:
    """Delete `workspace`; return False if it was already gone."""
    try:
        return workspace.delete()
    except TwilioRestException as error:
        if error.status != 404:
            raise
        return False


def _existing(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _read_records(folder: Path) -> dict[str, dict[str, Any]]:
    """Read the records of all accounts, by account SID. Raises ConnectionFailed if they are damaged."""
    file = folder / "live.json"
    try:
        records = json.loads(file.read_text("utf-8"))
        if not all(map(_is_valid, records.values())):
            raise ValueError("its content is not what the tutorial writes")
        return records
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ConnectionFailed(
            f"{file}, where the tutorial records the Workspaces it created, cannot be read "
            f"({error}). Repair it, or delete it: then the tutorial creates another Workspace."
        ) from None


def _is_valid(record: dict[str, Any]) -> bool:
    sids, used = record.get("workspaces", {}), record.get("used")
    dated = used is None or datetime.fromisoformat(used).tzinfo is not None
    return dated and all(re.fullmatch("WS[0-9a-f]{32}", sid) for sid in sids.values())
