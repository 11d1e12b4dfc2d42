"""Cumulative statistics of a time window, counted from its Events.

Sources: https://www.twilio.com/docs/taskrouter/api/taskqueue-statistics and its neighbors. Each
number is how many Events of certain types there are, so that it can be checked by listing them. All
durations are whole seconds; a Task waits from its creation until it is accepted or canceled.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from local_taskrouter.core.records import Activity, Event

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
ACTIVITY_EVENTS = ("worker.created", "worker.activity.update", "worker.deleted")


class Window(NamedTuple):
    """An interval, in seconds since 1970."""

    since: float
    until: float


class Stay(NamedTuple):
    """A Worker's Activity, and since when (seconds since 1970)."""

    activity_sid: str
    date_status_changed: float


def of_workspace(events: Sequence[Event], thresholds: Sequence[int]) -> dict[str, Any]:
    """Return the statistics of a Workspace from its `TASK_EVENTS`; `thresholds` are in seconds."""
    counts = _counts(events)
    return {
        **_of_tasks(events, thresholds),
        "tasks_created": counts["task.created"],
        "tasks_moved": counts[MOVED],
        "tasks_timed_out_in_workflow": counts["workflow.timeout"],
    }


def of_workflow(events: Sequence[Event], thresholds: Sequence[int]) -> dict[str, Any]:
    """Return the statistics of a Workflow from its `TASK_EVENTS`; `thresholds` are in seconds."""
    counts = _counts(events)
    return {
        **_of_tasks(events, thresholds),
        "tasks_entered": counts["workflow.entered"],
        "tasks_moved": counts[MOVED],
        "tasks_timed_out_in_workflow": counts["workflow.timeout"],
    }


def of_queue(queue_sid: str, events: Sequence[Event], thresholds: Sequence[int]) -> dict[str, Any]:
    """Return the statistics of a TaskQueue from its `TASK_EVENTS` and the moves out of it.

    A Task that moves enters the TaskQueue it moves to and counts as moved in the one it leaves.
    """
    inside = [event for event in events if event.data.get("task_queue_sid") == queue_sid]
    counts = _counts(inside)
    return {
        **_of_tasks(inside, thresholds),
        "tasks_entered": counts["task-queue.entered"] + counts[MOVED],
        "tasks_moved": sum(_left(event) == queue_sid for event in events),
        "wait_duration_in_queue_until_accepted": _spread(list(map(_time_in_queue, _taken(inside)))),
    }


def by_queue(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Group the Events that `of_queue` counts by the SID of their TaskQueue, in one pass."""
    found: dict[str, list[Event]] = {}
    for event in events:
        for sid in (event.data.get("task_queue_sid"), _left(event)):
            if sid is not None:
                found.setdefault(sid, []).append(event)
    return found


def of_reservations(events: Iterable[Event]) -> dict[str, int]:
    """Count how many Reservations were created, accepted, rejected and so on."""
    counts = _counts(events)
    return {name: counts[event_type] for name, event_type in RESERVATION_EVENTS.items()}


def activity_durations(
    activities: Iterable[Activity],
    workers: Iterable[Stay],
    events: Iterable[Event],
    window: Window,
) -> list[dict[str, Any]]:
    """Return how long Workers stayed in each Activity, counting only time in the window.

    `workers` is where they are now, `events` are their `ACTIVITY_EVENTS` from the window's
    beginning until now, oldest first; those of deleted Workers count too.
    """
    stays: dict[str, list[float]] = {}
    for activity_sid, began, ended in _stays(workers, events, window):
        seconds = min(ended, window.until) - max(began, window.since)
        if seconds > 0:
            stays.setdefault(activity_sid, []).append(seconds)
    return [
        {"sid": each.sid, "friendly_name": each.friendly_name, **_spread(stays.get(each.sid, []))}
        for each in activities
    ]


def _of_tasks(events: Sequence[Event], thresholds: Sequence[int]) -> dict[str, Any]:
    counts = _counts(events)
    accepted = sorted(map(_age, _taken(events)))
    canceled = sorted(_age(event) for event in events if event.event_type == "task.canceled")
    until_accepted = _spread(accepted)
    return {
        **of_reservations(events),
        "tasks_canceled": counts["task.canceled"],
        "tasks_completed": counts["task.completed"],
        "tasks_deleted": counts["task.deleted"] + counts["task.system-deleted"],
        "avg_task_acceptance_time": until_accepted["avg"],
        "wait_duration_until_accepted": until_accepted,
        "wait_duration_until_canceled": _spread(canceled),
        "split_by_wait_time": {str(each): _split(each, accepted, canceled) for each in thresholds},
    }


def _counts(events: Iterable[Event]) -> Counter[str]:
    return Counter(event.event_type for event in events)


def _taken(events: Iterable[Event]) -> Iterator[Event]:
    return (event for event in events if event.event_type == "reservation.accepted")


def _age(event: Event) -> int:
    return int(event.data["task_age"])


def _time_in_queue(event: Event) -> int:
    """The Event has the entry in whole seconds only, so the Task's age is the upper bound."""
    return min(_age(event), int(event.at - int(event.data["task_queue_entered_date"])))


def _left(event: Event) -> str | None:
    """Return the SID of the TaskQueue that a Task was moved out of."""
    return event.data.get("previous_task_queue_sid")


def _spread(seconds: Sequence[float]) -> dict[str, int]:
    if not seconds:
        return {"avg": 0, "min": 0, "max": 0, "total": 0}
    total = sum(seconds)
    return {
        "avg": int(total / len(seconds)),
        "min": int(min(seconds)),
        "max": int(max(seconds)),
        "total": int(total),
    }


def _split(threshold: int, accepted: Sequence[int], canceled: Sequence[int]) -> dict[str, Any]:
    """Split the waits at the threshold, which counts as below; both lists are sorted."""
    below = {
        "reservations_accepted": bisect_right(accepted, threshold),
        "tasks_canceled": bisect_right(canceled, threshold),
    }
    above = {
        "reservations_accepted": len(accepted) - below["reservations_accepted"],
        "tasks_canceled": len(canceled) - below["tasks_canceled"],
    }
    return {"above": above, "below": below}


def _stays(
    workers: Iterable[Stay], events: Iterable[Event], window: Window
) -> Iterator[tuple[str, float, float]]:
    """Yield (Activity SID, start, end) of each Worker's stay in an Activity, cut to the window."""
    came: dict[str, float] = {}
    for event in events:
        sid, data = event.resource_sid, event.data
        began = came.get(sid, window.since)
        came[sid] = event.at
        if event.event_type == "worker.activity.update":
            yield data["worker_previous_activity_sid"], began, event.at
        elif event.event_type == "worker.deleted":
            yield data["worker_activity_sid"], began, event.at
    for worker in workers:
        yield worker.activity_sid, worker.date_status_changed, window.until
