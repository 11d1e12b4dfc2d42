"""What the REST API shows about one Task: all that the reasoning looks at.

The API shows a Task's TaskQueue, but not the step of its Workflow that led there, nor that no step
did. The Task's Events do: each `workflow.target-matched` is one step, reached by a timeout if a
`task-queue.timeout` precedes it, otherwise by a skip. Without Events, the Workflow's rules and the
Task's age leave few possible steps, usually one
(https://www.twilio.com/docs/taskrouter/api/event/reference).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache, partial

from twilio.rest.taskrouter.v1.workspace.event import EventInstance
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance
from twilio.rest.taskrouter.v1.workspace.task.reservation import (
    ReservationInstance as TaskReservation,
)
from twilio.rest.taskrouter.v1.workspace.task_queue import TaskQueueInstance
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance
from twilio.rest.taskrouter.v1.workspace.worker.reservation import (
    ReservationInstance as WorkerReservation,
)
from twilio.rest.taskrouter.v1.workspace.worker.worker_channel import WorkerChannelInstance
from twilio.rest.taskrouter.v1.workspace.workflow import WorkflowInstance

from local_taskrouter.rules.matching import NamedWorker, named_workers
from local_taskrouter.rules.scope import Attributes, attributes_of, read_attributes
from local_taskrouter.rules.timeouts import TASK_TIMEOUT
from local_taskrouter.rules.workflow import (
    Configuration,
    ConfigurationError,
    Step,
    Target,
    read_configuration,
)
from local_taskrouter.rules.workflow_steps import first_not_timed_out, reachable_steps

Reservation = TaskReservation | WorkerReservation
"""The SDK has one class for a Task's Reservations and one for a Worker's, with the same fields."""


@dataclass(frozen=True)
class TaskFacts:
    """The fields of a Task that decide where it waits; `sid` is "" for a Task not yet created."""

    workflow_sid: str | None
    attributes: str = "{}"
    sid: str = ""
    assignment_status: str = "pending"
    task_channel_unique_name: str = "default"
    task_queue_sid: str | None = None
    age: int = 0
    timeout: int = TASK_TIMEOUT
    priority: int = 0
    reason: str = ""
    routing_target: str | None = None
    ignore_capacity: bool = False
    date_created: datetime | None = None
    date_updated: datetime | None = None
    task_queue_entered_date: datetime | None = None

    @classmethod
    def of(cls, task: TaskInstance) -> "TaskFacts":
        """Read the fields from the SDK's TaskInstance."""
        return cls(
            workflow_sid=task.workflow_sid,
            attributes=task.attributes or "{}",
            sid=task.sid or "",
            assignment_status=str(task.assignment_status),
            task_channel_unique_name=task.task_channel_unique_name or "",
            task_queue_sid=task.task_queue_sid,
            age=task.age or 0,
            timeout=task.timeout or 0,
            priority=task.priority or 0,
            reason=task.reason or "",
            routing_target=task.routing_target,
            ignore_capacity=bool(task.ignore_capacity),
            date_created=task.date_created,
            date_updated=task.date_updated,
            task_queue_entered_date=task.task_queue_entered_date,
        )


@dataclass(frozen=True)
class WorkflowPosition:
    """The step of the Workflow at which the Task waits, and the step's target.

    Both are None when no step of the Workflow leads to the Task's TaskQueue. `is_certain` is false
    when another step leads to the same TaskQueue and nothing shows which one it was.
    """

    step: Step | None = None
    target: Target | None = None
    is_certain: bool = True


@dataclass(frozen=True)
class Evidence:
    """A Task, and everything around it that decides where it waits.

    `workers` are in order of their names, `reservations` are the Task's, oldest first. `channels`
    and `holding` map a Worker's SID to its WorkerChannels and to the Reservations that use its
    capacity, of few Workers only; `unread` are those that `read_channels` left out. `deadlines` map the SID of a pending
    Reservation in `holding` to the time (ISO 8601) at which it times out. `dry_run_position` is where
    a Task that is not yet created would wait.
    """

    task: TaskFacts
    workflows: Sequence[WorkflowInstance] = ()
    task_queues: Sequence[TaskQueueInstance] = ()
    workers: Sequence[WorkerInstance] = ()
    reservations: Sequence[Reservation] = ()
    channels: Mapping[str, Sequence[WorkerChannelInstance]] = field(default_factory=dict)
    holding: Mapping[str, Sequence[Reservation]] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    deadlines: Mapping[str, str] = field(default_factory=dict)
    events: Sequence[EventInstance] = ()
    dry_run_position: WorkflowPosition | None = None

    @cached_property
    def attributes(self) -> Attributes:
        """The Task's attributes as a mapping; {} when they are not a JSON object."""
        return attributes_of(self.task)

    @cached_property
    def workflow(self) -> WorkflowInstance | None:
        """The Task's Workflow; None when it has none, or the Workflow was deleted."""
        return next((each for each in self.workflows if each.sid == self.task.workflow_sid), None)

    @cached_property
    def configuration(self) -> Configuration | None:
        """The Workflow's configuration; None without a Workflow, or when it is not valid."""
        if self.workflow is None:
            return None
        try:
            return _read_configuration(self.workflow.configuration or "")
        except ConfigurationError:
            return None

    @cached_property
    def bypasses_workflow(self) -> bool:
        """Whether the Task was created for a Worker or a TaskQueue, so that no filter routed it."""
        if (self.task.routing_target or "").startswith(("WK", "WQ")):
            return True
        types = {event.event_type for event in self.events}
        return "task.created" in types and "workflow.entered" not in types

    @cached_property
    def position(self) -> WorkflowPosition:
        """The step of the Workflow at which the Task waits."""
        return self.dry_run_position or _find_position(self)

    @cached_property
    def task_queue(self) -> TaskQueueInstance | None:
        """The TaskQueue that holds the Task; None when it is in none."""
        return self.queue(self.task.task_queue_sid)

    @cached_property
    def named_workers(self) -> tuple[NamedWorker, ...]:
        """The Workers that the Task or its target names; () when any Worker may take the Task."""
        return named_workers(self.task.routing_target, self.position.target, self.attributes)

    @cached_property
    def reservation_statuses(self) -> Mapping[str, tuple[str, ...]]:
        """The statuses of the Task's Reservations by their Worker's SID, oldest first."""
        found: dict[str, tuple[str, ...]] = {}
        for each in self.reservations:
            sid = each.worker_sid or ""
            found[sid] = (*found.get(sid, ()), str(each.reservation_status))
        return found

    @cached_property
    def _queues(self) -> Mapping[str | None, TaskQueueInstance]:
        return {each.sid: each for each in self.task_queues}

    def queue(self, sid: str | None) -> TaskQueueInstance | None:
        """Return the TaskQueue of this SID, None when there is none."""
        return self._queues.get(sid)

    def needs_events(self) -> bool:
        """Whether only the Task's Events can show at which step of its Workflow it waits, if any.

        A Task created for a TaskQueue has a Workflow as well; that no Workflow routed it shows in the
        Events alone.
        """
        return self.configuration is not None and not self.bypasses_workflow


@lru_cache(maxsize=64)
def _read_configuration(text: str) -> Configuration:
    """Cached, since live panels read the same text again and again."""
    return read_configuration(text)


def _find_position(evidence: Evidence) -> WorkflowPosition:
    configuration = evidence.configuration
    if configuration is None or evidence.task.task_queue_sid is None or evidence.bypasses_workflow:
        return WorkflowPosition()
    steps = _possible_steps(evidence, configuration)
    step = _step_from_events(evidence, configuration)
    if step is not None:
        return WorkflowPosition(step, configuration.target(step))
    if not steps:
        return WorkflowPosition()
    return WorkflowPosition(steps[0], configuration.target(steps[0]), len(steps) == 1)


def _possible_steps(evidence: Evidence, configuration: Configuration) -> list[Step]:
    """The steps that lead to the Task's TaskQueue and have not timed out, in Workflow order."""
    task = evidence.task
    is_pending = task.assignment_status == "pending"
    steps = {
        step: None
        for step in reachable_steps(configuration, evidence.attributes, task.age)
        if configuration.target(step).queue == task.task_queue_sid
        and not (is_pending and step.until is not None and task.age >= step.until)
    }
    return list(steps)


def _step_from_events(evidence: Evidence, configuration: Configuration) -> Step | None:
    """The last step that the Events lead to, if its TaskQueue is the Task's."""
    step, created = None, 0
    entered = timed_out = False
    for event in evidence.events:
        at = int(event.event_date_ms or 0)
        if event.event_type == "task.created":
            created = at
        elif event.event_type == "workflow.entered":
            entered, timed_out = True, False
        elif event.event_type == "task-queue.timeout":
            timed_out = True
        elif event.event_type == "workflow.target-matched":
            attributes = _attributes_at(event)
            if entered:
                step = configuration.first_step(attributes)
            elif step is not None and timed_out:
                step = configuration.step_after_timeout(step, attributes)
            elif step is not None:
                step = configuration.step_after_skip(step, attributes)
            if entered or timed_out:
                is_over = partial(_is_over, at - created)
                step = first_not_timed_out(configuration, step, attributes, is_over)
            entered = timed_out = False
    leads = step is not None and configuration.target(step).queue == evidence.task.task_queue_sid
    return step if leads else None


def _is_over(milliseconds: int, step: Step) -> bool:
    """Whether the step has timed out at this age; Events round down to milliseconds."""
    return step.until is not None and milliseconds + 1 >= step.until * 1000


def _attributes_at(event: EventInstance) -> Attributes:
    """The Task's attributes at the time of the Event."""
    text = (event.event_data or {}).get("task_attributes")
    return read_attributes(text) if isinstance(text, str) else {}
