"""Fixtures: plain HTTP requests to the API."""

from types import SimpleNamespace

import pytest
import requests
from local_taskrouter.process.home import ACCOUNT_SID


class Api:
    """HTTP without the SDK, for requests that the SDK never sends."""

    def __init__(self, emulator):
        self.url = emulator.url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = (ACCOUNT_SID, emulator.taskrouter.auth_token)

    def request(self, method, path, **more):
        more.setdefault("allow_redirects", False)
        return self.session.request(method, self.url + path, timeout=10, **more)

    def get(self, path, **params):
        return self.request("GET", f"/v1{path}", params=params)

    def post(self, path, **data):
        return self.request("POST", f"/v1{path}", data=data)

    def delete(self, path):
        return self.request("DELETE", f"/v1{path}")


@pytest.fixture
def api(emulator):
    api = Api(emulator)
    yield api
    api.session.close()


@pytest.fixture
def path(built):
    """The path of the Workspace, below /v1."""
    return f"/Workspaces/{built.workspace_sid}"


@pytest.fixture
def advance(emulator):
    return emulator.taskrouter.advance


@pytest.fixture
def story(built, workspace, workflow, advance):
    """Two Tasks: one accepted by Alice after 30 s, one canceled after 50 s."""
    taken, canceled = built.task(), built.task()
    alice = built.worker("Alice", "Offline")
    advance(30)
    built.move(alice, "Available")
    built.answer(taken, "accepted")
    advance(20)
    canceled.update(assignment_status="canceled", reason="hung up")
    return SimpleNamespace(taken=taken, canceled=canceled, alice=workspace.workers(alice.sid))
