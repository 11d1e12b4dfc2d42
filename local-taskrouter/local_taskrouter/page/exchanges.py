"""The latest callbacks and requests of a Workspace, as the page shows them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from local_taskrouter.delivery_table import Delivery
from local_taskrouter.request_log import LoggedRequest
from local_taskrouter.ui.names import name_path
from local_taskrouter.ui.shape import ShownAttempt, ShownExchange

NameOf = Callable[[str], str]
"""The name to show for a SID."""

_VERBS = {"GET": "read", "POST": "changed", "DELETE": "deleted"}


def show_request(request: LoggedRequest, name_of: NameOf) -> ShownExchange:
    """Return a request that came in; the resources in its path have their names."""
    title, given = name_path(request.path, name_of), dict(request.parameters)
    failed = request.status is None or request.status >= 400
    verb = "created" if request.status == 201 else _VERBS.get(request.method, request.method)
    return {
        "id": f"request {request.id}",
        "direction": "received",
        "at": request.at,
        "method": request.method,
        "title": title,
        "note": request.message or _change(given, name_of) or verb,
        "says": f"A program failed on {title}" if failed else f"A program {verb} {title}",
        "failed": failed,
        "attempts": [
            {
                "url": request.path,
                "status": request.status,
                "seconds": request.seconds,
                "body": "",
                "problem": request.message if failed else "",
            }
        ],
        "parameters": given,
    }


def show_delivery(delivery: Delivery, name_of: NameOf) -> ShownExchange:
    """Return a callback with its attempts; one that is due has none yet."""
    parameters = delivery.callback.parameters
    attempts = [_attempt(each) for each in delivery.attempts]
    event = parameters.get("EventType", "")
    who = [name_of(parameters["TaskSid"])] if parameters.get("TaskSid") else []
    if worker := parameters.get("WorkerName"):
        who.append(worker)
    return {
        "id": f"delivery {delivery.id}",
        "direction": "sent",
        "at": float(parameters.get("Timestamp", 0)),
        "method": "POST",
        "title": urlsplit(delivery.callback.url).path or "/",
        "note": " · ".join([event, *who] if event else who),
        "says": _sentence(delivery, attempts, who),
        "failed": any(each["problem"] for each in attempts),
        "attempts": attempts,
        "parameters": parameters,
    }


def _change(given: dict[str, str], name_of: NameOf) -> str:
    """The new state that a request asked for, in words; "" without one."""
    if activity := given.get("ActivitySid"):
        return f"Activity {name_of(activity)}"
    return given.get("ReservationStatus") or given.get("AssignmentStatus") or ""


def _attempt(attempt: dict[str, Any]) -> ShownAttempt:
    alert = attempt["alert"]
    return {
        "url": attempt["url"],
        "status": attempt["status"],
        "seconds": attempt["seconds"],
        "body": attempt["body"],
        "problem": f"{alert[1]} ({alert[0]})" if alert else "",
    }


def _sentence(delivery: Delivery, attempts: list[ShownAttempt], who: list[str]) -> str:
    event = delivery.callback.parameters.get("EventType", "")
    about = f"the Event {event}" if event else who[0] if who else "a Task"
    if not attempts:
        return f"TaskRouter calls your server about {about}"
    if not any(each["problem"] for each in attempts):
        return f"TaskRouter called your server about {about}"
    if len(attempts) > 1 and not attempts[-1]["problem"]:
        return f"Your server failed on {about}: TaskRouter called the fallback URL"
    return f"Your server failed on {about}"
