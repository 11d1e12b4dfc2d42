"""The Workers of the playground as a table. What comes from TaskRouter is text in it."""

from typing import TYPE_CHECKING

import ipywidgets as widgets
from traitlets import List

from helpers.explanation.page import activity, cell, clauses, code, marked_name, quiet, table_of

if TYPE_CHECKING:
    from helpers.controls.playground import PlaygroundRow

COLUMNS = ("Worker", "attributes", "clauses", "Activity")


class RowsTable(widgets.HTML):
    """Shows `rows`; without any it takes no place."""

    rows = List(help="a PlaygroundRow for each Worker")

    def __init__(self) -> None:
        super().__init__()
        self.observe(self._show, "rows")
        self._show()

    def _show(self, _: object = None) -> None:
        self.value = table_of("Workers", COLUMNS, [_cells(row) for row in self.rows])
        self.layout.display = None if self.value else "none"


def _cells(row: "PlaygroundRow") -> list[str]:
    traps = "".join(f"<br>{quiet(f'→ {trap}')}" for trap in row.verdict.traps)
    return [
        marked_name(row.verdict.holds, row.friendly_name),
        cell(code(row.attributes)),
        cell(clauses([row.verdict]) + traps),
        activity(row.available, row.activity_name),
    ]
