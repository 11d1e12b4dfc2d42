"""What each kind of expression can read.

* a Workflow filter: the Task's attributes, without a prefix;
* `target_workers` of a TaskQueue: the Worker's attributes without a prefix, and its fields and the
  load of its channels (https://www.twilio.com/docs/taskrouter/multitasking#target-workers-expressions);
* the expression of a Workflow's target: `task.…` and `worker.…`
  (https://www.twilio.com/docs/taskrouter/workflow-configuration);
* `skip_if`: how many Workers of the TaskQueue are where
  (https://www.twilio.com/docs/taskrouter/worker-presence).
"""

from collections.abc import Iterable, Mapping
from typing import Any

Attributes = Mapping[str, Any]


def worker_fields(
    attributes: Attributes,
    *,
    sid: str,
    friendly_name: str,
    activity_sid: str,
    activity_name: str,
    channels: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    """A Worker as `worker.…`: its attributes, its own fields before them.

    `channels` maps a TaskChannel's unique name to its `configured_capacity`, `assigned_tasks` and
    `available_capacity_percentage`.
    """
    return {
        **attributes,
        "sid": sid,
        "friendly_name": friendly_name,
        "activity_sid": activity_sid,
        "activity_name": activity_name,
        "channel": channels,
    }


def queue_scope(fields: Mapping[str, Any], attributes: Attributes) -> dict[str, Any]:
    """What `target_workers` reads of a Worker with these `worker_fields` and attributes."""
    return {**fields, **attributes, "worker": fields}


def target_scope(task_attributes: Attributes, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a target's expression reads of a Task and a Worker."""
    return {"task": task_attributes, "worker": fields}


def presence(members: Iterable[tuple[bool, str]]) -> dict[str, dict[str, int]]:
    """What `skip_if` reads: (available, activity_sid) of each Worker who matches the TaskQueue."""
    counts: dict[str, int] = {"available": 0, "unavailable": 0}
    for available, activity_sid in members:
        counts["available" if available else "unavailable"] += 1
        counts[activity_sid] = counts.get(activity_sid, 0) + 1
    return {"workers": counts}
