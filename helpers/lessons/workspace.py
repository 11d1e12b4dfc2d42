"""The tutorial's Workspace, declared once, and brought to a lesson's start whatever is found.

Everything here goes through the `twilio` client, so it works on real Twilio too. It touches one
Workspace, the tutorial's own: it never lists, changes or deletes anything in another. Only the
lesson on faults has one more, see seven_faults.py.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twilio.base.exceptions import TwilioRestException
from twilio.rest.taskrouter.v1.workspace import WorkspaceContext, WorkspaceInstance
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from helpers.lessons import seven_faults
from helpers.lessons.seven_faults import FaultyWorkspace
from helpers.session.session import Session
from helpers.session.workspace_ownership import WORKSPACE

ACTIVITIES = {"Offline": False, "Available": True, "Unavailable": False, "Idle": True}
WORKERS = {"Alice": {"languages": ["en", "es"]}, "Bob": {"languages": ["en"]}}
ENGLISH, SPANISH = "Customer Care Requests - English", "Customer Care Requests - Spanish"
TASK_QUEUES = {ENGLISH: 'languages HAS "en"', SPANISH: 'languages HAS "es"'}
WORKFLOW = "Incoming Customer Care Requests"
FILTERS = (
    ("Language - Spanish", 'selected_language == "es"', SPANISH),
    ("Language - English", 'selected_language == "en"', ENGLISH),
)
TASK_RESERVATION_TIMEOUT = 1200
CAPACITY = 1  # Tasks at once on the default TaskChannel
TASK_ATTRIBUTES = {"selected_language": "es"}

# The Activity of each Worker at a lesson's start; None: whatever the lesson finds.
STARTS: dict[str, dict[str, str] | None] = {
    "anything": None,
    "alice available": {"Alice": "Idle", "Bob": "Idle"},
    "alice offline": {"Alice": "Offline", "Bob": "Idle"},
    "task waiting": {"Alice": "Offline", "Bob": "Idle"},
}


@dataclass(frozen=True, repr=False)
class PreparedWorkspace:
    """A prepared Workspace: the SIDs that a lesson speaks of.

    `workspace` is the SDK's context of it; `task_sid` the waiting Task's, at the start
    "task waiting" only.
    """

    session: Session
    start: str
    workspace_sid: str
    workflow_sid: str
    alice_sid: str
    bob_sid: str
    idle_sid: str
    offline_sid: str
    spanish_queue_sid: str
    english_queue_sid: str
    task_sid: str | None = None

    @property
    def workspace(self) -> WorkspaceContext:
        return self.session.client.taskrouter.v1.workspaces(self.workspace_sid)

    def __repr__(self) -> str:
        start = "" if self.start == "anything" else f" ({self.start})"
        return f"The Workspace {WORKSPACE!r} is ready{start}"


def prepare(session: Session, start: str = "anything") -> PreparedWorkspace | FaultyWorkspace:
    """Bring the tutorial's Workspace to a lesson's start, and return its SIDs.

    Every start creates what is missing of the Workspace, its Activities, TaskQueues, Workflow and
    the Workers Alice and Bob, and gives what is there its declared settings again: Activities
    kept available or not as declared (a wrong one is renamed and replaced), the Workspace's
    default and timeout Activity, the TaskQueues' expressions, the Workflow's filters and
    Reservation timeout, the Workers' attributes and their capacity on the default TaskChannel.

    "anything" stops there. The others also remove the callback URLs of Workspace and Workflow,
    delete the Workspace's Tasks, and set everybody's Activity; Workers besides Alice and Bob
    stay, but go Offline, or they might take the Task:

    * "alice available": Alice and Bob Idle, no Tasks
    * "alice offline": Alice Offline, Bob Idle, no Tasks
    * "task waiting": the same, with one Task for a Spanish speaker, pending: the oldest such Task
      if there is one, else a new one

    "seven faults" is another Workspace, which is deleted and made anew, with Tasks that wait for a
    reason each; the tutorial's own is not touched. See helpers/lessons/seven_faults.py.

    Raises ValueError for another start, TypeError without a Session, and what the SDK raises when a
    request fails.
    """
    if not isinstance(session, Session):
        raise TypeError(f'prepare(connect(), "{start}") needs the Session, not {session!r}, first.')
    if start == seven_faults.START:
        return seven_faults.break_workspace(session)
    if start not in STARTS:
        known = ", ".join(f'"{name}"' for name in (*STARTS, seven_faults.START))
        raise ValueError(f"There is no start {start!r}. The starts are {known}.")
    standing = STARTS[start]
    found = session.tutorial_workspaces.find_or_create()
    space = session.client.taskrouter.v1.workspaces(str(found.sid))
    activities = _make_activities(space)
    _restore_settings(found, activities["Offline"], standing is not None)
    queues = _make_queues(space)
    workflow_sid = _make_workflow(space, queues, standing is not None)
    workers = _make_workers(space, activities, standing)
    task_sid = None
    if standing is not None:
        kept = _clear_tasks(space, workflow_sid, queues[SPANISH], start == "task waiting")
        task_sid = kept or (_create_task(space, workflow_sid) if start == "task waiting" else None)
    return PreparedWorkspace(
        session=session,
        start=start,
        workspace_sid=str(found.sid),
        workflow_sid=workflow_sid,
        alice_sid=workers["Alice"],
        bob_sid=workers["Bob"],
        idle_sid=activities["Idle"],
        offline_sid=activities["Offline"],
        spanish_queue_sid=queues[SPANISH],
        english_queue_sid=queues[ENGLISH],
        task_sid=task_sid,
    )


def _make_activities(space: WorkspaceContext) -> dict[str, str]:
    found = _by_name(space.activities.list(page_size=100))
    sids = {}
    for name, available in ACTIVITIES.items():
        activity = found.get(name.casefold())
        if activity is not None and activity.available != available:
            # Whether an Activity is available cannot be changed, only its name.
            activity.update(friendly_name=f"{name} ({activity.sid[-6:]})")
            activity = None
        sids[name] = _mended(space.activities, activity, name, available=available).sid
    return sids


def _restore_settings(found: WorkspaceInstance, offline_sid: str, silent: bool) -> None:
    settings = {"default_activity_sid": offline_sid, "timeout_activity_sid": offline_sid}
    _mend(found, **settings, **({"event_callback_url": ""} if silent else {}))


def _make_queues(space: WorkspaceContext) -> dict[str, str]:
    found = _by_name(space.task_queues.list())
    return {
        name: _mended(
            space.task_queues,
            found.get(name.casefold()),
            name,
            target_workers=expression,
            max_reserved_workers=1,
            task_order="FIFO",
        ).sid
        for name, expression in TASK_QUEUES.items()
    }


def _make_workflow(space: WorkspaceContext, queues: Mapping[str, str], silent: bool) -> str:
    filters = [
        {"filter_friendly_name": name, "expression": text, "targets": [{"queue": queues[queue]}]}
        for name, text, queue in FILTERS
    ]
    urls = ("assignment_callback_url", "fallback_assignment_callback_url")
    return _mended(
        space.workflows,
        _by_name(space.workflows.list()).get(WORKFLOW.casefold()),
        WORKFLOW,
        configuration=json.dumps({"task_routing": {"filters": filters}}),
        task_reservation_timeout=TASK_RESERVATION_TIMEOUT,
        **(dict.fromkeys(urls, "") if silent else {}),
    ).sid


def _make_workers(
    space: WorkspaceContext, activities: Mapping[str, str], standing: Mapping[str, str] | None
) -> dict[str, str]:
    found = _by_name(space.workers.list())
    sids = {}
    for name, attributes in WORKERS.items():
        settings = {"attributes": json.dumps(attributes)}
        if standing is not None:
            settings["activity_sid"] = activities[standing[name]]
        worker = _mended(space.workers, found.pop(name.casefold(), None), name, **settings)
        sids[name] = worker.sid
        _restore_capacity(space, worker.sid)
    for extra in found.values() if standing is not None else ():
        if extra.available:
            extra.update(activity_sid=activities["Offline"])
    return sids


def _restore_capacity(space: WorkspaceContext, worker_sid: str) -> None:
    channel = space.workers(worker_sid).worker_channels("default").fetch()
    if channel.configured_capacity != CAPACITY or not channel.available:
        channel.update(capacity=CAPACITY, available=True)


def _clear_tasks(
    space: WorkspaceContext, workflow_sid: str, queue_sid: str, waiting: bool
) -> str | None:
    """Delete the Tasks; with `waiting`, but for one that is as it should be, whose SID it is."""
    kept = None
    for task in space.tasks.list():
        if waiting and kept is None and _waits(task, workflow_sid, queue_sid):
            kept = str(task.sid)
        else:
            _delete(task)
    return kept


def _waits(task: TaskInstance, workflow_sid: str, queue_sid: str) -> bool:
    return (
        task.assignment_status == "pending"
        and task.workflow_sid == workflow_sid
        and task.task_queue_sid == queue_sid
        and _value("attributes", task.attributes) == TASK_ATTRIBUTES
    )


def _delete(task: TaskInstance) -> None:
    try:
        task.delete()
    except TwilioRestException as fault:
        if fault.status != 404:  # an ended Task also goes by itself, after five minutes
            raise


def _create_task(space: WorkspaceContext, workflow_sid: str) -> str:
    task = space.tasks.create(attributes=json.dumps(TASK_ATTRIBUTES), workflow_sid=workflow_sid)
    return str(task.sid)


def _by_name(resources: list[Any]) -> dict[str, Any]:
    """The oldest resource of each name; Worker names differ in more than upper and lower case."""
    return {resource.friendly_name.casefold(): resource for resource in reversed(resources)}


def _mended(resources: Any, found: Any, name: str, **settings: Any) -> Any:
    """`found` with these settings, or a new one when nothing was found."""
    if found is None:
        return resources.create(friendly_name=name, **settings)
    fixed = {key: value for key, value in settings.items() if key != "available"}
    return _mend(found, friendly_name=name, **fixed)


def _mend(resource: Any, **settings: Any) -> Any:
    """Send an update with those settings that differ, if any."""
    changes = {
        name: value
        for name, value in settings.items()
        if _value(name, getattr(resource, name)) != _value(name, value)
    }
    return resource.update(**changes) if changes else resource


def _value(name: str, value: Any) -> Any:
    """What a field means: Twilio writes JSON in its own way, and None for an absent URL."""
    if name in ("attributes", "configuration"):
        return json.loads(value)
    return "" if value is None else value
