"""A playground for expressions: which Workers match, and which clause excludes the others."""

from dataclasses import dataclass

import ipywidgets as widgets
from local_taskrouter.explanation.candidates import fields_of
from local_taskrouter.explanation.verdicts import Verdict, judge
from local_taskrouter.rules.expression import ExpressionSyntaxError, parse
from local_taskrouter.rules.scope import attributes_of, queue_scope
from traitlets import List, Unicode, dlink, link, observe
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance

from helpers.controls.follow.panel import FollowingPanel, FollowingState
from helpers.controls.parts import shown_call
from helpers.controls.parts.panel import ErrorLine, TextLine
from helpers.display.explanation import activity, cell, clauses, marked_name, table_of
from helpers.display.pieces import code, quiet, styled
from helpers.lessons.workspace import PreparedWorkspace

FIRST = "1==1"
COLUMNS = ("Worker", "attributes", "clauses", "Activity")
_CHANNELS = " This panel reads no WorkerChannels, so a clause about channels does not hold."


@dataclass(frozen=True)
class PlaygroundRow:
    """A Worker, and the verdict of the expression for it."""

    friendly_name: str
    attributes: str
    activity_name: str
    available: bool
    verdict: Verdict


class PlaygroundState(FollowingState):
    """An expression and its verdict for each Worker. It sends no request but the poller's."""

    expression = Unicode(FIRST, help="the expression to try, as in a TaskQueue's target_workers")
    syntax_error = Unicode(help="why the expression cannot be parsed, with the place; else empty")
    rows = List(help="a PlaygroundRow for each Worker, by name; empty after a syntax error")
    summary = Unicode(help="how many match, in a sentence")

    def apply_snapshot(self) -> None:
        self._judge()

    @observe("expression")
    def _judge(self, _: object = None) -> None:
        with self.lock:
            names = self._parse()
            workers = self.snapshot.workers if not self.syntax_error else ()
            self.rows = [_row(self.expression, worker) for worker in workers]
            self.summary = "" if self.syntax_error else _summary(self.rows, names)
            self.call = shown_call.find(
                self.lab, "workers", target_workers_expression=self.expression
            )

    def _parse(self) -> frozenset[str]:
        """Return the names that the expression reads; sets `syntax_error`."""
        self.syntax_error = ""
        if not self.expression.strip():
            return frozenset()
        try:
            return parse(self.expression).names
        except ExpressionSyntaxError as error:
            self.syntax_error = str(error)
            return frozenset()


class RowsTable(widgets.HTML):
    """Shows `rows` as a table with every value escaped; takes no space without any."""

    rows = List(help="a PlaygroundRow for each Worker")

    def __init__(self) -> None:
        super().__init__()
        self.observe(self._render, "rows")
        self._render()

    def _render(self, _: object = None) -> None:
        table = table_of(COLUMNS, [_cells(row) for row in self.rows], "Workers")
        self.value = styled(table) if table else ""
        self.layout.display = None if self.value else "none"


class Playground(FollowingPanel[PlaygroundState]):
    """The expression, its syntax error, and a table of the Workers."""

    call_caption = "The same"

    def __init__(self, state: PlaygroundState) -> None:
        self.expression = widgets.Text(
            description="Expression",
            placeholder='languages HAS "es"',
            continuous_update=True,
            style={"description_width": "initial"},
            layout=widgets.Layout(width="44em", max_width="98%"),
        )
        self.syntax_error = ErrorLine()
        self.summary = TextLine()
        self.table = RowsTable()
        super().__init__(state, [self.expression, self.syntax_error, self.summary, self.table])
        link((state, "expression"), (self.expression, "value"))
        dlink((state, "syntax_error"), (self.syntax_error, "text"))
        dlink((state, "summary"), (self.summary, "text"))
        dlink((state, "rows"), (self.table, "rows"))

    def as_text(self) -> str:
        state = self.state
        lines = [f"Expression: {state.expression}", state.syntax_error or state.summary]
        for row in state.rows:
            lines.append(f"{'✓' if row.verdict.holds else '✗'} {row.friendly_name}")
            for clause in row.verdict.clauses:
                lines.append(f"    {'✓' if clause.holds else '✗'} {clause}")
            lines += [f"    {mistake}" for mistake in row.verdict.mistakes]
        return "\n".join(filter(None, [*lines, state.error or state.notice]))


def playground(lab: PreparedWorkspace, expression: str = FIRST) -> Playground:
    """Return a field for an expression, as in `target_workers`, and its verdict for each Worker.

    The verdicts follow what you type, and the Workers as they change. A syntax error points at the
    place. Below is the call by which TaskRouter lists the matching Workers:
    `workers.list(target_workers_expression=...)`. Nothing in TaskRouter changes.
    """
    state = PlaygroundState(lab)
    state.expression = expression
    panel = Playground(state)
    panel.follow()
    return panel


def _row(expression: str, worker: WorkerInstance) -> PlaygroundRow:
    values = queue_scope(fields_of(worker), attributes_of(worker))
    verdict = judge(expression.strip(), values)
    return PlaygroundRow(
        str(worker.friendly_name),
        str(worker.attributes),
        str(worker.activity_name),
        bool(worker.available),
        verdict,
    )


def _cells(row: PlaygroundRow) -> list[str]:
    mistakes = "".join(f"<br>{quiet(f'→ {each}')}" for each in row.verdict.mistakes)
    return [
        marked_name(row.verdict.holds, row.friendly_name),
        cell(code(row.attributes), "text"),
        cell(clauses([row.verdict]) + mistakes),
        activity(row.available, row.activity_name),
    ]


def _summary(rows: list[PlaygroundRow], names: frozenset[str]) -> str:
    if not rows:
        return "There is no Worker in the Workspace."
    if not rows[0].verdict.text:
        return "The expression is empty, so no Worker matches."
    matching = sum(row.verdict.holds for row in rows)
    counted = f"{matching} of {len(rows)} Workers {'matches' if matching == 1 else 'match'}."
    return counted + (_CHANNELS if any("channel" in name.split(".") for name in names) else "")
