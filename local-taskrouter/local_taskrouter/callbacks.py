"""Send an Assignment or Event Callback and read the response, within one time limit.

https://www.twilio.com/docs/taskrouter/handle-assignment-callbacks and, for the signature,
https://www.twilio.com/docs/usage/security#validating-requests
"""

import asyncio
import json
import ssl
from collections.abc import Callable
from functools import cache
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import certifi
from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
    ThreadedResolver,
)
from twilio.request_validator import RequestValidator

from local_taskrouter.core.records import Callback
from local_taskrouter.delivery_table import Attempt
from local_taskrouter.faults import ASSIGNMENT, EVENT, GARBAGE, REQUESTED, Fault, Faults

SECONDS = 5.0
"""How long a server has to answer an Assignment Callback."""
EVENT_SECONDS = 15.0
"""How long a server has to answer an Event Callback: https://www.twilio.com/docs/taskrouter/api/event/reference"""
LARGEST_ANSWER = 1 << 16
Verdict = tuple[dict[str, Any] | None, tuple[int, str] | None]
Judge = Callable[[int, str, str], Verdict]


def new_client() -> ClientSession:
    """A client that keeps connections open, but no cookies, and ignores the environment's proxies."""
    connector = TCPConnector(limit=0, resolver=ThreadedResolver())
    no_limit = ClientTimeout(total=None, sock_connect=None)
    return ClientSession(connector=connector, cookie_jar=DummyCookieJar(), timeout=no_limit)


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


async def make_attempts(
    client: ClientSession, callback: Callback, account_sid: str, auth_token: str, faults: Faults
) -> list[Attempt]:
    """POST to the callback's URL and, if the response has an alert, to the fallback URL.

    A fault that hits an attempt delays it, or takes its place.
    """
    form = {**callback.parameters, "AccountSid": account_sid}
    attempts: list[Attempt] = []
    kind, seconds, judge = ASSIGNMENT, SECONDS, _judge_assignment
    if not callback.reservation_sid:
        kind, seconds, judge = EVENT, EVENT_SECONDS, _judge_event
    for url in filter(None, (callback.url, callback.fallback_url)):
        fault = faults.take(kind, url=url)
        if fault is None or fault.delay is not None:
            delay = 0.0 if fault is None else fault.delay or 0.0
            attempts.append(await _post(client, url, form, auth_token, seconds, delay, judge))
        else:
            attempts.append(_faulty_attempt(url, fault, judge))
        if attempts[-1].alert is None:
            break
    return attempts


async def _post(
    client: ClientSession,
    url: str,
    form: dict[str, str],
    auth_token: str,
    seconds: float,
    delay: float,
    judge: Judge,
) -> Attempt:
    started, signature = monotonic(), RequestValidator(auth_token).compute_signature(url, form)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": signature,
    }
    try:
        async with asyncio.timeout(seconds):
            await asyncio.sleep(delay)
            tls = _certificates() if url.startswith("https") else True
            posting = client.post(
                url, data=urlencode(form), headers=headers, allow_redirects=False, ssl=tls
            )
            async with posting as response:
                body = await _read(response)
    except (ClientError, OSError, ValueError) as error:
        alert = (11200, f"no answer from {url} within {seconds:g} s: {_cause(error)}")
        return Attempt(url, False, None, "", alert, None, monotonic() - started, signature)
    status, content_type = response.status, response.headers.get("Content-Type", "")
    answer, alert = judge(status, content_type, body)
    return Attempt(url, True, status, body, alert, answer, monotonic() - started, signature)


def _faulty_attempt(url: str, fault: Fault, judge: Judge) -> Attempt:
    """The attempt that a fault makes of one, without a request."""
    if fault.fault in ("slow", "refused"):
        cause = "it took too long" if fault.fault == "slow" else "the connection failed"
        return Attempt(url, False, alert=(11200, f"no answer from {url}: {cause} {REQUESTED}"))
    status, body = fault.status or 200, "" if fault.status else GARBAGE
    answer, alert = judge(status, "application/json", body)
    return Attempt(url, True, status, body, alert and (alert[0], f"{alert[1]} {REQUESTED}"), answer)


async def _read(response: ClientResponse) -> str:
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > LARGEST_ANSWER:
            raise ValueError(f"the answer has more than {LARGEST_ANSWER} bytes")
    return body.decode("utf-8", "replace")


def _cause(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, ValueError):
        return str(error)
    return "the connection failed; is the server running?"


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
