"""Take the README's picture of a lesson, light and dark: ``python -m tools.picture``.

Runs the first notebook in JupyterLab and Chromium, to the cell in which a Task reaches Alice, and
stores what a learner sees then. Fonts are those of this machine.
"""

import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tools.sandbox import isolate, stop_emulator

CLONE = Path(__file__).resolve().parent.parent
sys.path.append(str(CLONE / "tests"))  # the tests' JupyterLab and its page

from browser_tab import Tab
from lab_process import running_lab, write_settings

FOLDER = CLONE / "docs" / "pictures"
NOTEBOOK = "00-start-here.ipynb"
CELL = 'wait_for("a Worker is asked"'
LEFT = {"Light": "19 min 45 s", "Dark": "19 min 40 s"}  # Alice's time, when the picture is taken
WIDTH, HEIGHT, SCALE = 1120, 600, 2
LESS = """() => {
  for (const name of [
    "notebook:clear-all-cell-outputs", "application:toggle-left-area", "application:toggle-mode"]) {
    jupyterapp.commands.execute(name);
  }
  document.body.style.cursor = "none";
}"""
TO_THE_TOP = """(cell) => {
  const panel = cell.closest(".jp-WindowedPanel-outer, .jp-Notebook");
  panel.scrollTop += cell.getBoundingClientRect().top - panel.getBoundingClientRect().top - 12;
}"""


def take(page: Page, server: dict[str, str]) -> dict[str, bytes]:
    """Run the notebook to CELL and return a picture of the window for each theme, as PNG."""
    tab = Tab(page, server)
    tab.open(NOTEBOOK)
    page.evaluate(LESS)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    tab.run_through(CELL)
    floor = tab.output_of(CELL)
    pictures = {}
    for theme, left in LEFT.items():
        tab.set_theme(f"JupyterLab {theme}")
        page.locator("p", has_text="Now create the Task").evaluate(TO_THE_TOP)
        floor.get_by_text(f"{left} left").first.wait_for()
        pictures[theme.lower()] = page.screenshot(animations="disabled", caret="hide")
    return pictures


def store(name: str, picture: bytes) -> Path:
    """Store a picture in few bytes, without loss."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.webp"
    Image.open(io.BytesIO(picture)).save(path, lossless=True, quality=100, method=6)
    return path


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        isolate(os.environ, scratch / "home")
        copy = scratch / "notebooks"
        copy.mkdir()
        write_settings(scratch)
        try:
            with running_lab(scratch, cwd=copy) as lab, sync_playwright() as playwright:
                server = {**lab, "clone": str(copy), "data": str(scratch / "JUPYTER_DATA_DIR")}
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox"]
                )
                page = browser.new_page(device_scale_factor=SCALE, reduced_motion="reduce")
                for theme, picture in take(page, server).items():
                    path = store(f"lesson-{theme}", picture)
                    print(f"{path.relative_to(CLONE)}: {path.stat().st_size:,} bytes")
                browser.close()
        finally:
            stop_emulator(os.environ)


if __name__ == "__main__":
    main()
