"""The values that each kind of expression reads.

* a Workflow filter: the Task's attributes, without a prefix;
* `target_workers` of a TaskQueue: the Worker's attributes without a prefix, and its fields and the
  load of its channels (https://www.twilio.com/docs/taskrouter/multitasking#target-workers-expressions);
* the expression of a Workflow's target: `task.…` and `worker.…`
  (https://www.twilio.com/docs/taskrouter/workflow-configuration);
* `skip_if`: how many Workers of the TaskQueue are available, and in which Activity
  (https://www.twilio.com/docs/taskrouter/worker-presence).
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from local_taskrouter.rules.expression import Expression

Attributes = Mapping[str, Any]


def attributes_of(resource: Any) -> Attributes:
    """Return the attributes of a Worker or a Task; {} when they are not a JSON object.

    The result is shared: do not change it.
    """
    return read_attributes(resource.attributes or "{}")


@lru_cache(maxsize=2_048)
def read_attributes(text: str) -> Attributes:
    """Return the JSON object in `text`, else {}. Cached, since panels read the same texts again."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def worker_fields(
    attributes: Attributes,
    *,
    sid: str,
    friendly_name: str,
    activity_sid: str,
    activity_name: str,
    channels: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    """Return a Worker as `worker.…`: its attributes, overridden by its fields.

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
    """Return what `target_workers` reads of a Worker with these `worker_fields` and attributes."""
    return {**fields, **attributes, "worker": fields}


def target_scope(task_attributes: Attributes, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a target's expression reads of a Task and a Worker."""
    return {"task": task_attributes, "worker": fields}


class Counts(dict[str, int]):
    """Numbers of Workers by key; 0 for an Activity (WA…) that no Worker is in."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or (isinstance(key, str) and key.startswith("WA"))

    def __missing__(self, key: str) -> int:
        if key in self:
            return 0
        raise KeyError(key)


def presence(members: Iterable[tuple[bool, str]]) -> Mapping[str, Mapping[str, int]]:
    """Return what `skip_if` reads, from (available, activity_sid) of each matching Worker."""
    counts = Counts(available=0, unavailable=0)
    for available, activity_sid in members:
        counts["available" if available else "unavailable"] += 1
        counts[activity_sid] += 1
    return {"workers": counts}


def reads_channels(expression: Expression | None) -> bool:
    """Whether an expression reads a Worker's load."""
    return expression is not None and any(map(is_of_channel, expression.names))


def is_of_channel(name: str) -> bool:
    """Whether a reference reads a Worker's load: `channel.…` or `worker.channel.…`."""
    path = name.split(".")
    return path[0] == "channel" or path[:2] == ["worker", "channel"]
