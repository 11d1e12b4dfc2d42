"""A Session with an emulator in this process."""

from collections.abc import Iterator
from contextlib import contextmanager

from local_taskrouter.api_key import API_KEY, api_secret
from local_taskrouter.http.server import EmulatorServer
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.testing import AUTH_TOKEN
from twilio.rest import Client

from helpers.session.request_log import LoggingHttpClient, RequestLog
from helpers.session.session import Session


@contextmanager
def session_with(emulator: EmulatorServer) -> Iterator[Session]:
    log = RequestLog()
    http_client = LoggingHttpClient(log)
    http_client.session.trust_env = False
    environment = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
    client = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http_client, environment=environment)
    client.taskrouter.base_url = emulator.url
    session = Session(client, "local", emulator.url, log, ACCOUNT_SID, AUTH_TOKEN)
    session.api_key, session.api_secret = API_KEY, api_secret(AUTH_TOKEN)
    yield session
    http_client.session.close()
