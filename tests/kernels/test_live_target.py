"""The notebooks as they run on real Twilio: other credentials, another address, no loopback.

There is no account here. So an emulator stands in Twilio's place, behind its name and a certificate
(`stand_in.py`), and the SDK is what it always is. Everything is what `TASKROUTER_TARGET=live` does.
"""

import copy
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
import requests
from nbclient import NotebookClient
from stand_in import ACCOUNT_SID, AUTH_TOKEN, standing_in

from helpers.emulator.server import EmulatorServer
from helpers.refresh import NOTEBOOKS

CLONE = NOTEBOOKS.parent
EACH = pytest.mark.parametrize(
    "path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem
)


@pytest.fixture(scope="module")
def account(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[EmulatorServer, dict[str, str]]]:
    with standing_in(tmp_path_factory.mktemp("live")) as given:
        yield given


@pytest.fixture(scope="module")
def environment(account: tuple[EmulatorServer, dict[str, str]]) -> dict[str, str]:
    return account[1] | {"TASKROUTER_CALLBACK_PORT": str(free_port())}


@pytest.fixture
def workspaces(account: tuple[EmulatorServer, dict[str, str]]) -> Callable[[], list[str]]:
    """The names of the account's Workspaces now."""
    server = account[0]
    credentials = (ACCOUNT_SID, AUTH_TOKEN)

    def names() -> list[str]:
        found = requests.get(f"{server.url}/v1/Workspaces", auth=credentials, timeout=10).json()
        return [workspace["friendly_name"] for workspace in found["workspaces"]]

    return names


@pytest.fixture
def public(environment: dict[str, str]) -> dict[str, str]:
    """With a public URL: no tunnel leads here, so it is another name of the server's own address."""
    address = f"http://localhost:{environment['TASKROUTER_CALLBACK_PORT']}"
    return environment | {"TASKROUTER_PUBLIC_URL": address}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def live_run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """CONTRIBUTING's command."""
    command = [sys.executable, "-m", "pytest", "--live", "-q", "-rs", "-p", "no:cacheprovider"]
    inherited = [str(CLONE), *filter(None, [environment.get("PYTHONPATH")])]
    return subprocess.run(
        [*command, *arguments],
        cwd=CLONE,
        env=environment | {"PYTHONPATH": os.pathsep.join(inherited)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@EACH
def test_the_stored_outputs_are_those_of_a_live_run(
    path: Path, public: dict[str, str], workspaces: Callable[[], list[str]]
):
    before = workspaces()
    done = live_run(public, str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    cells = nbformat.read(path, as_version=4).cells
    local_only = ["local-only" in cell.metadata.get("tags", []) for cell in cells]
    count = re.search(r"(\d+) passed", done.stdout)
    skipped = re.search(r"(\d+) skipped", done.stdout)
    code = sum(cell.cell_type == "code" for cell in cells)
    assert int(count[1]) == code - sum(local_only)
    assert sum(local_only) == (int(skipped[1]) if skipped else 0)
    assert ("needs the local TaskRouter" in done.stdout) == any(local_only)
    assert workspaces() == before, "the account is as it was"
    assert AUTH_TOKEN not in done.stdout + done.stderr


def test_an_output_that_differs_is_reported(tmp_path: Path, public: dict[str, str]):
    notebook = nbformat.read(NOTEBOOKS / "01-alice-offline.ipynb", as_version=4)
    [changed] = [
        cell
        for cell in notebook.cells
        if cell.source.startswith("alice = ") and "fetch" in cell.source
    ]
    changed.outputs[0].text = "Alice | Lunch | available: True\n"
    nbformat.write(notebook, tmp_path / "changed.ipynb")
    # The clone's conftest.py beside it: the notebook is in no folder of the clone.
    settings = ["--rootdir", str(CLONE), "-c", str(CLONE / "pyproject.toml")]
    conftest = str(CLONE / "conftest.py")
    done = live_run(public, *settings, conftest, str(tmp_path / "changed.ipynb"))
    assert done.returncode == 1 and "1 failed" in done.stdout
    assert "Alice | Lunch | available: True" in done.stdout


def test_a_live_run_without_an_account_says_what_is_missing(environment: dict[str, str]):
    bare = {name: value for name, value in environment.items() if "TWILIO" not in name}
    done = live_run(bare | {"TWILIO_CONFIG_DIR": "nowhere"}, str(NOTEBOOKS))
    assert done.returncode != 0
    assert "TWILIO_ACCOUNT_SID is not set" in done.stdout + done.stderr


@EACH
def test_every_check_passes_without_a_public_url(path: Path, environment: dict[str, str]):
    printed = printed_by(path, environment | {"TASKROUTER_TARGET": "live"})

    if "print(server.note)" in path.read_text("utf-8"):
        assert "Twilio cannot call this server" in printed
    assert AUTH_TOKEN not in printed


def printed_by(path: Path, environment: dict[str, str]) -> str:
    """Run the notebook, every check of which must pass; what it printed."""
    notebook = copy.deepcopy(nbformat.read(path, as_version=4))
    for cell in notebook.cells:
        if "local-only" in cell.metadata.get("tags", []):
            cell.source = ""
    folder = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=60, kernel_name="python3", resources=folder)
    client.execute(env=environment, stderr=subprocess.DEVNULL)
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", [])]
    return "".join(one.get("text", "") for one in outputs)
