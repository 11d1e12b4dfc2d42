"""Making an Assignment or Event Callback and reading its answer.

https://www.twilio.com/docs/taskrouter/handle-assignment-callbacks and, for the signature,
https://www.twilio.com/docs/usage/security#validating-requests
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import Any

import requests
from twilio.request_validator import RequestValidator
from urllib3.exceptions import ReadTimeoutError
from urllib3.util import Timeout

from local_taskrouter.core.event import Callback
from local_taskrouter.deadline import DeadlineAdapter

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
    """One POST to one URL. `reached` is whether anything answered in time; `alert` is the code
    and sentence of what was wrong with the answer, None when it can be used.
    """

    url: str
    reached: bool
    status: int | None = None
    body: str = ""
    alert: tuple[int, str] | None = None
    answer: dict[str, Any] | None = None
    seconds: float = 0.0


def make_attempts(callback: Callback, account_sid: str, auth_token: str) -> list[Attempt]:
    """POST to the callback's URL and, if its answer is no use, to the fallback URL."""
    form = {"AccountSid": account_sid, **callback.parameters}
    attempts: list[Attempt] = []
    for url in filter(None, (callback.url, callback.fallback_url)):
        if callback.reservation_sid:
            attempts.append(_post(url, form, auth_token, SECONDS, _judge))
        else:
            attempts.append(_post(url, form, auth_token, EVENT_SECONDS, _judge_receipt))
        if attempts[-1].alert is None:
            break
    return attempts


def unreached(callback: Callback, why: str) -> list[Attempt]:
    """The attempts of a callback that reached nobody."""
    urls = filter(None, (callback.url, callback.fallback_url))
    return [Attempt(url, False, alert=(11200, f"no answer from {url}: {why}")) for url in urls]


def _post(url: str, form: dict[str, str], auth_token: str, seconds: float, judge: Judge) -> Attempt:
    started = monotonic()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": RequestValidator(auth_token).compute_signature(url, form),
    }
    try:
        response = _session().post(
            url,
            data=form,
            headers=headers,
            timeout=Timeout(total=seconds),
            stream=True,
            allow_redirects=False,
        )
        body = _read(response)
    except (requests.RequestException, ValueError) as error:
        alert = (11200, f"no answer from {url} within {seconds:g} s: {_cause(error)}")
        return Attempt(url, False, alert=alert, seconds=monotonic() - started)
    status, kind = response.status_code, response.headers.get("Content-Type", "")
    answer, alert = judge(status, kind, body)
    return Attempt(url, True, status, body, alert, answer, monotonic() - started)


def _judge_receipt(status: int, content_type: str, body: str) -> Verdict:
    """An Event Callback asks for nothing but to be received."""
    if 200 <= status < 300:
        return None, None
    return None, (11200, f"the answer's status is {status}, it should be 204")


def _judge(status: int, content_type: str, body: str) -> Verdict:
    """The answer as a dict, or what is wrong with it."""
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
    """One for each thread, so that connections are kept; no cookies, no proxies."""
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
        _local.session.trust_env = False
        for scheme in ("http://", "https://"):
            _local.session.mount(scheme, DeadlineAdapter())
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
    late = any(isinstance(each, ReadTimeoutError) for each in error.args)
    if isinstance(error, requests.Timeout) or late:
        return "it took too long"
    if isinstance(error, requests.ConnectionError):
        return "the connection failed; is the server running?"
    return str(error)
