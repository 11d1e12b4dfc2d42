"""The SDK's client on an emulator in this process, without a socket."""

from logging import getLogger
from urllib.parse import urlsplit

from local_taskrouter.http.app import create_app
from local_taskrouter.process.home import ACCOUNT_SID
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from werkzeug.test import Client as TestClient

URL = "http://localhost"


class WsgiClient(HttpClient):
    """Pass each request to the WSGI application; `sent` holds (method, path) of each."""

    def __init__(self, app):
        super().__init__(getLogger(__name__), False, None)
        self.client = TestClient(app)
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
        query = params or parts.query
        answer = self.client.open(
            parts.path, method=method, query_string=query, data=data, headers=headers, auth=auth
        )
        return Response(answer.status_code, answer.text, dict(answer.headers))


def client_on(taskrouter):
    """Return the SDK's Client on this TaskRouter."""
    environment = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
    http_client = WsgiClient(create_app(taskrouter))
    token = taskrouter.auth_token
    client = Client(ACCOUNT_SID, token, http_client=http_client, environment=environment)
    client.taskrouter.base_url = URL
    return client
