"""The notebook's view of an Explanation: HTML, and DataFrames of its Workers and clauses.

What comes from TaskRouter is text in the HTML, never markup.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from local_taskrouter.explanation import result
from local_taskrouter.explanation.candidates import Candidate
from local_taskrouter.explanation.sentences import (
    MOST_NAMES,
    PENDING,
    describe_candidate,
    describe_nearest,
    group_nearest,
    join_names,
)
from local_taskrouter.explanation.verdicts import Clause, Verdict
from local_taskrouter.rules.timeouts import duration

from helpers.display.pieces import OTHER_STATE, STATES, code, mark, pill, prose, quiet, styled, text
from helpers.display.table import Table, table

MOST_NEAR_MISSES = 2
_LONGEST_IN_ONE_LINE = 24  # characters
_NEW_LINE = "\n"


@dataclass(frozen=True, repr=False)
class Explanation(result.Explanation):
    """An Explanation that a notebook shows as HTML, with its parts as DataFrames.

    `task_name` is the name of the Task in tables and panels: "Spanish #1".
    """

    task_name: str = ""

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
        family, _ = STATES.get(_status(self), OTHER_STATE)
        folds = f"{_workers(self)} {_filters(self)} {_facts(self)}"
        return styled(
            f'<div class="say {family}">{_line(self)}{_sentence(self)}{_cures(self)}'
            f"<div class=folds>{folds}</div></div>"
        )


def _worker_row(candidate: Candidate) -> list[object]:
    return [
        candidate.friendly_name,
        candidate.matches,
        candidate.activity_name,
        candidate.is_available,
        "" if candidate.capacity is None else str(candidate.capacity),
        describe_candidate(candidate).replace("`", ""),
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


def _status(explanation: Explanation) -> str:
    if explanation.task_sid:
        return explanation.assignment_status
    is_refused = explanation.place is None or explanation.assignment_status == "canceled"
    return "would be refused" if is_refused else "not created"


def _line(explanation: Explanation) -> str:
    """The Task: its name or attributes, its status, where it is and for how long, its SID."""
    sid, place = explanation.task_sid, explanation.place
    name = explanation.task_name or explanation.attributes
    parts = [f"<span class=tag>{text(name)}</span>", pill(_status(explanation))]
    if place is not None:
        age = f"{duration(place.age)} " if sid else ""
        parts.append(quiet(f"{age}in {place.task_queue}"))
    return f"<p class=line>{' '.join([*parts, text(sid)])}</p>"


def _sentence(explanation: Explanation) -> str:
    """The title, then the near misses where the sentence would list the Workers one by one."""
    title, candidates, near = explanation.sentence, explanation.candidates, []
    if title == f"{'; '.join(describe_nearest(candidates))}.":
        waits = "It waits" if explanation.task_sid else "It would wait"
        (first, words), *others = group_nearest(candidates)
        if first[0].might_match:
            title = f"{waits}: {_names(first)} {words}."
            near = [each for each in others if _is_near(each[0][0])]
        else:
            title = f"{waits}: no Worker matches."
            near = [(first, words), *others]
    rows = "".join(
        f"<p class=near>{mark(group[0].can_take)} <b>{text(_names(group))}</b> {prose(words)}</p>"
        for group, words in near[:MOST_NEAR_MISSES]
    )
    return f"<p class=title>{prose(title)}</p>{rows}"


def _names(group: Sequence[Candidate]) -> str:
    return join_names([each.friendly_name for each in group], MOST_NAMES)


def _is_near(candidate: Candidate) -> bool:
    mistakes = any(verdict.mistakes for verdict in candidate.verdicts)
    return candidate.might_match or mistakes or bool(candidate.exclusion)


def _cures(explanation: Explanation) -> str:
    return "".join(
        f"<p class=cure>→ <b>{text(note.about)}:</b> "
        f"{code(note.text) if _NEW_LINE in note.text else text(note.text)}</p>"
        for note in explanation.notes
    )


def _fold(title: str, table: str) -> str:
    return f"<details><summary>{title}</summary>{table}</details>" if table else ""


def _workers(explanation: Explanation) -> str:
    shown, total = explanation.nearest, len(explanation.candidates)
    alike: dict[tuple[str, ...], list[str]] = {}
    for each in shown:
        judged = (_match(each), activity(each.is_available, each.activity_name), _capacity(each))
        alike.setdefault((mark(each.can_take), *judged), []).append(each.friendly_name)
    rows = [
        [f"<th scope=row class=text>{sign} {text(', '.join(names))}</th>", cell(match), *others]
        for (sign, match, *others), names in alike.items()
    ]
    columns = ["Worker", "must match", "Activity", "capacity"]
    if all(each.capacity is None for each in shown):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    which = f"the nearest {len(shown)} of {total:,} Workers"
    title = f"Show {which}" if len(shown) < total else f"Show every Worker ({total})"
    return _fold(title, table_of(columns, rows))


def _match(candidate: Candidate) -> str:
    lines = [clauses(candidate.verdicts)]
    if candidate.exclusion:
        lines.append(f"{mark(False)} {text(candidate.exclusion)}")
    if candidate.is_reserved:
        lines.append(quiet(f"reserved: {PENDING}"))
    return "<br>".join(lines)


def _capacity(candidate: Candidate) -> str:
    if candidate.capacity is None:
        return cell(quiet("not read"), "text")
    return cell(f"{mark(not candidate.is_busy)} {text(candidate.capacity)}", "text")


def _filters(explanation: Explanation) -> str:
    holds = f" {quiet('← the Task')}"
    rows = [
        [
            marked_name(view.matches, view.name),
            cell(_conditions(view.verdict) if view.verdict else quiet("if no filter matches")),
            cell(f"{text(', '.join(view.queues))}{holds if view.holds_task else ''}", "text"),
        ]
        for view in explanation.filters
    ]
    return _fold(
        f"Show every filter ({len(rows)})", table_of(["filter", "must match", "leads to"], rows)
    )


def _facts(explanation: Explanation) -> str:
    attributes = explanation.attributes if explanation.task_name else ""  # else the tag shows them
    facts = [("attributes", attributes), ("Workflow", explanation.workflow), *explanation.facts()]
    rows = [
        [f"<th scope=row>{text(name)}</th>", cell(text(value))] for name, value in facts if value
    ]
    return _fold("Show where it stands", table_of([], rows))


def table_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of `rows`, which hold finished cells; "" without rows. `styled` styles it."""
    if not rows:
        return ""
    heads = "".join(f"<th>{text(name)}</th>" for name in columns)
    head = f"<thead><tr>{heads}</tr></thead>" if columns else ""
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f'<table class="few whole">{head}<tbody>{body}</tbody></table>'


def clauses(verdicts: Iterable[Verdict]) -> str:
    """Return each clause of each expression on a separate line, with the values it met."""
    lines = [line for verdict in verdicts for line in _lines(verdict)]
    return "<br>".join(lines) or quiet("none")


def _conditions(verdict: Verdict) -> str:
    """The clauses of a filter; its mark is that of a single clause."""
    return _clause(*verdict.clauses) if len(verdict.clauses) == 1 else clauses([verdict])


def _lines(verdict: Verdict) -> Iterator[str]:
    if verdict.error:
        yield code(verdict.error)
    for clause in verdict.clauses:
        yield f"{mark(clause.holds)} {_clause(clause)}"


def _clause(clause: Clause) -> str:
    written = code(clause.text)
    return f"{written} {quiet(clause.found())}" if clause.met else written


def marked_name(holds: bool | None, name: str) -> str:
    """Return the heading of a row: ✓, ✗ or ?, then a name."""
    return f"<th scope=row{_wrapping(name)}>{mark(holds)} {text(name)}</th>"


def activity(available: bool, name: str) -> str:
    """Return the cell of a Worker's Activity, marked as available or not."""
    return f"<td{_wrapping(name)}>{mark(available)} {text(name)}</td>"


def _wrapping(name: str) -> str:
    """Wrap only long names, which would leave no room for the other columns."""
    return "" if len(name) <= _LONGEST_IN_ONE_LINE else " class=text"


def cell(html: str, kind: str = "wide") -> str:
    """Return a table cell around `html`, which must be escaped already."""
    return f"<td class={kind}>{html}</td>"
