"""What is due when, as data: a heap of (due, serial, SID, field).

A timer is a field of a record that holds a moment (`Reservation.expires_at`). The heap only
remembers to look: an entry whose record no longer shows that moment is dropped when it comes up.
Nothing is saved; the records are, and bring their timers back when they are read.
"""

from heapq import heapify, heappop, heappush

from local_taskrouter.core.records import Record, Reservation, Task
from local_taskrouter.core.store import Store

FIELDS: dict[type[Record], tuple[str, ...]] = {
    Reservation: ("expires_at",),
    Task: ("expires_at", "step_until", "held_until", "remove_at"),
}
ROOM = 10_000


class Timers:
    """The timers of all records in `store`; `entries` is the heap, with those to be dropped."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.entries: list[tuple[float, int, str, str]] = []
        self._serial = 0
        self._live: set[tuple[str, str, float]] = set()
        store.observers.append(self._watch)

    def next_due(self) -> float | None:
        """When to look again, in seconds since 1970; None: never."""
        while self.entries and not self._holds(self.entries[0]):
            self._drop()
        return self.entries[0][0] if self.entries else None

    def pop(self, now: float) -> tuple[float, Record, str] | None:
        """The earliest timer that is due by `now`, as (due, record, field); None: none is."""
        due = self.next_due()
        if due is None or due > now:
            return None
        record, field = self._record(self.entries[0]), self.entries[0][3]
        assert record is not None  # since `next_due` has dropped the entries without one
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
                heappush(self.entries, (due, self._serial, record.sid, field))
                self._tidy()

    def _drop(self) -> None:
        due, _, sid, field = heappop(self.entries)
        self._live.discard((sid, field, due))

    def _record(self, entry: tuple[float, int, str, str]) -> Record | None:
        return self._store.get(Reservation, entry[2]) or self._store.get(Task, entry[2])

    def _holds(self, entry: tuple[float, int, str, str]) -> bool:
        record = self._record(entry)
        return record is not None and getattr(record, entry[3]) == entry[0]

    def _tidy(self) -> None:
        """Forget the dead once they might outnumber the living; costs O(1) amortised."""
        if len(self.entries) < ROOM or self._serial % ROOM:
            return
        self.entries = [entry for entry in self.entries if self._holds(entry)]
        self._live = {(sid, field, due) for due, _, sid, field in self.entries}
        heapify(self.entries)
