"""A Task, and what TaskRouter shows around it: all that the reasoning may look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from local_taskrouter.explanation.standing import Standing, configuration_of, stand
from local_taskrouter.rules.matching import NamedWorker, named_workers
from local_taskrouter.rules.scope import attributes_of
from local_taskrouter.rules.times import TASK_TIMEOUT
from local_taskrouter.rules.workflow import Configuration


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
    """A Task, and what decides about it: the SDK's instances, and what follows from them at once.

    `workers` are in order of their names, `reservations` are the Task's, oldest first. `channels`
    and `held` map a Worker's SID to its WorkerChannels and to the Reservations that take its
    capacity; for a Worker that is missing there they were not read. `foretold` is where a Task that
    does not exist would stand.
    """

    task: Any
    workflows: tuple[Any, ...] = ()
    task_queues: tuple[Any, ...] = ()
    workers: tuple[Any, ...] = ()
    reservations: tuple[Any, ...] = ()
    channels: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    held: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    events: tuple[Any, ...] = ()
    foretold: Standing | None = None

    @cached_property
    def workflow(self) -> Any | None:
        """The Task's Workflow; None when it has none, or it is gone."""
        return next((one for one in self.workflows if one.sid == self.task.workflow_sid), None)

    @cached_property
    def configuration(self) -> Configuration | None:
        """The Workflow's configuration; None without one, or when it cannot be read."""
        return configuration_of(self.workflow)

    @cached_property
    def standing(self) -> Standing:
        """The step of the Workflow at which the Task stands."""
        return self.foretold or stand(self.configuration, self.task, self.events)

    @cached_property
    def named(self) -> tuple[NamedWorker, ...]:
        """What a Worker has to be to get the Task where it stands; () when any Worker may."""
        target, attributes = self.standing.target, attributes_of(self.task)
        return named_workers(self.task.routing_target, target, attributes)

    def queue(self, sid: str | None) -> Any | None:
        return next((one for one in self.task_queues if one.sid == sid), None)
