"""A playground for expressions: which Workers match, and which clause excludes the others."""

from typing import Any

from local_taskrouter.explanation.candidates import fields_of
from local_taskrouter.explanation.verdicts import MISSING, judge
from local_taskrouter.rules.expression import ExpressionSyntaxError, parse
from local_taskrouter.rules.scope import attributes_of, queue_scope
from traitlets import List, Unicode, observe
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance

from helpers.controls.follow.drawn import DrawnPanel
from helpers.controls.follow.panel import FollowingState
from helpers.controls.parts import shown_call
from helpers.lessons.workspace import PreparedWorkspace

FIRST = "1==1"
MOST_ROWS = 100
_CHANNELS = " This panel reads no WorkerChannels, so a clause about channels does not hold."
_UNREADABLE = "Not an expression yet"
_MARKS = {True: "✓", False: "✗"}


class PlaygroundState(FollowingState):
    """An expression and its verdict for each Worker. It sends no request but the poller's."""

    expression = Unicode(FIRST, help="the expression to try, as in a TaskQueue's target_workers")
    syntax_error = Unicode(help="why the expression cannot be parsed, with the place; else empty")
    rows = List(help="`_row` of each Worker, by name; after a syntax error, as before it")
    summary = Unicode(help="how many match, in a sentence")

    def write(self, expression: str) -> None:
        """Try this expression."""
        self.expression = expression

    def apply_snapshot(self) -> None:
        self._judge()

    @observe("expression")
    def _judge(self, _: object = None) -> None:
        with self.lock:
            text = self.expression.strip()
            try:
                names = parse(text).names if text else frozenset()
            except ExpressionSyntaxError as error:
                self.syntax_error, self.summary = str(error), _UNREADABLE
                return
            self.syntax_error = ""
            self.rows = [_row(text, worker) for worker in self.snapshot.workers]
            self.summary = _summary(self.rows, text, names)
            self.call = shown_call.find(self.lab, "workers", target_workers_expression=text)


class Playground(DrawnPanel[PlaygroundState]):
    """The expression, its syntax error, and a table of the Workers."""

    PRESSES = ("write",)

    def __init__(self, state: PlaygroundState) -> None:
        super().__init__("playground", state, ("expression", "syntax_error", "rows", "summary"))

    def drawing(self) -> dict[str, Any]:
        state = self.state
        near = sorted(filter(_is_near, state.rows), key=lambda row: not row["holds"])
        return {
            "expression": state.expression,
            "problem": state.syntax_error,
            "title": state.summary,
            "rows": near[:MOST_ROWS],
            "more": max(0, len(near) - MOST_ROWS),
            "others": [row["name"] for row in state.rows if not _is_near(row)],
        }

    def as_text(self) -> str:
        state = self.state
        lines = [f"Expression: {state.expression}", state.syntax_error or state.summary]
        for row in () if state.syntax_error else state.rows:
            lines.append(f"{_MARKS[row['holds']]} {row['name']}")
            for clause in row["clauses"]:
                found = f": {clause['found']}" if clause["found"] else ""
                lines.append(f"    {_MARKS[clause['holds']]} {clause['text']}{found}")
            lines += [f"    {mistake}" for mistake in row["mistakes"]]
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


def _row(expression: str, worker: WorkerInstance) -> dict[str, Any]:
    """A Worker and the verdict of the expression for it, as values for JSON."""
    verdict = judge(expression, queue_scope(fields_of(worker), attributes_of(worker)))
    return {
        "name": str(worker.friendly_name),
        "holds": verdict.holds,
        "clauses": [
            {"text": each.text, "holds": bool(each.holds), "found": each.found()}
            for each in verdict.clauses
        ],
        "has_values": any(value != MISSING for each in verdict.clauses for _, value in each.met),
        "mistakes": list(verdict.mistakes),
        "activity": str(worker.activity_name),
        "available": bool(worker.available),
    }


def _is_near(row: dict[str, Any]) -> bool:
    """Whether the Worker matches, or comes close: it has a value that the expression reads."""
    return row["holds"] or row["has_values"] or bool(row["mistakes"])


def _summary(rows: list[dict[str, Any]], expression: str, names: frozenset[str]) -> str:
    if not rows:
        return "There is no Worker in the Workspace."
    if not expression:
        return "The expression is empty, so no Worker matches."
    matching = sum(row["holds"] for row in rows)
    counted = f"{matching} of {len(rows)} Workers {'matches' if matching == 1 else 'match'}."
    return counted + (_CHANNELS if any("channel" in name.split(".") for name in names) else "")
