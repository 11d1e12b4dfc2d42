"""Show in a notebook whether everything is installed, and how to fix what is not."""

from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from helpers.display.table import Table, table
from helpers.installation import INSTALL
from helpers.installation.parts import Part, installed_parts

_NO_BUTTON = (
    "When this runs in JupyterLab, there is a button here. If you see none, run "
    f"`{INSTALL}` in the clone, start JupyterLab again and reload this page."
)


class Installation(widgets.VBox):
    """The result of the check: a sentence, a table, and a button to test that clicks reach Python."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts
        self.table: Table = table(
            ["part", "verdict", "fix"], [[part.name, part.verdict, part.fix] for part in parts]
        )
        self.clicks = 0
        self.button = widgets.Button(description="Click me")
        self.label = widgets.Label("Not clicked yet.")
        shown = widgets.HTML(self._as_html())
        shown.add_class("jp-RenderedHTMLCommon")  # JupyterLab's style for tables
        super().__init__([shown, widgets.HBox([self.button, self.label])])
        self.button.on_click(self.on_button)

    @property
    def is_sound(self) -> bool:
        return all(part.verdict == "ok" for part in self.parts)

    @property
    def sentence(self) -> str:
        """A sentence about the whole installation."""
        if self.is_sound:
            return "Everything is installed. One thing is left to see: click the button."
        wrong = ", ".join(part.name for part in self.parts if part.verdict != "ok")
        return (
            f"Not installed correctly: {wrong}. Do what the column 'fix' says, then run this again."
        )

    def on_button(self, _: widgets.Button) -> None:
        self.clicks += 1
        times = "once" if self.clicks == 1 else f"{self.clicks} times"
        self.label.value = f"Clicked {times}: controls work."

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.table}\n{_NO_BUTTON}"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        # Where no widget can be shown, the table still is.
        return {
            **(super()._repr_mimebundle_(**options) or {}),
            "text/html": f"{self._as_html()}<p>{escape(_NO_BUTTON)}</p>",
            "text/plain": repr(self),
        }

    def _as_html(self) -> str:
        return f"<p>{escape(self.sentence)}</p>{self.table._repr_html_()}"


def check_installation() -> Installation:
    """Check this kernel's Python, every package that the project declares, and JupyterLab.

    The result shows a table of parts, verdicts and fixes (also in `.table`), and a button to click.
    """
    return Installation(installed_parts(Path.cwd()))
