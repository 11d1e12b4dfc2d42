"""Workspaces and their default resources: https://www.twilio.com/docs/taskrouter/api/workspace"""

import json

from local_taskrouter.core.activities import create_activity
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import (
    Activity,
    Record,
    Reservation,
    Task,
    TaskChannel,
    TaskQueue,
    Transfer,
    Worker,
    WorkerChannel,
    Workflow,
    Workspace,
)
from local_taskrouter.core.task_channels import create_task_channel
from local_taskrouter.core.task_queues import create_task_queue
from local_taskrouter.core.workflows import create_workflow
from local_taskrouter.errors import BadRequest

MULTITASKING = (("Offline", False), ("Available", True), ("Unavailable", False))
SINGLE_TASKING = (("Offline", False), ("Idle", True), ("Busy", False), ("Reserved", False))
CHANNELS = (
    ("default", "Default"),
    ("voice", "Voice"),
    ("sms", "SMS"),
    ("video", "Video"),
    ("chat", "Chat"),
)
TEMPLATES = ("NONE", "EMPTY", "FIFO")
_OLDEST_LAST = (
    Transfer,
    Reservation,
    Task,
    WorkerChannel,
    Worker,
    Workflow,
    TaskQueue,
    TaskChannel,
    Activity,
)


def create_workspace(
    engine: Engine,
    friendly_name: str,
    *,
    multi_task_enabled: bool = True,
    template: str = "NONE",
    event_callback_url: str = "",
    events_filter: str | None = None,
    prioritize_queue_order: str = "FIFO",
) -> Workspace:
    """Create a Workspace with its default Activities and TaskChannels.

    `template` "FIFO" adds a TaskQueue that every Worker matches and a Workflow that leads to it.
    Raises BadRequest for a template that is not in TEMPLATES.
    """
    if template.upper() not in TEMPLATES:
        raise BadRequest(f"Template {template} is unknown: use {', '.join(TEMPLATES)}.")
    sid = engine.sid(Workspace)
    default = engine.sid(Activity)
    workspace = engine.store.add(
        Workspace(
            sid=sid,
            workspace_sid=sid,
            date_created=engine.now,
            date_updated=engine.now,
            friendly_name=friendly_name,
            default_activity_sid=default,
            timeout_activity_sid=default,
            event_callback_url=event_callback_url,
            events_filter=events_filter,
            multi_task_enabled=multi_task_enabled,
            prioritize_queue_order=prioritize_queue_order,
        )
    )
    emit(engine, "workspace.created", workspace, f"Workspace {friendly_name} created")
    for name, available in MULTITASKING if multi_task_enabled else SINGLE_TASKING:
        create_activity(
            engine, workspace, name, available, sid=default if name == "Offline" else None
        )
    for unique_name, name in CHANNELS:
        create_task_channel(engine, workspace, name, unique_name)
    if template.upper() == "FIFO":
        _add_fifo(engine, workspace)
    return workspace


def delete_workspace(engine: Engine, workspace: Workspace) -> None:
    """Delete a Workspace and everything in it."""
    emit(engine, "workspace.deleted", workspace, f"Workspace {workspace.friendly_name} deleted")
    for kind in _OLDEST_LAST:
        for record in reversed(_all(engine, workspace, kind)):  # the ends of the indexes' lists
            engine.store.remove(record)
    engine.store.remove(workspace)


def _all(engine: Engine, workspace: Workspace, kind: type[Record]) -> list[Record]:
    store = engine.store
    if kind is Reservation or kind is Transfer:
        index = "reservations_of_task" if kind is Reservation else "transfers_of_task"
        tasks = list(store.find("tasks", workspace.sid))
        return [r for task in tasks for r in store.find(index, task.sid)]
    if kind is WorkerChannel:
        workers = list(store.find("workers", workspace.sid))
        return [c for worker in workers for c in store.find("channels_of_worker", worker.sid)]
    names = {
        Task: "tasks",
        Worker: "workers",
        Workflow: "workflows",
        TaskQueue: "task_queues",
        TaskChannel: "task_channels",
        Activity: "activities",
    }
    return list(store.find(names[kind], workspace.sid))


def _add_fifo(engine: Engine, workspace: Workspace) -> None:
    reserved, busy = None, None
    if not workspace.multi_task_enabled:
        by_name = {a.friendly_name: a for a in engine.store.find("activities", workspace.sid)}
        reserved, busy = by_name["Reserved"].sid, by_name["Busy"].sid
    queue = create_task_queue(
        engine,
        workspace,
        "Sample Queue",
        reservation_activity_sid=reserved,
        assignment_activity_sid=busy,
    )
    routing = {"task_routing": {"filters": [], "default_filter": {"queue": queue.sid}}}
    configuration = json.dumps(routing, separators=(",", ":"))
    create_workflow(engine, workspace, "Default Fifo Workflow", configuration)
