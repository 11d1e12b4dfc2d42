"""Real-time statistics, counted from the records.

Sources: https://www.twilio.com/docs/taskrouter/api/taskqueue-statistics and its neighbors. Every
Task that can be read counts, so canceled and completed ones until they are removed; a Task waits
while it is pending. Ages are whole seconds, 0 (and no SID) when nothing waits. A TaskChannel narrows
the Tasks, not the Workers: each of them is on every TaskChannel.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import Activity, Task, TaskChannel, TaskQueue, Worker, Workspace
from local_taskrouter.core.workflow_walk import presence
from local_taskrouter.rules.lifecycle import TASK


def tasks_in(
    engine: Engine, workspace: Workspace, channel: TaskChannel | None = None
) -> Iterator[Task]:
    """Yield the Workspace's Tasks, on one TaskChannel or all; change none meanwhile."""
    for task in engine.store.walk("tasks", workspace.sid):
        if channel is None or task.task_channel_sid == channel.sid:
            yield task


def by_queue(tasks: Iterable[Task]) -> dict[str, list[Task]]:
    """Group Tasks by the SID of their TaskQueue, in one pass."""
    found: dict[str, list[Task]] = {}
    for task in tasks:
        if task.task_queue_sid is not None:
            found.setdefault(task.task_queue_sid, []).append(task)
    return found


def of_tasks(engine: Engine, tasks: Iterable[Task]) -> dict[str, Any]:
    """Count these Tasks, and find the oldest waiting one. Costs one pass."""
    statuses, priorities = dict.fromkeys(TASK, 0), Counter[int]()
    oldest: Task | None = None
    for task in tasks:
        statuses[task.assignment_status] += 1
        priorities[task.priority] += 1
        if _waits(task) and (oldest is None or task.date_created < oldest.date_created):
            oldest = task
    return {
        "longest_task_waiting_age": int(engine.now - oldest.date_created) if oldest else 0,
        "longest_task_waiting_sid": oldest.sid if oldest else None,
        "tasks_by_priority": {
            str(priority): priorities[priority] for priority in sorted(priorities)
        },
        "tasks_by_status": statuses,
        "total_tasks": sum(statuses.values()),
    }


def of_queue(
    engine: Engine, workspace: Workspace, queue: TaskQueue | None, tasks: Iterable[Task]
) -> dict[str, Any]:
    """Return `of_tasks` for the Tasks of a TaskQueue, and count its matching Workers.

    All is zero for a TaskQueue that the Workspace does not have. Iterates over the Workers once.
    """
    workers = {"available": 0, "unavailable": 0}
    if queue is not None:
        workers = presence(engine, queue)["workers"]
    return {
        "activity_statistics": _by_activity(engine, workspace.sid, workers),
        **of_tasks(engine, tasks),
        "total_available_workers": workers["available"],
        "total_eligible_workers": workers["available"] + workers["unavailable"],
    }


def longest_in_queue(engine: Engine, tasks: Iterable[Task]) -> dict[str, Any]:
    """Find the Task that has waited longest in its TaskQueue, whatever its age."""
    first = min(filter(_waits, tasks), key=_entered, default=None)
    return {
        "longest_relative_task_age_in_queue": int(engine.now - _entered(first)) if first else 0,
        "longest_relative_task_sid_in_queue": first.sid if first else None,
    }


def of_workers(
    engine: Engine, workspace: Workspace, workers: Iterable[Worker] | None = None
) -> dict[str, Any]:
    """Count Workers by Activity: these, or all of the Workspace's.

    Costs one pass over those given, or one step for each Activity.
    """
    activities = engine.store.walk("activities", workspace.sid)
    if workers is None:
        counts = {each.sid: engine.store.count("in_activity", each.sid) for each in activities}
    else:
        counts = Counter(worker.activity_sid for worker in workers)
    return {
        "activity_statistics": _by_activity(engine, workspace.sid, counts),
        "total_workers": sum(counts.values()),
    }


def _waits(task: Task) -> bool:
    return task.assignment_status == "pending"


def _entered(task: Task) -> float:
    entered = task.task_queue_entered_date
    return task.date_created if entered is None else entered


def _by_activity(
    engine: Engine, workspace_sid: str, counts: Mapping[str, int]
) -> list[dict[str, Any]]:
    activities: Iterator[Activity] = engine.store.walk("activities", workspace_sid)
    return [
        {"sid": each.sid, "friendly_name": each.friendly_name, "workers": counts.get(each.sid, 0)}
        for each in activities
    ]
