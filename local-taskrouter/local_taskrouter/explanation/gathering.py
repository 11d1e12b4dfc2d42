"""Reads the evidence through the `twilio` client, each resource at most once.

The number of requests does not grow with the number of Tasks, and with the Workers, TaskQueues,
Reservations and Events only by one for each page of 1,000.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from twilio.rest.taskrouter.v1.workspace import WorkspaceContext
from twilio.rest.taskrouter.v1.workspace.task import TaskContext
from twilio.rest.taskrouter.v1.workspace.worker import WorkerContext

from local_taskrouter.explanation.candidates import can_be_reserved, channels_to_read
from local_taskrouter.explanation.evidence import Evidence, Reservation, TaskFacts
from local_taskrouter.explanation.place import dry_run
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING
from local_taskrouter.rules.timeouts import iso, reservation_deadline
from local_taskrouter.rules.workflow import Target
from local_taskrouter.rules.workflow_steps import reachable_steps

MOST_READ = 10  # Workers whose channels are read
MOST_HOLDING = 3  # Workers whose Reservations are read; a note names three
_PAGE_SIZE = 1000


def gather(workspace: WorkspaceContext, task: TaskFacts) -> Evidence:
    """Read everything that explains where `task` waits.

    Besides `read_workspace`: the Task's Reservations; the channels of MOST_READ Workers on which
    the Task depends; the Reservations of MOST_HOLDING of them that use their capacity, with the
    Tasks of pending ones; the Task's Events where only they show at which target it waits. A Task not yet created is routed through its Workflow.

    Raises what the SDK raises.
    """
    evidence = read_workspace(workspace, task)
    if task.sid:
        evidence = replace(evidence, reservations=_oldest_first(workspace.tasks(task.sid)))
        if evidence.needs_events():
            events = workspace.events.list(
                task_sid=task.sid, start_date=task.date_created, page_size=_PAGE_SIZE
            )
            evidence = replace(evidence, events=tuple(reversed(events)))
    evidence = read_channels(workspace, evidence)
    busy = [sid for sid in evidence.channels if _has_tasks(evidence, sid)][:MOST_HOLDING]
    holding = {sid: _holding(workspace, sid) for sid in busy}
    deadlines = _deadlines(workspace, evidence, [one for each in holding.values() for one in each])
    evidence = replace(evidence, holding=holding, deadlines=deadlines)
    return evidence if task.sid else dry_run(evidence)


def read_workspace(workspace: WorkspaceContext, task: TaskFacts) -> Evidence:
    """Read what all Tasks of the Workspace share: three requests, one more for each further page.

    Raises what the SDK raises.
    """
    workers = _list(workspace.workers)
    return Evidence(
        task=task,
        workflows=_list(workspace.workflows),
        task_queues=_list(workspace.task_queues),
        workers=sorted(workers, key=lambda worker: (worker.friendly_name, worker.sid)),
    )


def read_channels(workspace: WorkspaceContext, evidence: Evidence) -> Evidence:
    """Add the channels of at most MOST_READ Workers that are judged by them: one request each."""
    found = {
        sid: _list(workspace.workers(sid).worker_channels)
        for sid in channels_to_read(evidence, _targets(evidence), MOST_READ)
    }
    channels = {**evidence.channels, **found}
    unread = frozenset(worker.sid or "" for worker in evidence.workers) - channels.keys()
    return replace(evidence, channels=channels, unread=unread)


def read_reservations(workspace: WorkspaceContext, evidence: Evidence) -> Evidence:
    """Add the Reservations of a pending Task that a Worker could take now: one request.

    After a canceled Reservation TaskRouter pauses; otherwise it is about to create one.
    """
    if not can_be_reserved(evidence):
        return evidence
    return replace(evidence, reservations=_oldest_first(workspace.tasks(evidence.task.sid)))


def _targets(evidence: Evidence) -> list[Target | None]:
    """The targets at which the Task waits or, when it is not yet created, might wait."""
    configuration = evidence.configuration
    if evidence.task.sid or configuration is None:
        return [evidence.position.target]
    steps = reachable_steps(configuration, evidence.attributes, 0)
    return list(dict.fromkeys(map(configuration.target, steps)))


def _has_tasks(evidence: Evidence, worker_sid: str) -> bool:
    name = evidence.task.task_channel_unique_name
    return any(
        (channel.available_capacity_percentage or 0) < 100
        for channel in evidence.channels[worker_sid]
        if channel.task_channel_unique_name == name
    )


def _holding(workspace: WorkspaceContext, worker_sid: str) -> tuple[Reservation, ...]:
    """The Reservations that use the Worker's capacity."""
    found = _oldest_first(workspace.workers(worker_sid))
    return tuple(each for each in found if each.reservation_status in RESERVATION_HOLDING)


def _deadlines(
    workspace: WorkspaceContext, evidence: Evidence, holding: Sequence[Reservation]
) -> dict[str, str]:
    """When each pending Reservation times out: its Task's Workflow says after how many seconds."""
    workflows = {each.sid: each for each in evidence.workflows}
    pending = [each for each in holding if each.reservation_status == "pending"][:MOST_HOLDING]
    sids = {each.task_sid or "" for each in pending}
    workflow_sids = {sid: workspace.tasks(sid).fetch().workflow_sid for sid in sids}
    found: dict[str, str] = {}
    for each in pending:
        assert each.date_created is not None
        workflow = workflows.get(workflow_sids[each.task_sid or ""])
        deadline = reservation_deadline(each.date_created, workflow)
        found[each.sid or ""] = iso(deadline)
    return found


def _oldest_first(parent: TaskContext | WorkerContext) -> tuple[Reservation, ...]:
    reservations: list[Reservation] = _list(parent.reservations)
    return tuple(sorted(reservations, key=lambda each: (each.date_created, each.sid)))


def _list(resources: Any) -> list[Any]:
    return resources.list(page_size=_PAGE_SIZE)
