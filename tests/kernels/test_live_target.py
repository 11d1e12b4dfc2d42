"""The notebooks as they run on real Twilio: other credentials, another address, no loopback.

These tests need no account. An emulator answers at Twilio's name with a certificate
(`fake_twilio.py`). The SDK is unmodified; `TASKROUTER_TARGET=live` sets the rest.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
import requests
from fake_twilio import ACCOUNT_SID, AUTH_TOKEN, fake_twilio
from free_port import free_port
from local_taskrouter.http.server import EmulatorServer
from nbclient import NotebookClient
from smaller_day import PATHS, with_smaller_day

from tools.refresh import NOTEBOOKS

CLONE = NOTEBOOKS.parent
# Only a server that Twilio calls reads the public URL; the other notebooks run the same without it.
SERVES = [path for path in PATHS if "server.note" in path.read_text("utf-8")]


@pytest.fixture(scope="module")
def account(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[EmulatorServer, dict[str, str]]]:
    with fake_twilio(tmp_path_factory.mktemp("live")) as given:
        yield given


@pytest.fixture(scope="module")
def environment(account: tuple[EmulatorServer, dict[str, str]]) -> dict[str, str]:
    return account[1] | {"TASKROUTER_CALLBACK_PORT": str(free_port())}


@pytest.fixture
def workspaces(account: tuple[EmulatorServer, dict[str, str]]) -> Callable[[], list[str]]:
    """A function that lists the names of the account's Workspaces."""
    server = account[0]
    credentials = (ACCOUNT_SID, AUTH_TOKEN)

    def names() -> list[str]:
        found = requests.get(f"{server.url}/v1/Workspaces", auth=credentials, timeout=10).json()
        return [workspace["friendly_name"] for workspace in found["workspaces"]]

    return names


@pytest.fixture
def public(environment: dict[str, str]) -> dict[str, str]:
    """With a public URL. In place of a tunnel, it is another name for the server's address."""
    address = f"http://localhost:{environment['TASKROUTER_CALLBACK_PORT']}"
    return environment | {"TASKROUTER_PUBLIC_URL": address}


def live_run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run CONTRIBUTING's command, with the clone's settings for notebooks in any folder."""
    command = [sys.executable, "-m", "pytest", "--live", "-q", "-rs", "-p", "no:cacheprovider"]
    settings = ["--rootdir", str(CLONE), "-c", str(CLONE / "pyproject.toml")]
    inherited = [str(CLONE), *filter(None, [environment.get("PYTHONPATH")])]
    return subprocess.run(
        [*command, *settings, str(CLONE / "conftest.py"), *arguments],
        cwd=CLONE,
        env=environment | {"PYTHONPATH": os.pathsep.join(inherited)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def counts(report: Path) -> dict[str, Counter[str]]:
    """The outcomes of each file in a JUnit XML report: how many tests or cells had each."""
    found: dict[str, Counter[str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        outcome = next((child.tag for child in case), "passed")
        found.setdefault(case.attrib["classname"], Counter())[outcome] += 1
    return found


def expected(path: Path) -> Counter[str]:
    cells = nbformat.read(path, as_version=4).cells
    return Counter(
        "skipped" if "local-only" in cell.metadata.get("tags", []) else "passed"
        for cell in cells
        if cell.cell_type == "code"
    )


def test_live_run_matches_the_stored_outputs_and_leaves_the_account_unchanged(
    tmp_path: Path, public: dict[str, str], workspaces: Callable[[], list[str]]
):
    """Run all notebooks at once. 09 uses a local TaskRouter, so it leaves no Workspace behind."""
    before = workspaces()
    report = tmp_path / "report.xml"
    *lessons, day = with_smaller_day(tmp_path)
    not_a_notebook = CLONE / "tests" / "test_sanitize.py"
    completed = live_run(public, f"--junitxml={report}", *map(str, [*lessons, day, not_a_notebook]))
    assert completed.returncode == 0, completed.stdout + completed.stderr
    in_clone = {f"notebooks.{path.name}": expected(path) for path in lessons}
    assert counts(report) == in_clone | {"": expected(day)}  # "": a file outside the clone
    assert "this cell needs the local TaskRouter" in completed.stdout
    assert workspaces() == before
    assert AUTH_TOKEN not in completed.stdout + completed.stderr + report.read_text("utf-8")


def test_live_run_reports_an_output_that_differs(tmp_path: Path, public: dict[str, str]):
    notebook = nbformat.read(NOTEBOOKS / "01-alice-offline.ipynb", as_version=4)
    [number] = [
        number
        for number, cell in enumerate(notebook.cells)
        if cell.source.startswith("alice = ") and "fetch" in cell.source
    ]
    notebook.cells[number].outputs[0].text = "Alice | Lunch | available: True\n"
    del notebook.cells[number + 1 :]
    nbformat.write(notebook, tmp_path / "changed.ipynb")
    completed = live_run(public, str(tmp_path / "changed.ipynb"))
    assert completed.returncode == 1 and "1 failed, 2 passed" in completed.stdout
    assert "Alice | Lunch | available: True" in completed.stdout


def test_live_run_without_an_account_names_the_missing_variable(environment: dict[str, str]):
    bare = {name: value for name, value in environment.items() if "TWILIO" not in name}
    completed = live_run(bare | {"TWILIO_CONFIG_DIR": "nowhere"}, str(NOTEBOOKS))
    assert completed.returncode != 0
    assert "TWILIO_ACCOUNT_SID is not set" in completed.stdout + completed.stderr


@pytest.mark.parametrize("path", SERVES, ids=lambda path: path.stem)
def test_notebooks_pass_without_a_public_url(path: Path, environment: dict[str, str]):
    printed = printed_by(path, environment | {"TASKROUTER_TARGET": "live"})
    assert "Twilio cannot call this server" in printed
    assert AUTH_TOKEN not in printed


def printed_by(path: Path, environment: dict[str, str]) -> str:
    """Run the notebook, and return what it printed. Fails when a check does."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if "local-only" in cell.metadata.get("tags", []):
            cell.source = ""
    folder = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=60, kernel_name="python3", resources=folder)
    client.execute(env=environment, stderr=subprocess.DEVNULL)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.get("text", "") for output in outputs)
