"""Which Workers match which TaskQueue, without evaluating every pair.

Most expressions require a certain value: `languages HAS "es" AND level > 3` matches only Workers
with "es" in `languages`. Two inverted indexes, from required values to TaskQueues and from values
to Workers, leave few pairs to evaluate. Expressions that require no value, such as `1==1`, are
evaluated for every Worker. A TaskQueue's members are computed on first use and then kept up to
date; expressions that read a Worker's Activity or load are evaluated each time instead.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from local_taskrouter.core import parsed
from local_taskrouter.core.records import Record, TaskQueue, Worker
from local_taskrouter.core.store import Store
from local_taskrouter.rules.clauses import (
    And,
    Array,
    Comparison,
    Condition,
    Constant,
    Or,
    Reference,
)

Path = tuple[str | int, ...]
Value = tuple[str, Any]
_LOAD = "load"


class Eligibility:
    """The matching pairs of TaskQueues and Workers in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queues = InvertedIndex()
        self._workers = InvertedIndex()
        self._paths: dict[str, set[Path]] = {}
        self._texts: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}
        store.observers.append(self._on_change)

    def matches(self, queue: TaskQueue, worker: Worker) -> bool:
        """Whether the Worker satisfies `target_workers`; an empty one matches no Worker."""
        return satisfies(self._store, worker, queue.target_workers)()

    def queues_of(self, worker: Worker) -> Iterator[TaskQueue]:
        """Yield the TaskQueues that the Worker matches. Costs O(those that may match)."""
        return (queue for queue in self._candidates_of(worker) if self.matches(queue, worker))

    def members(self, queue: TaskQueue) -> set[str] | None:
        """Return the SIDs of all matching Workers; None if this depends on Activity or load."""
        if not queue.target_workers:
            return set()
        if not parsed.is_static(parsed.expression(queue.target_workers)):
            return None
        if queue.sid not in self._members:
            self._members[queue.sid] = {
                worker.sid for worker in self._candidates(queue) if self.matches(queue, worker)
            }
        return self._members[queue.sid]

    def reads_load(self, workspace_sid: str) -> bool:
        """Whether any TaskQueue's expression reads more of a Worker than the attributes."""
        return self._queues.has((workspace_sid, _LOAD))

    def _candidates(self, queue: TaskQueue) -> Iterator[Worker]:
        required = _required_by(queue)
        if required is None:
            return self._store.walk("workers", queue.workspace_sid)
        return (
            self._store.require(Worker, sid) for sid in self._workers.find(_keys(queue, required))
        )

    def _candidates_of(self, worker: Worker) -> Iterator[TaskQueue]:
        keys = [*self._workers.keys_of(worker.sid), (worker.workspace_sid, None)]
        return (self._store.require(TaskQueue, sid) for sid in self._queues.find(keys))

    def _on_change(self, record: Record, exists: bool) -> None:
        """Update the indexes if the text that decides has changed, or the record is removed."""
        match record:
            case Worker() if self._has_changed(record.sid, record.attributes, exists):
                self._index_worker(record, exists)
            case TaskQueue() if self._has_changed(record.sid, record.target_workers, exists):
                self._index_queue(record, exists)

    def _has_changed(self, sid: str, text: str, exists: bool) -> bool:
        if not exists:
            self._texts.pop(sid, None)
            return True
        before = self._texts.get(sid)
        self._texts[sid] = text
        return before != text

    def _index_queue(self, queue: TaskQueue, exists: bool) -> None:
        self._members.pop(queue.sid, None)
        self._queues.drop(queue.sid)
        if not exists or not queue.target_workers:
            return
        required = _required_by(queue)
        if required is None:
            static = parsed.is_static(parsed.expression(queue.target_workers))
            keys = [None] if static else [None, _LOAD]
            self._queues.put(queue.sid, [(queue.workspace_sid, key) for key in keys])
            return
        self._queues.put(queue.sid, _keys(queue, required))
        paths = self._paths.setdefault(queue.workspace_sid, set())
        if required.path not in paths:
            paths.add(required.path)
            for worker in self._store.walk("workers", queue.workspace_sid):
                self._workers.put(worker.sid, self._worker_keys(worker))

    def _index_worker(self, worker: Worker, exists: bool) -> None:
        for queue in self._candidates_of(worker):  # those that it may have matched before
            self._members.get(queue.sid, set()).discard(worker.sid)
        self._workers.drop(worker.sid)
        if not exists:
            return
        self._workers.put(worker.sid, self._worker_keys(worker))
        for queue in self._candidates_of(worker):
            if queue.sid in self._members and self.matches(queue, worker):
                self._members[queue.sid].add(worker.sid)

    def _worker_keys(self, worker: Worker) -> Iterator[Hashable]:
        attributes = parsed.attributes(worker.attributes)
        for path in self._paths.get(worker.workspace_sid, ()):
            for value in values_at(path, attributes):
                yield (worker.workspace_sid, path, value)


def satisfies(store: Store, worker: Worker, target_workers: str) -> Callable[[], bool]:
    """Return a function that evaluates `target_workers` for the Worker as it is now.

    The function reads no state, so it may run without the lock.
    """
    if not target_workers:
        return lambda: False
    expression = parsed.expression(target_workers)
    if parsed.is_static(expression):
        text = worker.attributes
        return lambda: expression.matches(parsed.attributes(text))
    return partial(expression.matches, parsed.worker_values(store, worker))


class InvertedIndex:
    """From keys to the SIDs stored under them."""

    def __init__(self) -> None:
        self._sids: dict[Hashable, set[str]] = {}
        self._keys: dict[str, tuple[Hashable, ...]] = {}

    def put(self, sid: str, keys: Iterable[Hashable]) -> None:
        """Store `sid` under these keys and no others. Costs O(keys)."""
        self.drop(sid)
        self._keys[sid] = tuple(keys)
        for key in self._keys[sid]:
            self._sids.setdefault(key, set()).add(sid)

    def drop(self, sid: str) -> None:
        """Remove `sid` from all its keys."""
        for key in self._keys.pop(sid, ()):
            sids = self._sids.get(key)
            if sids is not None:
                sids.discard(sid)
                if not sids:
                    del self._sids[key]

    def find(self, keys: Iterable[Hashable]) -> set[str]:
        """Return the SIDs under any of these keys."""
        return set().union(*(self._sids.get(key, ()) for key in keys))

    def has(self, key: Hashable) -> bool:
        """Whether any SID is stored under this key."""
        return key in self._sids

    def keys_of(self, sid: str) -> tuple[Hashable, ...]:
        """Return the keys that `sid` is stored under."""
        return self._keys.get(sid, ())


@dataclass(frozen=True)
class RequiredValue:
    """Every match has one of `values` at `path`: as the value there, or in the array there."""

    path: Path
    values: frozenset[Value]


def required_value(condition: Condition) -> RequiredValue | None:
    """Return a value that this condition requires; None if it may match without any."""
    match condition:
        case Comparison(Reference(path), "==" | "HAS", Constant(value)):
            return _required(path, [value])
        case Comparison(Constant(value), "==" | "IN", Reference(path)):
            return _required(path, [value])
        case Comparison(Reference(path), "IN", Array(items)):
            return _required(path, items)
        case And(clauses):
            return next(filter(None, map(required_value, clauses)), None)
        case Or(clauses):
            return _required_by_either([required_value(clause) for clause in clauses])
    return None


def values_at(path: Path, attributes: Mapping[str, Any]) -> Iterator[Value]:
    """Yield the values that can satisfy a RequiredValue with this path."""
    found = Reference(path).read(attributes)
    for value in found if isinstance(found, list) else (found,):
        if isinstance(value, (str, int, float)):
            yield _comparable(value)


def _required_by(queue: TaskQueue) -> RequiredValue | None:
    """What every member has; None if the attributes alone do not decide."""
    target_workers = parsed.expression(queue.target_workers)
    if not parsed.is_static(target_workers):
        return None
    return required_value(target_workers.condition)


def _keys(queue: TaskQueue, required: RequiredValue) -> list[Hashable]:
    return [(queue.workspace_sid, required.path, value) for value in required.values]


def _required(path: Path, values: Iterable[Any]) -> RequiredValue | None:
    """None for a comparison with null, which a missing value satisfies."""
    if not all(isinstance(value, (str, int, float)) for value in values):
        return None
    return RequiredValue(path, frozenset(map(_comparable, values)))


def _required_by_either(alternatives: list[RequiredValue | None]) -> RequiredValue | None:
    required = [each for each in alternatives if each is not None]
    if len(required) < len(alternatives) or len({each.path for each in required}) != 1:
        return None
    return RequiredValue(required[0].path, frozenset().union(*(each.values for each in required)))


def _comparable(value: str | float) -> Value:
    """Values that are equal in an expression are equal here: 1 and 1.0, but not 1 and true."""
    kind = "number" if type(value) in (int, float) else type(value).__name__
    return (kind, value)
