"""Eleven panels in JupyterLab and Chromium: ``python benchmarks/panels.py``.

Needs Chromium or Chrome, and `pip install -e ".[tiers]"`. Counts the messages between kernel and page,
and their bytes: to run each cell, for a press, and at rest. Reports the processor time of the page at
rest beside that of the same page once its panels are closed, and the time from a press to the picture
beside that of a bare widget that only answers.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

CLONE = Path(__file__).parents[1]
sys.path.append(str(CLONE / "tests"))

from browser_tab import Tab, activity_of
from lab_process import running_lab, write_settings

START = """from helpers import connect, controls, prepare
from helpers.controls.follow import poller
lab = prepare(connect(), "task waiting")"""
BARE = """import anywidget
from traitlets import Int
class Bare(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
      const button = document.createElement("button");
      button.textContent = "Bare 0";
      button.onclick = () => model.send({});
      model.on("change:presses", () => { button.textContent = `Bare ${model.get("presses")}`; });
      el.append(button);
    } };'''
    presses = Int().tag(sync=True)
    def __init__(self):
        super().__init__()
        self.on_msg(self.count)
    def count(self, *_):
        self.presses += 1
Bare()"""
PANELS = (
    "controls.workers(lab)",
    "controls.tasks(lab)",
    "controls.reservation(lab)",
    "controls.lifecycle(lab)",
    "controls.requests(lab)",
    "controls.clock(lab)",
    "controls.floor(lab)",
    "controls.task_form(lab)",
    "controls.playground(lab)",
    "controls.activity_toggle(lab, lab.alice_sid)",
    "controls.activity_toggle(lab, lab.bob_sid)",
)
CLOSE = "from ipywidgets import Widget; poller.stop_all(); Widget.close_all()"
PRESSES = 20
# Click, and return the milliseconds until `shown` has changed and is drawn.
TIMED = """([control, shown]) => new Promise((resolve) => {
  const before = performance.now();
  new MutationObserver((_, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - before)));
  }).observe(shown, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["data-state"] });
  control.click();
})"""
PIXELS = {"width": 1400, "height": 1600}


class Traffic:
    """Messages between the page and its kernels."""

    def __init__(self, page: Page) -> None:
        self.messages = self.bytes = 0
        page.on("websocket", self._follow)

    def during(self, what: Callable[[], object]) -> tuple[int, int]:
        """Return how many messages and bytes went both ways."""
        messages, size = self.messages, self.bytes
        what()
        return self.messages - messages, self.bytes - size

    def _follow(self, socket: WebSocket) -> None:
        if "/api/kernels/" in socket.url:
            socket.on("framereceived", self._count)
            socket.on("framesent", self._count)

    def _count(self, frame: bytes | str) -> None:
        self.messages += 1
        self.bytes += len(frame)


def main() -> None:
    browser_path = next(
        filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None
    )
    if browser_path is None:
        sys.exit("There is no Chromium or Chrome on the PATH.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        scratch = Path(folder)
        os.environ["TASKROUTER_HOME"] = str(scratch / "home")
        shutil.copytree(CLONE / "helpers", scratch / "clone" / "helpers")
        (scratch / "clone" / "notebooks").mkdir()
        shutil.copy(CLONE / "notebooks" / "00-start-here.ipynb", scratch / "clone" / "notebooks")
        write_settings(scratch)
        with running_lab(scratch, scratch / "clone") as server:
            browser = playwright.chromium.launch(
                executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport=PIXELS)
            page.set_default_timeout(60_000)
            measure(browser, page, {**server, "clone": str(scratch / "clone")})
            browser.close()


def measure(browser: Browser, page: Page, server: dict[str, str]) -> None:
    traffic, tab = Traffic(page), Tab(page, server)
    tab.open_cells("notebooks/panels.ipynb", START, BARE, *PANELS, CLOSE)
    tab.run_through("import anywidget")
    opened = []
    for code in PANELS:
        opened.append(traffic.during(lambda code=code: run_cell(tab, code)))
        print(f"{code:46} {line(opened[-1])}")
    print(f"{'all of them':46} {line(tuple(map(sum, zip(*opened, strict=True))))}")
    workers, desk, clock = (tab.output_of(PANELS[n]) for n in (0, 2, 5))
    print(f"{'5 s at rest':46} {line(traffic.during(lambda: page.wait_for_timeout(5_000)))}")
    idle = activity_of(workers, "Alice", "Idle")
    for name, control in (
        ("set Alice to Idle", idle),
        ("accept", desk.get_by_role("button", name="Accept")),
        ("advance by 10 s", clock.get_by_role("button", name="10 seconds later")),
        ("complete", desk.get_by_role("button", name="Complete")),
    ):
        control.scroll_into_view_if_needed()
        found = traffic.during(
            lambda control=control: (control.click(), page.wait_for_timeout(900))
        )
        print(f"{name + ', and 0.9 s':46} {line(found)}")
    bare = [
        timed(page, button := page.get_by_role("button", name="Bare"), button)
        for _ in range(PRESSES)
    ]
    own, other = [], []
    floor = tab.output_of("controls.floor").locator(".tr-svg")
    row = workers.get_by_role("listitem").filter(has_text="Bob").locator(".tr-pill")
    for n in range(PRESSES):
        control = activity_of(workers, "Bob", ("Unavailable", "Offline")[n % 2])
        own.append(timed(page, control, row))
        control = activity_of(workers, "Alice", ("Unavailable", "Idle")[n % 2])
        other.append(timed(page, control, floor))
    base = median(bare)
    for name, found in (
        ("a bare widget", bare),
        ("the panel pressed", own),
        ("another panel", other),
    ):
        print(
            f"from a press to {name + ', median':30} {median(found):6.0f} ms, {median(found) / base:4.1f} of the bare one"
        )
    busy = at_rest(browser, page)
    run_cell(tab, CLOSE)
    page.wait_for_timeout(3_000)
    for name, found in (("eleven panels at rest", busy), ("closed", at_rest(browser, page))):
        print(f"{name:46} {found}")


def run_cell(tab: Tab, code: str) -> None:
    """Run one cell, and wait until its panel has been drawn and told so."""
    tab.cells.filter(has_text=code).first.locator(".jp-InputArea-prompt").click()
    tab.page.evaluate("jupyterapp.commands.execute('notebook:run-cell')")
    if code in PANELS:
        tab.output_of(code).locator(".tr-panel").wait_for()
    tab.page.wait_for_timeout(700)


def timed(page: Page, control: Any, shown: Any) -> float:
    milliseconds = page.evaluate(TIMED, [control.element_handle(), shown.element_handle()])
    page.wait_for_timeout(300)
    return milliseconds


def at_rest(browser: Browser, page: Page) -> str:
    """Ten seconds: the share of a core that the page's process takes, and that of its main thread."""
    session, own = browser.new_browser_cdp_session(), page.context.new_cdp_session(page)
    own.send("Performance.enable")

    def read() -> tuple[float, dict[str, float]]:
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
        metrics = own.send("Performance.getMetrics")["metrics"]
        cpu = sum(one["cpuTime"] for one in processes if one["type"] == "renderer")
        return cpu, {one["name"]: one["value"] for one in metrics}

    (cpu, before), _, (cpu_after, after) = read(), page.wait_for_timeout(10_000), read()
    thread = (after["TaskDuration"] - before["TaskDuration"]) * 10
    return f"{(cpu_after - cpu) * 10:4.1f} % of a core, main thread {thread:4.1f} %"


def line(found: tuple[int, int]) -> str:
    messages, size = found
    return f"{messages:4} messages {size / 1000:8.1f} kB"


if __name__ == "__main__":
    main()
