"""Reading the evidence through the `twilio` client: each thing once, at most."""

from dataclasses import replace
from typing import Any

from twilio.rest.taskrouter.v1.workspace import WorkspaceContext

from local_taskrouter.explanation.candidates import channels_wanted, judge_staff
from local_taskrouter.explanation.evidence import Evidence
from local_taskrouter.explanation.standing import needs_events
from local_taskrouter.explanation.trial import foretell
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING
from local_taskrouter.rules.scope import attributes_of
from local_taskrouter.rules.workflow import Target
from local_taskrouter.rules.workflow_steps import reachable_steps

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
        for sid in channels_wanted(evidence, _targets(evidence))
    }
    return replace(evidence, channels={**evidence.channels, **found})


def with_pause(space: WorkspaceContext, evidence: Evidence) -> Evidence:
    """Add the Task's Reservations where they decide: when a Worker could take the pending Task.

    One request. TaskRouter pauses after a Reservation was canceled, else it is about to reserve.
    """
    if not any(one.is_eligible for one in judge_staff(evidence)):
        return evidence
    return replace(evidence, reservations=_oldest_first(space.tasks(evidence.task.sid)))


def gather(space: WorkspaceContext, task: Any) -> Evidence:
    """Everything that explains where `task` is: each thing is read once, at most.

    Besides `surroundings`: the Task's Reservations; the channels of the Workers who match, and
    what takes their capacity where it is taken; the Task's Events where only they can tell at
    which target it stands. A Task that does not exist is taken through its Workflow.

    Raises what the SDK raises.
    """
    evidence = surroundings(space, task)
    if task.sid:
        evidence = replace(evidence, reservations=_oldest_first(space.tasks(task.sid)))
    if task.sid and needs_events(evidence.configuration, task):
        events = space.events.list(task_sid=task.sid, start_date=task.date_created)
        evidence = replace(evidence, events=tuple(reversed(events)))
    evidence = with_channels(space, evidence)
    taken = [sid for sid, channels in evidence.channels.items() if _is_taken(task, channels)]
    evidence = replace(evidence, held={sid: _held(space, sid) for sid in taken})
    return evidence if task.sid else foretell(evidence)


def _targets(evidence: Evidence) -> list[Target | None]:
    """The targets at which the Task stands or, when it does not exist, may come to stand."""
    configuration = evidence.configuration
    if evidence.task.sid or configuration is None:
        return [evidence.standing.target]
    steps = reachable_steps(configuration, attributes_of(evidence.task), 0)
    return [configuration.target(step) for step in steps]


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
