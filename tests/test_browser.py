"""The first notebook in JupyterLab in a real browser; skipped where there is none."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import requests
from lab_process import running_lab
from playwright.sync_api import Page, expect, sync_playwright

from helpers.checks import wait_for
from helpers.lab import CLONE, FIRST_NOTEBOOK

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on the PATH")

MILLISECONDS = 60_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[dict[str, str]]:
    """JupyterLab on a copy of the clone (what a browser runs, it saves), nothing in it run yet."""
    copy = tmp_path / "clone"
    for folder in ("helpers", "notebooks"):
        shutil.copytree(CLONE / folder, copy / folder)
    notebook = nbformat.read(copy / FIRST_NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(execution_count=None, outputs=[])
    nbformat.write(notebook, copy / FIRST_NOTEBOOK)
    settings = tmp_path / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # An older JupyterLab keeps a cell out of the page until it is scrolled to.
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}', "utf-8")
    with running_lab(tmp_path, cwd=copy) as server:
        yield server


@pytest.fixture
def tab() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 1600})
        tab.set_default_timeout(MILLISECONDS)
        yield tab
        browser.close()


def kernel_is_ready(server: dict[str, str]) -> bool:
    """Asked of the server: JupyterLab's own indicator says "idle" before there is a kernel."""
    authorization = {"Authorization": f"token {server['token']}"}
    answer = requests.get(f"{server['url']}api/kernels", headers=authorization, timeout=30)
    kernels = answer.json() if answer.ok else []
    return any(k["connections"] > 0 and k["execution_state"] == "idle" for k in kernels)


def test_the_first_notebook_runs_and_draws_its_control(server: dict[str, str], tab: Page):
    tab.goto(f"{server['url']}lab/tree/{FIRST_NOTEBOOK}?token={server['token']}&reset")
    cells = tab.locator(".jp-Notebook .jp-CodeCell")
    cells.first.wait_for()
    wait_for("the kernel is ready", lambda: kernel_is_ready(server), timeout=60)

    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.locator('li[data-command="runmenu:run-all"]').click()
    last = cells.last.locator(".jp-InputPrompt")
    errors = tab.locator('.jp-OutputArea [data-mime-type="application/vnd.jupyter.error"]')
    done = f"[{cells.count()}]:"
    wait_for("it has run", lambda: last.inner_text() == done or errors.count() > 0, timeout=60)

    assert errors.all_inner_texts() == []
    assert tab.get_by_text("Error displaying widget").count() == 0
    assert tab.locator(".jp-OutputArea table").count() > 0
    button = tab.locator(".jp-OutputArea").get_by_role("button", name="Click me")
    button.click()
    expect(tab.locator(".jp-OutputArea").get_by_text("Clicked once")).to_be_visible()
