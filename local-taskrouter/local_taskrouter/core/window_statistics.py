"""Cumulative statistics of a time window, counted from its Events.

Sources: https://www.twilio.com/docs/taskrouter/api/taskqueue-statistics and its neighbors. Each
number is how many Events of certain types there are, so that it can be checked by listing them. The
database counts them, see `event_table`. All durations are whole seconds; a Task waits from its
creation until it is accepted or canceled.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from local_taskrouter.core.records import Activity

MOVED = "task-queue.moved"
RESERVATION_EVENTS = {
    "reservations_created": "reservation.created",
    "reservations_accepted": "reservation.accepted",
    "reservations_rejected": "reservation.rejected",
    "reservations_timed_out": "reservation.timeout",
    "reservations_canceled": "reservation.canceled",
    "reservations_rescinded": "reservation.rescinded",
}
TASK_EVENTS = (
    *RESERVATION_EVENTS.values(),
    "task.created",
    "task.canceled",
    "task.completed",
    "task.deleted",
    "task.system-deleted",
    "task-queue.entered",
    MOVED,
    "workflow.entered",
    "workflow.timeout",
)
ACTIVITY_EVENTS = ("worker.activity.update", "worker.deleted")


class Window(NamedTuple):
    """An interval, in seconds since 1970."""

    since: float
    until: float


class Stay(NamedTuple):
    """A Worker's Activity, and since when (seconds since 1970)."""

    activity_sid: str
    date_status_changed: float


class Durations(NamedTuple):
    """How many durations there are, the extremes and the sum, in seconds."""

    count: int = 0
    shortest: float = 0
    longest: float = 0
    total: float = 0

    @classmethod
    def of(cls, count: int, *seconds: float | None) -> "Durations":
        """The shortest, the longest and the sum may be None if there are none."""
        return cls(count, *(each or 0 for each in seconds))

    def plus(self, seconds: float) -> "Durations":
        """These and one more."""
        shortest = min(self.shortest, seconds) if self.count else seconds
        return Durations(self.count + 1, shortest, max(self.longest, seconds), self.total + seconds)

    def json(self) -> dict[str, int]:
        """As the Statistics resources return them."""
        return {
            "avg": int(self.total / self.count) if self.count else 0,
            "min": int(self.shortest),
            "max": int(self.longest),
            "total": int(self.total),
        }


class Tally(NamedTuple):
    """Events of one type: how many, the Tasks' waits (in their TaskQueue), if they have any.

    `within` has the number of waits up to each threshold.
    """

    count: int = 0
    waits: Durations = Durations()
    waits_in_queue: Durations = Durations()
    within: tuple[int, ...] = ()


Tallies = Mapping[str, Tally]
"""The `TASK_EVENTS` of a time window by their type; types without Events may be missing."""
_NONE = Tally()


def of_workspace(tallies: Tallies, thresholds: Sequence[int]) -> dict[str, Any]:
    """Return the statistics of a Workspace; `thresholds`, in seconds, are those of the tallies."""
    return {
        **_of_tasks(tallies, thresholds),
        "tasks_created": _count(tallies, "task.created"),
        "tasks_moved": _count(tallies, MOVED),
        "tasks_timed_out_in_workflow": _count(tallies, "workflow.timeout"),
    }


def of_workflow(tallies: Tallies, thresholds: Sequence[int]) -> dict[str, Any]:
    """Return the statistics of a Workflow, as `of_workspace`."""
    return {
        **_of_tasks(tallies, thresholds),
        "tasks_entered": _count(tallies, "workflow.entered"),
        "tasks_moved": _count(tallies, MOVED),
        "tasks_timed_out_in_workflow": _count(tallies, "workflow.timeout"),
    }


def of_queue(tallies: Tallies, thresholds: Sequence[int]) -> dict[str, Any]:
    """Return the statistics of a TaskQueue, as `of_workspace`.

    A Task that moves enters the TaskQueue it moves to and counts as moved in the one it leaves.
    """
    accepted = tallies.get("reservation.accepted", _NONE)
    return {
        **_of_tasks(tallies, thresholds),
        "tasks_entered": _count(tallies, "task-queue.entered"),
        "tasks_moved": _count(tallies, MOVED),
        "wait_duration_in_queue_until_accepted": accepted.waits_in_queue.json(),
    }


def of_reservations(tallies: Tallies) -> dict[str, int]:
    """Return how many Reservations were created, accepted, rejected and so on."""
    return {name: _count(tallies, event_type) for name, event_type in RESERVATION_EVENTS.items()}


def activity_durations(
    activities: Iterable[Activity],
    workers: Iterable[Stay],
    ended: Mapping[str, Durations],
    window: Window,
) -> list[dict[str, Any]]:
    """Return how long Workers stayed in each Activity, counting only time in the window.

    `workers` is where they are now, `ended` has their earlier stays by the SID of the Activity, cut
    to the window; those of deleted Workers count too.
    """
    stays = dict(ended)
    for worker in workers:
        seconds = window.until - max(worker.date_status_changed, window.since)
        if seconds > 0:
            before = stays.get(worker.activity_sid, Durations())
            stays[worker.activity_sid] = before.plus(seconds)
    return [
        {
            "sid": each.sid,
            "friendly_name": each.friendly_name,
            **stays.get(each.sid, Durations()).json(),
        }
        for each in activities
    ]


def _of_tasks(tallies: Tallies, thresholds: Sequence[int]) -> dict[str, Any]:
    accepted = tallies.get("reservation.accepted", _NONE)
    canceled = tallies.get("task.canceled", _NONE)
    until_accepted = accepted.waits.json()
    return {
        **of_reservations(tallies),
        "tasks_canceled": canceled.count,
        "tasks_completed": _count(tallies, "task.completed"),
        "tasks_deleted": _count(tallies, "task.deleted", "task.system-deleted"),
        "avg_task_acceptance_time": until_accepted["avg"],
        "wait_duration_until_accepted": until_accepted,
        "wait_duration_until_canceled": canceled.waits.json(),
        "split_by_wait_time": {
            str(threshold): _split(number, accepted, canceled)
            for number, threshold in enumerate(thresholds)
        },
    }


def _count(tallies: Tallies, *event_types: str) -> int:
    return sum(tallies.get(event_type, _NONE).count for event_type in event_types)


def _split(number: int, accepted: Tally, canceled: Tally) -> dict[str, Any]:
    """Split the waits at the threshold with this number, which counts as below."""
    named = {"reservations_accepted": accepted, "tasks_canceled": canceled}
    below = {name: each.within[number] if each.within else 0 for name, each in named.items()}
    above = {name: each.count - below[name] for name, each in named.items()}
    return {"above": above, "below": below}
