"""The Workspace with seven faults, declared as data: six Tasks wait in it, a seventh is refused.

It is separate from the tutorial's Workspace, which stays as the other lessons left it. All calls
go through the `twilio` client.
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
    "Ben": {"languages": "es"},  # a string, and the TaskQueue expects an array
    "Chloe": {"level": "7"},  # a string, and the TaskQueue compares numbers
    "Dev": {"product-line": "cards"},  # a key with a hyphen, which no expression can name
    "Elif": {"skills": ["orders"]},  # still has a Task that was never completed
    "Farid": {"skills": ["returns"]},  # no target names their TaskQueue
    "Gina": {"skills": ["general"]},  # their TaskQueue needs a default filter
}
TASK_QUEUES = {
    "Billing": 'skils HAS "billing"',  # misspelled
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
    "returns": "Repairs",  # the wrong TaskQueue
}
UNKNOWN_TOPIC = "gift cards"
EIGHTH_TOPIC, EIGHTH_WORKER = "a present", "Hugo"  # the fault of the exercise
UNCOMPLETED_TOPIC = "orders"
TASK_RESERVATION_TIMEOUT = 7200  # seconds, longer than the lesson


@dataclass(frozen=True, repr=False)
class FaultyWorkspace:
    """The prepared Workspace; `task_sids` holds the SIDs of the waiting Tasks by topic."""

    session: Session
    workspace_sid: str
    workflow_sid: str
    task_sids: Mapping[str, str] = field(default_factory=dict)
    start: str = START

    @property
    def workspace(self) -> WorkspaceContext:
        return self.session.client.taskrouter.v1.workspaces(self.workspace_sid)

    def add_eighth_fault(self) -> str:
        """Create the eighth fault, or create it again; return the SID of the Task that waits.

        It needs the default filter that mends the seventh fault.
        """
        space = self.workspace
        for task in space.tasks.list():
            if json.loads(task.attributes or "{}").get("topic") == EIGHTH_TOPIC:
                task.delete()
        found = space.workers.list(friendly_name=EIGHTH_WORKER)
        worker = found[0] if found else _add_worker(space, EIGHTH_WORKER, {"skills": ["general"]})
        space.workers(str(worker.sid)).worker_channels("default").update(capacity=0)
        return _create_task(space, self.workflow_sid, EIGHTH_TOPIC)

    def __repr__(self) -> str:
        return f"The Workspace {FAULTY_WORKSPACE!r} is ready ({self.start})"


def make_faulty_workspace(session: Session) -> FaultyWorkspace:
    """Create the Workspace with every fault, in place of the previous one; touch no other.

    Raises the SDK's exception when a request fails.
    """
    sid = str(session.tutorial_workspaces.recreate(FAULTY_WORKSPACE).sid)
    space = session.client.taskrouter.v1.workspaces(sid)
    queues = {
        name: str(space.task_queues.create(friendly_name=name, target_workers=expression).sid)
        for name, expression in TASK_QUEUES.items()
    }
    workflow = space.workflows.create(
        friendly_name=WORKFLOW,
        configuration=json.dumps({"task_routing": {"filters": _filters(queues)}}),
        task_reservation_timeout=TASK_RESERVATION_TIMEOUT,
    )
    for name, attributes in WORKERS.items():
        _add_worker(space, name, attributes)
    workflow_sid = str(workflow.sid)
    _leave_task_uncompleted(space, workflow_sid)
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


def _add_worker(
    space: WorkspaceContext, name: str, attributes: Mapping[str, Any]
) -> WorkerInstance:
    available = space.activities.list(friendly_name="Available")[0].sid
    return space.workers.create(
        friendly_name=name, attributes=json.dumps(attributes), activity_sid=available
    )


def _leave_task_uncompleted(space: WorkspaceContext, workflow_sid: str) -> None:
    """Accept a Task for its Worker and leave it assigned, so that it uses up their capacity."""
    task = space.tasks(_create_task(space, workflow_sid, UNCOMPLETED_TOPIC))
    [reservation] = wait_for("a Reservation", task.reservations.list)
    reservation.update(reservation_status="accepted")


def _create_task(space: WorkspaceContext, workflow_sid: str, topic: str) -> str:
    attributes = json.dumps({"topic": topic})
    return str(space.tasks.create(attributes=attributes, workflow_sid=workflow_sid).sid)
