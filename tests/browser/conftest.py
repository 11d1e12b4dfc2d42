"""One JupyterLab and one Chromium for the tests of a process, one page for each file.

The tests are skipped where there is no browser. The fixtures close Chromium after this package,
because an open Playwright holds the event loop that nbval needs.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from browser_tab import WINDOW, Tab
from installing import npm_install
from lab_process import running_lab, write_settings
from playwright.sync_api import BrowserContext, Locator, expect, sync_playwright
from smaller_day import PATHS, read_notebook
from timeout import SECONDS

from helpers.installation import CLONE
from helpers.lessons.workspace import PreparedWorkspace, prepare
from helpers.session.connect import connect
from helpers.session.session import Session

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
# The tests need no network; a browser that tries to reach one waits.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MILLISECONDS = SECONDS * 1000
expect.set_options(timeout=MILLISECONDS)
# These panels poll every 0.25 s, so that tests wait less. Lessons keep the normal interval.
START = """from helpers import connect, controls, prepare
from helpers.controls.follow import poller
poller.stop_all()
poller.TICK = poller.SECONDS_BETWEEN["local"] = 0.25
lab = prepare(connect(), "task waiting")"""
PANELS = (
    "controls.workers(lab)",
    "controls.tasks(lab)",
    "controls.reservation(lab)",
    "controls.lifecycle(lab)",
    "controls.requests(lab)",
    "controls.clock(lab)",
    "controls.floor(lab)",
    "controls.task_form(lab)",
    "controls.activity_toggle(lab, lab.bob_sid)",
)
# The poller calls its listeners in order. This one is the last, so when its number grows, every
# panel has handled an update.
UPDATES = """from ipywidgets import IntText
updates = IntText(description="Updates")
def count(update):
    updates.value += 1
poller.poller_for(lab).subscribe(count, needs_snapshots=False)
updates"""
NOTEBOOK = "notebooks/all-panels.ipynb"


@pytest.fixture(scope="package")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """JupyterLab on a copy of the clone, since a browser saves what it runs; no cell has run."""
    scratch = tmp_path_factory.mktemp("lab")
    copy = scratch / "clone"
    shutil.copytree(CLONE / "helpers", copy / "helpers")
    (copy / "notebooks").mkdir()
    for path in PATHS:
        notebook = read_notebook(path)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.update(execution_count=None, outputs=[])
        nbformat.write(notebook, copy / "notebooks" / path.name)
    write_settings(scratch)
    with running_lab(scratch, cwd=copy) as server:
        yield {**server, "clone": str(copy), "data": str(scratch / "JUPYTER_DATA_DIR")}


@pytest.fixture(scope="package")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example, built as its instructions say."""
    folder = tmp_path_factory.mktemp("example") / "agent-desk"
    shutil.copytree(CLONE / "examples" / "agent-desk", folder)
    npm_install(folder)
    build = [str(shutil.which("npm")), "run", "build"]
    done = subprocess.run(
        build, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="package")
def window() -> Iterator[BrowserContext]:
    """A browser window; its pages share a cache."""
    if BROWSER is None:
        pytest.skip("no Chromium or Chrome on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=OPTIONS)
        context = browser.new_context(viewport=WINDOW, reduced_motion="reduce")
        context.set_default_timeout(MILLISECONDS)
        yield context
        browser.close()


@pytest.fixture(scope="module")
def tab(window: BrowserContext, lab_server: dict[str, str]) -> Iterator[Tab]:
    """The page that the tests of a file share; each begins with `open`, `open_cells` or `show`."""
    tab = Tab(window.new_page(), lab_server)
    yield tab
    tab.close()


@pytest.fixture
def empty() -> Callable[[], Session]:
    """Empties the notebooks' TaskRouter and resets its clock."""

    def empty_taskrouter() -> Session:
        session = connect()
        answer = session.client.request("POST", f"{session.address}/emulator/reset")
        assert answer.ok
        return session

    return empty_taskrouter


@pytest.fixture(autouse=True)
def taskrouter(empty: Callable[[], Session]) -> Session:
    """The notebooks' TaskRouter, empty when a test begins, to read and change from outside."""
    return empty()


@pytest.fixture
def lab(taskrouter: Session) -> PreparedWorkspace:
    """The notebooks' Workspace, to read and change from outside."""
    return prepare(taskrouter, "anything")


@pytest.fixture
def run(tab: Tab) -> Callable[[str], None]:
    """Opens a lesson, runs all of it, and inspects it in both themes."""

    def open_and_run(name: str) -> None:
        tab.open(f"notebooks/{name}.ipynb")
        tab.run_all()
        tab.inspect()

    return open_and_run


@pytest.fixture
def panels(tab: Tab, lab: PreparedWorkspace) -> dict[str, Locator]:
    """The output of each panel by name, in a notebook that has run."""
    tab.show(NOTEBOOK, START, *PANELS, UPDATES)
    return {code.split("(")[0].removeprefix("controls."): tab.output_of(code) for code in PANELS}
