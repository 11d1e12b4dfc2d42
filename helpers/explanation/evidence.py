"""A Task, and what TaskRouter shows around it: all that the reasoning may look at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from helpers.rules.times import TASK_TIMEOUT


@dataclass(frozen=True)
class WouldBeTask:
    """A Task that does not exist: what would become of it? It has a Task's fields."""

    attributes: str
    workflow_sid: str
    task_channel_unique_name: str = "default"
    sid: str = ""
    assignment_status: str = "pending"
    task_queue_sid: str | None = None
    task_queue_friendly_name: str | None = None
    age: int = 0
    timeout: int = TASK_TIMEOUT
    priority: int = 0
    reason: str | None = None
    routing_target: str | None = None
    ignore_capacity: bool = False
    date_created: datetime | None = None


@dataclass(frozen=True)
class Evidence:
    """A Task, and what decides about it: the SDK's instances.

    `workers` are in order of their names, `reservations` are the Task's, oldest first. `channels`
    and `held` map a Worker's SID to its WorkerChannels and to the Reservations that take its
    capacity; a Worker that is missing there was not asked for them.
    """

    task: Any
    workflows: tuple[Any, ...] = ()
    task_queues: tuple[Any, ...] = ()
    workers: tuple[Any, ...] = ()
    reservations: tuple[Any, ...] = ()
    channels: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    held: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    events: tuple[Any, ...] = ()

    @property
    def workflow(self) -> Any | None:
        """The Task's Workflow; None when it has none, or it is gone."""
        return next((one for one in self.workflows if one.sid == self.task.workflow_sid), None)

    def queue(self, sid: str | None) -> Any | None:
        return next((one for one in self.task_queues if one.sid == sid), None)


def attributes_of(resource: Any) -> Mapping[str, Any]:
    """A Worker's or Task's attributes; {} when they are no JSON object. Shared: only to read."""
    return _read(resource.attributes or "{}")


@lru_cache(maxsize=2_048)
def _read(text: str) -> Mapping[str, Any]:
    """Live panels meet the same text again and again."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
