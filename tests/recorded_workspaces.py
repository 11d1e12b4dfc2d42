"""The Workspaces of a live Session: those in the account, and those that its record has."""

import json

from helpers.session.session import Session


def workspaces(session: Session) -> dict[str, str]:
    """The friendly names of the account's Workspaces by SID."""
    found = session.client.taskrouter.v1.workspaces.list()
    return {str(each.sid): str(each.friendly_name) for each in found}


def record(session: Session) -> dict[str, str]:
    """The recorded SIDs by name."""
    assert session.folder
    accounts = json.loads((session.folder / "live.json").read_text("utf-8"))
    recorded = accounts[session.account_sid]["workspaces"]
    return {name: entry["sid"] for name, entry in recorded.items()}
