"""Real Twilio: an HTTP client that is patient with it, and the first question asked of it."""

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

from helpers.session.credentials import Credentials
from helpers.session.request_log import LoggingHttpClient, RequestLog, Secret
from helpers.session.session import ConnectionFailed

HOW_TO_GO_LOCAL = 'connect("local"), with TASKROUTER_TARGET unset, needs no account.'
_ANSWER_SECONDS = 30.0
_ATTEMPTS = 6
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_NOT_ACTIVE = {10001, 20005, 90010}  # https://www.twilio.com/docs/api/errors


class LiveHttpClient(LoggingHttpClient):
    """An HTTP client that waits and asks again when Twilio asks it to slow down.

    What is answered by 429 was not done and may be sent again, after waits that grow
    (https://www.twilio.com/docs/api/errors/20429). When no answer comes at all, a request that only
    reads, or that never left, is sent once more. `sleep` waits some seconds, `spread` gives a number
    from 0 to 1.

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
        wait = _FIRST_WAIT * 2**attempt
        with suppress(KeyError, ValueError):  # none, or a date
            wait = float(asked["retry-after"]) or wait
        return min(max(0.0, wait), _LONGEST_WAIT) * (1 + 0.1 * self._spread())

    def _answered(self, method: str, url: str, *rest: Any, **named: Any) -> Response:
        try:
            return super().request(method, url, *rest, **named)
        except OSError as fault:  # what requests raises, and a file of certificates that is gone
            if not _is_safe_to_repeat(method, fault):
                raise _no_answer(method, url, fault) from None
        self._sleep(_FIRST_WAIT)
        try:
            return super().request(method, url, *rest, **named)
        except OSError as fault:
            raise _no_answer(method, url, fault) from None


def _is_safe_to_repeat(method: str, fault: OSError) -> bool:
    return method.upper() == "GET" or _never_left(fault)


def _never_left(fault: OSError) -> bool:
    """Whether there was not even a connection: then nothing was asked."""
    why = getattr(fault.args[0] if fault.args else None, "reason", None)
    before = isinstance(why, NewConnectionError | ConnectTimeoutError | ProxyError)
    return before or _distrusts(fault) or not isinstance(fault, RequestException)


def _distrusts(fault: OSError) -> bool:
    return isinstance(fault, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(fault)


def _no_answer(method: str, url: str, fault: OSError) -> ConnectionFailed:
    what = f"Twilio cannot be reached: {method.upper()} {urlsplit(url).path} got no answer"
    if not _is_safe_to_repeat(method, fault):
        doubt = " It was done or it was not: look before you do."
    else:
        doubt = "" if method.upper() == "GET" else " Nothing was done."
    return ConnectionFailed(f"{what} {_what_to_do(fault)}, then run this cell again.{doubt}")


def _what_to_do(fault: OSError) -> str:
    if not isinstance(fault, RequestException):
        return f"({fault}). Put this right and start JupyterLab again"
    if not _distrusts(fault):
        return f"({type(fault).__name__}). Check the network, and a proxy if there is one"
    named = [name for name in _CERTIFICATES if os.environ.get(name)]
    file = f"the file that {named[0]} names" if named else "the file that REQUESTS_CA_BUNDLE names"
    return (
        "from anybody whose certificate is trusted here; no credentials were sent. Does the network "
        f"have a certificate of its own? Then it must be in {file}. See to that and start "
        "JupyterLab again"
    )


def live_client(credentials: Credentials, log: RequestLog) -> Client:
    """The SDK's client for real Twilio. Its secrets are masked in `log`."""
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
    if code in _NOT_ACTIVE:
        return (
            f"The account {client.account_sid} is not active (error {code}): it is suspended or "
            "closed. The Twilio Console says why."
        )
    if answer.status_code == 401:
        return (
            f"Twilio does not accept these credentials for account {client.account_sid}. Compare "
            "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET, "
            "with the Twilio Console. It may refuse in the same way test credentials, a suspended "
            "account, and a key of another region."
        )
    if answer.status_code == 403:
        return (
            f"These credentials have no permission to use TaskRouter (error {code}). A restricted "
            "API key needs the permission for TaskRouter; test credentials, and a suspended or "
            "closed account, have none."
        )
    if answer.status_code >= 500:
        return f"Twilio has a fault of its own (status {answer.status_code}). Try again later."
    return f"Twilio refused the connection, status {answer.status_code}: {answer.text[:300]}"


def _code(answer: Response) -> int | None:
    """Twilio's own number of an error."""
    try:
        return json.loads(answer.text).get("code")
    except (ValueError, AttributeError):
        return None
