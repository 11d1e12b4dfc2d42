"""What is due when, as data: a heap of (due, serial, SID, field).

A timer is a field of a record that holds a moment (`Reservation.expires_at`). The heap only
remembers to look: an entry whose record no longer shows that moment is dropped when it comes up.
Nothing is saved; the records are, and bring their timers back when they are read.
"""

from heapq import heapify, heappop, heappush

from helpers.emulator.core.model import Record, Reservation, Task
from helpers.emulator.core.store import Store

FIELDS: dict[type[Record], tuple[str, ...]] = {
    Reservation: ("expires_at",),
    Task: ("expires_at", "step_until", "held_until", "remove_at"),
}
_ROOM = 10_000


class Timers:
    """The timers of all records in `store`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._heap: list[tuple[float, int, str, str]] = []
        self._serial = 0
        self._live: set[tuple[str, str, float]] = set()
        store.observers.append(self._watch)

    def next_due(self) -> float | None:
        """When to look again, in seconds since 1970; None: never."""
        while self._heap and not self._holds(self._heap[0]):
            self._drop()
        return self._heap[0][0] if self._heap else None

    def pop(self, now: float) -> tuple[float, Record, str] | None:
        """The earliest timer that is due by `now`, as (due, record, field); None: none is."""
        due = self.next_due()
        if due is None or due > now:
            return None
        record, field = self._record(self._heap[0]), self._heap[0][3]
        self._drop()
        return due, record, field

    def _watch(self, record: Record, there: bool) -> None:
        if not there:
            return
        for field in FIELDS.get(type(record), ()):
            due = getattr(record, field)
            if due is not None and (record.sid, field, due) not in self._live:
                self._serial += 1
                self._live.add((record.sid, field, due))
                heappush(self._heap, (due, self._serial, record.sid, field))
                self._tidy()

    def _drop(self) -> None:
        due, _, sid, field = heappop(self._heap)
        self._live.discard((sid, field, due))

    def _record(self, entry: tuple[float, int, str, str]) -> Record | None:
        return self._store.get(Reservation, entry[2]) or self._store.get(Task, entry[2])

    def _holds(self, entry: tuple[float, int, str, str]) -> bool:
        record = self._record(entry)
        return record is not None and getattr(record, entry[3]) == entry[0]

    def _tidy(self) -> None:
        """Forget the dead once they might outnumber the living; costs O(1) amortised."""
        if len(self._heap) < _ROOM or self._serial % _ROOM:
            return
        self._heap = [entry for entry in self._heap if self._holds(entry)]
        self._live = {(sid, field, due) for due, _, sid, field in self._heap}
        heapify(self._heap)
