"""The records: one class for each of Twilio's resources, and what commands emit.

Times are seconds since 1970 (UTC). JSON texts are kept compact, as Twilio returns them. `serial` is
the order of creation, `version` is what the `ETag` header shows.
"""

from dataclasses import dataclass
from typing import ClassVar

from local_taskrouter.rules.timeouts import RESERVATION_TIMEOUT


@dataclass(kw_only=True)
class Record:
    """The fields all resources share. The `workspace_sid` of a Workspace is its `sid`."""

    prefix: ClassVar[str]

    sid: str
    workspace_sid: str
    date_created: float
    date_updated: float
    serial: int = 0


@dataclass(kw_only=True)
class Workspace(Record):
    prefix = "WS"

    friendly_name: str
    default_activity_sid: str
    timeout_activity_sid: str
    event_callback_url: str = ""
    events_filter: str | None = None
    multi_task_enabled: bool = True
    prioritize_queue_order: str = "FIFO"


@dataclass(kw_only=True)
class Activity(Record):
    prefix = "WA"

    friendly_name: str
    available: bool


@dataclass(kw_only=True)
class TaskChannel(Record):
    prefix = "TC"

    friendly_name: str
    unique_name: str
    channel_optimized_routing: bool = False


@dataclass(kw_only=True)
class Worker(Record):
    """`available` copies the Activity's, true since `available_since`. Tasks go first to the Worker
    with the earliest `idle_since`, at the same moment to the one with the lowest `last_reserved`: the
    serial of its latest Reservation.
    """

    prefix = "WK"

    friendly_name: str
    attributes: str
    activity_sid: str
    available: bool
    date_status_changed: float
    idle_since: float
    last_reserved: int = 0
    available_since: float = 0.0
    version: int = 0


@dataclass(kw_only=True)
class WorkerChannel(Record):
    """`idle_since` is kept while the TaskChannel has `channel_optimized_routing`."""

    prefix = "WC"

    worker_sid: str
    task_channel_sid: str
    configured_capacity: int = 1
    available: bool = True
    idle_since: float = 0.0


@dataclass(kw_only=True)
class TaskQueue(Record):
    prefix = "WQ"

    friendly_name: str
    target_workers: str = "1==1"
    max_reserved_workers: int = 1
    task_order: str = "FIFO"
    reservation_activity_sid: str | None = None
    assignment_activity_sid: str | None = None


@dataclass(kw_only=True)
class Workflow(Record):
    prefix = "WW"

    friendly_name: str
    configuration: str
    assignment_callback_url: str = ""
    fallback_assignment_callback_url: str = ""
    task_reservation_timeout: int = RESERVATION_TIMEOUT


@dataclass(kw_only=True)
class Task(Record):
    """`step` holds the fields of the Workflow `Step` the Task is at, `step_until` is when it ends,
    `configuration` is what routes it if its Workflow has another one since, `places` copies its
    TaskQueue's `max_reserved_workers`, `transfer_sid` is the transfer that has not ended.
    """

    prefix = "WT"

    attributes: str
    priority: int
    timeout: int
    task_channel_sid: str
    virtual_start_time: float
    expires_at: float | None
    workflow_sid: str | None = None
    task_queue_sid: str | None = None
    task_queue_entered_date: float | None = None
    assignment_status: str = "pending"
    reason: str | None = None
    routing_target: str | None = None
    ignore_capacity: bool = False
    step: list[int | bool | None] | None = None
    step_until: float | None = None
    configuration: str | None = None
    places: int = 1
    pending_reservations: int = 0
    assignment_count: int = 0
    held_until: float | None = None
    remove_at: float | None = None
    transfer_sid: str | None = None
    version: int = 0


@dataclass(kw_only=True)
class Reservation(Record):
    """`expires_at` is set while it is pending; `instruction` is its voice instruction as JSON.

    `transfer_sid` is the transfer that created it.
    """

    prefix = "WR"

    task_sid: str
    worker_sid: str
    worker_name: str
    task_channel_sid: str
    task_queue_sid: str | None
    workflow_sid: str | None
    expires_at: float | None
    previous_activity_sid: str
    reservation_status: str = "pending"
    instruction: str | None = None
    transfer_sid: str | None = None
    version: int = 1


@dataclass(kw_only=True)
class Transfer(Record):
    """An attempt to hand a Task over. The REST API does not have it, the JavaScript SDK does.

    `transfer_to` is the SID of a Worker or TaskQueue, the `initiating_…` are those from which it goes.
    """

    prefix = "TT"

    task_sid: str
    initiating_reservation_sid: str
    initiating_worker_sid: str
    initiating_queue_sid: str | None
    initiating_workflow_sid: str | None
    transfer_to: str
    transfer_mode: str
    transfer_status: str = "initiated"
    transfer_failed_reason: str | None = None

    @property
    def transfer_type(self) -> str:
        """Whether it goes to a WORKER or a QUEUE."""
        return "WORKER" if self.transfer_to.startswith(Worker.prefix) else "QUEUE"


KINDS: dict[str, type[Record]] = {
    kind.__name__: kind
    for kind in (
        Workspace,
        Activity,
        TaskChannel,
        Worker,
        WorkerChannel,
        TaskQueue,
        Workflow,
        Task,
        Reservation,
        Transfer,
    )
}


@dataclass
class Event:
    """An Event of the Events resource, which never changes; `at` is in seconds since 1970.

    `began` is when the stay in an Activity began that ends with this Event.
    """

    sid: str
    workspace_sid: str
    event_type: str
    at: float
    resource_type: str
    resource_sid: str
    description: str
    data: dict[str, str]
    began: float | None = None


@dataclass(frozen=True)
class Callback:
    """A POST to send: `parameters` is the form, without the AccountSid.

    `reservation_sid` is empty for an Event Callback.
    """

    workspace_sid: str
    url: str
    parameters: dict[str, str]
    reservation_sid: str = ""
    fallback_url: str = ""
