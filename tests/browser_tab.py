"""Drives a page of Chromium in which JupyterLab shows one notebook at a time."""

from pathlib import Path
from typing import Any

import nbformat
import requests
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, ViewportSize, expect
from timeout import SECONDS, eventually

SCREENSHOTS = Path(__file__).parent / "browser" / "screenshots"
WINDOW: ViewportSize = {"width": 1280, "height": 1600}
WIDTHS = (1232, 725, 532)  # of an output in a window of 1400, 900 and 700 pixels
NOTEBOOK_IS_CURRENT = """path => {
  const notebook = [...jupyterapp.shell.widgets("main")].find(one => one.context?.path === path);
  if (notebook && jupyterapp.shell.currentWidget !== notebook) {
    jupyterapp.shell.activateById(notebook.id);
  }
  return jupyterapp.commands.isEnabled("runmenu:run-all");
}"""
CLOSE_NOTEBOOKS = """() => [...jupyterapp.shell.widgets("main")]
  .filter((one) => one.context)
  .forEach((one) => one.dispose())"""
OPEN = """async ([path, id]) => {
  const options = { path, factory: "Notebook", kernel: id ? { id } : undefined };
  await (await jupyterapp.commands.execute("docmanager:open", options)).context.ready;
}"""
EXECUTE = """async (code) => {
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  return (await kernel.requestExecute({ code }).done).content.status;
}"""
WIDGET = ".jp-OutputArea-output.lm-Panel"  # ipywidgets' renderer alone is a Panel
TOO_WIDE = "area => area.scrollWidth > area.clientWidth + 1 ? area.innerText.slice(0, 100) : ''"
NO_FOCUS = "() => { document.activeElement.blur(); getSelection().removeAllRanges(); }"


class Tab:
    """One notebook in JupyterLab, in a tab of the browser."""

    def __init__(self, page: Page, server: dict[str, str]) -> None:
        self.page = page
        self.server = server
        self.path = ""
        self.shown: tuple[str, ...] = ()

    @property
    def cells(self) -> Locator:
        return self.page.locator(".jp-Notebook .jp-CodeCell")

    @property
    def outputs(self) -> Locator:
        """The output areas of the notebook."""
        return self.page.locator(".jp-Notebook .jp-CodeCell .jp-Cell-outputArea")

    def open(self, path: str, keep_kernel: bool = False) -> None:
        """Open a notebook of the clone instead of the current one, and wait for its kernel.

        The kernel is new; with `keep_kernel` it is that of the current notebook, if any.
        """
        if not self.path:
            self.page.goto(f"{self.server['url']}lab?token={self.server['token']}&reset")
            self.page.wait_for_function("window.jupyterapp?.restored.then(() => true)")
        kernels = self._kernels()
        self.page.evaluate(CLOSE_NOTEBOOKS)
        # Without a notebook JupyterLab opens a Launcher, which would cover the next notebook.
        self.page.locator(".jp-Launcher").first.wait_for()
        if not keep_kernel:
            self._end_kernels()
        self.path, self.shown = path, ()
        self.restore()
        self.page.evaluate(OPEN, [path, kernels[0] if kernels and keep_kernel else None])
        self._wait_until_open()

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

    def show(self, path: str, *cells: str) -> None:
        """Run all these cells, in the page and kernel of the previous test if it showed the same.

        The page is as it was when opened (`restore`), and every output is new.
        """
        if self.shown == (path, *cells) and self._kernel_is_ready():
            self.restore()
        else:
            self.open_cells(path, *cells)
            self.shown = (path, *cells)
        self.run_all()

    def restore(self) -> None:
        """Undo what a test may have done to the page: keys, dialogs, theme, size, motion, focus."""
        for key in ("Enter", "Space", "Shift"):
            self.page.keyboard.up(key)
        self.page.keyboard.press("Escape")
        for dialog in self.page.locator(".jp-Dialog").all():
            dialog.locator(".jp-Dialog-button.jp-mod-reject").first.click()
        self.page.emulate_media(reduced_motion="reduce")
        self.page.set_viewport_size(WINDOW)
        self.set_theme("JupyterLab Light")
        self.page.evaluate(NO_FOCUS)

    def run_all(self) -> None:
        """Choose Run All in the menu, and wait until every cell has run or one has failed."""
        before = max(self._prompts(), default=0)
        # An open menu does not change, so make the notebook the current widget first: JupyterLab may
        # put a Launcher or the file browser in its place at any time.
        self.page.wait_for_function(NOTEBOOK_IS_CURRENT, arg=self.path)
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.locator('li[data-command="runmenu:run-all"]').click()
        eventually("it has run", lambda: self._has_run(before) or self.errors())
        assert self.errors() == []
        expect(self.page.get_by_text("Error displaying widget")).to_have_count(0)

    def run_through(self, code: str) -> None:
        """Run the cells from the top to the first that contains `code`, and no others."""
        self._run(code, "notebook:run-all-above", "notebook:run-cell")

    def run_cell(self, code: str) -> Locator:
        """Run the first cell that contains `code`, and no other; return its output area."""
        self._run(code, "notebook:run-cell")
        return self.output_of(code)

    def execute(self, code: str) -> None:
        """Run code in the notebook's kernel, in no cell."""
        assert self.page.evaluate(EXECUTE, code) == "ok"

    def _run(self, code: str, *commands: str) -> None:
        cell = self.cells.filter(has_text=code).first
        before = max(self._prompts(), default=0)
        cell.locator(".jp-InputArea-prompt").click()
        for command in commands:
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
        """Use a control by keyboard, once it is enabled and can take the focus."""
        expect(control).to_be_visible()
        expect(control).to_be_enabled()
        control.focus()
        expect(control).to_be_focused()
        self.page.keyboard.press(key)

    def set_theme(self, name: str) -> None:
        """ "JupyterLab Light" or "JupyterLab Dark" """
        wanted = "false" if "Dark" in name else "true"
        chosen = self.page.locator(f'body[data-jp-theme-light="{wanted}"]')
        if not chosen.count():
            change = "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})"
            self.page.evaluate(change, name)
            chosen.wait_for(state="attached")
            # JupyterLab hides everything for one frame: nothing has a size, or takes the focus.
            self.page.wait_for_function("jupyterapp.shell.isVisible")

    def give_outputs(self, width: int) -> None:
        """Make the window so wide that every output area has this width, in pixels.

        Measures the width first, because JupyterLab lays out a resized window later.
        """
        window = self.page.viewport_size or WINDOW
        widths = eventually("the outputs are laid out", self._widths)
        beside = window["width"] - widths[0]
        self.page.set_viewport_size({"width": round(beside + width), "height": WINDOW["height"]})
        eventually(
            f"the outputs are {width} pixels wide",
            lambda: (now := self._widths()) and all(abs(one - width) < 2 for one in now),
        )

    def reload(self) -> None:
        """Save the notebook and reload the page; check that every control is back."""
        panels = self.outputs.locator(".tr-host")
        expect(self.outputs.locator(f"{WIDGET}:not(:has(.lm-Widget))")).to_have_count(
            0
        )  # all are shown
        controls = panels.count()
        self.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
        self.page.goto(f"{self.server['url']}lab/tree/{self.path}?reset")
        self._wait_until_open()
        expect(panels).to_have_count(controls)
        expect(self.page.get_by_text("Error displaying widget")).to_have_count(0)

    def inspect(self) -> None:
        """Take screenshots in both themes, and check that axe finds no violation."""
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
        return violations(self.page)

    def is_trusted(self) -> bool:
        """Whether JupyterLab trusts every cell of the notebook as it is stored."""
        cells = self._request("GET", f"contents/{self.path}").json()["content"]["cells"]
        assert cells
        return all(cell["metadata"].get("trusted", True) for cell in cells)

    def close(self) -> None:
        """Close the tab without saving, and end the notebook's kernel."""
        self.page.close(run_before_unload=False)
        self._end_kernels()

    def _wait_until_open(self) -> None:
        self.cells.first.wait_for()
        eventually("the kernel is ready", self._kernel_is_ready)

    def _kernels(self) -> list[str]:
        return [kernel["id"] for kernel in self._request("GET", "kernels").json()]

    def _end_kernels(self) -> None:
        for kernel in self._kernels():
            self._request("DELETE", f"kernels/{kernel}")

    def _widths(self) -> list[float]:
        measure = "areas => areas.map((one) => one.getBoundingClientRect().width)"
        return [width for width in self.outputs.evaluate_all(measure) if width]

    def _has_run(self, before: int) -> bool:
        prompts = self._prompts()
        return bool(prompts) and all(number > before for number in prompts)

    def _prompts(self) -> list[int]:
        """The number of each cell's latest run; 0 while it has none."""
        found = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-prompt")
        return [_number(text) for text in found.all_inner_texts()]

    def _kernel_is_ready(self) -> bool:
        """Asks the server, since JupyterLab's indicator shows "idle" before there is a kernel."""
        answer = self._request("GET", "sessions")
        kernels = [one["kernel"] for one in answer.json() if one["path"] == self.path]
        return any(k["connections"] > 0 and k["execution_state"] == "idle" for k in kernels)

    def _request(self, method: str, what: str) -> Any:
        authorization = {"Authorization": f"token {self.server['token']}"}
        url = f"{self.server['url']}api/{what}"
        answer = requests.request(method, url, headers=authorization, timeout=SECONDS)
        answer.raise_for_status()
        return answer


def activity_of(output: Locator, worker: str, name: str) -> Locator:
    """The button that sets a Worker's Activity, in an output."""
    switch = output.get_by_role("radiogroup", name=f"Activity of {worker}", exact=True)
    return switch.get_by_role("radio", name=name, exact=True)


def violations(page: Page, context: str = ".jp-OutputArea-output") -> list[str]:
    """What axe finds in the output areas of a page, or in another part, each as "rule: element"."""
    found = Axe().run(page, context=context)
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


def _number(prompt: str) -> int:
    """Of a cell's prompt, "[3]:"; 0 while it has not run."""
    number = prompt.strip("[]: ")
    return int(number) if number.isdigit() else 0
