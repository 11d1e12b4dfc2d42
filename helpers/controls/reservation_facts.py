"""What there is to know of a Reservation, its Task and its Worker: what matters first, then the rest.

The rest is what else the SDK's instance has, whatever the SDK's version, but for the age of a Task,
which is another one every second.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from local_taskrouter.rules.times import iso

Facts = list[tuple[str, object]]

RESERVATION = ("sid", "reservation_status", "date_created")
TASK = (
    "sid",
    "assignment_status",
    "attributes",
    "priority",
    "task_queue_friendly_name",
    "workflow_friendly_name",
    "task_channel_unique_name",
)
WORKER = ("sid", "friendly_name", "attributes", "activity_name", "available")


def facts(instance: Any, names: Iterable[str]) -> Facts:
    """(name, value) for each of the instance's `names`."""
    return [(name, _written(getattr(instance, name))) for name in names]


def rest(instance: Any, names: Iterable[str]) -> Facts:
    """(name, value) for everything else that the instance has, by name."""
    own = {name for name in vars(instance) if not name.startswith("_")}
    return facts(instance, sorted(own - {*names, "age"}))


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict):
        return json.dumps(value, indent=2)
    return "" if value is None else value
