"""The Workspaces of an account that belong to the tutorial: for the lessons, the complaints, City Bikes.

A local TaskRouter is the tutorial's, so there a Workspace is found by its name. A real account is
not: there the tutorial records each Workspace before it creates it (`workspace_record.py`), finds it
even after a rename, and reads, changes or deletes no other.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from local_taskrouter.explanation.sentences import join_names
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.rest.taskrouter.v1.workspace import WorkspaceInstance

from helpers.session.api_errors import ConnectionFailed
from helpers.session.workspace_record import FILE, Entry, WorkspaceRecord

WORKSPACE, COMPLAINTS_WORKSPACE = "TaskRouter Tutorial", "TaskRouter Tutorial - Complaints"
CITY_BIKES = "TaskRouter Tutorial - City Bikes"
WORKSPACES = (WORKSPACE, COMPLAINTS_WORKSPACE, CITY_BIKES)
_DEFAULT_REGIONS = {None, "", "us1"}
_REMIND_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class TutorialWorkspaces:
    """The tutorial's Workspaces in the account of `client`, by the names in WORKSPACES.

    `folder` holds the record of what was created in a real account; None for a local TaskRouter. With
    a record, each method holds its lock, and raises ConnectionFailed if the record cannot be used or
    describes another Workspace than the account has.
    """

    client: Client
    account_sid: str
    folder: Path | None = None

    def find(self, name: str = WORKSPACE) -> WorkspaceInstance | None:
        """Return the Workspace that was created as `name`, or None if there is none now."""
        with self._locked() as record:
            return self._find(record, name)

    def find_or_create(self, name: str = WORKSPACE) -> WorkspaceInstance:
        """Return the Workspace `name`; in a real account, print a notice before creating it."""
        with self._locked() as record:
            return self._find(record, name) or self._create(record, name)

    def recreate(self, name: str) -> WorkspaceInstance:
        """Delete the Workspace `name`, if there is one, and create it empty.

        In a real account, print a notice the first time.
        """
        with self._locked() as record:
            is_known = self._remove(record, name) is not None
            return self._create(record, name, announce=not is_known)

    def remove(self, name: str = WORKSPACE) -> WorkspaceInstance | None:
        """Delete the Workspace `name` with everything in it; return what was deleted, or None.

        In a real account, delete it only if its SID, account, name and creation date are as recorded.
        """
        with self._locked() as record:
            return self._remove(record, name)

    def reminder(self, now: datetime) -> str:
        """Return a sentence about Workspaces last used over a day before `now`, or "".

        Records `now` as the time of their last use.
        """
        if self.folder is None or not (self.folder / FILE).exists():
            return ""
        with self._locked() as record:
            if record is None or not record.entries():
                return ""
            used = record.used() or now
            record.save_used(now)
            if now - used < _REMIND_AFTER:
                return ""
            found = [self._find(record, name) for name in WORKSPACES]
        sids = [str(workspace.sid) for workspace in found if workspace]
        if not sids:
            return ""
        noun, verb, them = (
            ("Workspace", "is", "it") if len(sids) == 1 else ("Workspaces", "are", "them")
        )
        return (
            f"The tutorial's {noun} {join_names(sids)} {verb} still in this account, last used on "
            f"{used:%d %B %Y}. The lessons use {them} again; session.teardown() removes {them}."
        )

    @contextmanager
    def _locked(self) -> Iterator[WorkspaceRecord | None]:
        """Yield the locked record; None for a local TaskRouter."""
        if self.folder is None:
            yield None
            return
        region = self.client.region
        suffix = "" if region in _DEFAULT_REGIONS else f" {region}"
        record = WorkspaceRecord(self.folder, self.account_sid + suffix)
        with record.locked():
            yield record

    def _find(self, record: WorkspaceRecord | None, name: str) -> WorkspaceInstance | None:
        if record is None:
            return next(iter(self._named(name)), None)
        entry = record.entries().get(name)
        if entry is None:
            return None
        if entry.sid:
            workspace = self._fetch(entry.sid)
        else:  # the response to its creation was not recorded
            workspace = next(iter(self._named(entry.marked_name)), None)
            if workspace:
                entry = _save_created(record, name, entry, workspace)
        if workspace is None:
            return None
        if (workspace.account_sid, _date(workspace)) != (self.account_sid, entry.date_created):
            raise _mismatch(record, entry, workspace)
        return _finish_name(workspace, entry)

    def _fetch(self, sid: str) -> WorkspaceInstance | None:
        try:
            return self.client.taskrouter.v1.workspaces(sid).fetch()
        except TwilioRestException as error:
            if error.status != 404:
                raise
            return None

    def _create(
        self, record: WorkspaceRecord | None, name: str, announce: bool = True
    ) -> WorkspaceInstance:
        create = self.client.taskrouter.v1.workspaces.create
        if record is None:
            return create(friendly_name=name)
        entry = record.entries().get(name)
        if entry is None or entry.sid:
            entry = Entry(self._unused_name(name), secrets.token_hex(4))
        if announce:
            self._announce(name, entry.friendly_name)
        record.save(name, entry)
        workspace = create(friendly_name=entry.marked_name)
        return _finish_name(workspace, _save_created(record, name, entry, workspace))

    def _announce(self, name: str, unused_name: str) -> None:
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

    def _remove(self, record: WorkspaceRecord | None, name: str) -> WorkspaceInstance | None:
        workspace = self._find(record, name)
        entry = record.entries().get(name) if record else None
        if record and entry and workspace and workspace.friendly_name != entry.friendly_name:
            raise _mismatch(record, entry, workspace)
        if workspace is not None and not _delete(workspace):
            workspace = None
        if record and entry:
            for late in self._named(entry.marked_name):  # from a request that was interrupted
                _delete(late)
            record.save(name, None)
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


def _save_created(
    record: WorkspaceRecord, name: str, entry: Entry, workspace: WorkspaceInstance
) -> Entry:
    entry = replace(entry, sid=str(workspace.sid), date_created=_date(workspace))
    record.save(name, entry)
    return entry


def _finish_name(workspace: WorkspaceInstance, entry: Entry) -> WorkspaceInstance:
    """Rename a Workspace that still has the name under which it was created."""
    if workspace.friendly_name != entry.marked_name:
        return workspace
    return workspace.update(friendly_name=entry.friendly_name)


def _delete(workspace: WorkspaceInstance) -> bool:
    """Delete `workspace`; return False if it was already gone."""
    try:
        return workspace.delete()
    except TwilioRestException as error:
        if error.status != 404:
            raise
        return False


def _date(workspace: WorkspaceInstance) -> str:
    return workspace.date_created.isoformat() if workspace.date_created else ""


def _mismatch(record: WorkspaceRecord, entry: Entry, found: WorkspaceInstance) -> ConnectionFailed:
    return ConnectionFailed(
        f"{record.file} records the Workspace {entry.sid} of {record.account} as "
        f"{entry.friendly_name!r}, created at {entry.date_created}, but Twilio has it as "
        f"{found.friendly_name!r} of {found.account_sid}, created at {_date(found)}. Nothing was "
        "deleted: rename it back or correct the record, then run this cell again."
    )
