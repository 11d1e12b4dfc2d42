"""Fixtures: requests as they come over the wire, and a furnished Workspace behind the SDK."""

import json

import pytest
import requests

from helpers.emulator.home import ACCOUNT_SID


class Api:
    """HTTP without the SDK, so that also what the SDK would never send can be sent."""

    def __init__(self, emulator):
        self.url = emulator.url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = (ACCOUNT_SID, emulator.taskrouter.auth_token)

    def ask(self, method, path, **more):
        more.setdefault("allow_redirects", False)
        return self.session.request(method, self.url + path, timeout=10, **more)

    def get(self, path, **params):
        return self.ask("GET", f"/v1{path}", params=params)

    def post(self, path, **data):
        return self.ask("POST", f"/v1{path}", data=data)

    def delete(self, path):
        return self.ask("DELETE", f"/v1{path}")


@pytest.fixture
def api(emulator):
    api = Api(emulator)
    yield api
    api.session.close()


@pytest.fixture
def workspace(client):
    workspaces = client.taskrouter.v1.workspaces
    return workspaces(workspaces.create("Workspace").sid)


@pytest.fixture
def path(workspace):
    """The path of the Workspace, below /v1."""
    return f"/Workspaces/{workspace.fetch().sid}"


@pytest.fixture
def activities(workspace):
    """Activity SIDs by name."""
    return {activity.friendly_name: activity.sid for activity in workspace.activities.list()}


@pytest.fixture
def queue(workspace):
    return workspace.task_queues.create("Everybody")


@pytest.fixture
def workflow(workspace, queue):
    routing = {"task_routing": {"default_filter": {"queue": queue.sid}}}
    return workspace.workflows.create("Workflow", json.dumps(routing))


@pytest.fixture
def alice(workspace, activities):
    """A Worker who is available."""
    return workspace.workers.create("Alice", activity_sid=activities["Available"])


@pytest.fixture
def task(workspace, workflow, alice):
    """A Task that is reserved for Alice."""
    return workspace.tasks.create(workflow_sid=workflow.sid)


@pytest.fixture
def reservation(workspace, task):
    (reservation,) = workspace.tasks(task.sid).reservations.list()
    return reservation
