"""Indexes: find records by a key without a scan.

An index maps a key to records, ordered by creation or by the given `order`. `INDEXES` declares all
of them; the store keeps them up to date, and those in another order that it makes for lists.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from local_taskrouter.core.records import (
    Activity,
    Record,
    Reservation,
    Task,
    TaskChannel,
    TaskQueue,
    Transfer,
    Worker,
    WorkerChannel,
    Workflow,
    Workspace,
)
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING, TASK_ENDED, TASK_WAITING
from local_taskrouter.rules.matching import routed_to

Key = Callable[[Any], Hashable | None]
Entry = tuple[Any, int, str]
"""A record's place in an index: its order, serial number and SID."""
Ordering = tuple[tuple[str, bool], ...]
"""Fields of a record, the first of which counts most, each with whether it is descending."""


@dataclass(frozen=True)
class IndexRule:
    """An index over records of `kind`; a record whose `key` is None is left out.

    `reads` are the fields that `key` and `order` read, except those that never change.
    """

    kind: type[Record]
    key: Key
    reads: frozenset[str] = frozenset()
    order: Callable[[Any], Any] = lambda record: 0


_WAITING = frozenset({"assignment_status"})
_WANTS_WORKER = _WAITING | {"task_queue_sid", "held_until", "pending_reservations", "places"}
_IN_LINE = _WANTS_WORKER | {"routing_target", "task_channel_sid"}


def _wants_worker(task: Task) -> bool:
    """Whether the Task waits for one more Worker."""
    return (
        task.assignment_status in TASK_WAITING
        and task.task_queue_sid is not None
        and task.held_until is None
        and task.pending_reservations < task.places
    )


def _in_line(task: Task) -> tuple[str, str] | None:
    if not _wants_worker(task) or routed_to(task.routing_target) is not None:
        return None
    return (str(task.task_queue_sid), task.task_channel_sid)


def _in_flight(task: Task) -> str | None:
    return None if task.assignment_status in TASK_ENDED else task.workspace_sid


def _in_queue(task: Task) -> str | None:
    return task.task_queue_sid if task.assignment_status in TASK_WAITING else None


def _in_workflow(task: Task) -> str | None:
    return task.workflow_sid if task.assignment_status in TASK_WAITING else None


def _in_former(task: Task) -> bool:
    return task.configuration is not None and task.assignment_status in TASK_WAITING


def _holding(reservation: Reservation) -> tuple[str, str] | None:
    if reservation.reservation_status not in RESERVATION_HOLDING:
        return None
    return (reservation.worker_sid, reservation.task_channel_sid)


INDEXES: dict[str, IndexRule] = {
    "workspaces": IndexRule(Workspace, lambda r: "all"),
    **{
        name: IndexRule(kind, lambda r: r.workspace_sid)
        for name, kind in (
            ("activities", Activity),
            ("task_channels", TaskChannel),
            ("workers", Worker),
            ("task_queues", TaskQueue),
            ("workflows", Workflow),
            ("tasks", Task),
        )
    },
    "names": IndexRule(
        Worker,
        lambda r: (r.workspace_sid, r.friendly_name.casefold()),
        frozenset({"friendly_name"}),
    ),
    "queue_names": IndexRule(
        TaskQueue, lambda r: (r.workspace_sid, r.friendly_name), frozenset({"friendly_name"})
    ),
    "channels_of_worker": IndexRule(WorkerChannel, lambda r: r.worker_sid),
    "worker_channel": IndexRule(WorkerChannel, lambda r: (r.worker_sid, r.task_channel_sid)),
    "reservations_of_task": IndexRule(Reservation, lambda r: r.task_sid),
    "transfers_of_task": IndexRule(Transfer, lambda r: r.task_sid),
    "reservations_of_worker": IndexRule(Reservation, lambda r: r.worker_sid),
    "reservations_of_worker_by_status": IndexRule(
        Reservation,
        lambda r: (r.worker_sid, r.reservation_status),
        frozenset({"reservation_status"}),
    ),
    "held": IndexRule(Reservation, _holding, frozenset({"reservation_status"})),
    "in_activity": IndexRule(Worker, lambda r: r.activity_sid, frozenset({"activity_sid"})),
    "in_flight": IndexRule(Task, _in_flight, _WAITING),
    "in_queue": IndexRule(Task, _in_queue, _WAITING | {"task_queue_sid"}),
    "in_workflow": IndexRule(Task, _in_workflow, _WAITING | {"workflow_sid"}),
    "in_former": IndexRule(
        Task,
        lambda r: (r.workspace_sid, r.configuration) if _in_former(r) else None,
        _WAITING | {"configuration"},
    ),
    "in_status": IndexRule(Task, lambda r: (r.workspace_sid, r.assignment_status), _WAITING),
    "in_channel": IndexRule(Task, lambda r: r.task_channel_sid, frozenset({"task_channel_sid"})),
    "idle": IndexRule(
        Worker,
        lambda r: r.workspace_sid if r.available else None,
        frozenset({"available", "idle_since", "last_reserved"}),
        lambda r: (r.idle_since, r.last_reserved),
    ),
    "fifo": IndexRule(
        Task,
        _in_line,
        _IN_LINE | {"priority", "virtual_start_time"},
        lambda r: (-r.priority, r.virtual_start_time),
    ),
    "lifo": IndexRule(
        Task,
        _in_line,
        _IN_LINE | {"virtual_start_time"},
        lambda r: (-r.virtual_start_time, -r.serial),
    ),
    "routed": IndexRule(
        Task,
        lambda r: routed_to(r.routing_target) if _wants_worker(r) else None,
        _WANTS_WORKER | {"routing_target"},
    ),
}


class Index:
    """The entries of one rule: for each key a list kept sorted by (order, serial)."""

    def __init__(self, rule: IndexRule) -> None:
        self.rule = rule
        self._entries: dict[Hashable, list[Entry]] = {}

    def place_of(self, record: Record) -> tuple[Hashable, Entry] | None:
        """Return the record's key and entry as it is now; None if it is left out. Costs O(1)."""
        key = self.rule.key(record)
        if key is None:
            return None
        return key, self.entry_of(record)

    def entry_of(self, record: Record) -> Entry:
        """Return the record's entry under any key."""
        return (self.rule.order(record), record.serial, record.sid)

    def insert(self, place: tuple[Hashable, Entry]) -> None:
        """Costs O(log n) comparisons."""
        key, entry = place
        insort(self._entries.setdefault(key, []), entry)

    def discard(self, place: tuple[Hashable, Entry]) -> None:
        """Costs O(log n) comparisons."""
        key, entry = place
        entries = self._entries[key]
        del entries[bisect_left(entries, entry)]
        if not entries:
            del self._entries[key]

    def fill(self, records: Iterable[Record]) -> None:
        """Insert many records. Costs O(n log n)."""
        for key, entry in filter(None, map(self.place_of, records)):
            self._entries.setdefault(key, []).append(entry)
        for entries in self._entries.values():
            entries.sort()

    def after(self, key: Hashable, entry: Entry | None) -> Iterator[Entry]:
        """Iterate over the entries under `key` that follow `entry`; None: over all of them.

        Costs O(log n) before the first one. Nothing may change during iteration.
        """
        entries = self._entries.get(key, ())
        start = 0 if entry is None else bisect_right(entries, entry)
        return map(entries.__getitem__, range(start, len(entries)))

    def before(self, key: Hashable, entry: Entry) -> Iterator[Entry]:
        """Iterate backwards over the entries under `key` that precede `entry`; as `after`."""
        entries = self._entries.get(key, ())
        return map(entries.__getitem__, range(bisect_left(entries, entry) - 1, -1, -1))

    def sids(self, key: Hashable) -> Iterator[str]:
        """Return the SIDs under `key`, in order, as of now: records may change during iteration."""
        return map(itemgetter(2), tuple(self._entries.get(key, ())))

    def walk(self, key: Hashable) -> Iterator[str]:
        """As `sids`, without the copy: nothing may change during iteration."""
        return map(itemgetter(2), self._entries.get(key, ()))

    def count(self, key: Hashable) -> int:
        """Return the number of records under `key`. Costs O(1)."""
        return len(self._entries.get(key, ()))

    def keys(self) -> list[Hashable]:
        """Return all keys that have records."""
        return list(self._entries)


def reordered(rule: IndexRule, ordering: Ordering) -> IndexRule:
    """The same index in another order; equal records stay in the order of creation."""

    def order(record: Record) -> tuple[Any, ...]:
        return tuple(
            _Descending(getattr(record, field)) if descending else getattr(record, field)
            for field, descending in ordering
        )

    return replace(rule, order=order, reads=rule.reads | {field for field, _ in ordering})


@dataclass(frozen=True, slots=True)
class _Descending:
    """A value that sorts before smaller ones."""

    value: Any

    def __lt__(self, other: "_Descending") -> bool:
        return other.value < self.value
