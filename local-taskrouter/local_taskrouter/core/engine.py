"""The engine: the state, the current moment, and what has happened since the last commit.

Commands are functions that take it first. They run through `run.py`, which sets `now`.
"""

from collections import deque
from dataclasses import dataclass, field

from local_taskrouter.core.eligibility import Eligibility
from local_taskrouter.core.records import Callback, Event, Record, Worker
from local_taskrouter.core.store import Store
from local_taskrouter.core.timers import Timers
from local_taskrouter.errors import BadRequest
from local_taskrouter.sids import SidMaker

_NAMES = {
    "activities": "Activities",
    "task_channels": "TaskChannels",
    "task_queues": "TaskQueues",
    "workflows": "Workflows",
    "workers": "Workers",
    "in_flight": "Tasks in flight",
}


@dataclass(frozen=True)
class Limits:
    """The most of each in one Workspace, by the name of the index that counts them."""

    activities: int = 100
    task_channels: int = 15
    task_queues: int = 5_000
    workflows: int = 1_000
    workers: int = 15_000
    in_flight: int = 25_000

    def require_room(self, store: Store, index: str, workspace_sid: str) -> None:
        """Raises BadRequest when the Workspace has as many as it may. Costs O(1)."""
        most: int = getattr(self, index)
        if store.count(index, workspace_sid) >= most:
            raise BadRequest(f"A Workspace has at most {most} {_NAMES[index]}")


@dataclass(frozen=True)
class Outcome:
    """What must be written down and delivered. False when nothing happened."""

    changed: dict[str, Record | None] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.changed or self.events or self.callbacks)


class Engine:
    """State plus the current moment, `now`, in seconds since 1970."""

    def __init__(self, sids: SidMaker) -> None:
        self.store = Store()
        self.timers = Timers(self.store)
        self.eligibility = Eligibility(self.store)
        self.sids = sids
        self.limits = Limits()
        self.now = 0.0
        self.events: list[Event] = []
        self.callbacks: list[Callback] = []
        self.freed: deque[str] = deque()

    def sid(self, kind: type[Record]) -> str:
        """A new SID for a record of this kind."""
        return self.sids.new(kind.prefix)

    def require_room(self, index: str, workspace_sid: str) -> None:
        """Raises BadRequest when the Workspace may have no more of what this index counts."""
        self.limits.require_room(self.store, index, workspace_sid)

    def free(self, worker: Worker) -> None:
        """Remember that this Worker may be able to take a waiting Task now."""
        self.freed.append(worker.sid)

    def outcome(self) -> Outcome:
        """What happened since the last `commit`."""
        return Outcome(self.store.changed, self.events, self.callbacks)

    def commit(self) -> None:
        """Make everything since the last `commit` final: it has been written down."""
        self.store.commit()
        self.events, self.callbacks = [], []

    def undo(self) -> None:
        """Take back everything since the last `commit`."""
        self.store.rollback()
        self.events.clear()
        self.callbacks.clear()
        self.freed.clear()
