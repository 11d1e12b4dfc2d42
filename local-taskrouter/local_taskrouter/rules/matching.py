"""Which Worker can take which Task, and why not.

The router applies this to its records, `explain` to what the REST API returned, so that both agree.
A `Pair` is a Task and a Worker; `obstacles` are the reasons against reserving them.

* A Task created with a Worker's SID as its `routing_target` is for that Worker alone: neither
  `target_workers` nor a target's expression counts. With `ignore_capacity` neither the Worker's
  Activity nor the capacity of its channel counts
  (https://www.twilio.com/docs/taskrouter/api/task).
* A target may name a known Worker by SID or friendly name
  (https://www.twilio.com/docs/taskrouter/workflow-configuration/known-agent-routing).
* Otherwise the Worker must match the TaskQueue's `target_workers` and the target's expression, have
  an available Activity, and have room on the Task's channel; a known Worker must too
  (https://www.twilio.com/docs/taskrouter/multitasking).
* A Worker never has two pending Reservations for one Task, and none for a Task it is transferring.
"""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from local_taskrouter.rules.clauses import Reference
from local_taskrouter.rules.workflow import Target


class NamedWorker(NamedTuple):
    """The one Worker that a Task names.

    `field` is "sid" or "friendly_name", `value` what that field must be (anything, if it comes from
    the Task's attributes; None without such an attribute), `path` where a target found it
    ("task.agent"), "" for the Task's own `routing_target`.
    """

    field: str
    value: Any
    path: str = ""

    def is_worker(self, worker: Any) -> bool:
        """Whether this is the Worker: anything with a `sid` and a `friendly_name`."""
        return getattr(worker, self.field) == self.value


class Obstacle(Enum):
    """Why TaskRouter does not reserve a Worker for a Task."""

    PENDING_RESERVATION = "the Worker has a pending Reservation for this Task"
    TRANSFERRING = "the Worker is transferring this Task"
    ANOTHER_WORKER = "the Task names another Worker"
    TASK_QUEUE = "the Worker does not match target_workers"
    TARGET = "the Worker does not match the target's expression"
    ACTIVITY = "the Worker is not available"
    CAPACITY = "the Worker's channel has no room"


class Pair(Protocol):
    """The facts about one Task and one Worker; costly ones are properties, read only if needed."""

    @property
    def has_pending_reservation(self) -> bool:
        """Whether the Worker has a pending Reservation for the Task."""
        ...

    @property
    def is_transferring(self) -> bool:
        """Whether the Worker has accepted the Task and transfers it, so that it waits for another."""
        ...

    @property
    def names_another_worker(self) -> bool:
        """Whether the Task names a Worker, and it is not this one."""
        ...

    @property
    def is_for_one_worker(self) -> bool:
        """Whether the Task was created for a single Worker."""
        ...

    @property
    def ignores_capacity(self) -> bool:
        """The Task's `ignore_capacity`."""
        ...

    @property
    def is_available(self) -> bool:
        """Whether the Worker's Activity is an available one."""
        ...

    @property
    def has_room(self) -> bool:
        """Whether the Worker's channel takes one more Task, see `has_room`."""
        ...

    @property
    def matches_queue(self) -> bool:
        """Whether the Worker satisfies the TaskQueue's `target_workers`."""
        ...

    @property
    def matches_target(self) -> bool:
        """Whether both satisfy the target's expression, True without one."""
        ...


def routed_to(routing_target: str | None) -> str | None:
    """Return the SID of the one Worker that a Task was created for; None when it was not."""
    is_worker = routing_target is not None and routing_target.startswith("WK")
    return routing_target if is_worker else None


def named_workers(
    routing_target: str | None, target: Target | None, task_attributes: Mapping[str, Any]
) -> tuple[NamedWorker, ...]:
    """Return the Workers that the Task or `target` names, each of which must match; () for none."""
    if (only := routed_to(routing_target)) is not None:
        return (NamedWorker("sid", only),)
    named: tuple[NamedWorker, ...] = ()
    if target is not None and (path := target.known_worker_sid):
        named += (NamedWorker("sid", known_value(path, task_attributes), path),)
    if target is not None and (path := target.known_worker_friendly_name):
        named += (NamedWorker("friendly_name", known_value(path, task_attributes), path),)
    return named


def has_room(is_on: bool, free: int) -> bool:
    """Whether a Worker's channel takes one more Task.

    `is_on` is the WorkerChannel's `available`, `free` what is left of its capacity: in Tasks, or in
    percent as `available_capacity_percentage` has it, rounded down.
    """
    return is_on and free > 0


def may_take(pair: Pair) -> bool:
    """Whether TaskRouter could reserve the Worker for the Task now."""
    return next(obstacles(pair), None) is None


def obstacles(pair: Pair) -> Iterator[Obstacle]:
    """Yield every reason not to reserve the Worker for the Task now.

    Lazy, with the cheap checks first: the router stops at the first reason.
    """
    if pair.has_pending_reservation:
        yield Obstacle.PENDING_RESERVATION
    if pair.is_transferring:
        yield Obstacle.TRANSFERRING
    names_another_worker = pair.names_another_worker
    if names_another_worker:
        yield Obstacle.ANOTHER_WORKER
    is_for_one_worker = pair.is_for_one_worker
    if is_for_one_worker and pair.ignores_capacity and not names_another_worker:
        return
    if not pair.is_available:
        yield Obstacle.ACTIVITY
    if not is_for_one_worker and not pair.matches_queue:
        yield Obstacle.TASK_QUEUE
    if not pair.has_room:
        yield Obstacle.CAPACITY
    if not is_for_one_worker and not pair.matches_target:
        yield Obstacle.TARGET


def known_value(path: str, task_attributes: Mapping[str, Any]) -> Any:
    """Return what a target's `known_worker_…` reads of the Task; None when nothing is there."""
    return _reference(path).read({"task": task_attributes})


@lru_cache(maxsize=1_024)
def _reference(path: str) -> Reference:
    """Return the reference that a path is, `task.agents[0]`; any other text reads nothing."""
    parts = re.findall(r"\[(\d+)\]|([^.\[]+)", path)
    return Reference(tuple(int(index) if index else key for index, key in parts))
