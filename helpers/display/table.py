"""A DataFrame that a notebook shows for reading: names first, short SIDs, no value cut or broken.

The DataFrame and its text hold whole values. In HTML a SID shows its end, and where there are many
columns, attributes their first value; both are whole on hover, and a SID when copied.
"""

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from numbers import Number
from textwrap import shorten
from typing import Any

import pandas as pd
from local_taskrouter.ui.names import split_name

from helpers.display.pieces import code, mark, pill, styled, text

_MOST_ROWS = 60
_FEW_COLUMNS = 6
# In characters
_SHORT_HEADING, _SHOWN_OF_A_SID = 12, 7
_LONGEST_LINE, _LONGEST_WORD, _LONGEST_ATTRIBUTE = 30, 40, 30
_CODE = {"asks or has", "target_workers", "expression", "clause", "event_type"}
_STATES = {"assignment_status", "reservation_status"}
_NOTHING = (None, "")
_QUANTITY = re.compile(r"[\d,.]+( (s|min|h|%))?( \d+ (s|min))?|\d+ of \d+")
_SID = re.compile(r"\b[A-Z]{2}[0-9a-f]{32}\b")


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
        columns = [_Column(self, number) for number in range(len(self.columns))]
        sentences = [each for each in columns[1:] if each.kind == "text"]
        if sentences:
            max(sentences, key=lambda each: each.length).kind = "wide"
        kinds = "few" if len(columns) <= _FEW_COLUMNS else "many"
        heads = "".join(each.heading() for each in columns)
        rows = [
            f"<tr>{''.join(each.cell(row, first=not n) for n, each in enumerate(columns))}</tr>"
            for row in _shown_rows(len(self))
        ]
        if len(rows) < len(self):
            left = f"{len(self) - len(rows):,} more rows"
            rows.insert(len(rows) // 2, f'<tr><td colspan="{len(columns)}">… {left}</td></tr>')
        return styled(
            f'<table class="{kinds}{" whole" if sentences else ""}"><thead><tr>{heads}</tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table>{'' if len(self) else '<p>Nothing yet.</p>'}"
        )


class _Column:
    """A column of a Table, and how a cell shows its values.

    `kind` is the class of its cells: "n" (numbers), "state", "" (short values, which stay in one
    line), "text" (those that wrap between words), or "long" (those with words that must break).
    """

    def __init__(self, frame: pd.DataFrame, number: int) -> None:
        series = frame.iloc[:, number]
        self.name = str(frame.columns[number])
        self.values = series.tolist()
        if pd.api.types.is_float_dtype(series) and len(series):
            self.values = [each.strip() for each in series.to_string(index=False).splitlines()]
        self.is_crowded = len(frame.columns) > _FEW_COLUMNS
        self.shown = [self._html(value) for value in self.values]
        texts = [_SID.sub("W" * _SHOWN_OF_A_SID, str(each)) for each in self.values]
        self.length = max(map(len, texts), default=0)
        self.kind = self._kind(texts)

    def heading(self) -> str:
        """Return the cell of the heading; a long name may wrap at its underscores."""
        name = escape(self.name)
        if len(name) > _SHORT_HEADING:
            name = name.replace("_", "_<wbr>")
        return f"<th{_class(self.kind)}>{name}</th>"

    def cell(self, row: int, first: bool) -> str:
        """Return the cell of a row; the `first` column names the row."""
        if first and self.kind != "n" and self.name != "time":
            return f"<th scope=row{_class(self.kind)}>{self.shown[row]}</th>"
        named = f' data-name="{escape(self.name)}"' if self.is_named else ""
        return f"<td{_class(self.kind)}{named}>{self.shown[row]}</td>"

    @property
    def is_named(self) -> bool:
        """Whether a value says little without the name of its column."""
        if self.kind in ("", "n"):
            return not all(map(_says_what_it_is, self.values))
        return self.name == "available"

    def _kind(self, texts: Sequence[str]) -> str:
        if self.name in _STATES or self.name == "available":
            return "state"
        values = [value for value in self.values if value not in _NOTHING]
        if values and all(map(_is_number, values)):
            return "n"
        if self.length <= _LONGEST_LINE or self._is_short():
            return ""
        words = [word for each in texts for word in each.split()]
        if max(map(len, words)) > _LONGEST_WORD:
            return "long"
        return "text" if len(words) > len(texts) else ""

    def _is_short(self) -> bool:
        """Whether many columns leave room only for the beginnings of its values."""
        return self.is_crowded and (self.name == "queue" or all(map(_attributes, self.values)))

    def _html(self, value: object) -> str:
        if value in _NOTHING:
            return ""
        if self.name in _STATES:
            return pill(str(value))
        if isinstance(value, bool):
            state = "available" if value else "offline"
            return pill(str(value), state) if self.name == "available" else f"{mark(value)} {value}"
        if attributes := _attributes(value):
            return _short(attributes, str(value)) if self.is_crowded else code(value)
        if self.is_crowded and self.name == "queue":
            return f'<span title="{escape(str(value))}">{escape(split_name(str(value))[1])}</span>'
        return code(value) if self.name in _CODE else text(value)


def _shown_rows(rows: int) -> list[int]:
    """The numbers of the rows to show: all, or the first and the last."""
    if rows <= _MOST_ROWS:
        return list(range(rows))
    return [*range(_MOST_ROWS // 2), *range(rows - _MOST_ROWS // 2, rows)]


def _class(kind: str) -> str:
    return f" class={kind}" if kind else ""


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, Number) or bool(_QUANTITY.fullmatch(str(value)))


def _says_what_it_is(value: object) -> bool:
    return bool(_SID.fullmatch(str(value)) or _attributes(value))


def _attributes(value: object) -> dict[str, Any]:
    """The attributes that a JSON text holds; {} for anything else."""
    if not (isinstance(value, str) and value.startswith("{")):
        return {}
    try:
        return json.loads(value)
    except ValueError:
        return {}


def _short(attributes: dict[str, Any], whole: str) -> str:
    """The first value, and how many follow, as in "es, 2 more"; the whole on hover."""
    first, *others = attributes.values()
    shown = first if isinstance(first, str) else json.dumps(first, ensure_ascii=False)
    shown = shorten(shown, _LONGEST_ATTRIBUTE, placeholder=" …")
    if others:
        shown += f", {len(others)} more"
    return f'<span class=soft title="{escape(whole)}">{escape(shown)}</span>'


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """Make a Table of these columns and rows; None becomes an empty string."""
    shown = [["" if value is None else value for value in row] for row in rows]
    return Table(shown, columns=list(columns), dtype=object)
