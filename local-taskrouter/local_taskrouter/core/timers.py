"""Timers: a heap of (due, serial, SID, field).

A timer is a field of a record that holds a moment (`Reservation.expires_at`). When an entry comes
up whose record no longer holds that moment, it is dropped. The heap is not saved: it is built again
when the records are read from disk.
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
    """The timers of all records in `store`; `entries` is the heap, outdated entries included."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.entries: list[tuple[float, int, str, str]] = []
        self._serial = 0
        self._scheduled: set[tuple[str, str, float]] = set()
        store.observers.append(self._on_change)

    def next_due(self) -> float | None:
        """Return when the next timer is due, in seconds since 1970; None without a timer."""
        while self.entries and not self._holds(self.entries[0]):
            self._drop()
        return self.entries[0][0] if self.entries else None

    def pop(self) -> tuple[Record, str]:
        """Remove the timer that is next due; return its record and field. Call `next_due` first."""
        record, field = self._record(self.entries[0]), self.entries[0][3]
        assert record is not None  # since `next_due` has dropped the entries without one
        self._drop()
        return record, field

    def _on_change(self, record: Record, exists: bool) -> None:
        if not exists:
            return
        for field in FIELDS.get(type(record), ()):
            due = getattr(record, field)
            if due is not None and (record.sid, field, due) not in self._scheduled:
                self._serial += 1
                self._scheduled.add((record.sid, field, due))
                heappush(self.entries, (due, self._serial, record.sid, field))
                self._tidy()

    def _drop(self) -> None:
        due, _, sid, field = heappop(self.entries)
        self._scheduled.discard((sid, field, due))

    def _record(self, entry: tuple[float, int, str, str]) -> Record | None:
        return self._store.get(Reservation, entry[2]) or self._store.get(Task, entry[2])

    def _holds(self, entry: tuple[float, int, str, str]) -> bool:
        record = self._record(entry)
        return record is not None and getattr(record, entry[3]) == entry[0]

    def _tidy(self) -> None:
        """Drop outdated entries once they could outnumber the others; costs O(1) amortized."""
        if len(self.entries) < ROOM or self._serial % ROOM:
            return
        self.entries = [entry for entry in self.entries if self._holds(entry)]
        self._scheduled = {(sid, field, due) for due, _, sid, field in self.entries}
        heapify(self.entries)
