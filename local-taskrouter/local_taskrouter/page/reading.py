"""Read a Workspace of this TaskRouter as a Snapshot, under one short lock.

Under the lock, records become the API's JSON, at most a few hundred of them; everything else follows
without it. The Snapshot holds the SDK's instances, as one that notebooks read over HTTP does.
"""

from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import Any, cast

from twilio.base.version import Version
from twilio.rest.taskrouter.v1.workspace.activity import ActivityInstance
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance
from twilio.rest.taskrouter.v1.workspace.task.reservation import ReservationInstance
from twilio.rest.taskrouter.v1.workspace.task_queue import TaskQueueInstance
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance
from twilio.rest.taskrouter.v1.workspace.worker.worker_channel import WorkerChannelInstance
from twilio.rest.taskrouter.v1.workspace.workflow import WorkflowInstance

from local_taskrouter.api.activities import activity_json
from local_taskrouter.api.call import Call
from local_taskrouter.api.reservations import reservation_json
from local_taskrouter.api.task_queues import task_queue_json
from local_taskrouter.api.tasks import task_json
from local_taskrouter.api.worker_channels import worker_channel_json
from local_taskrouter.api.workers import worker_json
from local_taskrouter.api.workflows import workflow_json
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import Task, Worker
from local_taskrouter.core.store import Store
from local_taskrouter.rules.lifecycle import TASK_ENDED
from local_taskrouter.ui.snapshot import Settings, Snapshot

MOST_OPEN, MOST_ENDED = 200, 25
"""Tasks that have not ended, oldest first; and the newest of each way to end."""
MOST_WORKERS = 200
MOST_QUEUES = 100
MOST_CHANNELS = 50
"""Available Workers whose channels are read."""
_NEWEST_RESERVATIONS = 10

Payload = dict[str, Any]


@dataclass(frozen=True)
class Payloads:
    """A Workspace as the API's JSON, by kind; `channels` by the SID of their Worker."""

    workspace_sid: str
    activities: list[Payload]
    task_queues: list[Payload]
    workflows: list[Payload]
    workers: list[Payload]
    tasks: list[Payload]
    reservations: list[Payload]
    channels: dict[str, list[Payload]]
    more_tasks: bool
    more_workers: bool


def read_payloads(engine: Engine, account_sid: str, workspace_sid: str) -> Payloads:
    """Read the Workspace; call it under the lock. Costs O(the records that are shown)."""
    store = engine.store
    call = Call(engine, account_sid, "/v1", "", {"workspace_sid": workspace_sid}, {})
    tasks = list(_tasks(store, workspace_sid))
    workers = list(islice(store.walk("workers", workspace_sid), MOST_WORKERS))
    reservations = [
        one
        for task in tasks
        for one in list(store.walk("reservations_of_task", task.sid))[-_NEWEST_RESERVATIONS:]
    ]
    queues = islice(store.walk("task_queues", workspace_sid), MOST_QUEUES)
    workflows = islice(store.walk("workflows", workspace_sid), MOST_QUEUES)
    available = islice((one for one in workers if one.available), MOST_CHANNELS)
    return Payloads(
        workspace_sid=workspace_sid,
        activities=[activity_json(call, one) for one in store.walk("activities", workspace_sid)],
        task_queues=[task_queue_json(call, one) for one in queues],
        workflows=[workflow_json(call, one) for one in workflows],
        workers=[worker_json(call, one) for one in workers],
        tasks=[task_json(call, one) for one in tasks],
        reservations=[reservation_json(call, one) for one in reservations],
        channels={one.sid: _channels(call, one) for one in available},
        more_tasks=store.count("in_flight", workspace_sid) > MOST_OPEN,
        more_workers=store.count("workers", workspace_sid) > MOST_WORKERS,
    )


def snapshot_of(payloads: Payloads) -> Snapshot:
    """Return the same as a Snapshot; nothing is requested through its instances."""
    version, space = cast(Version, None), payloads.workspace_sid

    def make(kind: Any, found: list[Payload], *parent: str) -> tuple[Any, ...]:
        return tuple(kind(version, each, space, *(each[name] for name in parent)) for each in found)

    workers = make(WorkerInstance, payloads.workers)
    reservations = make(ReservationInstance, payloads.reservations, "task_sid")
    return Snapshot(
        Settings(
            make(ActivityInstance, payloads.activities),
            make(TaskQueueInstance, payloads.task_queues),
            make(WorkflowInstance, payloads.workflows),
        ),
        tuple(sorted(workers, key=lambda worker: str(worker.friendly_name))),
        make(TaskInstance, payloads.tasks),
        tuple(sorted(reservations, key=lambda one: one.date_created)),
        payloads.more_tasks,
        payloads.more_workers,
        {
            sid: make(WorkerChannelInstance, found, "worker_sid")
            for sid, found in payloads.channels.items()
        },
    )


def _tasks(store: Store, workspace_sid: str) -> list[Task]:
    """The Tasks to show, oldest first."""
    found: list[Task] = list(islice(store.walk("in_flight", workspace_sid), MOST_OPEN))
    last = (inf, 0, "")
    for status in TASK_ENDED:
        newest = islice(store.before("in_status", [(workspace_sid, status)], last), MOST_ENDED)
        found += (store.require(Task, sid) for _, _, sid in newest)
    return sorted(found, key=lambda task: task.serial)


def _channels(call: Call, worker: Worker) -> list[Payload]:
    return [
        worker_channel_json(call, one) for one in call.store.walk("channels_of_worker", worker.sid)
    ]
