"""A TaskRouter in a test's process: empty, on a free port, with a clock that the test moves.

The pytest fixture `taskrouter` starts one for each test. Without pytest, use `local_taskrouter`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from local_taskrouter.clock import ManualClock
from local_taskrouter.http.server import EmulatorServer
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter

AUTH_TOKEN = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class LocalTaskRouter:
    """A running TaskRouter: its `url`, its credentials, and a `client` of the official SDK.

    `server.stop()` stops it, to test how your app behaves when TaskRouter is unavailable.
    """

    url: str
    account_sid: str
    auth_token: str
    client: Client
    service: TaskRouter
    server: EmulatorServer

    def advance(self, seconds: float) -> None:
        """Move the clock forward; everything that falls due on the way happens, in order."""
        self.service.advance(seconds)


@contextmanager
def local_taskrouter() -> Iterator[LocalTaskRouter]:
    """Run an isolated TaskRouter, empty at first, until the `with` block ends."""
    service = TaskRouter(":memory:", ACCOUNT_SID, AUTH_TOKEN, ManualClock())
    server = EmulatorServer(service).start()
    try:
        with client_of(server.url, ACCOUNT_SID, AUTH_TOKEN) as client:
            yield LocalTaskRouter(server.url, ACCOUNT_SID, AUTH_TOKEN, client, service, server)
    finally:
        server.stop()


@contextmanager
def client_of(url: str, username: str, password: str) -> Iterator[Client]:
    """Yield an SDK client of the TaskRouter at `url`, for an auth token or an API key.

    It ignores the environment's proxies, edge and region, and closes its connections at the end.
    """
    http_client = TwilioHttpClient()
    with requests.Session() as http_client.session:
        http_client.session.trust_env = False
        no_region = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
        client = Client(username, password, http_client=http_client, environment=no_region)
        client.taskrouter.base_url = url
        yield client
