"""A TaskRouter inside a test's process: empty, on a free port, its clock moved by the test.

The pytest fixture `taskrouter` starts one for each test; `local_taskrouter` does it anywhere else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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

    `server.stop()` stops it, for a test of what your app does while TaskRouter is away.
    """

    url: str
    account_sid: str
    auth_token: str
    client: Client
    service: TaskRouter
    server: EmulatorServer

    def advance(self, seconds: float) -> None:
        """Let time pass: whatever falls due on the way happens, in order."""
        self.service.advance(seconds)


@contextmanager
def local_taskrouter() -> Iterator[LocalTaskRouter]:
    """Run an isolated TaskRouter, empty at the start, until the block ends."""
    service = TaskRouter(":memory:", ACCOUNT_SID, AUTH_TOKEN, ManualClock())
    server = EmulatorServer(service).start()
    http_client = TwilioHttpClient()
    http_client.session.trust_env = False
    no_region = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
    client = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http_client, environment=no_region)
    client.taskrouter.base_url = server.url
    try:
        yield LocalTaskRouter(server.url, ACCOUNT_SID, AUTH_TOKEN, client, service, server)
    finally:
        http_client.session.close()
        server.stop()
