"""Prepare the tutorial's Workspace for a lesson, whatever state it is in.

All calls go through the `twilio` client, so this works on real Twilio too. It touches only the
tutorial's Workspace: it never lists, changes or deletes anything in another. Two lessons have a
separate one, see city_bikes.py and complaints_workspace.py.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, overload

from twilio.base.exceptions import TwilioRestException
from twilio.rest.taskrouter.v1.workspace import WorkspaceContext, WorkspaceInstance
from twilio.rest.taskrouter.v1.workspace.activity import ActivityInstance
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance
from twilio.rest.taskrouter.v1.workspace.task_queue import TaskQueueInstance
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance
from twilio.rest.taskrouter.v1.workspace.workflow import WorkflowInstance

from helpers.lessons import city_bikes, complaints, complaints_workspace
from helpers.lessons.city_bikes import CityBikes
from helpers.lessons.complaints_workspace import ComplaintsWorkspace
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
# Workers and Activities that lessons create, and a start deletes, in any case of letters.
EXTRAS = {"Carla", "Lunch", "On a break"}
_EXTRAS = {name.casefold() for name in EXTRAS}

Start = Literal["anything", "alice available", "alice offline", "task waiting"]
# Each Worker's Activity at the start of a lesson. None: leave it as it is.
STARTS: dict[str, dict[str, str] | None] = {
    "anything": None,
    "alice available": {"Alice": "Idle", "Bob": "Idle"},
    "alice offline": {"Alice": "Offline", "Bob": "Idle"},
    "task waiting": {"Alice": "Offline", "Bob": "Idle"},
}
# The starts that replace another Workspace.
SEPARATE = {
    city_bikes.START: city_bikes.make_city_bikes,
    complaints.START: complaints_workspace.make_complaints_workspace,
}

Resource = TypeVar(
    "Resource",
    ActivityInstance,
    TaskQueueInstance,
    WorkerInstance,
    WorkflowInstance,
    WorkspaceInstance,
)


@dataclass(frozen=True, repr=False)
class PreparedWorkspace:
    """The prepared Workspace: the SIDs that the lessons use.

    `workspace` is the SDK's context for it. `task_sid` is the waiting Task's SID, with the start
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


AnyLab = PreparedWorkspace | ComplaintsWorkspace | CityBikes


@overload
def prepare(session: Session, start: Start = "anything") -> PreparedWorkspace: ...
@overload
def prepare(session: Session, start: Literal["city bikes"]) -> CityBikes: ...
@overload
def prepare(session: Session, start: Literal["ten complaints"]) -> ComplaintsWorkspace: ...
@overload
def prepare(session: Session, start: str) -> AnyLab: ...
def prepare(session: Session, start: str = "anything") -> AnyLab:
    """Bring the tutorial's Workspace to the start of a lesson, and return its SIDs.

    Every start creates what is missing: the Workspace, its Activities, TaskQueues and Workflow,
    and the Workers Alice and Bob. It restores the declared settings of what exists: whether an
    Activity is available (a wrong one is renamed and replaced, a second one renamed), the Workspace's default and
    timeout Activities, the TaskQueues' expressions, the Workflow's filters and Reservation timeout,
    the Workers' attributes and their capacity on the default TaskChannel.

    "anything" does no more. The others also remove callback URLs, delete the Tasks and what lessons
    create, and set each Worker's Activity. Other Workers stay, but become Offline:

    * "alice available": Alice and Bob are Idle, there are no Tasks
    * "alice offline": Alice is Offline, Bob is Idle, there are no Tasks
    * "task waiting": the same, with one pending Task for a Worker who speaks Spanish: the oldest
      such Task that never had a Reservation, or a new one

    Two starts replace another Workspace and leave the tutorial's alone: "city bikes" makes an empty
    one for the learner to build, "ten complaints" one in which Tasks wait for
    different reasons.

    Marks this moment in the request log: an exercise's self-check looks at what was sent since.

    Raises ValueError for an unknown start, TypeError without a Session, and the SDK's exception
    when a request fails.
    """
    if not isinstance(session, Session):
        raise TypeError(
            f"prepare got {session!r} in place of the Session. Call prepare(session) with the "
            "Session that connect() returns."
        )
    if start not in (*STARTS, *SEPARATE):
        names = ", ".join(f'"{name}"' for name in (*STARTS, *SEPARATE))
        raise ValueError(f"There is no start {start!r}. The starts are {names}.")
    lab = SEPARATE[start](session) if start in SEPARATE else _prepare(session, start)
    session.requests.mark()
    return lab


def _prepare(session: Session, start: str) -> PreparedWorkspace:
    workers_start = STARTS[start]
    resets = workers_start is not None
    found = session.tutorial_workspaces.find_or_create()
    space = session.client.taskrouter.v1.workspaces(str(found.sid))
    activities_before = space.activities.list(page_size=100)
    activities = _make_activities(space, activities_before)
    _restore_settings(found, activities["Offline"], resets)
    queues = _make_queues(space)
    workflow_sid = _make_workflow(space, queues, resets)
    workers_before = space.workers.list()
    workers = _make_workers(space, workers_before, activities, workers_start)
    task_sid = None
    if resets:
        task_sid = _reset_tasks(space, workflow_sid, queues[SPANISH], start == "task waiting")
        _delete_extras([*workers_before, *activities_before])
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


def _make_activities(space: WorkspaceContext, listed: Sequence[ActivityInstance]) -> dict[str, str]:
    found = _by_name(listed)
    sids = {}
    for name, available in ACTIVITIES.items():
        activity = found.get(name.casefold())
        if activity is not None and activity.available != available:
            # TaskRouter cannot change whether an Activity is available, only its name.
            activity = None
        for other in listed:
            if other is not activity and str(other.friendly_name).casefold() == name.casefold():
                # Renamed, since TaskRouter deletes no Activity that a Worker is in.
                other.update(friendly_name=f"{name} ({str(other.sid)[-6:]})")
        made = _create_or_update(space.activities.create, activity, name, available=available)
        sids[name] = str(made.sid)
    return sids


def _restore_settings(found: WorkspaceInstance, offline_sid: str, remove_callbacks: bool) -> None:
    settings = {"default_activity_sid": offline_sid, "timeout_activity_sid": offline_sid}
    _update_changed(found, **settings, **({"event_callback_url": ""} if remove_callbacks else {}))


def _make_queues(space: WorkspaceContext) -> dict[str, str]:
    found = _by_name(space.task_queues.list())
    return {
        name: str(
            _create_or_update(
                space.task_queues.create,
                found.get(name.casefold()),
                name,
                target_workers=expression,
                max_reserved_workers=1,
                task_order="FIFO",
            ).sid
        )
        for name, expression in TASK_QUEUES.items()
    }


def _make_workflow(
    space: WorkspaceContext, queues: Mapping[str, str], remove_callbacks: bool
) -> str:
    filters = [
        {
            "filter_friendly_name": name,
            "expression": expression,
            "targets": [{"queue": queues[queue]}],
        }
        for name, expression, queue in FILTERS
    ]
    urls = ("assignment_callback_url", "fallback_assignment_callback_url")
    workflow = _create_or_update(
        space.workflows.create,
        _by_name(space.workflows.list()).get(WORKFLOW.casefold()),
        WORKFLOW,
        configuration=json.dumps({"task_routing": {"filters": filters}}),
        task_reservation_timeout=TASK_RESERVATION_TIMEOUT,
        **(dict.fromkeys(urls, "") if remove_callbacks else {}),
    )
    return str(workflow.sid)


def _make_workers(
    space: WorkspaceContext,
    listed: Sequence[WorkerInstance],
    activities: Mapping[str, str],
    start: Mapping[str, str] | None,
) -> dict[str, str]:
    found = _by_name(listed)
    sids = {}
    for name, attributes in WORKERS.items():
        settings = {"attributes": json.dumps(attributes)}
        if start is not None:
            settings["activity_sid"] = activities[start[name]]
        worker = _create_or_update(
            space.workers.create, found.pop(name.casefold(), None), name, **settings
        )
        sids[name] = str(worker.sid)
        _restore_capacity(space, sids[name])
    for extra in found.values() if start is not None else ():
        if extra.activity_sid != activities["Offline"]:
            extra.update(activity_sid=activities["Offline"])
    return sids


def _restore_capacity(space: WorkspaceContext, worker_sid: str) -> None:
    channel = space.workers(worker_sid).worker_channels("default").fetch()
    if channel.configured_capacity != CAPACITY or not channel.available:
        channel.update(capacity=CAPACITY, available=True)


def _reset_tasks(
    space: WorkspaceContext, workflow_sid: str, queue_sid: str, waiting: bool
) -> str | None:
    """Delete the Tasks. With `waiting`, keep or create one that waits, and return its SID."""
    kept = None
    for task in space.tasks.list():
        if (
            waiting
            and kept is None
            and _waits(task, workflow_sid, queue_sid)
            and not space.tasks(str(task.sid)).reservations.list(limit=1)
        ):
            kept = str(task.sid)
        else:
            _delete(task)
    return kept or (_create_task(space, workflow_sid) if waiting else None)


def _delete_extras(found: Sequence[WorkerInstance | ActivityInstance]) -> None:
    """Call this once no Worker is in one of the Activities, and none of the Workers holds a Task."""
    for resource in found:
        if str(resource.friendly_name).casefold() in _EXTRAS:
            resource.delete()


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
    except TwilioRestException as error:
        if error.status != 404:  # TaskRouter deletes an ended Task itself, after five minutes
            raise


def _create_task(space: WorkspaceContext, workflow_sid: str) -> str:
    task = space.tasks.create(attributes=json.dumps(TASK_ATTRIBUTES), workflow_sid=workflow_sid)
    return str(task.sid)


def _by_name(resources: Sequence[Resource]) -> dict[str, Resource]:
    """The oldest resource of each name; TaskRouter ignores case in Worker names."""
    return {str(resource.friendly_name).casefold(): resource for resource in reversed(resources)}


def _create_or_update(
    create: Callable[..., Resource], found: Resource | None, name: str, **settings: Any
) -> Resource:
    """Give the resource `found` these settings, or create one when it is None."""
    if found is None:
        return create(friendly_name=name, **settings)
    updatable = {key: value for key, value in settings.items() if key != "available"}
    return _update_changed(found, friendly_name=name, **updatable)


def _update_changed(resource: Resource, **settings: Any) -> Resource:
    """Update the settings that differ; send no request when none does."""
    changes = {
        name: value
        for name, value in settings.items()
        if _value(name, getattr(resource, name)) != _value(name, value)
    }
    return resource.update(**changes) if changes else resource


def _value(name: str, value: Any) -> Any:
    """A field in a comparable form: JSON parsed, since Twilio reformats it; "" for no URL."""
    if name in ("attributes", "configuration"):
        return json.loads(value)
    return "" if value is None else value
