"""One exchange of the request log as JSON: a line of the list, and all that is shown of it."""

import json
from collections.abc import Callable
from typing import Any

from local_taskrouter.ui.names import name_path
from local_taskrouter.ui.shape import ShownAttempt
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from helpers.session.request_log import Exchange
from helpers.tables.exchanges import use_of

NameOf = Callable[[str], str]  # the name to show for a SID
_LONGEST = 20_000
_VERBS = {"GET": "read", "POST": "changed", "DELETE": "deleted"}


def show_line(exchange: Exchange, key: str, name_of: NameOf) -> dict[str, Any]:
    """Return what the list shows of it: a ShownExchange without what may be long."""
    return {
        "id": key,
        "direction": exchange.direction,
        "at": exchange.at.timestamp(),
        "method": exchange.method,
        "title": name_path(exchange.path, name_of),
        "note": _note(exchange, name_of),
        "failed": has_failed(exchange),
        "attempts": [{"status": exchange.status, "seconds": exchange.duration}],
    }


def show_exchange(
    exchange: Exchange, key: str, name_of: NameOf, auth_token: str | None
) -> dict[str, Any]:
    """Return a ShownExchange with more: the `uses` of its parameters, the `sender`, a `body` that is
    no form, the `headers` of the request and of the answer, and whether its `signature` is valid,
    None where there is none to check.
    """
    line, is_received = show_line(exchange, key, name_of), exchange.direction == "received"
    attempt: ShownAttempt = {
        "url": exchange.url,
        "status": exchange.status,
        "seconds": exchange.duration,
        "body": pretty(exchange.response_body),
        "problem": exchange.error or "",
    }
    return {
        **line,
        "says": _sentence(exchange, line["title"], name_of),
        "attempts": [attempt],
        "parameters": {name: pretty(value) for name, value in exchange.parameters.items()},
        "uses": {name: use_of(name) for name in exchange.parameters} if is_received else {},
        "sender": _sender(exchange),
        "body": pretty(exchange.request_body),
        "headers": [
            ["Headers of the request", dict(sorted(exchange.request_headers.items()))],
            ["Headers of the answer", dict(sorted(exchange.response_headers.items()))],
        ],
        "signature": _is_genuine(exchange, auth_token),
    }


def pretty(text: str) -> str:
    """Indent JSON; leave other text unchanged; cut what is too long to read."""
    if text[:1] in ("{", "["):
        try:
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        except ValueError:
            pass
    cut = f"\n… and {len(text) - _LONGEST} characters more"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + cut


def answer_of(exchange: Exchange) -> str:
    """Return the HTTP status, "no answer" without one."""
    return "no answer" if exchange.status is None else str(exchange.status)


def whole_answer(exchange: Exchange) -> str:
    """Return the status and the body, in one line if that is short."""
    body = exchange.response_body
    return f"{answer_of(exchange)}  {body if len(body) < 100 else pretty(body)}"


def has_failed(exchange: Exchange) -> bool:
    """Whether there was no answer, or one with an error's status."""
    return exchange.status is None or exchange.status >= 400


def searchable_text(exchange: Exchange) -> str:
    """Everything that a search looks at, in lower case."""
    parameters = " ".join(f"{name}={value}" for name, value in exchange.parameters.items())
    parts = [exchange.method, exchange.url, answer_of(exchange), parameters]
    parts += [exchange.request_body, exchange.response_body, exchange.error or ""]
    return " ".join(parts).casefold()


def _note(exchange: Exchange, name_of: NameOf) -> str:
    """A few words on what it did, or on why it failed."""
    given, answer = exchange.parameters, _json(exchange.response_body)
    if has_failed(exchange):
        return str(answer.get("message") or (exchange.error or "").strip().split("\n")[-1])
    if exchange.direction == "received":
        task = [name_of(given["TaskSid"])] if given.get("TaskSid") else []
        return " · ".join(
            filter(None, [given.get("EventType", ""), *task, given.get("WorkerName")])
        )
    if exchange.status == 201:
        return f"created {name_of(str(answer.get('sid', '')))}"
    meta = answer.get("meta")
    found = answer.get(meta.get("key", "")) if isinstance(meta, dict) else None
    if isinstance(found, list):
        return f"{len(found)} found"
    return f"Activity {name_of(given['ActivitySid'])}" if given.get("ActivitySid") else ""


def _sentence(exchange: Exchange, title: str, name_of: NameOf) -> str:
    given = exchange.parameters
    if exchange.direction == "received":
        return _received_sentence(exchange, title, name_of)
    if exchange.status is None:
        return f"No answer to {exchange.method} {title}"
    if has_failed(exchange):
        return f"{exchange.method} {title} was refused"
    if exchange.status == 201:
        sid = str(_json(exchange.response_body).get("sid", ""))
        return f"You created {name_of(sid) or title}"
    if given.get("ReservationStatus"):
        return f"You set the Reservation to {given['ReservationStatus']}"
    return f"You {_VERBS.get(exchange.method, f'sent {exchange.method} to')} {title}"


def _received_sentence(exchange: Exchange, title: str, name_of: NameOf) -> str:
    given = exchange.parameters
    about = ""
    if given.get("EventType"):
        about = f"the Event {given['EventType']}"
    elif given.get("TaskSid"):
        about = name_of(given["TaskSid"])
    if not about:
        return f"Your server received {exchange.method} {title}"
    if has_failed(exchange):
        return f"Your server failed on {about}"
    asked = "asked" if given.get("ReservationSid") and not given.get("EventType") else "told"
    return f"TaskRouter {asked} your server about {about}"


def _sender(exchange: Exchange) -> str:
    if exchange.direction == "received":
        return "received by your server"
    return {"twilio": "sent by the twilio package", None: "sent by you"}.get(
        exchange.sent_by, f"sent by {exchange.sent_by}"
    )


def _is_genuine(exchange: Exchange, auth_token: str | None) -> bool | None:
    headers = {name.lower(): value for name, value in exchange.request_headers.items()}
    signature = headers.get("x-twilio-signature", "")
    if exchange.direction != "received" or not signature or not auth_token:
        return None
    content = exchange.request_body or MultiDict(exchange.form)
    try:
        return RequestValidator(auth_token).validate(exchange.url, content, signature)
    except ValueError:  # the URL is malformed
        return False


def _json(text: str) -> dict[str, Any]:
    """The JSON object in a body, {} for another one."""
    if not text.startswith("{") or len(text) > _LONGEST:
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
