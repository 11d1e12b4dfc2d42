"""The contents of a Workspace at one moment, as the panels that follow it need them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from twilio.rest.taskrouter.v1.workspace.activity import ActivityInstance
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance
from twilio.rest.taskrouter.v1.workspace.task_queue import TaskQueueInstance
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance
from twilio.rest.taskrouter.v1.workspace.worker.worker_channel import WorkerChannelInstance
from twilio.rest.taskrouter.v1.workspace.workflow import WorkflowInstance

from local_taskrouter.explanation.evidence import Evidence, Reservation, TaskFacts
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING, TASK_ENDED

Channels = Mapping[str, tuple[WorkerChannelInstance, ...]]  # by the SID of their Worker


@dataclass(frozen=True)
class Settings:
    """The resources of a Workspace that seldom change."""

    activities: tuple[ActivityInstance, ...] = ()
    task_queues: tuple[TaskQueueInstance, ...] = ()
    workflows: tuple[WorkflowInstance, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """The SDK's instances: Workers sorted by name, Tasks and Reservations oldest first.

    `more_tasks` is True if the Workspace has more than reader.MOST_TASKS Tasks. Then `tasks` holds
    the newest of them, and the oldest of those that have not ended. `more_workers` is True if it
    has more than reader.MOST_WORKERS Workers. `channels` holds the WorkerChannels of the Workers
    who could take a waiting Task, if their channel has room.
    """

    settings: Settings = field(default_factory=Settings)
    workers: tuple[WorkerInstance, ...] = ()
    tasks: tuple[TaskInstance, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    more_tasks: bool = False
    more_workers: bool = False
    channels: Channels = field(default_factory=dict)

    def task(self, sid: str | None) -> TaskInstance | None:
        return next((task for task in self.tasks if task.sid == sid), None)

    def worker(self, sid: str | None) -> WorkerInstance | None:
        return next((worker for worker in self.workers if worker.sid == sid), None)

    def workflow(self, sid: str | None) -> WorkflowInstance | None:
        workflows = self.settings.workflows
        return next((workflow for workflow in workflows if workflow.sid == sid), None)

    def reservations_of(self, task: TaskInstance) -> list[Reservation]:
        """The Task's Reservations, oldest first."""
        return self._of_task.get(task.sid, [])

    @cached_property
    def _of_task(self) -> Mapping[str | None, list[Reservation]]:
        found: dict[str | None, list[Reservation]] = {}
        for one in self.reservations:
            found.setdefault(one.task_sid, []).append(one)
        return found

    @cached_property
    def held(self) -> Mapping[str, tuple[Reservation, ...]]:
        """The Reservations that take capacity, by the SID of their Worker, oldest first."""
        held: dict[str, tuple[Reservation, ...]] = {}
        for one in self.reservations:
            if one.reservation_status in RESERVATION_HOLDING:
                held[str(one.worker_sid)] = (*held.get(str(one.worker_sid), ()), one)
        return held

    def now(self) -> datetime | None:
        """TaskRouter's time, computed from a Task's age; None if no Task is open."""
        open_tasks = (task for task in self.tasks if task.assignment_status not in TASK_ENDED)
        return max(map(time_of_reading, open_tasks), default=None)

    def time(self) -> float:
        """`now` in seconds since 1970, else when a Task last changed; 0 without a Task."""
        moments = [self.now()] if self.now() else [task.date_updated for task in self.tasks]
        return max(map(seconds_since_1970, moments), default=0.0)

    def evidence_of(self, task: TaskInstance) -> Evidence:
        """What `explain` needs to reason about the Task.

        Where `channels` lacks a Worker, they count as busy if they hold a Reservation.
        """
        return Evidence(
            TaskFacts.of(task),
            self.settings.workflows,
            self.settings.task_queues,
            self.workers,
            tuple(self.reservations_of(task)),
            self.channels,
            self.held,
        )


def seconds_since_1970(moment: datetime | None) -> float:
    """Return a moment in UTC, which the SDK gives with or without a time zone; 0 for None."""
    return moment.replace(tzinfo=UTC).timestamp() if moment is not None else 0.0


def time_of_reading(task: TaskInstance) -> datetime:
    """TaskRouter's time when it returned this Task."""
    assert task.date_created is not None and task.age is not None  # every Task has them
    return task.date_created + timedelta(seconds=task.age)
