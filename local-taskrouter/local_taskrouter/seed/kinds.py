"""The resources that a seed declares, and how they differ from the API's parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

QUEUE = ("queue", "task_queue_sid")
"""The keys of a Workflow's configuration that hold a TaskQueue: its name in a seed, its SID in the API."""


@dataclass(frozen=True)
class Kind:
    """A resource: its name, its key in a seed, the setting that names it, and its settings.

    `references` are the settings that hold the name of an Activity, and its SID in the API.
    """

    resource: str
    key: str
    settings: tuple[str, ...]
    references: tuple[str, ...] = ()
    named_by: str = "friendly_name"


WORKSPACE = Kind(
    "Workspace",
    "workspace",
    ("event_callback_url", "events_filter", "multi_task_enabled", "prioritize_queue_order"),
    ("default_activity", "timeout_activity"),
)
ACTIVITY = Kind("Activity", "activities", ("available",))
TASK_CHANNEL = Kind(
    "TaskChannel",
    "task_channels",
    ("friendly_name", "channel_optimized_routing"),
    named_by="unique_name",
)
TASK_QUEUE = Kind(
    "TaskQueue",
    "task_queues",
    ("target_workers", "max_reserved_workers", "task_order"),
    ("reservation_activity", "assignment_activity"),
)
WORKFLOW = Kind(
    "Workflow",
    "workflows",
    (
        *("configuration", "assignment_callback_url", "fallback_assignment_callback_url"),
        "task_reservation_timeout",
    ),
)
WORKER = Kind("Worker", "workers", ("attributes",), ("activity",))
WORKER_CHANNEL = Kind("WorkerChannel", "channels", ("capacity", "available"))
KINDS = {
    kind.resource: kind
    for kind in (WORKSPACE, ACTIVITY, TASK_CHANNEL, TASK_QUEUE, WORKFLOW, WORKER, WORKER_CHANNEL)
}


def with_queues(value: Any, renamed: Callable[[str], str]) -> Any:
    """A Workflow configuration with each TaskQueue renamed."""
    if isinstance(value, dict):
        return {
            key: renamed(each)
            if key in QUEUE and isinstance(each, str)
            else with_queues(each, renamed)
            for key, each in value.items()
        }
    return [with_queues(each, renamed) for each in value] if isinstance(value, list) else value
