"""One JupyterLab and one Chromium for all tests here; skipped where there is no browser.

Both end with this package: a browser that is still open would keep the event loop that nbval needs.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from lab_process import running_lab
from nbformat.v4 import new_code_cell, new_notebook
from patience import SECONDS, eventually
from playwright.sync_api import BrowserContext, Locator, Page, expect, sync_playwright

from helpers.connection import connect
from helpers.lab import CLONE
from helpers.session import Session
from helpers.workspace import Lab, prepare

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
SCREENSHOTS = Path(__file__).parent / "screenshots"
MILLISECONDS = SECONDS * 1000
expect.set_options(timeout=MILLISECONDS)
WINDOW = {"width": 1280, "height": 1600}
CELLS = (
    'from helpers import connect, controls, prepare\nlab = prepare(connect(), "task waiting")',
    "controls.workers(lab)",
    "controls.tasks(lab)",
    "controls.reservation(lab)",
    "controls.lifecycle(lab)",
    "controls.requests(lab)",
    "controls.clock(lab)",
    "controls.floor(lab)",
    "controls.task_form(lab)",
    "controls.activity_toggle(lab, lab.bob_sid)",
    "from helpers.controls.watch import watch_for\nprint(len(watch_for(lab)._listeners), 'follow')",
)
NOTEBOOK = "notebooks/all-panels.ipynb"
KERNEL_SETTINGS = {
    # An older JupyterLab keeps a cell out of the page until it is scrolled to.
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
}


@pytest.fixture(scope="package")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """JupyterLab on a copy of the clone (what a browser runs, it saves), nothing in it run yet."""
    scratch = tmp_path_factory.mktemp("lab")
    copy = scratch / "clone"
    for folder in ("helpers", "notebooks"):
        shutil.copytree(CLONE / folder, copy / folder)
    for file in (copy / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(file, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.update(execution_count=None, outputs=[])
        nbformat.write(notebook, file)
    for name, settings in KERNEL_SETTINGS.items():
        file = scratch / "JUPYTERLAB_SETTINGS_DIR" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings), "utf-8")
    # A question about news would lie over the notebook; the tests change the theme by command.
    page_config = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    files = {
        "labconfig/page_config.json": page_config,
        "jupyter_server_config.json": {"LabApp": {"expose_app_in_browser": True}},
    }
    for name, content in files.items():
        file = scratch / "JUPYTER_CONFIG_DIR" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content), "utf-8")
    with running_lab(scratch, cwd=copy) as server:
        yield {**server, "clone": str(copy), "data": str(scratch / "JUPYTER_DATA_DIR")}


@pytest.fixture(scope="package")
def window() -> Iterator[BrowserContext]:
    """A browser window; its pages share what they have loaded."""
    if BROWSER is None:
        pytest.skip("no Chromium or Chrome on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        context = browser.new_context(viewport=WINDOW, reduced_motion="reduce")
        context.set_default_timeout(MILLISECONDS)
        yield context
        browser.close()


@pytest.fixture
def tab(window: BrowserContext, lab_server: dict[str, str]) -> Iterator["Tab"]:
    tab = Tab(window.new_page(), lab_server)
    yield tab
    tab.close()


@pytest.fixture
def taskrouter() -> Session:
    """The TaskRouter that the notebooks use, for looking at it and changing it from outside."""
    return connect()


@pytest.fixture
def axe_of() -> Callable[[Page], list[str]]:
    """Asks axe about the output areas of a page; each violation as "rule: element"."""
    return axe_violations


def axe_violations(page: Page) -> list[str]:
    found = Axe().run(page, context=".jp-OutputArea-output")
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


@pytest.fixture
def panels(tab: "Tab") -> dict[str, Locator]:
    """The output of each panel by its name; a notebook with all of them has run."""
    tab.open_cells(NOTEBOOK, *CELLS)
    tab.run_all()
    return {
        code.split("(")[0].removeprefix("controls."): tab.output_of(code) for code in CELLS[1:-1]
    }


@pytest.fixture
def lab(panels: dict[str, Locator], taskrouter: Session) -> Lab:
    """The Workspace that the panels show; what is in it stays as it is."""
    return prepare(taskrouter, "anything")


class Tab:
    """One notebook in JupyterLab, in a tab of the browser."""

    def __init__(self, page: Page, server: dict[str, str]) -> None:
        self.page = page
        self.server = server
        self.path = ""

    @property
    def cells(self) -> Locator:
        return self.page.locator(".jp-Notebook .jp-CodeCell")

    @property
    def outputs(self) -> Locator:
        """The output areas of the notebook."""
        return self.page.locator(".jp-Notebook .jp-CodeCell .jp-Cell-outputArea")

    def open(self, path: str) -> None:
        """Open a notebook of the clone, and wait until its kernel is ready."""
        self.path = path
        self.page.goto(f"{self.server['url']}lab/tree/{path}?token={self.server['token']}&reset")
        self.cells.first.wait_for()
        eventually("the kernel is ready", self._kernel_is_ready)

    def open_cells(self, path: str, *cells: str) -> None:
        """Make a notebook of these cells, and open it."""
        content = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        content.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(content, Path(self.server["clone"]) / path)
        self.open(path)

    def run_all(self) -> None:
        """Choose Run All in the menu, and wait until every cell has run or one has failed."""
        before = max(self._prompts(), default=0)
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.locator('li[data-command="runmenu:run-all"]').click()
        eventually("it has run", lambda: self._has_run(before) or self.errors())
        assert self.errors() == []
        assert self.page.get_by_text("Error displaying widget").count() == 0

    def run_through(self, code: str) -> None:
        """Run the cells from the top to the first that contains `code`, and no others."""
        cell = self.cells.filter(has_text=code).first
        before = max(self._prompts(), default=0)
        cell.locator(".jp-InputArea-prompt").click()
        for command in ("notebook:run-all-above", "notebook:run-cell"):
            self.page.evaluate("name => jupyterapp.commands.execute(name)", command)
        prompt = cell.locator(".jp-InputArea-prompt")
        eventually("it has run", lambda: _number(prompt.inner_text()) > before or self.errors())
        assert self.errors() == []

    def errors(self) -> list[str]:
        kind = '[data-mime-type="application/vnd.jupyter.error"]'
        return self.page.locator(f".jp-OutputArea {kind}").all_inner_texts()

    def output_of(self, code: str) -> Locator:
        """The output area of the first cell whose source contains `code`."""
        return self.cells.filter(has_text=code).first.locator(".jp-Cell-outputArea")

    def press(self, control: Locator, key: str = "Enter") -> None:
        """Use a control by the keyboard alone, once it can be used: else it takes no focus."""
        expect(control).to_be_visible()
        expect(control).to_be_enabled()
        control.focus()
        expect(control).to_be_focused()
        self.page.keyboard.press(key)

    def set_theme(self, name: str) -> None:
        """ "JupyterLab Light" or "JupyterLab Dark" """
        change = "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})"
        self.page.evaluate(change, name)
        wanted = "false" if "Dark" in name else "true"
        self.page.locator(f'body[data-jp-theme-light="{wanted}"]').wait_for(state="attached")

    def give_outputs(self, width: int) -> None:
        """Make the window so wide that every output area has this width, in pixels.

        JupyterLab lays out a new window when it has time: a width is measured before, not after.
        """
        beside = self.page.viewport_size["width"] - self._widths()[0]
        self.page.set_viewport_size({"width": round(beside + width), "height": WINDOW["height"]})
        eventually(
            f"the outputs are {width} pixels wide",
            lambda: all(abs(one - width) < 2 for one in self._widths()),
        )

    def reload(self) -> None:
        """Save the notebook and load the page again; every control is there again."""
        controls = self.outputs.locator(".taskrouter-panel").count()
        self.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
        self.page.reload()
        self.cells.first.wait_for()
        eventually("the kernel is ready", self._kernel_is_ready)
        expect(self.outputs.locator(".taskrouter-panel")).to_have_count(controls)
        assert self.page.get_by_text("Error displaying widget").count() == 0

    def inspect(self) -> None:
        """Take pictures in both themes; axe finds nothing in either."""
        for theme in ("Light", "Dark"):
            self.set_theme(f"JupyterLab {theme}")
            self.shot(f"{Path(self.path).stem}-{theme.lower()}")
            assert self.violations() == []

    def shot(self, name: str, of: Locator | None = None) -> None:
        """Write a picture of the page, or of one part, to the folder of screenshots."""
        SCREENSHOTS.mkdir(exist_ok=True)
        (of or self.page).screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")

    def violations(self) -> list[str]:
        """What axe finds in the output areas, each as "rule: element"."""
        return axe_violations(self.page)

    def is_trusted(self) -> bool:
        """Whether JupyterLab trusts every cell of the notebook as it is stored."""
        cells = self._ask("GET", f"contents/{self.path}").json()["content"]["cells"]
        return all(cell["metadata"].get("trusted", True) for cell in cells)

    def close(self) -> None:
        """Close the tab without saving, and end the notebook's kernel."""
        self.page.close(run_before_unload=False)
        for session in self._ask("GET", "sessions").json():
            self._ask("DELETE", f"sessions/{session['id']}")

    def _widths(self) -> list[float]:
        measure = "areas => areas.map((one) => one.getBoundingClientRect().width)"
        return [width for width in self.outputs.evaluate_all(measure) if width]

    def _has_run(self, before: int) -> bool:
        return all(number > before for number in self._prompts())

    def _prompts(self) -> list[int]:
        """The number of each cell's latest run; 0 while it has none."""
        found = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-prompt")
        return [_number(text) for text in found.all_inner_texts()]

    def _kernel_is_ready(self) -> bool:
        """Asked of the server: JupyterLab's own indicator says "idle" before there is a kernel."""
        answer = self._ask("GET", "sessions")
        kernels = [one["kernel"] for one in answer.json() if one["path"] == self.path]
        return any(k["connections"] > 0 and k["execution_state"] == "idle" for k in kernels)

    def _ask(self, method: str, what: str) -> Any:
        authorization = {"Authorization": f"token {self.server['token']}"}
        url = f"{self.server['url']}api/{what}"
        answer = requests.request(method, url, headers=authorization, timeout=SECONDS)
        answer.raise_for_status()
        return answer


def _number(prompt: str) -> int:
    """Of a cell's prompt, "[3]:"; 0 while it has not run."""
    number = prompt.strip("[]: ")
    return int(number) if number.isdigit() else 0
