"""A Workspace that a test fills as it needs it, and short ways to look at an explanation."""

import json

from wsgi_client import session_on

from helpers.emulator.clock import ManualClock


class WorkspaceBuilder:
    """A Workspace, and short ways to fill it."""

    def __init__(self):
        self.clock = ManualClock()
        self.session, self.taskrouter = session_on(self.clock)
        workspaces = self.session.client.taskrouter.v1.workspaces
        self.workspace_sid = workspaces.create(friendly_name="Shop").sid
        self.workspace = workspaces(self.workspace_sid)
        self.activities = {a.friendly_name: a.sid for a in self.workspace.activities.list()}
        self.workflow_sid = None

    @property
    def sent(self):
        return self.session.client.http_client.sent

    def worker(self, name, activity="Available", **attributes):
        return self.workspace.workers.create(
            name, activity_sid=self.activities[activity], attributes=json.dumps(attributes)
        )

    def queue(self, name="Queue", target_workers="1==1", **more):
        return self.workspace.task_queues.create(name, target_workers=target_workers, **more).sid

    def workflow(self, *filters, default=None, **more):
        """`filters` are (expression, target, …); a target is a TaskQueue's SID or a dict."""
        routing = {
            "filters": [
                {
                    "filter_friendly_name": f"F{n}",
                    "expression": expression,
                    "targets": [t if isinstance(t, dict) else {"queue": t} for t in targets],
                }
                for n, (expression, *targets) in enumerate(filters)
            ]
        }
        if default is not None:
            routing["default_filter"] = {"queue": default}
        text = json.dumps({"task_routing": routing})
        self.workflow_sid = self.workspace.workflows.create("Flow", text, **more).sid

    def task(self, attributes=None, **more):
        text = json.dumps(attributes or {})
        return self.workspace.tasks.create(
            attributes=text, **({"workflow_sid": self.workflow_sid} | more)
        )

    def answer(self, task, status):
        [one] = self.workspace.tasks(task.sid).reservations.list(reservation_status="pending")
        one.update(reservation_status=status)


def named(explanation, name):
    [found] = [one for one in explanation.candidates if one.friendly_name == name]
    return found


def notes(explanation):
    return {note.about: note.text for note in explanation.notes}
