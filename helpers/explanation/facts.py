"""Names and values that the page and the plain text both show."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from local_taskrouter.explanation.candidates import Candidate
from local_taskrouter.explanation.place import Place
from local_taskrouter.explanation.sentences import distance

if TYPE_CHECKING:
    from helpers.explanation.explanation import Explanation


MOST_WORKERS = 30


def heading_of(explanation: "Explanation") -> str:
    """The Task, in a line."""
    if not explanation.task_sid:
        return f"A Task with {explanation.attributes}, if it were created now"
    return (
        f"Task {explanation.task_sid} {explanation.attributes} is {explanation.assignment_status}"
    )


def nearest(candidates: Sequence[Candidate]) -> tuple[list[Candidate], int]:
    """The Workers to show, those who came nearest first, and how many more there are."""
    ordered = sorted(candidates, key=distance)
    return ordered[:MOST_WORKERS], max(0, len(ordered) - MOST_WORKERS)


def facts_of(explanation: "Explanation") -> Iterator[tuple[str, str]]:
    """Where the Task stands and for how long, and its Reservations."""
    if explanation.place is not None:
        yield from _of_place(explanation.place, explanation.priority)
    for one in explanation.reservations:
        until = f", to be answered until {one.until}" if one.until else ""
        yield "Reservation", f"{one.worker_name}: {one.reservation_status}{until}"


def _of_place(place: Place, priority: int) -> Iterator[tuple[str, str]]:
    yield "TaskQueue", f"{place.queue}, for Workers with {place.target_workers or 'nothing'}"
    if place.way:
        unsure = "" if place.sure else " (or another target of the same TaskQueue)"
        yield "led there by", f"{place.way}{unsure}"
    if place.expression:
        yield "the target also asks for", place.expression
    if place.order_by:
        yield "Workers are asked in the order of", place.order_by
    if place.skip_if is not None:
        now = "holds" if place.skip_if.holds else "does not hold"
        met = ", ".join(clause.found() for clause in place.skip_if.clauses if clause.met)
        yield "skipped if nobody can take it and", f"{place.skip_if.text}: {now} now ({met})"
    if place.left is not None:
        yield "may stay for", f"{place.left} s more (until {place.until} s old); then {place.after}"
    if place.task_left is not None:
        yield "is canceled in", f"{place.task_left} s, by its own timeout, if nobody accepts it"
    yield "age and priority", f"{place.age} s, priority {priority}"
