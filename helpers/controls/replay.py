"""Send a request of the request log again, unchanged or edited."""

from dataclasses import dataclass, replace
from itertools import chain
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

import requests
from requests.utils import requote_uri
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from helpers.controls.parts import shown_call
from helpers.controls.parts.shown_call import Call, Data
from helpers.session.request_log import MASK, Exchange, pairs
from helpers.session.session import Session

METHODS = ("GET", "POST", "DELETE", "PUT")
_SECONDS = 30
_NOT_TEXT = "\N{REPLACEMENT CHARACTER}"


class ReplayError(ValueError):
    """The request cannot be sent; the message gives the reason."""


@dataclass(frozen=True)
class Draft:
    """A request to send. `direction` is "sent" or "received", as in the log.

    `data` is its form; a list repeats a parameter. A `body` that is not a form is sent instead of
    it, with `content_type`.
    """

    direction: str
    method: str
    url: str
    data: Data
    body: str = ""
    content_type: str = ""


def draft_of(exchange: Exchange) -> Draft:
    """Return the request of `exchange`.

    Raises ReplayError for a method not in METHODS, and if the request held what the log does not
    keep: a secret, or a body that is not text.
    """
    if exchange.method not in METHODS:
        raise ReplayError(f"A {exchange.method} request cannot be sent from here.")
    kept = "".join([exchange.url, exchange.request_body, *chain(*exchange.form)])
    if MASK in kept:
        raise ReplayError("This request held a secret, which the log does not keep.")
    if _NOT_TEXT in kept:
        raise ReplayError("This request's body is not text, so the log does not keep all of it.")
    values: dict[str, list[str]] = {}
    for name, value in exchange.form:
        values.setdefault(name, []).append(value)
    data: Data = {name: found if found[1:] else found[0] for name, found in values.items()}
    body, content_type = exchange.request_body, _content_type(exchange)
    return Draft(exchange.direction, exchange.method, exchange.url, data, body, content_type)


def in_query(draft: Draft) -> Draft:
    """Return `draft` with the parameters of a GET moved into the URL's query.

    There they replace those of the same name. Raises ReplayError for an invalid URL.
    """
    if draft.method != "GET" or not draft.data:
        return draft
    parts = _parts(draft)
    there = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in there if name not in draft.data]
    query = urlencode([*kept, *pairs(draft.data)])
    return replace(draft, url=urlunsplit(parts._replace(query=query)), data={})


def is_of(exchange: Exchange, draft: Draft) -> bool:
    """Whether `exchange` may be the result of sending `draft`."""
    paths = (exchange.path, urlsplit(draft.url).path)
    there, wanted = (requote_uri(path or "/") for path in paths)
    return exchange.method == draft.method and there == wanted


def call_of(session: Session, draft: Draft) -> Call:
    """Return the call that sends it, as text to copy. Raises ReplayError for an invalid request."""
    if _goes_to_taskrouter(session, draft):
        return shown_call.request(draft.method, draft.url, draft.data)
    headers = _headers(session, draft)
    return shown_call.to_server(draft.method, draft.url, draft.data, headers, draft.body)


def send(session: Session, draft: Draft) -> int:
    """Send it, and return the HTTP status of the answer.

    The request log records it if TaskRouter or the learner's server answers. Only TaskRouter's own
    address gets the account's credentials. A request that TaskRouter sent to the learner's server
    gets a new signature (https://www.twilio.com/docs/usage/security). Raises ReplayError for an
    invalid request or without an answer, and what the SDK raises.
    """
    if _goes_to_taskrouter(session, draft):
        answer = session.client.request(draft.method, draft.url, data=dict(draft.data))
        return int(answer.status_code)
    return _send_elsewhere(session, draft)


def _send_elsewhere(session: Session, draft: Draft) -> int:
    with requests.Session() as http:
        http.trust_env = session.target != "local"
        try:
            return http.request(
                draft.method,
                draft.url,
                data=draft.body.encode() or dict(draft.data),
                headers=_headers(session, draft),
                timeout=_SECONDS,
                allow_redirects=False,
            ).status_code
        except requests.RequestException as error:
            raise ReplayError(_describe_failure(draft, error)) from error


def _describe_failure(draft: Draft, error: requests.RequestException) -> str:
    address = urlsplit(draft.url).netloc
    if isinstance(error, requests.ReadTimeout):
        return f"{address} did not answer within {_SECONDS} seconds."
    if isinstance(error, requests.ConnectionError):
        return f"Nothing answers at {address}. Is the server running?"
    return _invalid(draft)


def _invalid(draft: Draft) -> str:
    return f"This is not a valid request: {draft.method} {draft.url}"


def _parts(draft: Draft) -> SplitResult:
    try:
        parts = urlsplit(draft.url)
    except ValueError:  # a misplaced bracket
        raise ReplayError(_invalid(draft)) from None
    if parts.scheme not in ("http", "https"):
        raise ReplayError(_invalid(draft))
    return parts


def _goes_to_taskrouter(session: Session, draft: Draft) -> bool:
    there, wanted = urlsplit(session.address), _parts(draft)
    if (there.scheme, there.netloc) != (wanted.scheme, wanted.netloc):
        return False
    if draft.body:
        raise ReplayError("TaskRouter takes forms only, so this body cannot be sent from here.")
    return True


def _headers(session: Session, draft: Draft) -> dict[str, str]:
    has_type = draft.body and draft.content_type
    headers = {"Content-Type": draft.content_type} if has_type else {}
    # Twilio signs a body that is not a form by its hash in the URL.
    can_be_signed = not draft.body or "bodySHA256=" in draft.url
    if draft.direction == "received" and session.auth_token and can_be_signed:
        signature = RequestValidator(session.auth_token)
        form = MultiDict(draft.data)
        headers["X-Twilio-Signature"] = signature.compute_signature(draft.url, form)
    return headers


def _content_type(exchange: Exchange) -> str:
    headers = {name.lower(): value for name, value in exchange.request_headers.items()}
    return headers.get("content-type", "")
