"""Clients of the official SDK for a local TaskRouter."""

from collections.abc import Iterator
from contextlib import contextmanager

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from local_taskrouter.environment import NO_REGION


@contextmanager
def client_of(url: str, username: str, password: str) -> Iterator[Client]:
    """Yield an SDK client of the TaskRouter at `url`, for an auth token or an API key.

    It ignores the environment's proxies, edge and region, and closes its connections at the end.
    """
    http_client = TwilioHttpClient()
    with requests.Session() as http_client.session:
        http_client.session.trust_env = False
        client = Client(username, password, http_client=http_client, environment=NO_REGION)
        client.taskrouter.base_url = url
        yield client
