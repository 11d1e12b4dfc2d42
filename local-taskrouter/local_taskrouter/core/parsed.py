"""Parse the texts that records hold: attributes, expressions, Workflow configurations and steps.

The same texts come up again and again, so results are cached and shared: do not change them.
"""

import json
from functools import lru_cache
from typing import Any

from local_taskrouter.core.records import (
    Activity,
    Task,
    TaskChannel,
    Worker,
    WorkerChannel,
    Workflow,
)
from local_taskrouter.core.store import Store
from local_taskrouter.rules.expression import Expression, parse
from local_taskrouter.rules.scope import queue_scope, reads_channels, target_scope, worker_fields
from local_taskrouter.rules.workflow import Configuration, Step, Target, read_configuration

_SYSTEM = frozenset({"worker", "channel", "sid", "friendly_name", "activity_sid", "activity_name"})


@lru_cache(maxsize=32_768)
def attributes(text: str) -> dict[str, Any]:
    """Return a record's `attributes` as a dict."""
    return json.loads(text)


@lru_cache(maxsize=8_192)
def expression(text: str) -> Expression:
    """Parse an expression. Raises ExpressionSyntaxError."""
    return parse(text)


@lru_cache(maxsize=1_024)
def configuration(text: str) -> Configuration:
    """Parse a Workflow configuration. Raises ConfigurationError."""
    return read_configuration(text)


@lru_cache(maxsize=1_024)
def reads_load(text: str) -> bool:
    """Whether any target's expression in this configuration reads a Worker's load."""
    return any(reads_channels(target.expression) for target in configuration(text).targets)


def is_static(target_workers: Expression) -> bool:
    """Whether the expression reads only a Worker's attributes, not its Activity or load."""
    return not any(name.split(".", 1)[0] in _SYSTEM for name in target_workers.names)


def task_values(task: Task) -> dict[str, Any]:
    """Return what a Workflow filter's expression reads: the Task's attributes, without prefix."""
    return attributes(task.attributes)


def worker_values(store: Store, worker: Worker) -> dict[str, Any]:
    """Return what `target_workers` reads of a Worker."""
    return queue_scope(fields_of(store, worker), attributes(worker.attributes))


def pair_values(store: Store, task: Task, worker: Worker) -> dict[str, Any]:
    """Return what the expression of a Workflow target reads: `task.…` and `worker.…`."""
    return target_scope(task_values(task), fields_of(store, worker))


def fields_of(store: Store, worker: Worker) -> dict[str, Any]:
    """Return what expressions read as `worker.…`."""
    return worker_fields(
        attributes(worker.attributes),
        sid=worker.sid,
        friendly_name=worker.friendly_name,
        activity_sid=worker.activity_sid,
        activity_name=store.require(Activity, worker.activity_sid).friendly_name,
        channels=_channels(store, worker),
    )


def _channels(store: Store, worker: Worker) -> dict[str, dict[str, int]]:
    channels = {}
    for channel in store.walk("channels_of_worker", worker.sid):
        name = store.require(TaskChannel, channel.task_channel_sid).unique_name
        assigned, held = load_of(store, channel)
        channels[name] = {
            "configured_capacity": channel.configured_capacity,
            "assigned_tasks": assigned,
            "available_capacity_percentage": percentage(channel.configured_capacity, held),
        }
    return channels


def load_of(store: Store, channel: WorkerChannel) -> tuple[int, int]:
    """Return how many Tasks a Worker has accepted on a channel, and how many take its capacity."""
    held = list(store.walk("held", (channel.worker_sid, channel.task_channel_sid)))
    return sum(r.reservation_status == "accepted" for r in held), len(held)


def percentage(capacity: int, held: int) -> int:
    """Return the free capacity in whole percent, rounded down; https://www.twilio.com/docs/taskrouter/multitasking"""
    return max(0, (capacity - held) * 100 // capacity) if capacity else 0


def former_configurations(store: Store, workspace_sid: str) -> list[tuple[str, str]]:
    """The keys in the index "in_former" of a Workspace, each with a configuration. Costs O(those)."""
    return [key for key in store.keys("in_former") if key[0] == workspace_sid]


def configuration_of(store: Store, task: Task) -> Configuration | None:
    """Return the configuration that routes the Task; None without a Workflow."""
    workflow = store.get(Workflow, task.workflow_sid)
    return configuration(task.configuration or workflow.configuration) if workflow else None


_step = lru_cache(maxsize=1_024)(Step)
"""Cached, since routing reads the step of each waiting Task and few steps differ."""


def step_of(task: Task) -> Step | None:
    """Return the step the Task is at; None when no Workflow routes it."""
    return _step(*task.step) if task.step is not None else None


def target_of(store: Store, task: Task) -> Target | None:
    """Return the target the Task is at; None when it is routed without one."""
    configuration, step = configuration_of(store, task), step_of(task)
    return configuration.target(step) if configuration is not None and step is not None else None
