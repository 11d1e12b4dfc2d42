"""How much a Workspace may hold: https://www.twilio.com/docs/taskrouter/limits"""

from dataclasses import dataclass

from local_taskrouter.core.store import Store
from local_taskrouter.errors import BadRequest

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
