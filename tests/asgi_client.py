"""The SDK's client on an emulator in this process, without a socket."""

import asyncio
import atexit
from base64 import b64encode
from logging import getLogger
from urllib.parse import urlencode, urlsplit

from local_taskrouter.http.app import Application
from local_taskrouter.process.home import ACCOUNT_SID
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

URL = "http://localhost"
LOOP = asyncio.new_event_loop()  # a new one for each request takes a third of the time
atexit.register(LOOP.close)


class AsgiClient(HttpClient):
    """Pass each request to the application; `sent` holds (method, path) of each."""

    def __init__(self, app):
        super().__init__(getLogger(__name__), False, None)
        self.app = app
        self.sent = []

    def request(
        self,
        method,
        uri,
        params=None,
        data=None,
        headers=None,
        auth=None,
        timeout=None,
        allow_redirects=False,
    ):
        parts = urlsplit(uri)
        self.sent.append((method, parts.path))
        basic = b64encode(":".join(auth or ()).encode()).decode()
        all_headers = {"host": parts.netloc, "authorization": f"Basic {basic}", **(headers or {})}
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": parts.path,
            "query_string": (urlencode(params, doseq=True) if params else parts.query).encode(),
            "headers": [(n.lower().encode(), v.encode()) for n, v in all_headers.items()],
            "server": ("localhost", 80),
        }
        body = urlencode(data or {}, doseq=True).encode()
        sent = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        LOOP.run_until_complete(self.app(scope, receive, send))
        start, content = sent
        received = {name.decode(): value.decode() for name, value in start["headers"]}
        return Response(start["status"], content["body"].decode(), received)


def client_on(taskrouter):
    """Return the SDK's Client on this TaskRouter."""
    environment = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
    http_client = AsgiClient(Application(taskrouter))
    token = taskrouter.auth_token
    client = Client(ACCOUNT_SID, token, http_client=http_client, environment=environment)
    client.taskrouter.base_url = URL
    return client
