"""Fixtures: a local TaskRouter at Twilio's address, and unmodified programs in other languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_twilio import ACCOUNT_SID, AUTH_TOKEN, fake_twilio
from installing import npm_install
from local_taskrouter.client import client_of
from twilio.rest import Client

from helpers.lessons.workspace import PreparedWorkspace, prepare
from helpers.session.request_log import RequestLog
from helpers.session.session import Session

PACKAGES = [
    "twilio@5",
    "twilio-cli@6",
    "twilio-taskrouter@2",
    "taskrouter-0@npm:twilio-taskrouter@0.8",
]


@pytest.fixture(scope="package")
def twilio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, dict[str, str]]]:
    """A client of the TaskRouter at Twilio's address, and the environment for the programs."""
    with (
        fake_twilio(tmp_path_factory.mktemp("languages")) as (server, environment),
        client_of(server.url, ACCOUNT_SID, AUTH_TOKEN) as client,
    ):
        yield client, environment


@pytest.fixture
def environment(twilio: tuple[Client, dict[str, str]]) -> dict[str, str]:
    return twilio[1]


@pytest.fixture
def lab(twilio: tuple[Client, dict[str, str]]) -> PreparedWorkspace:
    """The tutorial's Workspace, with Alice offline."""
    client, address = twilio[0], twilio[0].taskrouter.base_url
    session = Session(client, "local", address, RequestLog(), ACCOUNT_SID, AUTH_TOKEN)
    lab = prepare(session, "alice offline")
    assert isinstance(lab, PreparedWorkspace)
    return lab


@pytest.fixture(scope="package")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `node_modules` with Twilio's Node SDK, command line tool and taskrouter.js."""
    return npm_install(tmp_path_factory.mktemp("npm"), *PACKAGES)
