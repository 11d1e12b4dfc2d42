"""A Workspace with seven faults, declared as data: six Tasks wait in it, a seventh is refused.

It is a Workspace of its own, so that the other lessons find theirs as they left it. Everything
goes through the `twilio` client.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from twilio.rest.taskrouter.v1.workspace import WorkspaceContext
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance

from helpers.checks import wait_for
from helpers.session.session import Session
from helpers.session.workspace_ownership import FAULTY_WORKSPACE

START = "seven faults"
WORKFLOW = "Customer requests"
WORKERS: dict[str, dict[str, Any]] = {
    "Ana": {"skills": ["billing"]},
    "Ben": {"languages": "es"},  # a text, where the TaskQueue looks into an array
    "Chloe": {"level": "7"},  # a text, where the TaskQueue compares numbers
    "Dev": {"product-line": "cards"},  # a key that no expression can name
    "Elif": {"skills": ["orders"]},  # has a Task that nobody completed
    "Farid": {"skills": ["returns"]},  # whose TaskQueue no target names
    "Gina": {"skills": ["general"]},  # whose TaskQueue waits for a default filter
}
TASK_QUEUES = {
    "Billing": 'skils HAS "billing"',  # misspelt
    "Spanish": 'languages HAS "es"',
    "Escalations": "level >= 5",
    "Cards": 'product_line == "cards"',
    "Orders": 'skills HAS "orders"',
    "Repairs": 'skills HAS "repairs"',
    "Returns": 'skills HAS "returns"',
    "Everything else": 'skills HAS "general"',
}
ROUTES = {
    "billing": "Billing",
    "spanish": "Spanish",
    "escalation": "Escalations",
    "cards": "Cards",
    "orders": "Orders",
    "returns": "Repairs",  # the wrong one
}
UNKNOWN_TOPIC = "gift cards"
LATE_TOPIC, LATE_WORKER = "a present", "Hugo"  # the eighth, which the exercise is about
FORGOTTEN = "orders"
TASK_RESERVATION_TIMEOUT = 7200  # longer than the lesson


@dataclass(frozen=True, repr=False)
class FaultyWorkspace:
    """The Workspace with the faults; `task_sids` has the SID of the Task that waits, by topic."""

    session: Session
    workspace_sid: str
    workflow_sid: str
    task_sids: Mapping[str, str] = field(default_factory=dict)
    start: str = START

    @property
    def workspace(self) -> WorkspaceContext:
        return self.session.client.taskrouter.v1.workspaces(self.workspace_sid)

    def break_once_more(self) -> str:
        """Make an eighth fault, again and again if you like; the SID of the Task that waits for it.

        It is there once the Workflow has the default filter that the seventh asks for.
        """
        space = self.workspace
        for task in space.tasks.list():
            if json.loads(task.attributes).get("topic") == LATE_TOPIC:
                task.delete()
        hired = space.workers.list(friendly_name=LATE_WORKER)
        worker = hired[0] if hired else _hire(space, LATE_WORKER, {"skills": ["general"]})
        space.workers(str(worker.sid)).worker_channels("default").update(capacity=0)
        return _create_task(space, self.workflow_sid, LATE_TOPIC)

    def __repr__(self) -> str:
        return f"The Workspace {FAULTY_WORKSPACE!r} is ready ({self.start})"


def break_workspace(session: Session) -> FaultyWorkspace:
    """Make the Workspace anew, with every fault; the one of the last time is deleted, and no other.

    Raises what the SDK raises when a request fails.
    """
    sid = str(session.tutorial_workspaces.recreate(FAULTY_WORKSPACE).sid)
    space = session.client.taskrouter.v1.workspaces(sid)
    queues = {
        name: str(space.task_queues.create(friendly_name=name, target_workers=text).sid)
        for name, text in TASK_QUEUES.items()
    }
    workflow = space.workflows.create(
        friendly_name=WORKFLOW,
        configuration=json.dumps({"task_routing": {"filters": _filters(queues)}}),
        task_reservation_timeout=TASK_RESERVATION_TIMEOUT,
    )
    for name, attributes in WORKERS.items():
        _hire(space, name, attributes)
    workflow_sid = str(workflow.sid)
    _leave_a_task(space, workflow_sid)
    tasks = {topic: _create_task(space, workflow_sid, topic) for topic in ROUTES}
    return FaultyWorkspace(session, sid, workflow_sid, tasks)


def _filters(queues: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "filter_friendly_name": topic.capitalize(),
            "expression": f'topic == "{topic}"',
            "targets": [{"queue": queues[name]}],
        }
        for topic, name in ROUTES.items()
    ]


def _hire(space: WorkspaceContext, name: str, attributes: Mapping[str, Any]) -> WorkerInstance:
    available = space.activities.list(friendly_name="Available")[0].sid
    return space.workers.create(
        friendly_name=name, attributes=json.dumps(attributes), activity_sid=available
    )


def _leave_a_task(space: WorkspaceContext, workflow_sid: str) -> None:
    """A Task that its Worker accepted and nobody will complete: it takes her only place."""
    task = space.tasks(_create_task(space, workflow_sid, FORGOTTEN))
    [reservation] = wait_for("a Reservation", task.reservations.list)
    reservation.update(reservation_status="accepted")


def _create_task(space: WorkspaceContext, workflow_sid: str, topic: str) -> str:
    attributes = json.dumps({"topic": topic})
    return str(space.tasks.create(attributes=attributes, workflow_sid=workflow_sid).sid)
