"""The default timeouts of Tasks and Reservations, and the REST API's time format.

Sources: https://www.twilio.com/docs/taskrouter/api/task (Timeout) and
https://www.twilio.com/docs/taskrouter/api/workflow (TaskReservationTimeout).
"""

from datetime import datetime, timedelta
from typing import Any

TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
"""A moment in UTC, in whole seconds, for `strftime`."""

TASK_TIMEOUT = 86_400
"""Seconds until TaskRouter cancels a Task that no Worker accepts; the default of `Timeout`."""

RESERVATION_TIMEOUT = 120
"""Seconds to answer a Reservation: the default of a Workflow's `TaskReservationTimeout`, and the
timeout of a Task without a Workflow."""


def iso(moment: datetime | str) -> str:
    """Return a moment in UTC as the REST API writes it; return a text unchanged."""
    return moment if isinstance(moment, str) else moment.strftime(TIME_FORMAT)


def reservation_timeout(workflow: Any | None) -> int:
    """Return the seconds to answer a Reservation of a Task that `workflow` routes.

    `workflow` has a `task_reservation_timeout`, or is None for a Task created for a TaskQueue or a
    Worker.
    """
    return RESERVATION_TIMEOUT if workflow is None else workflow.task_reservation_timeout


def reservation_deadline(date_created: datetime, workflow: Any | None) -> datetime:
    """Return when a Reservation created at `date_created` times out, on TaskRouter's clock."""
    return date_created + timedelta(seconds=reservation_timeout(workflow))


def seconds_left(until: datetime, now: datetime) -> int:
    """Return the whole seconds from `now` to `until`, 0 when it is past."""
    return max(0, int((until - now).total_seconds()))


def duration(seconds: float) -> str:
    """Return seconds in units that people use: "45 s", "2 min 5 s", "2 min", "1 h 3 min"."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        rest = 0
    units = ((hours, "h"), (minutes_left, "min"), (rest, "s"))
    return " ".join(f"{count} {unit}" for count, unit in units if count) or "0 s"


def time_left(seconds: int) -> str:
    """Return the seconds until something happens in words: "70 s", "20 min", "24 h".

    Above two minutes, minutes are rounded up, so that what has just begun reads as it was set.
    """
    return f"{seconds} s" if seconds <= 120 else duration(-(-seconds // 60) * 60)
