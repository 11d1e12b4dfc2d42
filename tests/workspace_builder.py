"""A Workspace that a test fills through the official SDK."""

import json
from functools import cached_property
from types import SimpleNamespace
from typing import Any


class WorkspaceBuilder:
    """A new Workspace, or the one with the given SID, and short ways to fill it.

    A Task is created with the latest Workflow, if there is one.
    """

    def __init__(self, client, name="Workspace", sid=None, **more):
        workspaces = client.taskrouter.v1.workspaces
        self.workspace_sid = sid or workspaces.create(name, **more).sid
        self.workspace = workspaces(self.workspace_sid)
        self.workflow_sid = None

    @cached_property
    def activities(self):
        """Activity SIDs by name."""
        return {a.friendly_name: a.sid for a in self.workspace.activities.list()}

    def worker(self, name, activity="Available", **attributes):
        return self.workspace.workers.create(
            name, activity_sid=self.activities[activity], attributes=json.dumps(attributes)
        )

    def move(self, worker, activity):
        self.workspace.workers(worker.sid).update(activity_sid=self.activities[activity])

    def queue(self, name="Everybody", target_workers="1==1", **more):
        return self.workspace.task_queues.create(name, target_workers=target_workers, **more)

    def workflow(self, *filters, default=None, name="Workflow", **more):
        """`filters` are (expression, target, …); a target is a TaskQueue or a dict."""
        routing: dict[str, Any] = {
            "filters": [
                {
                    "filter_friendly_name": f"F{n}",
                    "expression": expression,
                    "targets": [_target(target) for target in targets],
                }
                for n, (expression, *targets) in enumerate(filters)
            ]
        }
        if default is not None:
            routing["default_filter"] = _target(default)
        text = json.dumps({"task_routing": routing})
        workflow = self.workspace.workflows.create(name, text, **more)
        self.workflow_sid = workflow.sid
        return workflow

    def task(self, attributes=None, **more):
        if self.workflow_sid:
            more = {"workflow_sid": self.workflow_sid} | more
        return self.workspace.tasks.create(attributes=json.dumps(attributes or {}), **more)

    def status(self, task):
        return self.workspace.tasks(task.sid).fetch().assignment_status

    def reservations(self, task, **filters):
        """The Task's Reservations, oldest first."""
        return self.workspace.tasks(task.sid).reservations.list(**filters)

    def statuses(self, task):
        """The status of each of the Task's Reservations, oldest first."""
        return [reservation.reservation_status for reservation in self.reservations(task)]

    def bulk_statistics(self, *queue_sids):
        """The real-time statistics of these TaskQueues, in one request."""
        body = SimpleNamespace(to_dict=lambda: {"queueSids": list(queue_sids)})
        return self.workspace.task_queues.bulk_real_time_statistics.create(body)

    def answer(self, task, status, **more):
        """Update the Task's one pending Reservation to this status."""
        [reservation] = self.reservations(task, reservation_status="pending")
        return reservation.update(reservation_status=status, **more)


def _target(target):
    return target if isinstance(target, dict) else {"queue": target.sid}
