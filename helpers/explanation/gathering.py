"""Reading the evidence through the `twilio` client: each thing once, at most."""

from dataclasses import replace
from typing import Any

from twilio.rest.taskrouter.v1.workspace import WorkspaceContext

from helpers.explanation.evidence import Evidence
from helpers.explanation.staff import channels_wanted
from helpers.explanation.standing import needs_events, targets_in_question
from helpers.rules.lifecycle import RESERVATION_HOLDING

_PAGE = 100


def surroundings(space: WorkspaceContext, task: Any) -> Evidence:
    """What every Task of the Workspace has around it: three requests, one more for each page.

    Raises what the SDK raises.
    """
    workers = sorted(_list(space.workers), key=lambda worker: (worker.friendly_name, worker.sid))
    return Evidence(
        task, tuple(_list(space.workflows)), tuple(_list(space.task_queues)), tuple(workers)
    )


def with_channels(space: WorkspaceContext, evidence: Evidence) -> Evidence:
    """Add the channels of the Workers for whom they decide, one request each."""
    found = {
        sid: evidence.channels.get(sid) or tuple(_list(space.workers(sid).worker_channels))
        for sid in channels_wanted(evidence, targets_in_question(evidence))
    }
    return replace(evidence, channels={**evidence.channels, **found})


def gather(space: WorkspaceContext, task: Any) -> Evidence:
    """Everything that explains where `task` is: each thing is read once, at most.

    Besides `surroundings`: the Task's Reservations; the channels of the Workers who match, and
    what takes their capacity where it is taken; the Task's Events where only they can tell at
    which target it stands. Raises what the SDK raises.
    """
    evidence = surroundings(space, task)
    if task.sid:
        evidence = replace(evidence, reservations=_oldest_first(space.tasks(task.sid)))
    if task.sid and needs_events(evidence):
        events = space.events.list(task_sid=task.sid, start_date=task.date_created)
        evidence = replace(evidence, events=tuple(reversed(events)))
    evidence = with_channels(space, evidence)
    taken = [sid for sid, channels in evidence.channels.items() if _is_taken(task, channels)]
    return replace(evidence, held={sid: _held(space, sid) for sid in taken})


def _is_taken(task: Any, channels: tuple[Any, ...]) -> bool:
    return any(
        one.available_capacity_percentage < 100
        for one in channels
        if one.task_channel_unique_name == task.task_channel_unique_name
    )


def _held(space: WorkspaceContext, worker_sid: str) -> tuple[Any, ...]:
    found = _oldest_first(space.workers(worker_sid))
    return tuple(one for one in found if one.reservation_status in RESERVATION_HOLDING)


def _oldest_first(parent: Any) -> tuple[Any, ...]:
    return tuple(sorted(_list(parent.reservations), key=lambda one: (one.date_created, one.sid)))


def _list(resources: Any) -> list[Any]:
    return resources.list(page_size=_PAGE)
