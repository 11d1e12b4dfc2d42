"""Which Workspace of an account is the tutorial's own.

The local TaskRouter belongs to the tutorial: there it is the one named WORKSPACE. A real account
does not: there it is the one that the tutorial created and wrote down, whatever its name. Nothing
in another is ever read, changed or deleted.
"""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock
from twilio.base.exceptions import TwilioRestException
from twilio.rest.taskrouter.v1.workspace import WorkspaceInstance

from helpers.session import ConnectionFailed, Session

WORKSPACE = "TaskRouter Tutorial"
_FORGOTTEN_AFTER = timedelta(days=1)


def find(session: Session) -> WorkspaceInstance | None:
    """The tutorial's Workspace, if there is one now."""
    workspaces = session.client.taskrouter.v1.workspaces
    if session.target == "local":
        return next(iter(_named(session, WORKSPACE)), None)
    sid = _record(session).get("workspace_sid")
    if not sid:
        return None
    try:
        return workspaces(sid).fetch()
    except TwilioRestException as fault:
        if fault.status != 404:
            raise
        return None


def find_or_create(session: Session) -> WorkspaceInstance:
    """The tutorial's Workspace; before one is created in a real account, that is said."""
    if session.target == "local":
        return find(session) or session.client.taskrouter.v1.workspaces.create(
            friendly_name=WORKSPACE
        )
    with _lock(session):  # two notebooks may start at once
        return find(session) or _create(session)


def remove(session: Session) -> WorkspaceInstance | None:
    """Delete the tutorial's Workspace with all that is in it; what it was, or None."""
    found = find(session)
    if found is not None:
        found.delete()
    if session.target == "live":
        _keep(session, {})
    return found


def forgotten(session: Session, now: datetime) -> str:
    """A sentence about a Workspace that was used last more than a day before `now`, or ""."""
    record = _record(session)
    if not record.get("workspace_sid"):
        return ""
    used = datetime.fromisoformat(record.get("used") or now.isoformat())
    _keep(session, {**record, "used": now.isoformat()})
    if now - used < _FORGOTTEN_AFTER:
        return ""
    return (
        f"The tutorial's Workspace {record['workspace_sid']} is still in this account, last used "
        f"on {used:%d %B %Y}. The lessons use it again; session.teardown() removes it."
    )


def _create(session: Session) -> WorkspaceInstance:
    name, number = WORKSPACE, 1
    while _named(session, name):
        number += 1
        name = f"{WORKSPACE} {number}"
    told = (
        f"The tutorial now creates a Workspace {name!r} in the account {session.account_sid}, with "
        "Activities, TaskQueues, a Workflow and the Workers Alice and Bob. It works in no other. "
        "session.teardown() removes it."
    )
    if name != WORKSPACE:
        told += f" (A Workspace {WORKSPACE!r} is there that it did not create, and leaves alone.)"
    print(told)
    made = session.client.taskrouter.v1.workspaces.create(friendly_name=name)
    _keep(session, {**_record(session), "workspace_sid": made.sid})
    return made


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
        return json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as fault:
        raise ConnectionFailed(
            f"{file}, where the tutorial writes down which Workspace is its own, cannot be read "
            f"({fault}). Mend it, or delete it: then the tutorial creates another Workspace."
        ) from None


def _record(session: Session) -> dict[str, Any]:
    return _records(session).get(session.account_sid, {})


def _keep(session: Session, record: dict[str, Any]) -> None:
    """Write down `record` for the session's account, in the place of what was there."""
    file = _folder(session) / "live.json"
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    text = json.dumps(_records(session) | {session.account_sid: record}, indent=2)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)
    os.replace(draft, file)
