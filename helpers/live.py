"""Real Twilio: an HTTP client that is patient with it, and the first question asked of it."""

import json
import random
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from requests.exceptions import RequestException
from twilio.http.response import Response
from twilio.rest import Client

from helpers.credentials import Credentials
from helpers.request_log import LoggingHttpClient, RequestLog
from helpers.session import ConnectionFailed

HOW_TO_GO_LOCAL = 'connect("local"), with TASKROUTER_TARGET unset, needs no account.'
_ANSWER_SECONDS = 30.0
_ATTEMPTS = 6
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0


class LiveHttpClient(LoggingHttpClient):
    """An HTTP client that waits and asks again when Twilio asks it to slow down.

    What is answered by 429 was not done and may be sent again, after waits that grow
    (https://www.twilio.com/docs/api/errors/20429). When no answer comes at all, a request that only
    reads is sent once more. `sleep` waits some seconds, `spread` gives a number from 0 to 1.

    Raises ConnectionFailed, one sentence, when that does not help.
    """

    def __init__(
        self,
        log: RequestLog,
        sleep: Callable[[float], object] = time.sleep,
        spread: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(log, timeout=_ANSWER_SECONDS)
        self._sleep = sleep
        self._spread = spread

    def request(self, method: str, url: str, *rest: Any, **named: Any) -> Response:
        for attempt in range(_ATTEMPTS):
            answer = self._answered(method, url, *rest, **named)
            if answer.status_code != 429:
                return answer
            if attempt < _ATTEMPTS - 1:
                self._sleep(self._wait(attempt, answer))
        raise ConnectionFailed(
            f"Twilio asks this account to slow down (status 429), and still did so after "
            f"{_ATTEMPTS} attempts. Wait a minute and run this cell again; nothing was done."
        )

    def _wait(self, attempt: int, answer: Response) -> float:
        """Seconds: what Twilio asks for, or twice as long each time, and a little at random."""
        asked = {name.lower(): value for name, value in (answer.headers or {}).items()}
        try:
            wait = max(0.0, float(asked["retry-after"]))
        except (KeyError, ValueError):
            wait = _FIRST_WAIT * 2**attempt
        return min(wait, _LONGEST_WAIT) * (1 + 0.1 * self._spread())

    def _answered(self, method: str, url: str, *rest: Any, **named: Any) -> Response:
        reads = method.upper() == "GET"
        try:
            return super().request(method, url, *rest, **named)
        except RequestException as fault:
            if not reads:
                raise _no_answer(method, url, fault) from None
        self._sleep(_FIRST_WAIT)
        try:
            return super().request(method, url, *rest, **named)
        except RequestException as fault:
            raise _no_answer(method, url, fault) from None


def _no_answer(method: str, url: str, fault: RequestException) -> ConnectionFailed:
    what = f"{method.upper()} {urlsplit(url).path}"
    doubt = "" if method.upper() == "GET" else " It was done or it was not: look before you do."
    return ConnectionFailed(
        f"Twilio cannot be reached: {what} got no answer ({type(fault).__name__}). Check the "
        f"network, and a proxy if there is one, then run this cell again.{doubt}"
    )


def live_client(credentials: Credentials, log: RequestLog) -> Client:
    """The SDK's client for real Twilio. Its secrets are masked in `log`."""
    for secret in (credentials.secret, credentials.auth_token):
        log.hide(secret or "")
    return Client(
        credentials.username,
        credentials.secret,
        credentials.account_sid,
        region=credentials.region,
        edge=credentials.edge,
        http_client=LiveHttpClient(log),
    )


def verify(client: Client, workspace_name: str) -> None:
    """Ask for Workspaces of that name, which shows whether TaskRouter can be used.

    Raises ConnectionFailed, saying what is wrong with the credentials.
    """
    params = {"FriendlyName": workspace_name, "PageSize": 1}
    answer = client.taskrouter.request("GET", "/v1/Workspaces", params=params)
    if answer.status_code != 200:
        raise ConnectionFailed(f"{_why(client, answer)} {HOW_TO_GO_LOCAL}")


def _why(client: Client, answer: Response) -> str:
    code = _code(answer)
    if code == 20008:
        return (
            "These are test credentials, and TaskRouter cannot be used with them (error 20008). "
            "Take the account's own SID and Auth Token from the Twilio Console."
        )
    if answer.status_code == 401:
        return (
            f"Twilio does not accept these credentials for account {client.account_sid}. Compare "
            "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET, "
            "with the Twilio Console."
        )
    if answer.status_code == 403:
        return (
            f"These credentials have no permission to use TaskRouter (error {code}). A restricted "
            "API key needs the permission for TaskRouter; a closed account has none."
        )
    return f"Twilio refused the connection, status {answer.status_code}: {answer.text[:300]}"


def _code(answer: Response) -> int | None:
    """Twilio's own number of an error."""
    try:
        return json.loads(answer.text).get("code")
    except (ValueError, AttributeError):
        return None
