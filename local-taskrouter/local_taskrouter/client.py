"""Clients of the official SDK, for a local TaskRouter or for Twilio."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from local_taskrouter.environment import NO_REGION, URL
from local_taskrouter.process.home import Home
from local_taskrouter.process.launch import find_running


class NoTaskRouter(LookupError):
    """There is no TaskRouter or no credentials; the message says what to do."""


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


@contextmanager
def chosen_client(home: Home, live: bool) -> Iterator[tuple[Client, str]]:
    """Yield a client of the TaskRouter that a command is for, and where that is, for a sentence.

    With `live`, that is Twilio, with the credentials in the environment. Otherwise it is the one that
    the environment variable TASKROUTER_URL names, else the running one of `home`. Raises NoTaskRouter.
    """
    url = os.environ.get(URL)
    if live:
        if url:
            raise NoTaskRouter(
                f"{URL} is set, so the credentials in this terminal may be those of a local TaskRouter."
                " Unset it, or leave out --live."
            )
        with _described(where := "the TaskRouter of your Twilio account"):
            yield Client(*_credentials()), where
        return
    if url:
        credentials = _credentials()
    elif running := find_running(home):
        url, credentials = running.url, (running.account_sid, running.auth_token, None)
    else:
        raise NoTaskRouter(
            f"No local TaskRouter is running for {home.folder}, and {URL} is not set. Start one with"
            " `python -m local_taskrouter`, or use --live for real Twilio."
        )
    with (
        _described(where := f"the TaskRouter at {url}"),
        client_of(url, *credentials[:2]) as client,
    ):
        yield client, where


def sent_callbacks(client: Client, task_sid: str) -> list[dict[str, Any]]:
    """The Assignment Callbacks about a Task, oldest first; none if `client` is not of a local TaskRouter."""
    found: list[dict[str, Any]] = []
    path = f"/emulator/deliveries?kind=assignment&task={task_sid}&page_size=1000"
    while path:
        response = client.request("GET", f"{client.taskrouter.base_url}{path}")
        if response.status_code != 200:
            break
        page = json.loads(response.text)
        found += page["deliveries"]
        path = page["next_page"]
    return found


@contextmanager
def _described(where: str) -> Iterator[None]:
    try:
        yield
    except TwilioException as error:
        # The SDK raises a plain TwilioException, with the response, for a list.
        status = getattr(error, "status", None) or getattr(error.args[-1], "status_code", None)
        advice = ": check the credentials in the environment" if status in (401, 403) else ""
        raise NoTaskRouter(f"T{where[1:]} answered with status {status}{advice}.") from None
    except requests.RequestException as error:
        raise NoTaskRouter(f"T{where[1:]} cannot be reached ({type(error).__name__}).") from None


def _credentials() -> tuple[str, str, str | None]:
    """User name, password and account SID: of an API key, else of the account."""
    account_sid, token, key, secret = (
        os.environ.get(f"TWILIO_{name}", "")
        for name in ("ACCOUNT_SID", "AUTH_TOKEN", "API_KEY", "API_SECRET")
    )
    if key and secret:
        return key, secret, account_sid or None
    if account_sid and token:
        return account_sid, token, None
    raise NoTaskRouter(
        "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET."
    )
