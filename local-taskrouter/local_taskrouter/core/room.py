"""Which available Workers have room for one more Task on a TaskChannel.

In a busy Workspace most available Workers are full; routing looks at none of those.
"""

from collections.abc import Set as AbstractSet

from local_taskrouter.core.records import Record, Reservation, Worker, WorkerChannel
from local_taskrouter.core.store import Store
from local_taskrouter.rules.matching import has_room


class Room:
    """The Workers in one store with room, kept up to date with the records."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._available: set[str] = set()
        self._workers: dict[str, set[str]] = {}
        store.observers.append(self._on_change)

    def workers(self, task_channel_sid: str) -> AbstractSet[str]:
        """Return the SIDs of the available Workers with room on a TaskChannel."""
        return self._workers.get(task_channel_sid, frozenset())

    def _on_change(self, record: Record, exists: bool) -> None:
        match record:
            case Reservation():
                key = (record.worker_sid, record.task_channel_sid)
                for channel in self._store.walk("worker_channel", key):
                    self._update(channel)
            case WorkerChannel():
                self._update(record, exists)
            case Worker() if (exists and record.available) != (record.sid in self._available):
                self._available ^= {record.sid}
                for channel in self._store.walk("channels_of_worker", record.sid):
                    self._update(channel)

    def _update(self, channel: WorkerChannel, exists: bool = True) -> None:
        sid = channel.worker_sid
        workers = self._workers.setdefault(channel.task_channel_sid, set())
        held = self._store.count("held", (sid, channel.task_channel_sid))
        is_open = has_room(channel.available, channel.configured_capacity - held)
        if exists and is_open and sid in self._available:
            workers.add(sid)
        else:
            workers.discard(sid)
