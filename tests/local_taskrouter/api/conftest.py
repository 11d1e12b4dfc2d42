"""Fixtures: requests as they come over the wire."""

import pytest
import requests
from local_taskrouter.process.home import ACCOUNT_SID


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
def path(built):
    """The path of the Workspace, below /v1."""
    return f"/Workspaces/{built.workspace_sid}"
