"""The notebook's view of an Explanation: HTML, and DataFrames of its Workers and clauses.

What comes from TaskRouter is text in the HTML, never markup.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from local_taskrouter.explanation import result
from local_taskrouter.explanation.candidates import Candidate
from local_taskrouter.explanation.sentences import PENDING, describe_candidate
from local_taskrouter.explanation.verdicts import Clause, Verdict

from helpers.display.html import AS_TEXT
from helpers.display.table import Table, table
from helpers.display.theme import BRAND, CODE_FONT, FAINT_BORDER, INK, QUIET_INK

_INK = f"color:{INK}"
_QUIET = f"color:{QUIET_INK}"
_BOX = f"{_INK};max-width:64em;line-height:1.5;overflow-wrap:anywhere"
_SUM = f"border-left:4px solid {BRAND};padding:4px 12px;margin:6px 0;{_INK}"
_TABLE = "border-collapse:collapse;table-layout:auto;width:100%;margin:2px 0 12px 0;font-size:100%"
_CAPTION = f"text-align:left;caption-side:top;font-weight:bold;padding:4px 0;{_INK}"
_CELL = (
    f"text-align:left;vertical-align:top;line-height:1.5;padding:4px 12px 4px 0;border:0;{_INK};"
    f"border-top:1px solid {FAINT_BORDER};background:none;white-space:normal;overflow-wrap:anywhere"
)
_HEAD = _CELL.replace(_INK, _QUIET).replace("anywhere", "normal") + ";font-weight:normal"
_WIDE = f"{_CELL};min-width:8em"
_NAME = f"{_CELL};font-weight:bold"
_FACT = f"{_HEAD};width:16em"
_CODE = (
    f"font-family:{CODE_FONT};font-size:92%;background:none;padding:0;{_INK};white-space:pre-wrap"
)
_SHORT = ";white-space:nowrap;overflow-wrap:normal"
_LONG = ";min-width:8em"
_LONGEST_IN_ONE_LINE = 24  # characters


class Explanation(result.Explanation):
    """An Explanation that a notebook shows as HTML, with its parts as DataFrames."""

    @property
    def workers(self) -> Table:
        """One row for each Worker: whether it matches, is available, has room, and in words."""
        columns = ["worker", "matches", "activity_name", "available", "capacity", "in words"]
        return table(columns, [_worker_row(each) for each in self.candidates])

    def to_frame(self) -> Table:
        """One row for each clause of each expression, with the values it met and the mistake.

        `about` is the filter or the Worker, `expression` the expression's place: "filter",
        "target_workers" or "target".
        """
        columns = ["about", "expression", "clause", "holds", "met", "mistake"]
        return table(columns, _clause_rows(self))

    def _repr_html_(self) -> str:
        parts = [
            f'<p style="{_QUIET};margin:0">{escape(self.heading)}</p>',
            f'<p style="{_SUM}">{_with_code(self.sentence)}</p>',
            _notes(self),
            _workers(self),
            _filters(self),
            _facts(self),
        ]
        return f'<div class="{AS_TEXT}" style="{_BOX}">{"".join(parts)}</div>'


def _worker_row(candidate: Candidate) -> list[object]:
    return [
        candidate.friendly_name,
        candidate.matches,
        candidate.activity_name,
        candidate.is_available,
        "" if candidate.capacity is None else str(candidate.capacity),
        describe_candidate(candidate),
    ]


def _clause_rows(explanation: Explanation) -> Iterator[list[object]]:
    for view in explanation.filters:
        yield from _rows_of(view.name, "filter", view.verdict)
    for candidate in explanation.candidates:
        yield from _rows_of(candidate.friendly_name, "target_workers", candidate.target_workers)
        yield from _rows_of(candidate.friendly_name, "target", candidate.target)


def _rows_of(about: str, expression: str, verdict: Verdict | None) -> Iterator[list[object]]:
    for clause in verdict.clauses if verdict is not None else ():
        yield [about, expression, clause.text, clause.holds, clause.found(), clause.mistake]


def _notes(explanation: Explanation) -> str:
    items = "".join(
        f'<li style="margin:2px 0"><strong>{escape(note.about)}:</strong> '
        f'<span style="white-space:pre-wrap">{escape(note.text)}</span></li>'
        for note in explanation.notes
    )
    return f'<ul style="margin:6px 0 12px 0;padding-left:1.4em">{items}</ul>' if items else ""


def _workers(explanation: Explanation) -> str:
    shown, total = explanation.nearest, len(explanation.candidates)
    rows = [
        [
            marked_name(each.can_take, each.friendly_name),
            cell(_match(each)),
            activity(each.is_available, each.activity_name),
            cell(_capacity(each), f"{_CELL}{_SHORT}"),
        ]
        for each in shown
    ]
    title = f"Workers, the nearest {len(shown)} of {total}" if len(shown) < total else "Workers"
    return table_of(title, ["Worker", "must match", "Activity", "capacity"], rows)


def _match(candidate: Candidate) -> str:
    lines = [clauses(candidate.verdicts)]
    if candidate.exclusion:
        lines.append(f"{_mark(False)} {escape(candidate.exclusion)}")
    if candidate.is_reserved:
        lines.append(quiet(f"reserved: {PENDING}"))
    return "<br>".join(lines)


def _capacity(candidate: Candidate) -> str:
    if candidate.capacity is None:
        return quiet("not read")
    return f"{_mark(not candidate.is_busy, 'has room')} {escape(str(candidate.capacity))}"


def _filters(explanation: Explanation) -> str:
    rows = [
        [
            marked_name(view.matches, view.name),
            cell(clauses([view.verdict]) if view.verdict else quiet("if no filter matches")),
            cell(
                escape(", ".join(view.queues))
                + (f" {quiet('← the Task')}" if view.holds_task else "")
            ),
        ]
        for view in explanation.filters
    ]
    title = f"Filters of the Workflow {explanation.workflow}"
    return table_of(title, ["filter", "must match", "leads to"], rows)


def _facts(explanation: Explanation) -> str:
    rows = [
        [f'<th scope="row" style="{_FACT}">{escape(name)}</th>', cell(escape(value))]
        for name, value in explanation.facts()
    ]
    return table_of("Where it stands", [], rows)


def table_of(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of `rows`, which hold finished cells; "" without rows."""
    if not rows:
        return ""
    heads = "".join(f'<th scope="col" style="{_HEAD}">{escape(name)}</th>' for name in columns)
    head = f"<thead><tr>{heads}</tr></thead>" if columns else ""
    body = "".join(f'<tr style="background:none">{"".join(row)}</tr>' for row in rows)
    caption = f'<caption style="{_CAPTION}">{escape(title)}</caption>'
    return f'<table style="{_TABLE}">{caption}{head}<tbody>{body}</tbody></table>'


def clauses(verdicts: Iterable[Verdict]) -> str:
    """Return each clause of each expression on a separate line, with the values it met."""
    lines = [line for verdict in verdicts for line in _lines(verdict)]
    return "<br>".join(lines) or quiet("none")


def _lines(verdict: Verdict) -> Iterator[str]:
    if verdict.error:
        yield code(verdict.error)
    for clause in verdict.clauses:
        yield f"{_mark(clause.holds)} {_clause(clause)}"


def _clause(clause: Clause) -> str:
    written = code(clause.text)
    return f"{written} {quiet(clause.found())}" if clause.met else written


def _mark(holds: bool | None, what: str = "holds") -> str:
    """A mark with a label for screen readers: ✓, ✗, or ? where channels were not read."""
    label = {True: what, False: f"not: {what}", None: "not known"}[holds]
    return f'<span role="img" aria-label="{label}">{result.MARKS[holds]}</span>'


def marked_name(holds: bool | None, name: str) -> str:
    """Return the heading of a row: ✓, ✗ or ?, then a name."""
    return f'<th scope="row" style="{_NAME}{_wrapping(name)}">{_mark(holds)} {escape(name)}</th>'


def activity(available: bool, name: str) -> str:
    """Return the cell of a Worker's Activity, marked as available or not."""
    return cell(f"{_mark(available, 'available')} {escape(name)}", f"{_CELL}{_wrapping(name)}")


def _wrapping(name: str) -> str:
    """Wrap only long names, which would leave no room for the other columns."""
    return _SHORT if len(name) <= _LONGEST_IN_ONE_LINE else _LONG


def code(text: str) -> str:
    """Return text in code font."""
    return f'<code style="{_CODE}">{escape(text)}</code>'


def cell(html: str, style: str = _WIDE) -> str:
    """Return a table cell around `html`, which must be escaped already."""
    return f'<td style="{style}">{html}</td>'


def quiet(text: str) -> str:
    """Return text in the secondary color."""
    return f'<span style="{_QUIET}">{escape(text)}</span>'


def _with_code(text: str) -> str:
    """Return text with `…` in code font."""
    parts = enumerate(text.split("`"))
    return "".join(code(part) if number % 2 else escape(part) for number, part in parts)
