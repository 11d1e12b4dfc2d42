"""Which Workers match which TaskQueue, remembered.

Evaluating an expression for every Worker costs O(Workers); it is done once for a TaskQueue, when
it is first needed, and then kept in step as Workers and TaskQueues change. Expressions that read
a Worker's Activity or load are evaluated each time instead.
"""

from helpers.emulator.core import reading
from helpers.emulator.core.model import Record, TaskQueue, Worker
from helpers.emulator.core.store import Store


class Eligibility:
    """The matching Workers of the TaskQueues that have been asked about."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[str, set[str]]] = {}
        self._by_workspace: dict[str, set[str]] = {}
        self._attributes: dict[str, str] = {}
        store.observers.append(self._watch)

    def matches(self, queue: TaskQueue, worker: Worker) -> bool:
        """Whether the Worker's attributes satisfy the TaskQueue's `target_workers`."""
        members = self.members(queue)
        return self._evaluate(queue, worker) if members is None else worker.sid in members

    def members(self, queue: TaskQueue) -> set[str] | None:
        """The SIDs of all matching Workers; None when this changes with their load."""
        if not queue.target_workers:
            return set()
        if not reading.is_static(reading.expression(queue.target_workers)):
            return None
        known = self._known.get(queue.sid)
        if known is None or known[0] != queue.target_workers:
            known = (queue.target_workers, self._scan(queue))
            self._known[queue.sid] = known
            self._by_workspace.setdefault(queue.workspace_sid, set()).add(queue.sid)
        return known[1]

    def _scan(self, queue: TaskQueue) -> set[str]:
        workers = self._store.walk("workers", queue.workspace_sid)
        return {worker.sid for worker in workers if self._evaluate(queue, worker)}

    def _evaluate(self, queue: TaskQueue, worker: Worker) -> bool:
        if not queue.target_workers:
            return False
        target_workers = reading.expression(queue.target_workers)
        if reading.is_static(target_workers):
            return target_workers.matches(reading.attributes(worker.attributes))
        return target_workers.matches(reading.worker_values(self._store, worker))

    def _watch(self, record: Record, there: bool) -> None:
        if isinstance(record, Worker):
            self._update(record, there)
        elif isinstance(record, TaskQueue) and not there:
            self._known.pop(record.sid, None)
            self._by_workspace.get(record.workspace_sid, set()).discard(record.sid)

    def _update(self, worker: Worker, there: bool) -> None:
        if there and self._attributes.get(worker.sid) == worker.attributes:
            return
        if there:
            self._attributes[worker.sid] = worker.attributes
        else:
            self._attributes.pop(worker.sid, None)
        for sid in self._by_workspace.get(worker.workspace_sid, ()):
            text, members = self._known[sid]
            if there and reading.expression(text).matches(reading.attributes(worker.attributes)):
                members.add(worker.sid)
            else:
                members.discard(worker.sid)
