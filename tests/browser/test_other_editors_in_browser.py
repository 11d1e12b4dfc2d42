"""Lessons in Notebook 7 and in nbclassic, which the tests' JupyterLab serves beside itself.

One lesson each; with EDITOR_LESSONS=all every lesson.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_tab import WIDGET, Tab, activity_of, violations
from lesson_steps import wait_for_activity
from playwright.sync_api import BrowserContext, Locator, expect
from smaller_day import PATHS
from timeout import eventually

START = """from helpers import connect, controls, exercises, prepare
lab = prepare(connect(), "alice offline")"""
ACTIVITIES, QUESTION = "controls.workers(lab)", 'exercises.ask("on-a-break")'
STAND_INS = ("Run this cell", "Not yet solved")  # in the stored text of most panels
LESSONS = [path for path in PATHS if "01" in path.stem or os.environ.get("EDITOR_LESSONS") == "all"]


class Notebook7(Tab):
    """Its notebook is JupyterLab's, in a page without the rest of JupyterLab."""

    name, address, widgets = "notebook7", "notebooks/{path}", WIDGET

    def open(self, path: str, keep_kernel: bool = False) -> None:
        self._end_kernels()
        self.path = path
        address = self.address.format(path=path)
        self.page.goto(f"{self.server['url']}{address}?token={self.server['token']}")
        self._wait_until_open()

    def inspect(self) -> None:
        for theme in ("Light", "Dark"):
            self.set_theme(f"JupyterLab {theme}")
            self.shot(f"{self.name}-{Path(self.path).stem}-{theme.lower()}")
            assert violations(self.page, ".tr-host") == []


class Nbclassic(Notebook7):
    """The notebook of version 6: other elements, no themes, and widgets by widgetsnbextension."""

    name, address = "nbclassic", "nbclassic/notebooks/{path}"
    widgets = ".output_subarea.jupyter-widgets-view"

    @property
    def cells(self) -> Locator:
        return self.page.locator(".code_cell")

    def run_all(self) -> None:
        # Its widget manager first asks the kernel for the widgets it has. A panel that comes before
        # the answer is drawn twice, or not at all. The kernel answers in order.
        self.page.wait_for_function("Jupyter.notebook.kernel?.widget_manager")
        self.page.evaluate(
            "() => new Promise((reply) => Jupyter.notebook.kernel.execute('', {shell: {reply}}))"
        )
        self.page.evaluate("Jupyter.notebook.execute_all_cells()")
        eventually("it has run", lambda: self._has_run(0) or self.errors())
        assert self.errors() == []

    def inspect(self) -> None:
        self.shot(f"{self.name}-{Path(self.path).stem}")
        assert violations(self.page, ".tr-host") == []

    def errors(self) -> list[str]:
        return self.page.locator(".output_error").all_inner_texts()

    def output_of(self, code: str) -> Locator:
        return self.cells.filter(has_text=code).first.locator(".output")

    def _prompts(self) -> list[int]:
        texts = self.page.locator(".code_cell .input_prompt").all_inner_texts()
        return [int(digits) if (digits := text[4:-2]).isdigit() else 0 for text in texts]


@pytest.fixture(params=[Notebook7, Nbclassic], ids=["notebook7", "nbclassic"])
def editor(request, window: BrowserContext, lab_server: dict[str, str]) -> Iterator[Tab]:
    editor = request.param(window.new_page(), lab_server)
    yield editor
    editor.close()


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_draws_every_panel(editor, path):
    editor.open(f"notebooks/{path.name}")
    editor.run_all()
    stand_ins = sum(path.read_text("utf-8").count(words) for words in STAND_INS)
    widgets = editor.page.locator(editor.widgets)
    drawn = widgets.filter(has=editor.page.locator(".tr:not(:empty), progress"))
    shown = widgets.count()
    assert shown >= stand_ins > 0
    expect(drawn).to_have_count(shown)
    editor.inspect()


def test_panels_send_presses_and_follow_taskrouter(editor, lab):
    editor.open_cells("notebooks/panels.ipynb", START, ACTIVITIES, QUESTION)
    editor.run_all()
    workers = editor.output_of(ACTIVITIES)
    activity_of(workers, "Bob", "Unavailable").click()
    wait_for_activity(lab, "Unavailable", lab.bob_sid)
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    expect(activity_of(workers, "Alice", "Idle")).to_be_checked()
    question = editor.output_of(QUESTION)
    question.get_by_role("radio", name="a break is a break").click()
    question.get_by_role("button", name="Answer").click()
    expect(question.get_by_text("TaskRouter doesn't read the name.")).to_be_visible()
