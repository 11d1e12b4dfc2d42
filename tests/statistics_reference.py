"""Cumulative statistics counted from a list of Event objects, oldest first, and a reader of a table
of such Events, to compare the two.
"""

import sqlite3
from collections import Counter

from local_taskrouter import event_table
from local_taskrouter.core.window_statistics import MOVED, RESERVATION_EVENTS


def reader_of(events):
    """An EventReader of a table in memory that has these Events."""
    db = sqlite3.connect(":memory:")
    db.executescript(event_table.SCHEMA)
    event_table.insert(db, events)
    return event_table.EventReader(db)


def of_workspace(events, thresholds):
    counts = Counter(event.event_type for event in events)
    return {
        **_of_tasks(events, thresholds),
        "tasks_created": counts["task.created"],
        "tasks_moved": counts[MOVED],
        "tasks_timed_out_in_workflow": counts["workflow.timeout"],
    }


def of_queue(queue_sid, events, thresholds):
    inside = [event for event in events if event.data.get("task_queue_sid") == queue_sid]
    counts = Counter(event.event_type for event in inside)
    accepted = [event for event in inside if event.event_type == "reservation.accepted"]
    in_queue = [
        min(int(e.data["task_age"]), int(e.at - int(e.data["task_queue_entered_date"])))
        for e in accepted
    ]
    return {
        **_of_tasks(inside, thresholds),
        "tasks_entered": counts["task-queue.entered"],
        "tasks_moved": counts[MOVED],
        "wait_duration_in_queue_until_accepted": _spread(in_queue),
    }


def of_reservations(events):
    counts = Counter(event.event_type for event in events)
    return {name: counts[event_type] for name, event_type in RESERVATION_EVENTS.items()}


def activity_durations(activities, workers, events, window):
    """`events` are from the window's beginning until now."""
    came, stays = {}, {}

    def stay(activity_sid, began, ended):
        seconds = min(ended, window.until) - max(began, window.since)
        if seconds > 0:
            stays.setdefault(activity_sid, []).append(seconds)

    for event in events:
        if event.event_type not in ("worker.created", "worker.activity.update", "worker.deleted"):
            continue
        began = came.get(event.resource_sid, window.since)
        came[event.resource_sid] = event.at
        if event.event_type == "worker.activity.update":
            stay(event.data["worker_previous_activity_sid"], began, event.at)
        elif event.event_type == "worker.deleted":
            stay(event.data["worker_activity_sid"], began, event.at)
    for worker in workers:
        stay(worker.activity_sid, worker.date_status_changed, window.until)
    return [
        {"sid": each.sid, "friendly_name": each.friendly_name, **_spread(stays.get(each.sid, []))}
        for each in activities
    ]


def _of_tasks(events, thresholds):
    counts = Counter(event.event_type for event in events)
    accepted, canceled = (
        [int(event.data["task_age"]) for event in events if event.event_type == event_type]
        for event_type in ("reservation.accepted", "task.canceled")
    )
    return {
        **of_reservations(events),
        "tasks_canceled": counts["task.canceled"],
        "tasks_completed": counts["task.completed"],
        "tasks_deleted": counts["task.deleted"] + counts["task.system-deleted"],
        "avg_task_acceptance_time": _spread(accepted)["avg"],
        "wait_duration_until_accepted": _spread(accepted),
        "wait_duration_until_canceled": _spread(canceled),
        "split_by_wait_time": {
            str(threshold): {
                side: {
                    "reservations_accepted": sum((wait <= threshold) == below for wait in accepted),
                    "tasks_canceled": sum((wait <= threshold) == below for wait in canceled),
                }
                for side, below in (("above", False), ("below", True))
            }
            for threshold in thresholds
        },
    }


def _spread(seconds):
    if not seconds:
        return {"avg": 0, "min": 0, "max": 0, "total": 0}
    total = sum(seconds)
    return {
        "avg": int(total / len(seconds)),
        "min": int(min(seconds)),
        "max": int(max(seconds)),
        "total": int(total),
    }
