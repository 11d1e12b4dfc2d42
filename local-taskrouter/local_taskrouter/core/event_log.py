"""Emit Events and Event Callbacks, which the service writes to disk and delivers.

Types and data follow https://www.twilio.com/docs/taskrouter/api/event/reference, descriptions
recorded Events. `data` holds strings under the snake_case names that the Events resource shows.
"""

from collections.abc import Callable
from typing import Any

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.parsed import target_of, task_values
from local_taskrouter.core.records import (
    Activity,
    Callback,
    Event,
    Record,
    Reservation,
    Task,
    TaskChannel,
    TaskQueue,
    Transfer,
    Worker,
    Workflow,
    Workspace,
)
from local_taskrouter.core.store import Store
from local_taskrouter.rules.lifecycle import TASK_ENDED
from local_taskrouter.rules.matching import named_workers
from local_taskrouter.sids import operating_unit_sid

RESOURCE_TYPES: dict[type[Record], str] = {
    Workspace: "workspace",
    Activity: "activity",
    TaskChannel: "taskchannel",
    TaskQueue: "taskqueue",
    Workflow: "workflow",
    Worker: "worker",
    Task: "task",
    Reservation: "reservation",
}


def emit(
    engine: Engine,
    event_type: str,
    subject: Record,
    description: str,
    *,
    began: float | None = None,
    **more: object,
) -> None:
    """Emit an Event about `subject`, and its Event Callback if the Workspace wants one.

    An Event about what a Task does, whose type may begin with "task-queue" or "workflow", has the
    Task as its subject. The Event also carries `more` parameters. For `began`, see `Event`.
    """
    workspace = engine.store.get(Workspace, subject.workspace_sid)
    data = {
        "workspace_sid": subject.workspace_sid,
        "workspace_name": workspace.friendly_name if workspace else "",
        **_parameters(engine, subject),
    }
    for name, value in more.items():
        if value is not None:
            data[name] = text(value)
    event = Event(
        engine.sids.new_at("EV", engine.now),
        subject.workspace_sid,
        event_type,
        engine.now,
        RESOURCE_TYPES[type(subject)],
        subject.sid,
        description,
        data,
        began,
    )
    engine.events.append(event)
    if workspace is not None and _is_wanted(workspace, event_type):
        engine.callbacks.append(_event_callback(workspace, event))


def text(value: object) -> str:
    """Return a parameter as Twilio writes it: booleans in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_wanted(workspace: Workspace, event_type: str) -> bool:
    """Whether to POST it to the EventCallbackUrl; without an EventsFilter every type is."""
    if not workspace.event_callback_url:
        return False
    wanted = [part.strip() for part in (workspace.events_filter or "").split(",")]
    return not any(wanted) or event_type in wanted


def _event_callback(workspace: Workspace, event: Event) -> Callback:
    """Return the Event Callback: the Event's parameters with their names in CamelCase."""
    camel = {
        "".join(word.capitalize() for word in name.split("_")): value
        for name, value in event.data.items()
    }
    return Callback(
        workspace.sid,
        workspace.event_callback_url,
        {
            **camel,
            "EventType": event.event_type,
            "EventDescription": event.description,
            "ResourceType": event.resource_type,
            "ResourceSid": event.resource_sid,
            "Sid": event.sid,
            "Timestamp": str(int(event.at)),
            "TimestampMs": str(int(event.at * 1000)),
        },
    )


def _parameters(engine: Engine, record: Record) -> dict[str, str]:
    make = _PARAMETERS.get(type(record))
    return make(engine, record) if make is not None else {}


def _task_queue(engine: Engine, queue: TaskQueue) -> dict[str, str]:
    return {
        "task_queue_sid": queue.sid,
        "task_queue_name": queue.friendly_name,
        "task_queue_target_expression": queue.target_workers,
        "operating_unit_sid": operating_unit_sid(queue.workspace_sid),
    }


def _workflow(engine: Engine, workflow: Workflow) -> dict[str, str]:
    return {"workflow_sid": workflow.sid, "workflow_name": workflow.friendly_name}


def _activity(engine: Engine, activity: Activity) -> dict[str, str]:
    return {
        "activity_sid": activity.sid,
        "activity_name": activity.friendly_name,
        "activity_available": text(activity.available),
    }


def _task_channel(engine: Engine, channel: TaskChannel) -> dict[str, str]:
    return {
        "task_channel_sid": channel.sid,
        "task_channel_name": channel.friendly_name,
        "task_channel_unique_name": channel.unique_name,
        "task_channel_optimized_routing": text(channel.channel_optimized_routing),
    }


def _task(engine: Engine, task: Task) -> dict[str, str]:
    store = engine.store
    data = {
        "task_sid": task.sid,
        "task_attributes": task.attributes,
        "task_age": str(int(engine.now - task.date_created)),
        "task_priority": str(task.priority),
        "task_assignment_status": task.assignment_status,
        "task_version": str(task.version),
        "task_date_created": str(int(task.date_created)),
        "task_channel_sid": task.task_channel_sid,
        "task_channel_unique_name": store.require(TaskChannel, task.task_channel_sid).unique_name,
        "operating_unit_sid": operating_unit_sid(task.workspace_sid),
    }
    if task.reason and task.assignment_status in TASK_ENDED:
        data[f"task_{task.assignment_status}_reason"] = data["reason"] = task.reason
    if task.task_queue_entered_date is not None:
        data["task_queue_entered_date"] = str(int(task.task_queue_entered_date))
    if (queue := store.get(TaskQueue, task.task_queue_sid)) is not None:
        data |= _task_queue(engine, queue)
    if (workflow := store.get(Workflow, task.workflow_sid)) is not None:
        data |= _workflow(engine, workflow)
    if (known := _known_worker_sid(store, task)) is not None:
        data["known_worker_sid"] = known
    if (transfer := store.get(Transfer, task.transfer_sid)) is not None:
        data |= _transfer(transfer)
    return data


def _transfer(transfer: Transfer) -> dict[str, str]:
    """What the Events of a Task carry while it is transferred."""
    data = {
        "task_transfer_sid": transfer.sid,
        "transfer_started": text(int(transfer.date_created)),
        "transfer_initiating_reservation_sid": transfer.initiating_reservation_sid,
        "transfer_initiating_worker_sid": transfer.initiating_worker_sid,
        "transfer_mode": transfer.transfer_mode,
        "transfer_status": transfer.transfer_status,
        "transfer_to": transfer.transfer_to,
        "transfer_type": transfer.transfer_type,
    }
    if transfer.transfer_failed_reason is not None:
        data["transfer_failed_reason"] = transfer.transfer_failed_reason
    return data


def _known_worker_sid(store: Store, task: Task) -> str | None:
    """The SID of the Worker that the Task's target names; None if it names none that exists.

    https://www.twilio.com/docs/taskrouter/workflow-configuration/known-agent-routing
    """
    target = target_of(store, task)
    for named in named_workers(None, target, task_values(task)) if target else ():
        if isinstance(named.value, str):
            key = (task.workspace_sid, named.value.casefold())
            of_sid = store.get(Worker, named.value)
            found = store.walk("names", key) if named.field == "friendly_name" else [of_sid]
            for worker in filter(None, found):
                if named.is_worker(worker) and worker.workspace_sid == task.workspace_sid:
                    return worker.sid
    return None


def _worker(engine: Engine, worker: Worker) -> dict[str, str]:
    return {
        "worker_sid": worker.sid,
        "worker_name": worker.friendly_name,
        "worker_attributes": worker.attributes,
        "worker_activity_sid": worker.activity_sid,
        "worker_activity_name": engine.store.require(Activity, worker.activity_sid).friendly_name,
        "worker_version": text(worker.version),
        "operating_unit_sid": operating_unit_sid(worker.workspace_sid),
    }


def _reservation(engine: Engine, reservation: Reservation) -> dict[str, str]:
    data = {"reservation_sid": reservation.sid, "reservation_version": text(reservation.version)}
    for record in (
        engine.store.get(Task, reservation.task_sid),
        engine.store.get(Worker, reservation.worker_sid),
    ):
        data |= _parameters(engine, record) if record else {}
    return data


_PARAMETERS: dict[type[Record], Callable[[Engine, Any], dict[str, str]]] = {
    Task: _task,
    Reservation: _reservation,
    Worker: _worker,
    TaskQueue: _task_queue,
    Workflow: _workflow,
    Activity: _activity,
    TaskChannel: _task_channel,
}
