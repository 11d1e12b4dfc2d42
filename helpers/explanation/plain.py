"""An Explanation as plain text."""

from collections.abc import Iterator
from textwrap import indent
from typing import TYPE_CHECKING

from local_taskrouter.explanation.candidates import Candidate
from local_taskrouter.explanation.filters import FilterView
from local_taskrouter.explanation.verdicts import Verdict

from helpers.explanation.facts import facts_of, heading_of, nearest

if TYPE_CHECKING:
    from helpers.explanation.explanation import Explanation

MARKS = {True: "✓", False: "✗"}


def as_text(explanation: "Explanation") -> str:
    """Everything that the page shows, in the same order."""
    return "\n".join(_lines(explanation))


def _lines(explanation: "Explanation") -> Iterator[str]:
    yield heading_of(explanation)
    yield explanation.sentence
    for note in explanation.notes:
        yield f"→ {note.about}: {note.text}"
    if explanation.filters:
        yield f"Workflow {explanation.workflow}"
        for one in explanation.filters:
            yield from _filter(one)
    facts = list(facts_of(explanation))
    if facts:
        yield "Where it stands"
        yield from (f"  {name}: {value}" for name, value in facts)
    if explanation.candidates:
        yield "Workers"
        shown, more = nearest(explanation.candidates)
        for candidate in shown:
            yield from _candidate(candidate)
        if more:
            yield f"  and {more} more, see .workers"


def _filter(one: FilterView) -> Iterator[str]:
    holds = one.taken if one.verdict is None else one.verdict.holds
    yield f"  {MARKS[holds]} {one.name} → {', '.join(one.queues)}: {one.outcome}"
    if one.verdict is not None:
        yield from _clauses(one.verdict)


def _candidate(one: Candidate) -> Iterator[str]:
    yield f"  {MARKS[one.is_eligible]} {one.friendly_name}"
    for verdict in (one.target_workers, one.target):
        if verdict is not None:
            yield from _clauses(verdict)
    if one.known:
        yield f"      {MARKS[False]} {one.known}"
    if one.has_pending_reservation:
        yield "      has been asked: the Reservation is pending"
    yield f"      {MARKS[one.available]} {one.activity_name}"
    if one.room is not None:
        yield f"      {MARKS[not one.busy]} {one.room}"


def _clauses(verdict: Verdict) -> Iterator[str]:
    if verdict.error:
        yield indent(verdict.error, "      ")
    for clause in verdict.clauses:
        yield f"      {MARKS[clause.holds]} {clause}"
