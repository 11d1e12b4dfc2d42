"""An Explanation as HTML for a notebook. What comes from TaskRouter is text in it, never HTML."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from local_taskrouter.explanation.candidates import Candidate
from local_taskrouter.explanation.filters import FilterView
from local_taskrouter.explanation.verdicts import Clause, Verdict

from helpers.display.theme import CODE_FONT, INK, QUIET_INK
from helpers.explanation.facts import facts_of, heading_of, nearest

if TYPE_CHECKING:
    from helpers.explanation.explanation import Explanation

_INK = f"color:{INK}"
_QUIET = f"color:{QUIET_INK}"
_LINE = "var(--jp-border-color2,#c8c8c8)"
_BOX = f"{_INK};max-width:64em;line-height:1.5;overflow-wrap:anywhere"
_SUM = f"border-left:4px solid var(--jp-brand-color1,#1565c0);padding:4px 12px;margin:6px 0;{_INK}"
_TABLE = "border-collapse:collapse;table-layout:auto;width:100%;margin:2px 0 12px 0;font-size:100%"
_CAPTION = f"text-align:left;caption-side:top;font-weight:bold;padding:4px 0;{_INK}"
_CELL = (
    f"text-align:left;vertical-align:top;line-height:1.5;padding:4px 12px 4px 0;border:0;{_INK};"
    f"border-top:1px solid {_LINE};background:none;white-space:normal;overflow-wrap:anywhere"
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
_LONGEST_IN_ONE_LINE = 24  # letters


def as_html(explanation: "Explanation") -> str:
    """The sentence, what to look at, then the reasons: filters, place, Workers."""
    parts = [
        f'<p style="{_QUIET};margin:0">{escape(heading_of(explanation))}</p>',
        f'<p style="{_SUM}">{_with_code(explanation.sentence)}</p>',
        _notes(explanation),
        _workers(explanation.candidates),
        _filters(explanation),
        _facts(explanation),
    ]
    return f'<div style="{_BOX}">{"".join(parts)}</div>'


def _notes(explanation: "Explanation") -> str:
    items = "".join(
        f'<li style="margin:2px 0"><strong>{escape(note.about)}:</strong> '
        f'<span style="white-space:pre-wrap">{escape(note.text)}</span></li>'
        for note in explanation.notes
    )
    return f'<ul style="margin:6px 0 12px 0;padding-left:1.4em">{items}</ul>' if items else ""


def _workers(candidates: Sequence[Candidate]) -> str:
    shown, more = nearest(candidates)
    rows = [
        [
            marked_name(one.is_eligible, one.friendly_name),
            cell(_fits(one)),
            activity(one.available, one.activity_name),
            cell(_capacity(one), f"{_CELL}{_SHORT}"),
        ]
        for one in shown
    ]
    title = f"Workers, the nearest {len(shown)} of {len(candidates)}" if more else "Workers"
    return table_of(title, ["Worker", "must match", "Activity", "capacity"], rows)


def _fits(one: Candidate) -> str:
    lines = [clauses([one.target_workers, one.target])]
    if one.known:
        lines.append(f"{_mark(False)} {escape(one.known)}")
    if one.has_pending_reservation:
        lines.append(quiet("has been asked: the Reservation is pending"))
    return "<br>".join(lines)


def _capacity(one: Candidate) -> str:
    if one.room is None:
        return quiet("not looked at")
    return f"{_mark(not one.busy, 'has room')} {escape(str(one.room))}"


def _filters(explanation: "Explanation") -> str:
    rows = [
        [
            marked_name(_holds(one), one.name),
            cell(clauses([one.verdict]) if one.verdict else quiet("if no filter matches")),
            cell(escape(", ".join(one.queues)) + (f" {quiet('← the Task')}" if one.taken else "")),
        ]
        for one in explanation.filters
    ]
    title = f"Filters of the Workflow {explanation.workflow}"
    return table_of(title, ["filter", "must match", "leads to"], rows)


def _facts(explanation: "Explanation") -> str:
    rows = [
        [f'<th scope="row" style="{_FACT}">{escape(name)}</th>', cell(escape(value))]
        for name, value in facts_of(explanation)
    ]
    return table_of("Where it stands", [], rows)


def table_of(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """`rows` hold finished cells; "" without rows."""
    if not rows:
        return ""
    heads = "".join(f'<th scope="col" style="{_HEAD}">{escape(name)}</th>' for name in columns)
    head = f"<thead><tr>{heads}</tr></thead>" if columns else ""
    body = "".join(f'<tr style="background:none">{"".join(row)}</tr>' for row in rows)
    caption = f'<caption style="{_CAPTION}">{escape(title)}</caption>'
    return f'<table style="{_TABLE}">{caption}{head}<tbody>{body}</tbody></table>'


def clauses(verdicts: Iterable[Verdict | None]) -> str:
    """Each clause of each expression on its line, with what it met."""
    lines = [line for one in verdicts if one is not None for line in _lines(one)]
    return "<br>".join(lines) or quiet("none")


def _lines(verdict: Verdict) -> Iterator[str]:
    if verdict.error:
        yield code(verdict.error)
    for clause in verdict.clauses:
        yield f"{_mark(clause.holds)} {_clause(clause)}"


def _clause(clause: Clause) -> str:
    written = code(clause.text)
    return f"{written} {quiet(clause.found())}" if clause.met else written


def _holds(one: FilterView) -> bool:
    return one.taken if one.verdict is None else one.verdict.holds


def _mark(holds: bool, what: str = "holds") -> str:
    """A sign that is read out: ✓ or ✗."""
    told = what if holds else f"not: {what}"
    return f'<span role="img" aria-label="{told}">{"✓" if holds else "✗"}</span>'


def marked_name(holds: bool, name: str) -> str:
    """The head of a row: ✓ or ✗, then a name."""
    return f'<th scope="row" style="{_NAME}{_wrapping(name)}">{_mark(holds)} {escape(name)}</th>'


def activity(available: bool, name: str) -> str:
    """The cell of a Worker's Activity, marked as available or not."""
    return cell(f"{_mark(available, 'available')} {escape(name)}", f"{_CELL}{_wrapping(name)}")


def _wrapping(name: str) -> str:
    """A long name on one line would leave no room for the other columns."""
    return _SHORT if len(name) <= _LONGEST_IN_ONE_LINE else _LONG


def code(text: str) -> str:
    """Text as code."""
    return f'<code style="{_CODE}">{escape(text)}</code>'


def cell(html: str, style: str = _WIDE) -> str:
    """A cell of a table, around HTML that is safe."""
    return f'<td style="{style}">{html}</td>'


def quiet(text: str) -> str:
    """Text that stands back."""
    return f'<span style="{_QUIET}">{escape(text)}</span>'


def _with_code(text: str) -> str:
    """Text in which `…` is code."""
    parts = enumerate(text.split("`"))
    return "".join(code(part) if number % 2 else escape(part) for number, part in parts)
