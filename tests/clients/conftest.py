"""Fixtures: a local TaskRouter at Twilio's address, and unmodified programs in other languages."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from fake_twilio import ACCOUNT_SID, AUTH_TOKEN, fake_twilio
from local_taskrouter.client import client_of
from twilio.rest import Client

from helpers.lessons.workspace import PreparedWorkspace, prepare
from helpers.session.request_log import RequestLog
from helpers.session.session import Session

NPM_SECONDS = 300
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


@pytest.fixture(scope="session")
def skip_outside_ci() -> Callable[[str], NoReturn]:
    """Skip the test for a reason, such as no network; in CI, fail."""
    return pytest.fail if os.environ.get("CI") else pytest.skip


@pytest.fixture(scope="package")
def node_modules(
    tmp_path_factory: pytest.TempPathFactory, skip_outside_ci: Callable[[str], NoReturn]
) -> Path:
    """The folder `node_modules` with Twilio's Node SDK and command line tool, installed by npm."""
    program = shutil.which("npm")
    if not (program and shutil.which("node")):
        skip_outside_ci("The Node SDK needs node and npm, which are not installed.")
    folder = tmp_path_factory.mktemp("npm")
    command = [program, "install", "--no-package-lock", "--no-audit", "--no-fund"]
    command += ["--ignore-scripts", "--prefix", str(folder), *PACKAGES]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=NPM_SECONDS, check=False
    )
    if done.returncode:
        skip_outside_ci(
            f"npm could not install {' and '.join(PACKAGES)}: {done.stderr.strip()[-300:]}"
        )
    return folder / "node_modules"
