"""A DataFrame that a notebook shows in full: no SID, attribute or column is cut or left out."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from helpers.display.html import AS_TEXT

_MOST_ROWS = 60
# In characters
_LONGEST_UNBROKEN, _HALF_A_SID, _SHORT, _NARROW_PAGE = 20, 17, 9, 55
_FEW_COLUMNS = 7

# JupyterLab aligns cells to the right, which suits numbers but not sentences, and makes a column of
# SIDs so wide that the next columns are out of sight. Cells that break anywhere break too early,
# so a column is at least as wide as its longest word. A very long word may break; and on a page too
# narrow for all columns, the wide ones share most of the width that the others leave.
_STYLES = {"table": "margin: 0.5em 0;", "td": "text-align: left; overflow-wrap: anywhere;"}
_CLOSE = " padding: 0.5em 0.3em;"
_SHARED = 0.8


class Table(pd.DataFrame):
    """A DataFrame shown without its index, with every value in full and escaped."""

    @property
    def _constructor(self) -> type["Table"]:
        return Table

    def __repr__(self) -> str:
        if self.empty:
            return f"Nothing yet. Columns: {', '.join(map(str, self.columns))}"
        with pd.option_context("display.max_colwidth", None):
            return self.to_string(index=False, max_rows=_MOST_ROWS)

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            html = self.to_html(
                index=False, max_rows=_MOST_ROWS, border=0, escape=True, classes=AS_TEXT
            )
        close = _CLOSE if len(self.columns) > _FEW_COLUMNS else ""
        # Values are escaped, so these replacements reach tags only.
        for tag, style in _STYLES.items():
            added = close if tag == "td" else ""
            html = re.sub(rf"<{tag}\b", f'<{tag} style="{style}{added}"', html)
        widths = [_width(name, self[name]) for name in self.columns]
        for width in _min_widths(widths):
            style = f"text-align: left; min-width: {width};{close}"
            html = html.replace("<th>", f'<th style="{style}">', 1)
        if sum(widths) > _NARROW_PAGE:
            html = re.sub(
                r"(?<=>)[^<>]+(?=</th>)", lambda name: name[0].replace("_", "_<wbr>"), html
            )
            html = f'<div style="container-type: inline-size;">{html}</div>'
        return f"{html}<p>Nothing yet.</p>" if self.empty else html


def _width(name: object, values: Iterable[object]) -> int:
    """The characters that a column shows in one line at least."""
    words = [word for value in (name, *values) for word in str(value).split()]
    longest = max(map(len, words), default=0)
    return longest if longest <= _LONGEST_UNBROKEN else _HALF_A_SID


def _min_widths(widths: Sequence[int]) -> list[str]:
    """The minimum width of each column in CSS, from its width in characters."""
    if sum(widths) <= _NARROW_PAGE:
        return [f"{width}ch" for width in widths]
    wide = sum(width for width in widths if width > _SHORT)
    left = f"(100cqi - {sum(widths) - wide}ch - {len(widths)}em)"
    return [
        f"min({width}ch, {left} * {_SHARED * width / wide:.2f})" if width > _SHORT else f"{width}ch"
        for width in widths
    ]


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """Make a Table of these columns and rows; None becomes an empty string."""
    shown = [["" if value is None else value for value in row] for row in rows]
    return Table(shown, columns=list(columns), dtype=object)
