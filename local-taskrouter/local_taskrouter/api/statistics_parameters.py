"""Parameters of the Statistics resources: the window, wait thresholds and TaskQueue SIDs."""

import json
from typing import Any

from local_taskrouter.api.call import Call, iso
from local_taskrouter.api.events import DEFAULT_MINUTES, MOST_MINUTES, OLDEST
from local_taskrouter.api.params import Param, integer, optional, shown, text, timestamp
from local_taskrouter.core.window_statistics import Window
from local_taskrouter.errors import BadRequest
from local_taskrouter.sids import is_sid

MOST_QUEUES = 50
EXAMPLE = 'such as {"queueSids": ["WQ…"]}'
MOST_THRESHOLDS = 100


def thresholds(name: str, values: list[str]) -> list[int]:
    """Waiting times in whole seconds, such as `5,30`."""
    parts = [part.strip() for part in text(name, values).split(",") if part.strip()]
    if len(parts) > MOST_THRESHOLDS:
        raise BadRequest(f"{name} may have {MOST_THRESHOLDS} values, these are {len(parts)}")
    seconds = integer(0, 1 << 31)
    return [seconds(name, [part]) for part in parts]


CHANNEL: dict[str, Param] = {"TaskChannel": optional(text)}
WINDOW: dict[str, Param] = {
    "Minutes": optional(integer(1, MOST_MINUTES)),
    "StartDate": optional(timestamp),
    "EndDate": optional(timestamp),
}
SPLIT: dict[str, Param] = {"SplitByWaitTime": optional(thresholds)}


def window_of(call: Call) -> Window:
    """The requested window: ends at `EndDate` or now, lasts `Minutes` or 15 minutes.

    Raises BadRequest if the window starts more than 30 days ago or ends before it starts, and for
    `Minutes` with a date.
    """
    args, now = call.args, call.engine.now
    if "minutes" in args and not args.keys().isdisjoint(("start_date", "end_date")):
        raise BadRequest("Minutes cannot be used in combination with StartDate and EndDate")
    until = min(args.get("end_date", now), now)
    since = args.get("start_date", until - 60 * args.get("minutes", DEFAULT_MINUTES))
    if since < now - OLDEST:
        raise BadRequest("Statistics go back 30 days: StartDate must not be before that")
    if since > until:
        raise BadRequest(f"StartDate must not be after EndDate, nor after now, {iso(now)}")
    return Window(since, until)


def queue_sids(body: bytes) -> list[str]:
    """The 1 to 50 TaskQueue SIDs in a JSON body, without duplicates.

    Twilio's example names them `queueSids`; `TaskQueueSids` and `task_queue_sids` work too. Raises
    BadRequest if the body is not a JSON object, has none or more than 50 of them, or anything but
    SIDs: https://www.twilio.com/docs/taskrouter/api/taskqueue-statistics
    """
    for key, value in _json_object(body).items():
        if key.replace("_", "").lower() in ("queuesids", "taskqueuesids"):
            return _checked(key, value)
    raise BadRequest(f"The request body must name TaskQueues, {EXAMPLE}")


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError) as error:
        raise BadRequest("The request body is not valid JSON") from error
    if not isinstance(parsed, dict):
        raise BadRequest(f"The request body must be a JSON object, {EXAMPLE}")
    return parsed


def _checked(key: str, value: object) -> list[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_QUEUES:
        raise BadRequest(f"{key} must be a list of 1 to {MOST_QUEUES} TaskQueue SIDs")
    for each in value:
        if not isinstance(each, str) or not is_sid(each, "WQ"):
            raise BadRequest(f"{key} must hold TaskQueue SIDs, not {shown(str(each))}")
    return list(dict.fromkeys(value))
