"""A DataFrame that a notebook shows whole: no SID, attribute or column is cut or left out."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

_MOST_ROWS = 60
_WHOLE, _HALF_A_SID = 20, 17  # letters

# JupyterLab sets cells to the right, which suits numbers but not sentences, and leaves a column of
# SIDs so wide that the next columns are out of sight. What breaks anywhere breaks too early, so a
# column is as wide as its longest word, unless that is very long.
_STYLES = {"table": "margin: 0.5em 0;", "td": "text-align: left; overflow-wrap: anywhere;"}


class Table(pd.DataFrame):
    """A DataFrame shown without its index, its values as text in full and never as HTML."""

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
            html = self.to_html(index=False, max_rows=_MOST_ROWS, border=0, escape=True)
        # The values are escaped, so what looks like a tag is one.
        for tag, style in _STYLES.items():
            html = re.sub(rf"<{tag}\b", f'<{tag} style="{style}"', html)
        for name in self.columns:
            style = f"text-align: left; min-width: {_width(name, self[name])}ch;"
            html = html.replace("<th>", f'<th style="{style}">', 1)
        return f"{html}<p>Nothing yet.</p>" if self.empty else html


def _width(name: object, values: Iterable[object]) -> int:
    """How many letters a column shows in one line at least."""
    words = [word for value in (name, *values) for word in str(value).split()]
    longest = max(map(len, words), default=0)
    return longest if longest <= _WHOLE else _HALF_A_SID


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """A Table with these columns and rows; a missing value is an empty text."""
    shown = [["" if value is None else value for value in row] for row in rows]
    return Table(shown, columns=list(columns), dtype=object)
