"""Notebooks opened but not run: in JupyterLab, trusted or not, and as a page like GitHub's."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from browser_tab import violations
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import BrowserContext, Page, expect

from helpers.controls import __all__ as PANELS
from helpers.installation import CLONE
from tools.refresh import normalize, run

COMMITTED = sorted((CLONE / "notebooks").glob("*.ipynb"))
MAKE = {"activity_toggle": "controls.activity_toggle(lab, lab.bob_sid)"}
START = 'from helpers import connect, controls, prepare\nlab = prepare(connect(), "task waiting")'
WITHOUT_A_KERNEL = ("Error displaying widget", "Loading widget", "model not found")
TEXTS = (
    "Bob: [Offline] [Available] [Unavailable] [✓ Idle]",
    "[10 seconds later] [2 minutes later] [20 minutes later]",
    "Bob (en): Idle",
    "1 Task waits.",
    "Request inspector. Your server received",
    "There is no Reservation yet.",
    "[Create Task]",
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook with every panel, run and stored like the committed ones."""
    cells = [START, *(MAKE.get(name, f"controls.{name}(lab)") for name in PANELS)]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    run(notebook, CLONE)
    normalize(notebook)
    path = tmp_path_factory.mktemp("stored") / "every-panel.ipynb"
    nbformat.write(notebook, path)
    return path


def open_stored(tab, stored: Path, trusted: bool) -> None:
    """Open a copy that has not been run in this JupyterLab. All copies share one kernel."""
    path = f"notebooks/opened-{'trusted' if trusted else 'untrusted'}-{stored.name}"
    copy = Path(tab.server["clone"], path)
    shutil.copy(stored, copy)
    if trusted:
        environment = {**os.environ, "JUPYTER_DATA_DIR": tab.server["data"]}
        command = [sys.executable, "-m", "jupyter", "trust", str(copy)]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    tab.open(path, keep_kernel=True)
    assert tab.is_trusted() is trusted


def is_readable(tab) -> None:
    for text in WITHOUT_A_KERNEL:
        expect(tab.page.get_by_text(text)).to_have_count(0)
    expect(tab.outputs.locator("button, input, select, textarea")).to_have_count(0)
    # Untrusted tables lose their styles, so a long URL does not wrap: such a table scrolls, which
    # Chromium does by keyboard too.
    found = [one for one in tab.violations() if not one.startswith("scrollable-region-focusable")]
    assert found == []


@pytest.mark.parametrize("trusted", [False, True], ids=["untrusted", "trusted"])
def test_every_panel_is_text_before_it_runs(tab, stored, trusted):
    open_stored(tab, stored, trusted)
    for text in TEXTS:
        expect(tab.outputs.get_by_text(text).first).to_be_visible()
    is_readable(tab)
    tab.shot(f"opened-{'trusted' if trusted else 'untrusted'}")


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_lesson_is_readable_before_it_runs(tab, path):
    open_stored(tab, path, trusted=False)
    expect(tab.outputs.first).to_be_visible()
    is_readable(tab)


@pytest.fixture(scope="module")
def show(window: BrowserContext) -> Iterator[Callable[[Path], Page]]:
    """Show a notebook as static HTML, without network or kernel."""
    page = window.new_page()
    page.route("**/*", lambda route: route.abort())
    exporter = HTMLExporter(template_name="lab")

    def show_as_a_page(path: Path) -> Page:
        html, _ = exporter.from_filename(str(path))
        page.set_content(html, wait_until="domcontentloaded")
        return page

    yield show_as_a_page
    page.close()


def panel_outputs(notebook: NotebookNode) -> list[str]:
    """The stored text of the cells that show a panel."""
    return [
        output.data["text/plain"]
        for cell in notebook.cells
        if cell.cell_type == "code" and "controls." in cell.source.splitlines()[-1]
        for output in cell.outputs
        if "data" in output
    ]


@pytest.mark.parametrize("name", ["every-panel", *(path.stem for path in COMMITTED)])
def test_static_page_shows_stored_output_and_no_controls(show, stored, name):
    path = next((one for one in COMMITTED if one.stem == name), stored)
    page = show(path)
    shown = page.locator(".jp-OutputArea").all_inner_texts()
    for text in panel_outputs(nbformat.read(path, as_version=4)):
        assert any(text.splitlines()[0] in one for one in shown)
    expect(page.locator(".jp-OutputArea").locator("button, input, select")).to_have_count(0)
    expect(page.locator('script[type*="widget"]')).to_have_count(0)
    assert violations(page) == []
