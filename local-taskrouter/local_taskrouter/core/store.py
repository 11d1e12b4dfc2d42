"""The state: every record in memory, changed only through `add`, `change` and `remove`.

These three update the indexes, notify the observers, record what must be written to disk, and can
be undone, so that a command that fails leaves no trace.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from heapq import merge
from typing import Any, TypeVar

from local_taskrouter.core.index import INDEXES, Entry, Index, Ordering, reordered
from local_taskrouter.core.records import Record

R = TypeVar("R", bound=Record)
Observer = Callable[[Record, bool], None]
ORDERINGS_KEPT = 8
"""How many of the indexes that `ordered` makes are kept up to date: the latest."""


class Store:
    """Records by SID. `observers` are called with (record, whether it still exists)."""

    def __init__(self) -> None:
        self.observers: list[Observer] = []
        self._records: dict[str, Record] = {}
        self._indexes = {name: Index(rule) for name, rule in INDEXES.items()}
        self._by_kind: dict[type[Record], list[Index]] = {}
        for index in self._indexes.values():
            self._by_kind.setdefault(index.rule.kind, []).append(index)
        self._reading: dict[tuple[type[Record], tuple[str, ...]], list[Index]] = {}
        self._orderings: list[str] = []
        self._serial = 0
        self._undo: list[Callable[[], None]] = []
        self._changed: dict[str, Record] = {}
        self._removed: dict[str, Record] = {}

    def __iter__(self) -> Iterator[Record]:
        """Iterate over all records; nothing may change meanwhile."""
        return iter(self._records.values())

    def get(self, kind: type[R], sid: str | None) -> R | None:
        """Return the record with this SID if it is of this kind, else None."""
        record = self._records.get(sid) if sid is not None else None
        return record if isinstance(record, kind) else None

    def require(self, kind: type[R], sid: str | None) -> R:
        """Return the record with this SID. Raises KeyError if there is none of this kind."""
        record = self.get(kind, sid)
        if record is None:
            raise KeyError(sid)
        return record

    def find(self, index: str, key: Hashable) -> Iterator[Any]:
        """Yield the records an index has under `key`, in its order; records may change meanwhile."""
        records = self._records
        return (records[sid] for sid in self._indexes[index].sids(key) if sid in records)

    def walk(self, index: str, key: Hashable) -> Iterator[Any]:
        """As `find`, without a copy of the index: nothing may change meanwhile."""
        return map(self._records.__getitem__, self._indexes[index].walk(key))

    def ordered(self, index: str, ordering: Ordering) -> str:
        """Return the name of an index with the records of `index` in another order.

        Costs O(n log n) for an ordering that none of the latest calls asked for.
        """
        name = f"{index} by {ordering}"
        if name in self._orderings:
            self._orderings.remove(name)
        else:
            made = Index(reordered(self._indexes[index].rule, ordering))
            made.fill(r for r in self._records.values() if type(r) is made.rule.kind)
            self._indexes[name] = made
            self._by_kind[made.rule.kind].append(made)
            self._reading.clear()
        self._orderings.append(name)
        if len(self._orderings) > ORDERINGS_KEPT:
            dropped = self._indexes.pop(self._orderings.pop(0))
            self._by_kind[dropped.rule.kind].remove(dropped)
            self._reading.clear()
        return name

    def entry(self, index: str, sid: str) -> Entry | None:
        """Return the place that the record with this SID has in the order of an index, or None."""
        record, rule = self._records.get(sid), self._indexes[index].rule
        return self._indexes[index].entry_of(record) if isinstance(record, rule.kind) else None

    def after(self, index: str, keys: Sequence[Hashable], entry: Entry | None) -> Iterator[Entry]:
        """Iterate over the entries under any of the `keys`, in order, that follow `entry`.

        None: over all of them. Nothing may change during iteration.
        """
        return merge(*(self._indexes[index].after(key, entry) for key in keys))

    def before(self, index: str, keys: Sequence[Hashable], entry: Entry) -> Iterator[Entry]:
        """Iterate backwards over the same entries, from the one before `entry` on."""
        walks = (self._indexes[index].before(key, entry) for key in keys)
        return merge(*walks, reverse=True)

    def count(self, index: str, key: Hashable) -> int:
        """Return the number of records an index has under `key`."""
        return self._indexes[index].count(key)

    def keys(self, index: str) -> list[Any]:
        """Return the keys of an index that have records."""
        return self._indexes[index].keys()

    def add(self, record: R) -> R:
        """Add a new record and set its serial number."""
        self._serial += 1
        record.serial = self._serial
        self._put(record)
        self._undo.append(lambda: self._take(record))
        return record

    def restore(self, records: Iterable[Record]) -> None:
        """Add all records read from disk, which have their serial numbers, to an empty store."""
        by_kind: dict[type[Record], list[Record]] = {}
        for record in records:
            self._records[record.sid] = record
            by_kind.setdefault(type(record), []).append(record)
        for index in self._indexes.values():
            index.fill(by_kind.get(index.rule.kind, ()))
        for record in self._records.values():
            self._serial = max(self._serial, record.serial)
            for observer in self.observers:
                observer(record, True)

    def change(self, record: Record, **fields: Any) -> None:
        """Set `fields` of a record; equal values are not a change."""
        before = {name: getattr(record, name) for name in fields}
        if before != fields:
            self._set(record, fields)
            self._undo.append(lambda: self._set(record, before))

    def remove(self, record: Record) -> None:
        """Remove a record."""
        self._take(record)
        self._undo.append(lambda: self._put(record))

    @property
    def changed(self) -> dict[str, Record]:
        """The records that were added or changed since the last commit or rollback, by SID."""
        return self._changed

    @property
    def removed(self) -> dict[str, Record]:
        """The records that were removed since then, by SID."""
        return self._removed

    def commit(self) -> None:
        """Make everything since the last commit final."""
        self._changed, self._removed = {}, {}
        self._undo.clear()

    def rollback(self) -> None:
        """Undo everything since the last commit, newest first."""
        while self._undo:
            self._undo.pop()()
        self._changed.clear()
        self._removed.clear()

    def _put(self, record: Record) -> None:
        self._records[record.sid] = record
        for index in self._by_kind[type(record)]:
            if (place := index.place_of(record)) is not None:
                index.insert(place)
        self._notify(record, True)

    def _take(self, record: Record) -> None:
        for index in self._by_kind[type(record)]:
            if (place := index.place_of(record)) is not None:
                index.discard(place)
        del self._records[record.sid]
        self._notify(record, False)

    def _set(self, record: Record, fields: dict[str, Any]) -> None:
        indexes = self._indexes_reading(type(record), tuple(fields))
        before = [index.place_of(record) for index in indexes]
        for name, value in fields.items():
            setattr(record, name, value)
        for index, old in zip(indexes, before, strict=True):
            new = index.place_of(record)
            if new != old:
                if old is not None:
                    index.discard(old)
                if new is not None:
                    index.insert(new)
        self._notify(record, True)

    def _indexes_reading(self, kind: type[Record], fields: tuple[str, ...]) -> list[Index]:
        found = self._reading.get((kind, fields))
        if found is None:
            found = self._reading[kind, fields] = [
                index for index in self._by_kind[kind] if not index.rule.reads.isdisjoint(fields)
            ]
        return found

    def _notify(self, record: Record, exists: bool) -> None:
        now, before = (self._changed, self._removed) if exists else (self._removed, self._changed)
        now[record.sid] = record
        before.pop(record.sid, None)
        for observer in self.observers:
            observer(record, exists)
