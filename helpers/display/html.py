"""Pieces of HTML for outputs and panels: SIDs, durations, tables of facts, headings, progress."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets
from local_taskrouter.rules.timeouts import duration

from helpers.display.theme import BORDER, CODE_FONT, INK

AS_TEXT = "tex2jax_ignore mathjax_ignore"
"""CSS classes of an output, without which JupyterLab draws "$5 and $6" as mathematics."""

WRAPPED = "white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5"
CODE = (
    f"{WRAPPED};font-family:{CODE_FONT};font-size:90%;margin:2px 0;"
    f"padding:4px 8px;user-select:all;color:{INK};border:1px solid {BORDER}"
)
_CELL = (
    "text-align:left;vertical-align:top;padding:1px 12px 1px 0;overflow-wrap:anywhere;"
    "white-space:pre-wrap;border:0;background:none"
)
_NAME = f"{_CELL};font-weight:normal;white-space:nowrap;color:{INK}"
_HEADING = f"{_NAME};font-weight:bold"
_VALUE = f"{_CELL};width:100%;color:{INK}"
_TABLE = "border-collapse:collapse;line-height:1.5;margin:2px 0;max-width:min(100%,56em)"

Facts = Iterable[tuple[str, object]]


def short(sid: str) -> str:
    """The end of a SID, enough to distinguish it from others: "…3f9a1c"."""
    return f"…{sid[-6:]}"


def age(seconds: float) -> str:
    """Seconds in their largest unit: "45 s", "2 min", "1 h".

    It changes rarely while a panel is open; each change is a message from the kernel.
    """
    return " ".join(duration(seconds).split()[:2])


def facts_html(facts: Facts, names_width: str = "auto") -> str:
    """A table of names and values; values are escaped.

    Tables below each other align their values when they have the same `names_width` (CSS).
    """
    rows = "".join(
        f'<tr><th scope="row" style="{_NAME};min-width:{names_width}">{escape(name)}</th>'
        f'<td style="{_VALUE}">{escape(str(value))}</td></tr>'
        for name, value in facts
    )
    return f'<table style="{_TABLE};width:100%">{rows}</table>' if rows else ""


def folded_html(title: str, facts: Facts, names_width: str = "auto") -> str:
    """The same table, folded behind `title`; "" without facts."""
    table = facts_html(facts, names_width)
    unfolds = f'<details style="margin-top:6px"><summary>{escape(title)}</summary>'
    return f"{unfolds}{table}</details>" if table else ""


def table_html(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with column headings; the first value of a row is its heading. "" without rows."""
    names = "".join(f'<th scope="col" style="{_HEADING}">{escape(name)}</th>' for name in columns)
    lines = "".join(
        f'<tr><th scope="row" style="{_NAME}">{escape(first)}</th>'
        + "".join(f'<td style="{_CELL}">{escape(value)}</td>' for value in values)
        + "</tr>"
        for first, *values in rows
    )
    return f'<table style="{_TABLE}"><tr>{names}</tr>{lines}</table>' if lines else ""


class Heading(widgets.HTML):
    """The heading of a part of a panel: a title in bold, then more text."""

    def show(self, title: str, more: str = "") -> None:
        self.value = (
            '<div style="line-height:1.5;margin-top:6px;overflow-wrap:anywhere;'
            f'color:{INK}">'
            f"<strong>{escape(title)}</strong> {escape(more)}</div>"
        )
        self.layout.display = None

    def hide(self) -> None:
        self.layout.display = "none"


class ProgressBar(widgets.HTML):
    """The browser's own progress bar, named `name`, at 0 %.

    It has a name and a number for a screen reader, which ipywidgets' own bar lacks. Its text
    alternative is the name alone, so that a stored page shows no progress.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.show(0.0)

    def show(self, share: float) -> None:
        """Show the share that is done, from 0 to 1."""
        percent = int(100 * share)
        self.value = (
            f'<label style="color:{INK}">'
            f"{escape(self.name)} "
            f'<progress max="100" value="{percent}" style="width:20em;max-width:100%">'
            f"</progress> {percent} %</label>"
        )

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**(super()._repr_mimebundle_(**options) or {}), "text/plain": self.name}
