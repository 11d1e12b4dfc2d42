"""Which Workers match which TaskQueue, without trying every pair.

Most expressions need a certain value (see `needs.py`). Two inverted indexes, from such values to
TaskQueues and to Workers, leave few pairs to evaluate; expressions without a need, such as `1==1`,
are evaluated for everybody. A TaskQueue's members are found when first asked for, then kept in
step. Expressions that read a Worker's Activity or load are evaluated each time instead.
"""

from collections.abc import Hashable, Iterable, Iterator

from local_taskrouter.core import parsed
from local_taskrouter.core.records import Record, TaskQueue, Worker
from local_taskrouter.core.required_values import Need, Path, need_of, values_at
from local_taskrouter.core.store import Store

_LOAD = "load"


class Inverted:
    """From keys to the SIDs that were put under them."""

    def __init__(self) -> None:
        self._sids: dict[Hashable, set[str]] = {}
        self._keys: dict[str, tuple[Hashable, ...]] = {}

    def put(self, sid: str, keys: Iterable[Hashable]) -> None:
        """Have `sid` under these keys and no others. Costs O(keys)."""
        self.drop(sid)
        self._keys[sid] = tuple(keys)
        for key in self._keys[sid]:
            self._sids.setdefault(key, set()).add(sid)

    def drop(self, sid: str) -> None:
        """Forget `sid`."""
        for key in self._keys.pop(sid, ()):
            sids = self._sids.get(key)
            if sids is not None:
                sids.discard(sid)
                if not sids:
                    del self._sids[key]

    def find(self, keys: Iterable[Hashable]) -> set[str]:
        """The SIDs under any of these keys."""
        return set().union(*(self._sids.get(key, ()) for key in keys))

    def has(self, key: Hashable) -> bool:
        """Whether any SID is under this key."""
        return key in self._sids

    def keys_of(self, sid: str) -> tuple[Hashable, ...]:
        """The keys that `sid` is under."""
        return self._keys.get(sid, ())


class Eligibility:
    """Answers for the TaskQueues and Workers of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queues = Inverted()
        self._workers = Inverted()
        self._paths: dict[str, set[Path]] = {}
        self._texts: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}
        store.observers.append(self._watch)

    def matches(self, queue: TaskQueue, worker: Worker) -> bool:
        """Whether the Worker satisfies the TaskQueue's `target_workers`, empty: nobody does."""
        if not queue.target_workers:
            return False
        target_workers = parsed.expression(queue.target_workers)
        if parsed.is_static(target_workers):
            return target_workers.matches(parsed.attributes(worker.attributes))
        return target_workers.matches(parsed.worker_values(self._store, worker))

    def queues_of(self, worker: Worker) -> Iterator[TaskQueue]:
        """The TaskQueues that the Worker matches. Costs O(those that may match)."""
        keys = [*self._workers.keys_of(worker.sid), (worker.workspace_sid, None)]
        for sid in self._queues.find(keys):
            queue = self._store.the(TaskQueue, sid)
            if self.matches(queue, worker):
                yield queue

    def members(self, queue: TaskQueue) -> set[str] | None:
        """The SIDs of all matching Workers; None when this changes with their load."""
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
        """Whether a TaskQueue's expression reads more of its Workers than their attributes."""
        return self._queues.has((workspace_sid, _LOAD))

    def _candidates(self, queue: TaskQueue) -> Iterator[Worker]:
        need = _need(queue)
        if need is None:
            return self._store.walk("workers", queue.workspace_sid)
        return (self._store.the(Worker, sid) for sid in self._workers.find(_keys(queue, need)))

    def _watch(self, record: Record, there: bool) -> None:
        """Note when the text that decides is new, or gone."""
        if isinstance(record, Worker):
            text, place = record.attributes, self._place_worker
        elif isinstance(record, TaskQueue):
            text, place = record.target_workers, self._place_queue
        else:
            return
        if not there:
            self._texts.pop(record.sid, None)
            place(record, False)
        elif self._texts.get(record.sid) != text:
            self._texts[record.sid] = text
            place(record, True)

    def _place_queue(self, queue: TaskQueue, there: bool) -> None:
        self._members.pop(queue.sid, None)
        self._queues.drop(queue.sid)
        if not there or not queue.target_workers:
            return
        need = _need(queue)
        if need is None:
            static = parsed.is_static(parsed.expression(queue.target_workers))
            keys = [None] if static else [None, _LOAD]
            self._queues.put(queue.sid, [(queue.workspace_sid, key) for key in keys])
            return
        self._queues.put(queue.sid, _keys(queue, need))
        paths = self._paths.setdefault(queue.workspace_sid, set())
        if need.path not in paths:
            paths.add(need.path)
            for worker in self._store.walk("workers", queue.workspace_sid):
                self._workers.put(worker.sid, self._worker_keys(worker))

    def _place_worker(self, worker: Worker, there: bool) -> None:
        may_have_matched = [*self._workers.keys_of(worker.sid), (worker.workspace_sid, None)]
        for sid in self._queues.find(may_have_matched):
            self._members.get(sid, set()).discard(worker.sid)
        self._workers.drop(worker.sid)
        if not there:
            return
        self._workers.put(worker.sid, self._worker_keys(worker))
        for queue in self.queues_of(worker):
            if queue.sid in self._members:
                self._members[queue.sid].add(worker.sid)

    def _worker_keys(self, worker: Worker) -> Iterator[Hashable]:
        attributes = parsed.attributes(worker.attributes)
        for path in self._paths.get(worker.workspace_sid, ()):
            for value in values_at(path, attributes):
                yield (worker.workspace_sid, path, value)


def _need(queue: TaskQueue) -> Need | None:
    """What every member must have; None when that is not known from the attributes alone."""
    target_workers = parsed.expression(queue.target_workers)
    return need_of(target_workers.condition) if parsed.is_static(target_workers) else None


def _keys(queue: TaskQueue, need: Need) -> list[Hashable]:
    return [(queue.workspace_sid, need.path, value) for value in need.values]
