"""The SDK client for real Twilio: retries, readable errors, and a check of the credentials."""

import json
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from requests.exceptions import RequestException, SSLError
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from helpers.session.api_errors import ConnectionFailed
from helpers.session.credentials import Credentials
from helpers.session.request_log import LoggingHttpClient, RequestLog, Secret

HOW_TO_GO_LOCAL = 'connect("local"), with TASKROUTER_TARGET unset, needs no account.'
_ANSWER_SECONDS = 30.0
_ATTEMPTS = 6
_FIRST_DELAY, _LONGEST_DELAY = 0.5, 30.0
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_NOT_ACTIVE = {10001, 20005, 90010}  # https://www.twilio.com/docs/api/errors


class LiveHttpClient(LoggingHttpClient):
    """An HTTP client that retries with exponential backoff when Twilio answers 429.

    Twilio has not acted on a request that it answers with 429, so the request can be sent again
    (https://www.twilio.com/docs/api/errors/20429). Without any answer, a GET, or a request that
    never left, is sent once more. `sleep` waits some seconds; `jitter` returns a number from 0 to 1.

    Raises ConnectionFailed when the retries fail.
    """

    def __init__(
        self,
        log: RequestLog,
        sleep: Callable[[float], object] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(log, timeout=_ANSWER_SECONDS)
        self._sleep = sleep
        self._jitter = jitter

    def request(self, method: str, url: str, *rest: Any, **named: Any) -> Response:
        for attempt in range(_ATTEMPTS):
            answer = self._send(method, url, *rest, **named)
            if answer.status_code != 429:
                return answer
            if attempt < _ATTEMPTS - 1:
                self._sleep(self._delay(attempt, answer))
        raise ConnectionFailed(
            f"Twilio asks this account to slow down (status 429), even after {_ATTEMPTS} attempts. "
            "Nothing was changed. Wait a minute and run this cell again."
        )

    def _delay(self, attempt: int, answer: Response) -> float:
        """Return the seconds in Retry-After, else twice the previous delay, plus a little jitter."""
        headers = {name.lower(): value for name, value in (answer.headers or {}).items()}
        delay = _FIRST_DELAY * 2**attempt
        with suppress(KeyError, ValueError):  # no Retry-After, or a date
            delay = float(headers["retry-after"]) or delay
        return min(max(0.0, delay), _LONGEST_DELAY) * (1 + 0.1 * self._jitter())

    def _send(self, method: str, url: str, *rest: Any, **named: Any) -> Response:
        try:
            return super().request(method, url, *rest, **named)
        except OSError as fault:  # from requests, or a missing file of certificates
            if not _is_safe_to_repeat(method, fault):
                raise _no_answer(method, url, fault) from None
        self._sleep(_FIRST_DELAY)
        try:
            return super().request(method, url, *rest, **named)
        except OSError as fault:
            raise _no_answer(method, url, fault) from None


def _is_safe_to_repeat(method: str, fault: OSError) -> bool:
    return method.upper() == "GET" or _never_left(fault)


def _never_left(fault: OSError) -> bool:
    """Return True if there was no connection, so Twilio has not received the request."""
    reason = getattr(fault.args[0] if fault.args else None, "reason", None)
    unconnected = isinstance(reason, NewConnectionError | ConnectTimeoutError | ProxyError)
    return unconnected or _is_untrusted(fault) or not isinstance(fault, RequestException)


def _is_untrusted(fault: OSError) -> bool:
    return isinstance(fault, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(fault)


def _no_answer(method: str, url: str, fault: OSError) -> ConnectionFailed:
    what = f"Twilio cannot be reached: {method.upper()} {urlsplit(url).path} got no answer"
    if not _is_safe_to_repeat(method, fault):
        doubt = " The request may or may not have taken effect: check first."
    else:
        doubt = "" if method.upper() == "GET" else " Nothing was changed."
    return ConnectionFailed(f"{what} {_advice(fault)}, then run this cell again.{doubt}")


def _advice(fault: OSError) -> str:
    if not isinstance(fault, RequestException):
        return f"({fault}). Fix this and start JupyterLab again"
    if not _is_untrusted(fault):
        return f"({type(fault).__name__}). Check the network, and a proxy if there is one"
    named = [name for name in _CERTIFICATES if os.environ.get(name)]
    file = f"the file that {named[0]} names" if named else "the file that REQUESTS_CA_BUNDLE names"
    return (
        "from a server with a trusted certificate; no credentials were sent. If your network uses "
        f"its own certificate, add it to {file}. Start JupyterLab again"
    )


def live_client(credentials: Credentials, log: RequestLog) -> Client:
    """Create the SDK's client for real Twilio. Its secrets are masked in `log`."""
    for secret in (credentials.secret, credentials.auth_token):
        log.hide(secret or "")
    return Client(
        credentials.username,
        Secret(credentials.secret),
        credentials.account_sid,
        region=credentials.region,
        edge=credentials.edge,
        http_client=LiveHttpClient(log),
    )


def verify_credentials(client: Client, workspace_name: str) -> None:
    """List Workspaces named `workspace_name`, to find out if TaskRouter accepts the credentials.

    Raises ConnectionFailed with what is wrong with them.
    """
    params = {"FriendlyName": workspace_name, "PageSize": 1}
    answer = client.taskrouter.request("GET", "/v1/Workspaces", params=params)
    if answer.status_code != 200:
        raise ConnectionFailed(f"{_describe(client, answer)} {HOW_TO_GO_LOCAL}")


def _describe(client: Client, answer: Response) -> str:
    code = _code(answer)
    if code == 20008:
        return (
            "These are test credentials, and TaskRouter does not work with them (error 20008). "
            "Use the account's SID and Auth Token from the Twilio Console."
        )
    if code in _NOT_ACTIVE:
        return (
            f"The account {client.account_sid} is not active (error {code}): it is suspended or "
            "closed. The Twilio Console shows the reason."
        )
    if answer.status_code == 401:
        return (
            f"Twilio does not accept these credentials for account {client.account_sid}. Compare "
            "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET, "
            "with the Twilio Console. Twilio may give the same answer for test credentials, a suspended "
            "account, or a key of another region."
        )
    if answer.status_code == 403:
        return (
            f"These credentials have no permission to use TaskRouter (error {code}). A restricted "
            "API key needs the permission for TaskRouter; test credentials, and a suspended or "
            "closed account, have none."
        )
    if answer.status_code >= 500:
        return f"Twilio failed with status {answer.status_code}. Try again later."
    return f"Twilio refused the connection, status {answer.status_code}: {answer.text[:300]}"


def _code(answer: Response) -> int | None:
    """Return Twilio's error code in the body, if there is one."""
    try:
        return json.loads(answer.text).get("code")
    except (ValueError, AttributeError):
        return None
