"""Sends a request of the request log again, as it was or changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import requests
from requests.utils import requote_uri
from twilio.request_validator import RequestValidator

from helpers.controls import calls
from helpers.controls.calls import Call
from helpers.request_log import MASK, Exchange

if TYPE_CHECKING:
    from helpers.session import Session

METHODS = ("GET", "POST", "DELETE", "PUT")
_SECONDS = 30


class ReplayError(ValueError):
    """The request cannot be sent; the message says why."""


@dataclass(frozen=True)
class Draft:
    """A request to be sent: `data` is its form, `direction` which way it goes, as in the log."""

    direction: str
    method: str
    url: str
    data: Mapping[str, str]


def draft_of(exchange: Exchange) -> Draft:
    """The request of `exchange`.

    Raises ReplayError for another method than METHODS, and when it held a secret: the log keeps
    none.
    """
    if exchange.method not in METHODS:
        raise ReplayError(f"A {exchange.method} request cannot be sent from here.")
    if MASK in exchange.url or MASK in "".join(exchange.parameters.values()):
        raise ReplayError("This request held a secret, which the log does not keep.")
    in_url = parse_qs(urlsplit(exchange.url).query, keep_blank_values=True)
    data = {name: value for name, value in exchange.parameters.items() if name not in in_url}
    return Draft(exchange.direction, exchange.method, exchange.url, data)


def is_of(exchange: Exchange, draft: Draft) -> bool:
    """Whether `exchange` may be what came of sending `draft`."""
    there, wanted = (requote_uri(urlsplit(one.url).path or "/") for one in (exchange, draft))
    return exchange.method == draft.method and there == wanted


def call_of(session: "Session", draft: Draft) -> Call:
    """The call that sends it, as text to copy."""
    if _goes_to_taskrouter(session, draft):
        return calls.request(draft.method, draft.url, draft.data)
    return calls.to_server(draft.method, draft.url, draft.data, _signature(session, draft))


def send(session: "Session", draft: Draft) -> int:
    """Send it, and return the HTTP status of the answer; it is in the request log then.

    The account's credentials go to TaskRouter's own address only. What TaskRouter had sent to the
    learner's server is signed anew (https://www.twilio.com/docs/usage/security). Raises
    ReplayError for what is no request or when nobody answers, and what the SDK raises.
    """
    if urlsplit(draft.url).scheme not in ("http", "https"):
        raise ReplayError(f"This is no request: {draft.method} {draft.url}")
    if _goes_to_taskrouter(session, draft):
        answer = session.client.request(draft.method, draft.url, data=dict(draft.data))
        return int(answer.status_code)
    return _send_elsewhere(session, draft)


def _send_elsewhere(session: "Session", draft: Draft) -> int:
    with requests.Session() as http:
        http.trust_env = session.target != "local"
        try:
            return http.request(
                draft.method,
                draft.url,
                data=dict(draft.data),
                headers=_signature(session, draft),
                timeout=_SECONDS,
                allow_redirects=False,
            ).status_code
        except requests.RequestException as error:
            raise ReplayError(_what_failed(draft, error)) from error


def _what_failed(draft: Draft, error: requests.RequestException) -> str:
    address = urlsplit(draft.url).netloc
    if isinstance(error, requests.ReadTimeout):
        return f"{address} has not answered within {_SECONDS} seconds."
    if isinstance(error, requests.ConnectionError):
        return f"Nobody answers at {address}. Does the server run?"
    return f"This is no request: {draft.method} {draft.url}"


def _goes_to_taskrouter(session: "Session", draft: Draft) -> bool:
    there, wanted = urlsplit(session.address), urlsplit(draft.url)
    return (there.scheme, there.netloc) == (wanted.scheme, wanted.netloc)


def _signature(session: "Session", draft: Draft) -> dict[str, str]:
    if draft.direction != "received" or not session.auth_token:
        return {}
    validator = RequestValidator(session.auth_token)
    return {"X-Twilio-Signature": validator.compute_signature(draft.url, dict(draft.data))}
