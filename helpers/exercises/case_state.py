"""What is in TaskRouter of one complaint, as its self-check reads it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from local_taskrouter.rules.expression import ExpressionSyntaxError, parse
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING, TASK_ENDED, TASK_OPEN
from local_taskrouter.rules.workflow import Configuration, read_configuration
from twilio.base.exceptions import TwilioRestException
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance

from helpers.lessons.complaints import REQUESTS, TASK_QUEUES
from helpers.lessons.complaints_workspace import EARLIER, Case, earlier_task, waiting_task

UNKNOWN_TOPIC = "a thing that no filter knows"


@dataclass(frozen=True)
class CaseState:
    """What is in TaskRouter now, of one case.

    `holder` is the Worker who holds the customer's `task`, or "". `ended_as` is the status of the
    earlier Task, "deleted" once it is gone without having been completed, and `rejected` whether the
    Worker turned it down. `task_status` is that of the customer's Task, "deleted", "moved" if its topic
    is another now, or "" where it was refused. `capacities` are those of the Worker's channels, and
    `configuration` is that of the case's own Workflow; "" where others share it. `re_evaluated` says
    whether the latest change sent its Tasks through it again. `strays` says whether Tasks about another topic
    came where the customer's was refused.
    """

    case: Case
    task: TaskInstance | None
    task_status: str
    holder: str
    ended_as: str
    worker: WorkerInstance
    attributes: Mapping[str, Any]
    expression: str
    capacities: Mapping[str, int]
    configuration: str
    re_evaluated: bool
    strays: bool
    rejected: bool

    @property
    def untouched(self) -> bool:
        """Whether everything is as it came in."""
        complaint = self.case.complaint
        came_in = (
            TASK_QUEUES[complaint.queue],
            complaint.attributes,
            complaint.activity,
            complaint.earlier,
            dict.fromkeys(self.capacities, 1) | {"default": complaint.capacity},
            (complaint.routed != "", 0, ""),
        )
        now = (
            self.expression,
            self.attributes,
            self.worker.activity_name,
            self.ended_as,
            self.capacities,
            (self.task is None, self.task.priority if self.task else 0, self.holder),
        )
        changed = self.strays or self.rejected or self.re_evaluated or self._has_moved()
        return now == came_in and self.leads_as_before and not changed and not self.task_has_ended

    @property
    def task_has_ended(self) -> bool:
        """Whether the customer's Task has ended, or is gone."""
        return self.task_status in (*TASK_ENDED, "deleted")

    def _has_moved(self) -> bool:
        """Whether the Worker has been in another Activity since the Task came, and is back."""
        if self.case.complaint.earlier != "assigned" or self.task is None:
            return False
        list_events = partial(self.case.workspace.events.list, start_date=self.task.date_created)
        [created] = list_events(task_sid=self.task.sid, event_type="task.created")
        moves = list_events(worker_sid=self.case.worker_sid, event_type="worker.activity.update")
        return any((each.event_date_ms or 0) > (created.event_date_ms or 0) for each in moves)

    @property
    def leads_as_before(self) -> bool:
        return not self.configuration or json.loads(self.configuration) == json.loads(
            self.case.configuration
        )

    @property
    def routing(self) -> Configuration | None:
        """The case's own Workflow; None where others share it."""
        return read_configuration(self.configuration) if self.configuration else None

    @property
    def held(self) -> bool:
        return self.holder == self.case.complaint.worker

    @property
    def has_ended(self) -> bool:
        """Whether the earlier Task was completed."""
        return self.ended_as == "completed"

    def selects(self, attributes: Mapping[str, Any]) -> bool:
        """Whether the case's TaskQueue selects a Worker with these attributes."""
        try:
            return parse(self.expression).matches(attributes)
        except ExpressionSyntaxError:  # real Twilio may accept more than our parser
            return False

    def leads_to(self, topic: str) -> str:
        """Return the SID of the TaskQueue to which the case's Workflow leads a topic, "" for none."""
        routing = self.routing
        step = routing.first_step({"topic": topic}) if routing else None
        return routing.target(step).queue if routing and step else ""


def read_case(case: Case) -> CaseState:
    """Read what a self-check needs to know of a case. Raises the SDK's exception when a request fails."""
    space, complaint = case.workspace, case.complaint
    tasks = case.tasks()
    asked = [each for each in tasks if not complaint.routed or _topic(each) == complaint.topic]
    task, earlier = waiting_task(asked), earlier_task(tasks)
    context = space.workers(case.worker_sid)
    worker = context.fetch()
    ended_as = str(earlier.assignment_status) if earlier else ""
    if complaint.earlier and earlier is None:
        ended_as = "completed" if task and _was_completed(case, task) else "deleted"
    return CaseState(
        case,
        task,
        _status(case, task),
        _holder(case, task),
        ended_as,
        worker,
        json.loads(worker.attributes or "{}"),
        str(space.task_queues(case.queue_sid).fetch().target_workers),
        {
            str(channel.task_channel_unique_name): channel.configured_capacity or 0
            for channel in context.worker_channels.list()
        },
        _configuration(case) if complaint.workflow != REQUESTS else "",
        _is_re_evaluated(case),
        len(asked) < len(tasks),
        complaint.earlier == "reserved" and earlier is not None and _was_rejected(case, earlier),
    )


def _topic(task: TaskInstance) -> Any:
    return json.loads(task.attributes or "{}").get("topic")


def _was_rejected(case: Case, task: TaskInstance) -> bool:
    reservations = case.workspace.tasks(str(task.sid)).reservations
    return bool(reservations.list(reservation_status="rejected", limit=1))


def _configuration(case: Case) -> str:
    return case.workspace.workflows(case.workflow_sid).fetch().configuration or ""


def _is_re_evaluated(case: Case) -> bool:
    latest = case.session.requests.latest_change()
    if latest is None or case.workflow_sid not in latest.path:
        return False
    return "ReEvaluateTasks" in latest.parameters


def _status(case: Case, task: TaskInstance | None) -> str:
    if task:
        return str(task.assignment_status)
    if case.task_sid is None:
        return ""
    try:
        case.workspace.tasks(case.task_sid).fetch()
    except TwilioRestException as error:
        if error.status != 404:
            raise
        return "deleted"
    return "moved"


def _holder(case: Case, task: TaskInstance | None) -> str:
    if task is None or task.assignment_status not in TASK_OPEN[1:]:
        return ""
    reservations = case.workspace.tasks(str(task.sid)).reservations.list()
    holding = [each for each in reservations if each.reservation_status in RESERVATION_HOLDING]
    return str(holding[-1].worker_name) if holding else ""


def _was_completed(case: Case, task: TaskInstance) -> bool:
    """Whether the earlier Task, which is gone, was completed: TaskRouter deletes such Tasks later."""
    events = case.workspace.events.list(event_type="task.completed", start_date=task.date_created)
    attributes = [json.loads(str((each.event_data or {})["task_attributes"])) for each in events]
    return any(each.get("topic") == case.complaint.topic and EARLIER in each for each in attributes)
