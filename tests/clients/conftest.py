"""Programs in other languages that know nothing of a local TaskRouter, and one in Twilio's place."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_twilio import ACCOUNT_SID, AUTH_TOKEN, standing_in
from twilio.rest import Client

from helpers.lessons.workspace import PreparedWorkspace, prepare
from helpers.session.request_log import RequestLog
from helpers.session.session import Session

NPM_SECONDS = 300
PACKAGES = ["twilio@5", "twilio-cli@6"]


@pytest.fixture(scope="package")
def twilio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, dict[str, str]]]:
    """A client that looks at the TaskRouter in Twilio's place, and the programs' environment."""
    with standing_in(tmp_path_factory.mktemp("languages")) as (server, environment):
        nowhere_else = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
        client = Client(ACCOUNT_SID, AUTH_TOKEN, environment=nowhere_else)
        client.taskrouter.base_url = server.url
        client.http_client.session.trust_env = False
        yield client, environment
        client.http_client.session.close()


@pytest.fixture
def environment(twilio: tuple[Client, dict[str, str]]) -> dict[str, str]:
    return twilio[1]


@pytest.fixture
def lab(twilio: tuple[Client, dict[str, str]]) -> PreparedWorkspace:
    """The tutorial's Workspace, with Alice offline."""
    client, address = twilio[0], twilio[0].taskrouter.base_url
    session = Session(client, "local", address, RequestLog(), ACCOUNT_SID, AUTH_TOKEN)
    return prepare(session, "alice offline")


@pytest.fixture(scope="package")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which npm has installed Twilio's Node SDK and command line tool, both at once.

    On a computer without Node, or without a way to the packages, the test is skipped; not in CI.
    """

    def give_up(why: str) -> None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)

    program = shutil.which("npm")
    if not (program and shutil.which("node")):
        give_up("Twilio's programs for Node are not tried: there is no node with npm here.")
    folder = tmp_path_factory.mktemp("npm")
    command = [program, "install", "--no-package-lock", "--no-audit", "--no-fund"]
    command += ["--ignore-scripts", "--prefix", str(folder), *PACKAGES]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=NPM_SECONDS, check=False
    )
    if done.returncode:
        give_up(f"npm could not install {' and '.join(PACKAGES)}: {done.stderr.strip()[-300:]}")
    return folder / "node_modules"
