"""An Explanation as HTML for a notebook. What comes from TaskRouter is text in it, never HTML."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from helpers.explanation.facts import facts_of, heading_of
from helpers.explanation.filters import FilterView
from helpers.explanation.sentences import standing_of
from helpers.explanation.staff import Candidate
from helpers.explanation.verdicts import Clause, Verdict

if TYPE_CHECKING:
    from helpers.explanation.explanation import Explanation

_INK = "color:var(--jp-content-font-color1,#1f1f1f)"
_QUIET = "color:var(--jp-content-font-color2,#555)"
_LINE = "var(--jp-border-color2,#c8c8c8)"
_BOX = f"{_INK};max-width:64em;line-height:1.5;overflow-wrap:anywhere"
_SUM = f"border-left:4px solid var(--jp-brand-color1,#1565c0);padding:4px 12px;margin:6px 0;{_INK}"
_TABLE = "border-collapse:collapse;table-layout:auto;width:100%;margin:2px 0 12px 0;font-size:100%"
_CAPTION = f"text-align:left;caption-side:top;font-weight:bold;padding:4px 0;{_INK}"
_CELL = (
    f"text-align:left;vertical-align:top;padding:4px 12px 4px 0;border:0;{_INK};"
    f"border-top:1px solid {_LINE};background:none;white-space:normal;overflow-wrap:anywhere"
)
_HEAD = _CELL.replace(_INK, _QUIET) + ";font-weight:normal"
_NAME = f"{_CELL};font-weight:bold;white-space:nowrap"
_FACT = f"{_HEAD};width:16em"
_CODE = (
    "font-family:var(--jp-code-font-family,monospace);font-size:92%;background:none;padding:0;"
    f"{_INK};white-space:pre-wrap"
)
_MARKS = {
    True: '<span role="img" aria-label="yes">✓</span>',
    False: '<span role="img" aria-label="no">✗</span>',
}


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
    rows = [
        [
            _name(one.is_eligible, one.friendly_name),
            _cell(_with_code(standing_of(one))),
            _cell(_clauses([one.target_workers, one.target])),
            _cell(f"{escape(one.activity_name)}<br>{_quiet(_available(one))}"),
            _cell(escape(str(one.room)) if one.room else _quiet("not asked")),
        ]
        for one in candidates
    ]
    return _table("Workers", ["Worker", "in words", "expressions", "Activity", "capacity"], rows)


def _filters(explanation: "Explanation") -> str:
    rows = [
        [
            _name(_holds(one), one.name),
            _cell(escape(one.outcome)),
            _cell(_clauses([one.verdict])),
            _cell(escape(", ".join(one.queues))),
        ]
        for one in explanation.filters
    ]
    title = f"Filters of the Workflow {explanation.workflow}"
    return _table(title, ["filter", "in words", "expression", "leads to"], rows)


def _facts(explanation: "Explanation") -> str:
    rows = [
        [f'<th scope="row" style="{_FACT}">{escape(name)}</th>', _cell(escape(value))]
        for name, value in facts_of(explanation)
    ]
    return _table("Where it stands", [], rows)


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """`rows` hold finished cells; "" without rows."""
    if not rows:
        return ""
    heads = "".join(f'<th scope="col" style="{_HEAD}">{escape(name)}</th>' for name in columns)
    head = f"<thead><tr>{heads}</tr></thead>" if columns else ""
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    caption = f'<caption style="{_CAPTION}">{escape(title)}</caption>'
    return f'<table style="{_TABLE}">{caption}{head}<tbody>{body}</tbody></table>'


def _clauses(verdicts: Iterable[Verdict | None]) -> str:
    lines = [line for one in verdicts if one is not None for line in _lines(one)]
    return "<br>".join(lines) or _quiet("none")


def _lines(verdict: Verdict) -> Iterator[str]:
    if verdict.error:
        yield f'<code style="{_CODE}">{escape(verdict.error)}</code>'
    for clause in verdict.clauses:
        yield f"{_MARKS[clause.holds]} {_clause(clause)}"


def _clause(clause: Clause) -> str:
    code = f'<code style="{_CODE}">{escape(clause.text)}</code>'
    return f"{code} {_quiet(clause.found())}" if clause.met else code


def _holds(one: FilterView) -> bool:
    return one.taken if one.verdict is None else one.verdict.holds


def _available(one: Candidate) -> str:
    return "available" if one.available else "not available"


def _name(holds: bool, name: str) -> str:
    return f'<th scope="row" style="{_NAME}">{_MARKS[holds]} {escape(name)}</th>'


def _cell(html: str) -> str:
    return f'<td style="{_CELL}">{html}</td>'


def _quiet(text: str) -> str:
    return f'<span style="{_QUIET}">{escape(text)}</span>'


def _with_code(text: str) -> str:
    """Text in which `…` is code."""
    parts = [escape(part) for part in text.split("`")]
    return "".join(
        f'<code style="{_CODE}">{part}</code>' if number % 2 else part
        for number, part in enumerate(parts)
    )
