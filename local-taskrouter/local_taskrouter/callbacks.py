"""Send an Assignment or Event Callback and read the response, within one time limit.

https://www.twilio.com/docs/taskrouter/handle-assignment-callbacks and, for the signature,
https://www.twilio.com/docs/usage/security#validating-requests
"""

import io
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from twilio.request_validator import RequestValidator
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ReadTimeoutError
from urllib3.util import Timeout

from local_taskrouter.core.records import Callback

SECONDS = 5.0
"""How long a server has to answer an Assignment Callback."""
EVENT_SECONDS = 15.0
"""And an Event Callback: https://www.twilio.com/docs/taskrouter/api/event/reference"""
LARGEST_ANSWER = 1 << 16
Verdict = tuple[dict[str, Any] | None, tuple[int, str] | None]
Judge = Callable[[int, str, str], Verdict]
_local = threading.local()


@dataclass(frozen=True)
class Attempt:
    """One POST to one URL, and the response.

    `reached` is True if a complete response came in time; `alert` is the code and the description
    of what is wrong with the response, None if it can be used.
    """

    url: str
    reached: bool
    status: int | None = None
    body: str = ""
    alert: tuple[int, str] | None = None
    answer: dict[str, Any] | None = None
    seconds: float = 0.0


def make_attempts(callback: Callback, account_sid: str, auth_token: str) -> list[Attempt]:
    """POST to the callback's URL and, if the response has an alert, to the fallback URL."""
    form = {"AccountSid": account_sid, **callback.parameters}
    attempts: list[Attempt] = []
    for url in filter(None, (callback.url, callback.fallback_url)):
        if callback.reservation_sid:
            attempts.append(_post(url, form, auth_token, SECONDS, _judge_assignment))
        else:
            attempts.append(_post(url, form, auth_token, EVENT_SECONDS, _judge_event))
        if attempts[-1].alert is None:
            break
    return attempts


def failed_attempts(callback: Callback, cause: str) -> list[Attempt]:
    """Attempts that fail for `cause` without a request: a fault injected on purpose."""
    urls = filter(None, (callback.url, callback.fallback_url))
    return [Attempt(url, False, alert=(11200, f"no answer from {url}: {cause}")) for url in urls]


def _post(url: str, form: dict[str, str], auth_token: str, seconds: float, judge: Judge) -> Attempt:
    started = monotonic()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": RequestValidator(auth_token).compute_signature(url, form),
    }
    # `requests` accepts a Timeout of urllib3, which its types leave out.
    timeout: Any = Timeout(total=seconds)
    try:
        response = _session().post(
            url, data=form, headers=headers, timeout=timeout, stream=True, allow_redirects=False
        )
        body = _read(response)
    except (requests.RequestException, ValueError) as error:
        alert = (11200, f"no answer from {url} within {seconds:g} s: {_cause(error)}")
        return Attempt(url, False, alert=alert, seconds=monotonic() - started)
    status, content_type = response.status_code, response.headers.get("Content-Type", "")
    answer, alert = judge(status, content_type, body)
    return Attempt(url, True, status, body, alert, answer, monotonic() - started)


def _judge_event(status: int, content_type: str, body: str) -> Verdict:
    """Accept any 2xx: the response to an Event Callback carries no instruction."""
    if 200 <= status < 300:
        return None, None
    return None, (11200, f"the answer's status is {status}, it should be 204")


def _judge_assignment(status: int, content_type: str, body: str) -> Verdict:
    """Parse the instruction, or return an alert with Twilio's code."""
    if status != 200:
        return None, (11200, f"the answer's status is {status}, it must be 200")
    if not body.strip():
        return {}, None
    if content_type.split(";")[0].strip().lower() != "application/json":
        return None, (40000, f"the Content-Type is {content_type!r}, it must be application/json")
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None, (40001, "the answer is not JSON")
    if not isinstance(answer, dict):
        return None, (40001, "the answer is not a JSON object")
    return answer, None


def _session() -> requests.Session:
    """The Session of this thread, which keeps connections open, but no cookies and no proxies."""
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
        _local.session.trust_env = False
        for scheme in ("http://", "https://"):
            _local.session.mount(scheme, _TotalTimeoutAdapter())
        _local.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return _local.session


def _read(response: requests.Response) -> str:
    body = bytearray()
    with response:
        for part in response.iter_content(LARGEST_ANSWER + 1):
            body += part
            if len(body) > LARGEST_ANSWER:
                raise ValueError(f"the answer has more than {LARGEST_ANSWER} bytes")
    return body.decode("utf-8", "replace")


def _cause(error: Exception) -> str:
    late = any(isinstance(argument, ReadTimeoutError) for argument in error.args)
    if isinstance(error, requests.Timeout) or late:
        return "it took too long"
    if isinstance(error, requests.ConnectionError):
        return "the connection failed; is the server running?"
    return str(error)


class _TotalTimeoutAdapter(HTTPAdapter):
    """Limit the whole response by the read timeout.

    A timeout of `requests` and urllib3 limits each wait for bytes, so a server that sends its
    headers or its body one byte at a time could hold a thread of the outbox forever.
    """

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class _TotalTimeoutResponse(HTTPResponse):
    """A response whose reads share what is left of the socket's timeout."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_TotalTimeoutReader(sock, self.fp.detach()))


class _TotalTimeoutReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._sock, self._raw = sock, raw
        self._deadline = monotonic() + (sock.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the response takes too long")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Connection(HTTPConnection):
    response_class = _TotalTimeoutResponse


class _SecureConnection(HTTPSConnection):
    response_class = _TotalTimeoutResponse


# urllib3 declares a protocol for these that its classes do not satisfy, hence Any.
class _Pool(HTTPConnectionPool):
    ConnectionCls: Any = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls: Any = _SecureConnection
