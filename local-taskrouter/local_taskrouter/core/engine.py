"""The engine: the state, the current moment, and what has changed since the last commit.

Its limits are Twilio's: https://www.twilio.com/docs/taskrouter/limits. Commands are functions that
take the engine as their first argument; `commands.run` sets `now` and calls them.
"""

from collections import deque
from dataclasses import dataclass, field

from local_taskrouter.core.eligibility import Eligibility
from local_taskrouter.core.records import Callback, Event, Record, Worker
from local_taskrouter.core.room import Room
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
    """The maximum of each resource in a Workspace, by the index that counts it."""

    activities: int = 100
    task_channels: int = 15
    task_queues: int = 5_000
    workflows: int = 1_000
    workers: int = 15_000
    in_flight: int = 25_000

    def require_room(self, store: Store, index: str, workspace_sid: str) -> None:
        """Raise BadRequest when the Workspace is at its limit. Costs O(1)."""
        most: int = getattr(self, index)
        if store.count(index, workspace_sid) >= most:
            raise BadRequest(f"A Workspace has at most {most} {_NAMES[index]}")


@dataclass(frozen=True)
class Outcome:
    """What the service must write to disk and deliver. False when nothing happened.

    The records that were added or changed, and those that were removed, are by SID.
    """

    changed: dict[str, Record] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)
    removed: dict[str, Record] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.changed or self.events or self.callbacks or self.removed)


class Engine:
    """State plus the current moment, `now`, in seconds since 1970."""

    def __init__(self, sids: SidMaker) -> None:
        self.store = Store()
        self.timers = Timers(self.store)
        self.eligibility = Eligibility(self.store)
        self.room = Room(self.store)
        self.sids = sids
        self.limits = Limits()
        self.now = 0.0
        self.events: list[Event] = []
        self.callbacks: list[Callback] = []
        self.freed: deque[str] = deque()

    def sid(self, kind: type[Record]) -> str:
        """Return a new SID for a record of this kind."""
        return self.sids.new(kind.prefix)

    def require_room(self, index: str, workspace_sid: str) -> None:
        """Raise BadRequest when the Workspace is at the limit for what this index counts."""
        self.limits.require_room(self.store, index, workspace_sid)

    def free(self, worker: Worker) -> None:
        """Queue the Worker to be offered waiting Tasks at the end of the command."""
        self.freed.append(worker.sid)

    def outcome(self) -> Outcome:
        """Return the changes, events and callbacks since the last `commit`."""
        return Outcome(self.store.changed, self.events, self.callbacks, self.store.removed)

    def commit(self) -> None:
        """Make everything since the last `commit` final, after it was written to disk."""
        self.store.commit()
        self.events, self.callbacks = [], []

    def undo(self) -> None:
        """Undo everything since the last `commit`."""
        self.store.rollback()
        self.events.clear()
        self.callbacks.clear()
        self.freed.clear()
