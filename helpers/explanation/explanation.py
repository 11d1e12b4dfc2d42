"""What `explain` returns: the reasons as data, and the ways to look at them."""

from collections.abc import Iterator
from dataclasses import dataclass

from local_taskrouter.explanation.candidates import Candidate
from local_taskrouter.explanation.filters import FilterView
from local_taskrouter.explanation.notes import Note
from local_taskrouter.explanation.place import Place
from local_taskrouter.explanation.sentences import standing_of
from local_taskrouter.explanation.verdicts import Verdict

from helpers.display.table import Table, table
from helpers.explanation.page import as_html
from helpers.explanation.plain import as_text


@dataclass(frozen=True)
class ReservationView:
    """A Reservation of the Task; `until` is when a pending one times out, else ""."""

    worker_name: str
    reservation_status: str
    until: str


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why a Task is where it is.

    `sentence` sums it up, `notes` say what to look at and the way out. `filters`, `place` (None:
    in no TaskQueue) and `candidates` (every Worker) hold what was judged, `reservations` the
    Task's, oldest first. `task_sid` is "" for a Task that does not exist.
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
    def workers(self) -> Table:
        """One row for each Worker: whether it matches, is available, has room, and in words."""
        columns = ["worker", "matches", "activity_name", "available", "capacity", "in words"]
        return table(columns, [_row(one) for one in self.candidates])

    def to_frame(self) -> Table:
        """One row for each clause of each expression, with what it met and the usual mistake.

        `about` is the filter or the Worker, `expression` where the clause is from: "filter",
        "target_workers" or "target".
        """
        columns = ["about", "expression", "clause", "holds", "met", "trap"]
        return table(columns, self._clauses())

    def __str__(self) -> str:
        return as_text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(self)

    def _clauses(self) -> Iterator[list[object]]:
        for one in self.filters:
            if one.verdict is not None:
                yield from _clauses_of(one.name, "filter", one.verdict)
        for candidate in self.candidates:
            for name in ("target_workers", "target"):
                verdict = getattr(candidate, name)
                if verdict is not None:
                    yield from _clauses_of(candidate.friendly_name, name, verdict)


def _row(one: Candidate) -> list[object]:
    room = "" if one.room is None else str(one.room)
    name, words = one.friendly_name, standing_of(one)
    return [name, one.matches, one.activity_name, one.available, room, words]


def _clauses_of(about: str, where: str, verdict: Verdict) -> Iterator[list[object]]:
    for clause in verdict.clauses:
        yield [about, where, clause.text, clause.holds, clause.found(), clause.trap]
