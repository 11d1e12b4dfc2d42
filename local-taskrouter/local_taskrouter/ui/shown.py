"""Show a Workspace as JSON, see shape.py."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache

from twilio.rest.taskrouter.v1.workspace.task import TaskInstance
from twilio.rest.taskrouter.v1.workspace.task_queue import TaskQueueInstance
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance
from twilio.rest.taskrouter.v1.workspace.workflow import WorkflowInstance

from local_taskrouter.explanation.candidates import judge_candidates
from local_taskrouter.explanation.evidence import Evidence, Reservation
from local_taskrouter.explanation.sentences import join_names, sum_up
from local_taskrouter.explanation.verdicts import judge
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING, TASK_ENDED
from local_taskrouter.rules.scope import queue_scope, read_attributes, worker_fields
from local_taskrouter.rules.timeouts import reservation_timeout
from local_taskrouter.rules.workflow import Configuration, ConfigurationError, read_configuration
from local_taskrouter.ui.names import TaskNames, split_name
from local_taskrouter.ui.shape import (
    Shown,
    ShownFilter,
    ShownReservation,
    ShownTask,
    ShownTaskQueue,
    ShownWorker,
    ShownWorkflow,
)
from local_taskrouter.ui.snapshot import Snapshot, seconds_since_1970
from local_taskrouter.ui.text import tasks_title, workers_title

MOST_JUDGED = 2_000
"""Pairs of Task and Worker for which the reason to wait is found, oldest Tasks first."""

RESERVATION_SAYS = {
    "pending": "{worker} is asked about {task}.",
    "accepted": "{worker} has {task}.",
    "wrapping": "{worker} is wrapping up {task}.",
    "completed": "{worker} has completed {task}.",
    "rejected": "{worker} rejected {task}.",
    "timeout": "{worker} did not answer about {task} in time.",
    "canceled": "{worker} is no longer asked about {task}.",
    "rescinded": "Another Worker took {task} before {worker}.",
}


def show(snapshot: Snapshot, names: TaskNames) -> Shown:
    """Return the snapshot as JSON; `names` is the Workspace's, the same at each call."""
    named = names.name(snapshot.tasks)
    workflows = {task.sid: snapshot.workflow(task.workflow_sid) for task in snapshot.tasks}
    reservations = {
        one.sid or "": _reservation(
            one, workflows.get(one.task_sid), named.get(one.task_sid or "", "a Task")
        )
        for one in snapshot.reservations
    }
    tasks = list(_tasks(snapshot, named, reservations))
    workers = [_worker(snapshot, one, reservations) for one in snapshot.workers]
    settings = snapshot.settings
    queues = sorted(settings.task_queues, key=lambda queue: (queue.friendly_name or "", queue.sid))
    return {
        "activities": [
            {
                "sid": one.sid or "",
                "name": one.friendly_name or "",
                "available": bool(one.available),
            }
            for one in settings.activities
        ],
        "workflows": [_workflow(one) for one in settings.workflows],
        "queues": [_queue(one, snapshot.workers) for one in queues],
        "workers": workers,
        "workers_say": workers_title(workers, snapshot.more_workers),
        "tasks": tasks,
        "tasks_say": tasks_title(tasks, snapshot.more_tasks),
        "lit": _lit(tasks),
        "more_tasks": snapshot.more_tasks,
        "more_workers": snapshot.more_workers,
    }


def describe_attributes(text: str) -> str:
    """Return a Worker's attributes in few words: `{"languages": ["en", "es"], "level": 7}` as
    "en, es · level 7".
    """
    parts: list[str] = []
    for name, value in read_attributes(text).items():
        if isinstance(value, list):
            parts.append(
                ", ".join(each if isinstance(each, str) else _as_json(each) for each in value)
            )
        elif isinstance(value, str):
            parts.append(value)
        else:
            parts.append(f"{name} {_as_json(value)}")
    return " · ".join(filter(None, parts))


def _tasks(
    snapshot: Snapshot, named: Mapping[str, str], reservations: Mapping[str, ShownReservation]
) -> Iterator[ShownTask]:
    of_task: dict[str, list[ShownReservation]] = {}
    for one in reservations.values():
        of_task.setdefault(one["task_sid"], []).append(one)
    left = MOST_JUDGED
    for task in snapshot.tasks:
        evidence, sid = snapshot.evidence_of(task), task.sid or ""
        own = of_task.get(sid, [])
        why = _why(evidence, own, left >= len(snapshot.workers))
        if task.assignment_status == "pending":
            left -= len(snapshot.workers)
        yield {
            "sid": sid,
            "name": named[sid],
            "status": str(task.assignment_status),
            "attributes": task.attributes or "{}",
            "about": _about(task.attributes or "{}"),
            "queue_sid": task.task_queue_sid,
            "queue": split_name(task.task_queue_friendly_name or "none")[1],
            "workflow_sid": task.workflow_sid,
            "filter": _filter_index(evidence),
            "priority": task.priority or 0,
            "created": seconds_since_1970(task.date_created),
            "updated": seconds_since_1970(task.date_updated),
            "expires": seconds_since_1970(task.date_created) + (task.timeout or 0),
            "why": why,
            "says": _says(named[sid], task, own, why),
            "reservations": own,
        }


def _why(evidence: Evidence, reservations: list[ShownReservation], judged: bool) -> str:
    """The reason in a sentence that stays true until the Workspace changes."""
    asked = [one["worker"] for one in reservations if one["status"] == "pending"]
    if evidence.task.assignment_status == "reserved" and asked:
        return f"{join_names(asked)} {'has' if len(asked) == 1 else 'have'} been asked."
    if evidence.task.assignment_status == "pending" and not judged:
        return ""
    waits = evidence.task.assignment_status == "pending" and evidence.task_queue is not None
    return sum_up(evidence, tuple(judge_candidates(evidence)) if waits else ())


def _says(name: str, task: TaskInstance, reservations: list[ShownReservation], why: str) -> str:
    holders = [one["worker"] for one in reservations if _holds(one)]
    match task.assignment_status:
        case "pending":
            return f"{name} waits: {_first_part(why)}" if why else f"{name} waits."
        case "reserved" if holders:
            return f"{name} is reserved for {join_names(holders)}."
        case "assigned" if holders:
            return f"{holders[-1]} has {name}."
        case "wrapping" if holders:
            return f"{holders[-1]} is wrapping up {name}."
        case status:
            return f"{name} is {status}."


def _first_part(why: str) -> str:
    """The obstacles of the nearest Workers, as a sentence."""
    return f"{why.partition('; ')[0].rstrip('.')}."


def _lit(tasks: list[ShownTask]) -> str | None:
    """The SID of the Task to light: a reserved one before others, then the one changed last."""
    tasks_open = [task for task in tasks if task["status"] not in TASK_ENDED]
    latest = max(
        tasks_open or tasks,
        key=lambda task: (task["status"] == "reserved", task["updated"], task["created"]),
        default=None,
    )
    return latest["sid"] if latest else None


def _queue(queue: TaskQueueInstance, workers: tuple[WorkerInstance, ...]) -> ShownTaskQueue:
    prefix, name = split_name(queue.friendly_name or "")
    text = queue.target_workers or ""
    return {
        "sid": queue.sid or "",
        "prefix": prefix,
        "name": name,
        "expression": text,
        "worker_sids": [one.sid or "" for one in workers if _belongs(text, one)],
    }


def _belongs(expression: str, worker: WorkerInstance) -> bool:
    """Whether the Worker satisfies `target_workers`, whatever its load."""
    return _matches(
        expression,
        worker.attributes or "{}",
        worker.sid or "",
        worker.friendly_name or "",
        worker.activity_sid or "",
        worker.activity_name or "",
    )


@lru_cache(maxsize=65_536)
def _matches(
    expression: str, attributes: str, sid: str, name: str, activity_sid: str, activity: str
) -> bool:
    """Cached, since each change of the Workspace shows every pair again."""
    values = read_attributes(attributes)
    fields = worker_fields(
        values,
        sid=sid,
        friendly_name=name,
        activity_sid=activity_sid,
        activity_name=activity,
        channels={},
    )
    return judge(expression, queue_scope(fields, values), without_channels=True).holds


def _workflow(workflow: WorkflowInstance) -> ShownWorkflow:
    configuration = _read_configuration(workflow.configuration or "")
    filters: list[ShownFilter] = []
    if configuration is not None:
        for number, each in enumerate(configuration.filters, 1):
            name = each.friendly_name or f"Filter {number}"
            queue_sid = each.targets[0].queue
            filters.append(
                {"name": name, "expression": each.expression.text, "queue_sid": queue_sid}
            )
        if configuration.default is not None:
            queue_sid = configuration.default.queue
            filters.append(
                {"name": "Default filter", "expression": "everything else", "queue_sid": queue_sid}
            )
    return {
        "sid": workflow.sid or "",
        "name": workflow.friendly_name or "",
        "filters": filters,
        "timeout": reservation_timeout(workflow),
    }


@lru_cache(maxsize=256)
def _read_configuration(text: str) -> Configuration | None:
    try:
        return read_configuration(text)
    except ConfigurationError:
        return None


def _filter_index(evidence: Evidence) -> int | None:
    """The index of the filter that holds the Task, the number of the filters for the default one."""
    step, configuration = evidence.position.step, evidence.configuration
    if step is None or configuration is None:
        return None
    return len(configuration.filters) if step.filter_index is None else step.filter_index


def _worker(
    snapshot: Snapshot, worker: WorkerInstance, reservations: Mapping[str, ShownReservation]
) -> ShownWorker:
    own = [reservations[one.sid or ""] for one in snapshot.held.get(worker.sid or "", ())]
    is_free = "available" if worker.available else "offline"
    is_asked = any(one["status"] == "pending" for one in own)
    return {
        "sid": worker.sid or "",
        "name": worker.friendly_name or "",
        "attributes": worker.attributes or "{}",
        "skills": describe_attributes(worker.attributes or "{}"),
        "activity": worker.activity_name or "",
        "available": bool(worker.available),
        "state": "asked" if is_asked else "assigned" if own else is_free,
        "reservations": own,
    }


def _reservation(
    one: Reservation, workflow: WorkflowInstance | None, task: str
) -> ShownReservation:
    created = seconds_since_1970(one.date_created)
    status = str(one.reservation_status)
    return {
        "sid": one.sid or "",
        "task_sid": one.task_sid or "",
        "worker_sid": one.worker_sid or "",
        "worker": one.worker_name or "",
        "status": status,
        "created": created,
        "deadline": created + reservation_timeout(workflow) if status == "pending" else None,
        "says": RESERVATION_SAYS[status].format(worker=one.worker_name, task=task),
    }


def _holds(reservation: ShownReservation) -> bool:
    return reservation["status"] in RESERVATION_HOLDING


def _about(attributes: str) -> str:
    """The Task's first attribute: `selected_language "es"`."""
    for name, value in read_attributes(attributes).items():
        return f"{name} {_as_json(value)}"
    return "no attributes"


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
