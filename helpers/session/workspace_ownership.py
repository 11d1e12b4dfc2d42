"""Which Workspaces of an account are the tutorial's own: one for the lessons, one for the faults.

The local TaskRouter belongs to the tutorial: there it is the one of its name. A real account does
not: there it is the one that the tutorial created and wrote down, whatever it is called now. Nothing
in another is ever read, changed or deleted.
"""

import json
import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock
from twilio.base.exceptions import TwilioRestException
from twilio.rest.taskrouter.v1.workspace import WorkspaceInstance

from helpers.session.session import ConnectionFailed, Session

WORKSPACE, FAULTY_WORKSPACE = "TaskRouter Tutorial", "TaskRouter Tutorial - Seven faults"
WORKSPACES = (WORKSPACE, FAULTY_WORKSPACE)
_FORGOTTEN_AFTER = timedelta(days=1)


def find(session: Session, name: str = WORKSPACE) -> WorkspaceInstance | None:
    """The tutorial's Workspace that was made as `name`, if there is one now."""
    if session.target == "local":
        return next(iter(_named(session, name)), None)
    sid = _sids(session).get(name)
    if sid is None:
        return None
    try:
        return session.client.taskrouter.v1.workspaces(sid).fetch()
    except TwilioRestException as fault:
        if fault.status != 404:
            raise
        return None


def find_or_create(session: Session, name: str = WORKSPACE) -> WorkspaceInstance:
    """The tutorial's Workspace `name`; before one is created in a real account, that is said."""
    if session.target == "local":
        return find(session, name) or _create_its_own(session, name)
    with _lock(session):  # two notebooks may start at once
        return find(session, name) or _create_and_tell(session, name)


def make_anew(session: Session, name: str) -> WorkspaceInstance:
    """Delete the tutorial's Workspace `name`, if there is one, and create it without anything in it.

    In a real account the first time is said.
    """
    return (
        _create_its_own(session, name) if remove(session, name) else find_or_create(session, name)
    )


def remove(session: Session, name: str = WORKSPACE) -> WorkspaceInstance | None:
    """Delete the tutorial's Workspace `name` with all that is in it; what it was, or None."""
    found = find(session, name)
    if found is not None and not _delete(found):
        found = None
    if session.target == "live":
        sids = {known: sid for known, sid in _sids(session).items() if known != name}
        _keep(session, {**_record(session), "workspaces": sids})
    return found


def _delete(workspace: WorkspaceInstance) -> bool:
    """Whether it was there to be deleted."""
    try:
        return workspace.delete()
    except TwilioRestException as fault:
        if fault.status != 404:
            raise
        return False


def forgotten(session: Session, now: datetime) -> str:
    """A sentence about Workspaces that were used last more than a day before `now`, or ""."""
    record = _record(session)
    if not _sids(session):
        return ""
    used = datetime.fromisoformat(record.get("used") or now.isoformat())
    _keep(session, {**record, "used": now.isoformat()})
    if now - used < _FORGOTTEN_AFTER:
        return ""
    there = [found.sid for name in WORKSPACES if (found := find(session, name))]
    if not there:
        return ""
    still = " and ".join(there)
    return (
        f"The tutorial's Workspace {still} is still in this account, last used on "
        f"{used:%d %B %Y}. The lessons use it again; session.teardown() removes it."
    )


def _create_and_tell(session: Session, name: str) -> WorkspaceInstance:
    free = _free_name(session, name)
    told = (
        f"The tutorial now creates a Workspace {free!r} in the account {session.account_sid}, with "
        "Activities, TaskQueues, a Workflow and Workers. session.teardown() removes it."
    )
    if free != name:
        told += (
            f" (A Workspace {name!r} is there that is not written down as its own: the tutorial "
            "leaves alone what may be somebody else's.)"
        )
    print(told)
    return _create_its_own(session, name)


def _create_its_own(session: Session, name: str) -> WorkspaceInstance:
    free = _free_name(session, name)
    made = session.client.taskrouter.v1.workspaces.create(friendly_name=free)
    if session.target == "live":
        sids = {**_sids(session), name: str(made.sid)}
        _keep(session, {**_record(session), "workspaces": sids})
    return made


def _free_name(session: Session, name: str) -> str:
    """`name`, or with the first number that makes it one that no Workspace has."""
    free, number = name, 1
    while _named(session, free):
        number += 1
        free = f"{name} {number}"
    return free


def _named(session: Session, name: str) -> list[WorkspaceInstance]:
    found = session.client.taskrouter.v1.workspaces.list(friendly_name=name)
    return [workspace for workspace in found if workspace.friendly_name == name]


def _folder(session: Session) -> Path:
    if session.folder is None:
        raise ValueError("a live session needs a folder to write its Workspace down in")
    session.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return session.folder


def _lock(session: Session) -> FileLock:
    return FileLock(_folder(session) / "live.lock", mode=0o600)


def _records(session: Session) -> dict[str, Any]:
    """What is written down, by account SID."""
    file = _folder(session) / "live.json"
    try:
        records = json.loads(file.read_text("utf-8"))
        if not all(map(_is_record, records.values())):
            raise ValueError("it is not as the tutorial wrote it")
        return records
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as fault:
        raise ConnectionFailed(
            f"{file}, where the tutorial writes down which Workspace is its own, cannot be read "
            f"({fault}). Mend it, or delete it: then the tutorial creates another Workspace."
        ) from None


def _is_record(one: dict[str, Any]) -> bool:
    sids, used = one.get("workspaces", {}), one.get("used")
    dated = used is None or datetime.fromisoformat(used).tzinfo is not None
    return dated and all(re.fullmatch("WS[0-9a-f]{32}", sid) for sid in sids.values())


def _record(session: Session) -> dict[str, Any]:
    return _records(session).get(session.account_sid, {})


def _sids(session: Session) -> dict[str, str]:
    """The SIDs of the account's own Workspaces, by the name that each was made as."""
    return _record(session).get("workspaces", {})


def _keep(session: Session, record: dict[str, Any]) -> None:
    """Write down `record` for the session's account, in the place of what was there."""
    file = _folder(session) / "live.json"
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    text = json.dumps(_records(session) | {session.account_sid: record}, indent=2)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)
    os.replace(draft, file)
