"""Fixture: a Session with an account that counts as real."""

from pathlib import Path

import pytest
from local_taskrouter.http.server import EmulatorServer
from twilio.rest import Client

from helpers.session.session import Session


@pytest.fixture
def live_session(client: Client, emulator: EmulatorServer, tmp_path: Path) -> Session:
    """A live Session whose account is an emulator."""
    sid, token = emulator.taskrouter.account_sid, emulator.taskrouter.auth_token
    log = client.http_client.log
    return Session(client, "live", emulator.url, log, sid, token, tmp_path / "home")
