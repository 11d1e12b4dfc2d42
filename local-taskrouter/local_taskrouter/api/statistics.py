"""Statistics of a Workspace, of TaskQueues, Workflows and Workers: real-time, cumulative or both.

https://www.twilio.com/docs/taskrouter/api/workspace-statistics and the pages beside it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local_taskrouter.api.call import Call, ReadEvents, Reply, Result, Route, iso
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
from local_taskrouter.core.records import Event, Task, TaskQueue, Worker, Workflow
from local_taskrouter.core.window_statistics import Window

Statistics = dict[str, Any]
Past = Callable[[ReadEvents], Statistics]
Condition = tuple[str, object]


def workspace_now(call: Call) -> Statistics:
    return {
        **current_statistics.of_tasks(call.engine, _tasks(call)),
        **current_statistics.of_workers(call.engine, call.workspace),
    }


def workspace_past(call: Call) -> Past:
    window, thresholds = window_of(call), _thresholds(call)
    events = _events(call, window, window_statistics.TASK_EVENTS, _on_channel(call))
    return lambda read: {
        **_times(window),
        **window_statistics.of_workspace(events(read), thresholds),
    }


def workflow_now(call: Call) -> Statistics:
    workflow = call.find(Workflow, "workflow_sid")
    tasks = (task for task in _tasks(call) if task.workflow_sid == workflow.sid)
    return current_statistics.of_tasks(call.engine, tasks)


def workflow_past(call: Call) -> Past:
    workflow, window = call.find(Workflow, "workflow_sid"), window_of(call)
    conditions, thresholds = (
        (("workflow_sid = ?", workflow.sid), _on_channel(call)),
        _thresholds(call),
    )
    events = _events(call, window, window_statistics.TASK_EVENTS, *conditions)
    return lambda read: {
        **_times(window),
        **window_statistics.of_workflow(events(read), thresholds),
    }


def queue_now(call: Call) -> Statistics:
    queue = call.find(TaskQueue, "task_queue_sid")
    tasks = [task for task in _tasks(call) if task.task_queue_sid == queue.sid]
    return _queue_now(call, queue, tasks)


def queue_past(call: Call) -> Past:
    queue, window = call.find(TaskQueue, "task_queue_sid"), window_of(call)
    in_or_out = f"(task_queue_sid = ? OR event_type = '{window_statistics.MOVED}')", queue.sid
    events = _events(call, window, window_statistics.TASK_EVENTS, in_or_out, _on_channel(call))
    return lambda read: _queue_past(call, window, queue.sid, events(read))


def queues(call: Call) -> Result:
    """Both kinds of statistics for each TaskQueue, in one pass over Tasks and one over Events."""
    name, window = call.args.get("friendly_name"), window_of(call)
    listing = Listing[TaskQueue](
        "task_queues", [call.workspace.sid], lambda queue: name in (None, queue.friendly_name)
    )
    tasks = current_statistics.by_queue(_tasks(call))
    events = _events(call, window, window_statistics.TASK_EVENTS, _on_channel(call))

    def statistics_json(call: Call, queue: TaskQueue) -> Statistics:
        return {
            "account_sid": call.account_sid,
            "workspace_sid": queue.workspace_sid,
            "task_queue_sid": queue.sid,
            "realtime": _queue_now(call, queue, tasks.get(queue.sid, [])),
        }

    reply = page_at_once(call, "task_queues_statistics", listing, statistics_json)

    def with_past(read: ReadEvents) -> Reply:
        past = window_statistics.by_queue(events(read))
        for each in (reply.body or {})["task_queues_statistics"]:
            sid = each["task_queue_sid"]
            each["cumulative"] = _queue_past(call, window, sid, past.get(sid, []))
        return reply

    return with_past


def queues_now(call: Call) -> Reply:
    """Real-time statistics of the TaskQueues that the body names and that exist, or of all."""
    workspace, wanted = call.workspace, queue_sids(call.body)
    if wanted is None:
        found = list(call.store.walk("task_queues", workspace.sid))
    else:
        named = [call.store.get(TaskQueue, each) for each in wanted]
        found = [queue for queue in named if queue and queue.workspace_sid == workspace.sid]
    tasks = current_statistics.by_queue(_tasks(call))
    data = [
        {
            "task_queue_sid": queue.sid,
            **current_statistics.of_queue(call.engine, queue, tasks.get(queue.sid, [])),
        }
        for queue in found
    ]
    return _reply(call, {"task_queue_data": data, "task_queue_response_count": len(data)})


def workers_now(call: Call) -> Statistics:
    return current_statistics.of_workers(call.engine, call.workspace, _selected_workers(call))


def workers_past(call: Call) -> Past:
    return _past_of_workers(call, _selected_workers(call))


def worker(call: Call) -> Result:
    past = _past_of_workers(call, [call.find(Worker, "worker_sid")])
    return lambda read: _reply(call, {"cumulative": past(read)})


def _queue_now(call: Call, queue: TaskQueue, tasks: list[Task]) -> Statistics:
    return {
        **current_statistics.of_queue(call.engine, queue, tasks),
        **current_statistics.longest_in_queue(call.engine, tasks),
    }


def _queue_past(call: Call, window: Window, queue_sid: str, events: list[Event]) -> Statistics:
    return {**_times(window), **window_statistics.of_queue(queue_sid, events, _thresholds(call))}


def _past_of_workers(call: Call, workers: list[Worker] | None) -> Past:
    """Cumulative statistics of these Workers; None: of all, including deleted ones.

    A TaskChannel filters Reservations only.
    """
    window, store, of_workers = window_of(call), call.store, None
    if workers is not None:
        sids = json.dumps([each.sid for each in workers])
        of_workers = "worker_sid IN (SELECT value FROM json_each(?))", sids
    reservations = window_statistics.RESERVATION_EVENTS.values()
    until_now = Window(window.since, call.engine.now)
    answered = _events(call, window, reservations, of_workers, _on_channel(call))
    moved = _events(call, until_now, window_statistics.ACTIVITY_EVENTS, of_workers)
    activities = list(store.walk("activities", call.workspace.sid))
    current = store.walk("workers", call.workspace.sid) if workers is None else workers
    now = [window_statistics.Stay(each.activity_sid, each.date_status_changed) for each in current]
    return lambda read: {
        **_times(window),
        **window_statistics.of_reservations(answered(read)),
        "activity_durations": window_statistics.activity_durations(
            activities, now, moved(read), window
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
    return ("task_channel_sid = ?", channel.sid) if channel else None


def _events(
    call: Call, window: Window, event_types: Iterable[str], *conditions: Condition | None
) -> Callable[[ReadEvents], list[Event]]:
    """A function that reads the Workspace's Events, oldest first.

    They are of these types, in this window, and satisfy all conditions.
    """
    every: list[Condition] = [
        ("workspace_sid = ?", call.workspace.sid),
        ("at >= ?", window.since),
        ("at <= ?", window.until),
        ("event_type IN (SELECT value FROM json_each(?))", json.dumps([*event_types])),
        *filter(None, conditions),
    ]
    where = " AND ".join(condition for condition, _ in every)
    values = [value for _, value in every]
    return lambda read: read(where, values)[::-1]


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
        return lambda read: _reply(call, {"realtime": now, "cumulative": before(read)})

    def only_past(call: Call) -> Result:
        before = past(call)
        return lambda read: _reply(call, before(read))

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
