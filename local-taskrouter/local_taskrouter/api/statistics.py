"""Statistics of a Workspace, of TaskQueues, Workflows and Workers: real-time, cumulative or both.

https://www.twilio.com/docs/taskrouter/api/workspace-statistics and the pages beside it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local_taskrouter.api.call import Call, Reply, Result, Route, iso
from local_taskrouter.api.lists import PAGING, Listing, page_at_once
from local_taskrouter.api.params import Param, optional, sid, text
from local_taskrouter.api.statistics_parameters import (
    CHANNEL,
    SPLIT,
    WINDOW,
    queue_sids,
    window_of,
)
from local_taskrouter.api.task_channels import channel_argument
from local_taskrouter.core import current_statistics, window_statistics
from local_taskrouter.core.records import Task, TaskQueue, Worker, Workflow
from local_taskrouter.core.window_statistics import Tallies, Window
from local_taskrouter.event_table import EventReader

Statistics = dict[str, Any]
Past = Callable[[EventReader], Statistics]
Condition = tuple[str, object]
_SIDS = "(SELECT sid_bytes(value) FROM json_each(?))"


def workspace_now(call: Call) -> Statistics:
    return {
        **current_statistics.of_tasks(call.engine, _tasks(call)),
        **current_statistics.of_workers(call.engine, call.workspace),
    }


def workspace_past(call: Call) -> Past:
    window, thresholds = window_of(call), _thresholds(call)
    tallies = _tallies(call, window, _on_channel(call))
    return lambda reader: {
        **_times(window),
        **window_statistics.of_workspace(tallies(reader), thresholds),
    }


def workflow_now(call: Call) -> Statistics:
    workflow = call.find(Workflow, "workflow_sid")
    tasks = (task for task in _tasks(call) if task.workflow_sid == workflow.sid)
    return current_statistics.of_tasks(call.engine, tasks)


def workflow_past(call: Call) -> Past:
    workflow, window = call.find(Workflow, "workflow_sid"), window_of(call)
    thresholds, in_workflow = _thresholds(call), ("workflow_sid = sid_bytes(?)", workflow.sid)
    tallies = _tallies(call, window, in_workflow, _on_channel(call))
    return lambda reader: {
        **_times(window),
        **window_statistics.of_workflow(tallies(reader), thresholds),
    }


def queue_now(call: Call) -> Statistics:
    queue = call.find(TaskQueue, "task_queue_sid")
    tasks = [task for task in _tasks(call) if task.task_queue_sid == queue.sid]
    return _queue_now(call, queue, tasks)


def queue_past(call: Call) -> Past:
    queue = call.find(TaskQueue, "task_queue_sid")
    past = _past_of_queues(call)
    return lambda reader: past(reader, [queue.sid])[queue.sid]


def queues(call: Call) -> Result:
    """Both kinds of statistics for each TaskQueue, in one pass over Tasks and one over Events."""
    name, past = call.args.get("friendly_name"), _past_of_queues(call)
    listing = Listing[TaskQueue](
        "task_queues", [call.workspace.sid], lambda queue: name in (None, queue.friendly_name)
    )
    tasks = current_statistics.by_queue(_tasks(call))

    def statistics_json(call: Call, queue: TaskQueue) -> Statistics:
        return {
            "account_sid": call.account_sid,
            "workspace_sid": queue.workspace_sid,
            "task_queue_sid": queue.sid,
            "realtime": _queue_now(call, queue, tasks.get(queue.sid, [])),
        }

    reply = page_at_once(call, "task_queues_statistics", listing, statistics_json)

    def with_past(reader: EventReader) -> Reply:
        shown = (reply.body or {})["task_queues_statistics"]
        before = past(reader, [each["task_queue_sid"] for each in shown])
        for each in shown:
            each["cumulative"] = before[each["task_queue_sid"]]
        return reply

    return with_past


def queues_now(call: Call) -> Reply:
    """Real-time statistics of the TaskQueues that the body names: zeros for unknown ones."""
    workspace, wanted = call.workspace, queue_sids(call.body)
    tasks = current_statistics.by_queue(_tasks(call))
    data = []
    for queue_sid in wanted:
        queue = call.store.get(TaskQueue, queue_sid)
        own = queue if queue and queue.workspace_sid == workspace.sid else None
        found = current_statistics.of_queue(call.engine, workspace, own, tasks.get(queue_sid, []))
        data.append({"task_queue_sid": queue_sid, **found})
    return _reply(call, {"task_queue_data": data, "task_queue_response_count": len(data)})


def workers_now(call: Call) -> Statistics:
    channel_argument(call)  # raises BadRequest for an unknown one; it does not filter Workers
    return current_statistics.of_workers(call.engine, call.workspace, _selected_workers(call))


def workers_past(call: Call) -> Past:
    return _past_of_workers(call, _selected_workers(call))


def worker(call: Call) -> Result:
    past = _past_of_workers(call, [call.find(Worker, "worker_sid")])
    return lambda reader: _reply(call, {"cumulative": past(reader)})


def _queue_now(call: Call, queue: TaskQueue, tasks: list[Task]) -> Statistics:
    return {
        **current_statistics.of_queue(call.engine, call.workspace, queue, tasks),
        **current_statistics.longest_in_queue(call.engine, tasks),
    }


def _past_of_queues(call: Call) -> Callable[[EventReader, list[str]], dict[str, Statistics]]:
    """A function that returns the cumulative statistics of the TaskQueues with these SIDs."""
    window, thresholds, on_channel = window_of(call), _thresholds(call), _on_channel(call)

    def past(reader: EventReader, sids: list[str]) -> dict[str, Statistics]:
        in_queues = f"task_queue_sid IN {_SIDS}", json.dumps(sids)
        inside = _events(call, window, window_statistics.TASK_EVENTS, in_queues, on_channel)
        tallies = reader.tallies(*inside, thresholds, by="task_queue_sid")
        return {
            sid: {
                **_times(window),
                **window_statistics.of_queue(tallies.get(sid, {}), thresholds),
            }
            for sid in sids
        }

    return past


def _past_of_workers(call: Call, workers: list[Worker] | None) -> Past:
    """Cumulative statistics of these Workers; None: of all, including deleted ones.

    A TaskChannel filters Reservations only.
    """
    window, store, of_workers = window_of(call), call.store, None
    if workers is not None:
        of_workers = f"worker_sid IN {_SIDS}", json.dumps([each.sid for each in workers])
    reservations = window_statistics.RESERVATION_EVENTS.values()
    answered = _events(call, window, reservations, of_workers, _on_channel(call))
    until_now = Window(window.since, call.engine.now)
    moved = _events(call, until_now, window_statistics.ACTIVITY_EVENTS, of_workers)
    activities = list(store.walk("activities", call.workspace.sid))
    current = store.walk("workers", call.workspace.sid) if workers is None else workers
    now = [window_statistics.Stay(each.activity_sid, each.date_status_changed) for each in current]
    return lambda reader: {
        **_times(window),
        **window_statistics.of_reservations(reader.tallies(*answered).get(None, {})),
        "activity_durations": window_statistics.activity_durations(
            activities, now, reader.stays(*moved, window), window
        ),
    }


def _selected_workers(call: Call) -> list[Worker] | None:
    """The Workers that satisfy the filters; None: there are no filters."""
    name, queue_sid, queue_name = map(
        call.args.get, ("friendly_name", "task_queue_sid", "task_queue_name")
    )
    if (name, queue_sid, queue_name) == (None, None, None):
        return None
    workspace = call.workspace
    queues = [
        queue
        for queue in call.store.walk("task_queues", workspace.sid)
        if queue_sid in (None, queue.sid) and queue_name in (None, queue.friendly_name)
    ]
    any_queue = (queue_sid, queue_name) == (None, None)
    matches = call.engine.eligibility.matches
    return [
        each
        for each in call.store.walk("workers", workspace.sid)
        if name in (None, each.friendly_name)
        and (any_queue or any(matches(queue, each) for queue in queues))
    ]


def _tasks(call: Call) -> Iterable[Task]:
    return current_statistics.tasks_in(call.engine, call.workspace, channel_argument(call))


def _thresholds(call: Call) -> list[int]:
    return call.args.get("split_by_wait_time", [])


def _on_channel(call: Call) -> Condition | None:
    channel = channel_argument(call)
    return ("task_channel_sid = sid_bytes(?)", channel.sid) if channel else None


def _tallies(
    call: Call, window: Window, *conditions: Condition | None
) -> Callable[[EventReader], Tallies]:
    """A function that counts the `TASK_EVENTS` in this window that satisfy all conditions."""
    events = _events(call, window, window_statistics.TASK_EVENTS, *conditions)
    thresholds = _thresholds(call)
    return lambda reader: reader.tallies(*events, thresholds).get(None, {})


def _events(
    call: Call, window: Window, event_types: Iterable[str], *conditions: Condition | None
) -> tuple[str, list[object]]:
    """An SQL condition and its values, for the Workspace's Events.

    They are of these types, in this window, and satisfy all conditions.
    """
    every: list[Condition] = [
        ("workspace_sid = sid_bytes(?)", call.workspace.sid),
        ("at >= ?", window.since),
        ("at <= ?", window.until),
        ("event_type IN (SELECT value FROM json_each(?))", json.dumps([*event_types])),
        *filter(None, conditions),
    ]
    return " AND ".join(condition for condition, _ in every), [value for _, value in every]


def _times(window: Window) -> Statistics:
    return {"start_time": iso(window.since), "end_time": iso(window.until)}


def _reply(call: Call, statistics: Statistics) -> Reply:
    """Reply with the statistics and the SIDs in the path, which have the same names there."""
    owner = {"account_sid": call.account_sid, **call.sids}
    return Reply({**owner, **statistics, "url": f"{call.base}{call.path}"})


def _three(
    path: str,
    present: Callable[[Call], Statistics],
    past: Callable[[Call], Past],
    past_params: Mapping[str, Param],
    both_params: Mapping[str, Param] | None = None,
) -> list[Route]:
    """The routes of the three Statistics resources below a path."""

    def both(call: Call) -> Result:
        now, before = present(call), past(call)
        return lambda reader: _reply(call, {"realtime": now, "cumulative": before(reader)})

    def only_past(call: Call) -> Result:
        before = past(call)
        return lambda reader: _reply(call, before(reader))

    return [
        Route("GET", f"{path}/Statistics", both, {**past_params, **(both_params or {})}),
        Route(
            "GET", f"{path}/RealTimeStatistics", lambda call: _reply(call, present(call)), CHANNEL
        ),
        Route(
            "GET",
            f"{path}/CumulativeStatistics",
            only_past,
            past_params,
        ),
    ]


_WORKSPACE = "/Workspaces/<workspace_sid>"
_QUEUES = f"{_WORKSPACE}/TaskQueues"
_WORKERS = f"{_WORKSPACE}/Workers"
_WHEN = {**WINDOW, **CHANNEL}
_FILTERS = {
    "FriendlyName": optional(text),
    "TaskQueueSid": optional(sid("WQ")),
    "TaskQueueName": optional(text),
}
ROUTES = [
    *_three(_WORKSPACE, workspace_now, workspace_past, {**_WHEN, **SPLIT}),
    Route(
        "GET",
        f"{_QUEUES}/Statistics",
        queues,
        {"FriendlyName": optional(text), **_WHEN, **SPLIT, **PAGING},
    ),
    Route("POST", f"{_QUEUES}/RealTimeStatistics", queues_now),
    *_three(f"{_QUEUES}/<task_queue_sid>", queue_now, queue_past, {**_WHEN, **SPLIT}),
    *_three(
        f"{_WORKSPACE}/Workflows/<workflow_sid>", workflow_now, workflow_past, {**_WHEN, **SPLIT}
    ),
    *_three(_WORKERS, workers_now, workers_past, _WHEN, _FILTERS),
    Route("GET", f"{_WORKERS}/<worker_sid>/Statistics", worker, _WHEN),
]
