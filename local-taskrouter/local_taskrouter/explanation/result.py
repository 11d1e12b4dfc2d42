"""The result of `explain`: as data, as text, and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from textwrap import indent, shorten
from typing import Any

from local_taskrouter.explanation.candidates import Candidate
from local_taskrouter.explanation.notes import Note
from local_taskrouter.explanation.place import FilterView, Place
from local_taskrouter.explanation.sentences import PENDING, describe_candidate, distance
from local_taskrouter.explanation.verdicts import Verdict
from local_taskrouter.rules.timeouts import duration, time_left

MOST_WORKERS = 30  # shown as text or HTML
MOST_RESERVATIONS = 10  # shown, the newest
_REPR_LENGTH = 240  # characters, of which pytest cuts out none
_MORE = " (str() shows every reason)"
MARKS = {True: "✓", False: "✗", None: "?"}


@dataclass(frozen=True)
class ReservationView:
    """A Reservation of the Task; `until` is when a pending one times out, "" for any other."""

    worker_name: str
    reservation_status: str
    until: str


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why a Task is where it is.

    `sentence` sums it up; `notes` are the problems found, each with a fix. `filters`, `place` (None
    when the Task is in no TaskQueue) and `candidates` (every Worker) hold what was judged,
    `reservations` the Task's, oldest first. `task_sid` is "" for a Task not yet created.
    """

    task_sid: str
    attributes: str
    assignment_status: str
    priority: int
    sentence: str
    notes: tuple[Note, ...]
    workflow: str
    filters: tuple[FilterView, ...]
    place: Place | None
    reservations: tuple[ReservationView, ...]
    candidates: tuple[Candidate, ...]

    @property
    def heading(self) -> str:
        """The Task, in one line."""
        if not self.task_sid:
            return f"A Task with {self.attributes}, if it were created now"
        return f"Task {self.task_sid} {self.attributes} is {self.assignment_status}"

    @property
    def nearest(self) -> list[Candidate]:
        """The Workers to show, those nearest to a match first."""
        return sorted(self.candidates, key=distance)[:MOST_WORKERS]

    def facts(self) -> Iterator[tuple[str, str]]:
        """Name and value of each fact about where the Task waits, and its Reservations."""
        if self.place is not None:
            yield from _facts_of_place(self.place, self.priority, bool(self.task_sid))
        if earlier := len(self.reservations[:-MOST_RESERVATIONS]):
            yield "earlier Reservations", f"{earlier:,}, see .reservations"
        for each in self.reservations[-MOST_RESERVATIONS:]:
            until = f", to be answered until {each.until}" if each.until else ""
            yield "Reservation", f"{each.worker_name}: {each.reservation_status}{until}"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain dicts and lists, ready for `json.dumps`."""
        return {
            "task_sid": self.task_sid,
            "attributes": self.attributes,
            "assignment_status": self.assignment_status,
            "priority": self.priority,
            "sentence": self.sentence,
            "notes": [asdict(each) for each in self.notes],
            "workflow": self.workflow,
            "filters": [_filter_dict(each) for each in self.filters],
            "place": None if self.place is None else _place_dict(self.place),
            "reservations": [asdict(each) for each in self.reservations],
            "candidates": [_candidate_dict(each) for each in self.candidates],
        }

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def __repr__(self) -> str:
        """The status and the sentence, short enough for pytest to show them uncut."""
        about = "A Task, if it were created now"
        if self.task_sid:
            about = f"Task {self.task_sid} is {self.assignment_status}"
        return (
            shorten(f"{about}: {self.sentence}", _REPR_LENGTH - len(_MORE), placeholder=" …")
            + _MORE
        )

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show all the text as the output of a notebook's cell: IPython calls this method."""
        printer.text(str(self))


def _facts_of_place(place: Place, priority: int, exists: bool) -> Iterator[tuple[str, str]]:
    yield "TaskQueue", f"{place.task_queue}, for Workers with {place.target_workers or 'nothing'}"
    if place.route:
        other = "another target of the same TaskQueue" if exists else "a later target"
        yield "routed there by", f"{place.route}{'' if place.is_certain else f' (or {other})'}"
    if place.expression:
        yield "the target also requires", place.expression
    if place.order_by:
        yield "Workers are reserved in the order of", place.order_by
    if place.skip_if is not None:
        now = "holds" if place.skip_if.holds else "does not hold"
        met = ", ".join(clause.found() for clause in place.skip_if.clauses if clause.met)
        yield "skipped if no Worker can take it and", f"{place.skip_if.text}: {now} now ({met})"
    seconds, age = place.step_seconds_left, place.step_ends_at
    if seconds is not None and age is not None:
        until = f"{time_left(seconds)} more (until it is {duration(age)} old)"
        yield "may stay for", f"{until}; then {place.after_step}"
    if place.task_seconds_left is not None:
        yield (
            "is canceled in",
            f"{time_left(place.task_seconds_left)}, unless a Worker accepts it first",
        )
    yield "age and priority", f"{duration(place.age)}, priority {priority}"


def _lines(explanation: Explanation) -> Iterator[str]:
    yield explanation.heading
    yield explanation.sentence
    for note in explanation.notes:
        yield f"→ {note.about}: {note.text}"
    if explanation.filters:
        yield f"Workflow {explanation.workflow}"
        for each in explanation.filters:
            yield from _filter_lines(each)
    facts = list(explanation.facts())
    if facts:
        yield "Where it stands"
        yield from (f"  {name}: {value}" for name, value in facts)
    if explanation.candidates:
        yield "Workers"
        for candidate in explanation.nearest:
            yield from _candidate_lines(candidate)
        if more := len(explanation.candidates) - len(explanation.nearest):
            yield f"  and {more} more, see .candidates"


def _filter_lines(view: FilterView) -> Iterator[str]:
    yield f"  {MARKS[view.matches]} {view.name} → {', '.join(view.queues)}: {view.outcome}"
    if view.verdict is not None:
        yield from _clause_lines(view.verdict)


def _candidate_lines(candidate: Candidate) -> Iterator[str]:
    yield f"  {MARKS[candidate.can_take]} {candidate.friendly_name}"
    for verdict in candidate.verdicts:
        yield from _clause_lines(verdict)
    if candidate.exclusion:
        yield f"      {MARKS[False]} {candidate.exclusion}"
    if candidate.is_reserved:
        yield f"      reserved: {PENDING}"
    yield f"      {MARKS[candidate.is_available]} {candidate.activity_name}"
    if candidate.capacity is not None:
        yield f"      {MARKS[not candidate.is_busy]} {candidate.capacity}"


def _clause_lines(verdict: Verdict) -> Iterator[str]:
    if verdict.error:
        yield indent(verdict.error, "      ")
    for clause in verdict.clauses:
        yield f"      {MARKS[clause.holds]} {clause}"


def _verdict_dict(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    clauses = [{**asdict(clause), "met": dict(clause.met)} for clause in verdict.clauses]
    return {
        "text": verdict.text,
        "holds": verdict.holds,
        "error": verdict.error,
        "clauses": clauses,
    }


def _filter_dict(view: FilterView) -> dict[str, Any]:
    return {
        "name": view.name,
        "verdict": _verdict_dict(view.verdict),
        "queues": list(view.queues),
        "matches": view.matches,
        "holds_task": view.holds_task,
    }


def _place_dict(place: Place) -> dict[str, Any]:
    return {**vars(place), "skip_if": _verdict_dict(place.skip_if)}


def _candidate_dict(candidate: Candidate) -> dict[str, Any]:
    return {
        "friendly_name": candidate.friendly_name,
        "sid": candidate.sid,
        "activity_name": candidate.activity_name,
        "matches": candidate.matches,
        "is_available": candidate.is_available,
        "is_busy": candidate.is_busy,
        "is_reserved": candidate.is_reserved,
        "is_eligible": candidate.is_eligible,
        "is_unread": candidate.is_unread,
        "description": describe_candidate(candidate),
        "target_workers": _verdict_dict(candidate.target_workers),
        "target": _verdict_dict(candidate.target),
        "exclusion": candidate.exclusion,
        "capacity": None if candidate.capacity is None else asdict(candidate.capacity),
        "holding": list(candidate.holding),
        "reservation_statuses": list(candidate.reservation_statuses),
    }
