"""https://www.twilio.com/docs/taskrouter/api/event: Events in the database, newest first."""

from typing import Any

from local_taskrouter.api.call import Call, Reply, Result, Route, iso
from local_taskrouter.api.lists import PAGING, Slice, read_token, requested_page, slice_reply
from local_taskrouter.api.params import integer, optional, sid, text, timestamp
from local_taskrouter.api.task_channels import channel_argument
from local_taskrouter.core.records import Event
from local_taskrouter.errors import BadRequest
from local_taskrouter.event_table import NEWEST_FIRST, OLDEST_FIRST, EventReader
from local_taskrouter.sids import is_sid

DEFAULT_MINUTES = 15
MOST_MINUTES = 43_200
OLDEST = 60 * MOST_MINUTES + 60
"""Seconds: 30 days, and a minute for the request to arrive."""
_PLACE = "(at, id)"
_ONE = "workspace_sid = sid_bytes(?) AND sid = sid_bytes(?)"
_PLACE_OF_SID = "(SELECT at, id FROM events WHERE sid = sid_bytes(?))"

_LISTS = {
    "WA": "Activities",
    "WT": "Tasks",
    "TC": "TaskChannels",
    "WQ": "TaskQueues",
    "WK": "Workers",
    "WW": "Workflows",
}


def event_json(call: Call, event: Event) -> dict[str, Any]:
    """An Event as Twilio returns it; `event_data` holds strings."""
    workspace = call.url(event.workspace_sid)
    return {
        "sid": event.sid,
        "account_sid": call.account_sid,
        "workspace_sid": event.workspace_sid,
        "event_type": event.event_type,
        "event_date": iso(event.at),
        "event_date_ms": int(event.at * 1000),
        "description": event.description,
        "event_data": event.data,
        "resource_type": event.resource_type,
        "resource_sid": event.resource_sid,
        "resource_url": _resource_url(workspace, event),
        "actor_type": "workspace",
        "actor_sid": event.workspace_sid,
        "actor_url": workspace,
        "source": "twilio",
        "source_ip_address": None,
        "url": f"{workspace}/Events/{event.sid}",
    }


def index(call: Call) -> Result:
    since, until = _window(call)
    where, values = ["workspace_sid = sid_bytes(?)", "at >= ?"], [call.workspace.sid, since]
    if until is not None:
        where.append("at <= ?")
        values.append(until)
    if "event_type" in call.args:
        where.append("event_type = ?")
        values.append(call.args["event_type"])
    sids = {name: call.args[name] for name in ("sid", *_BY_SID) if name in call.args}
    channel = channel_argument(call)
    if channel is not None:
        sids["task_channel_sid"] = channel.sid
    for name, value in sids.items():
        where.append(f"{name} = sid_bytes(?)")
        values.append(value)
    condition = " AND ".join(where)
    return lambda reader: slice_reply(
        call, "events", _slice(call, reader, condition, values), event_json
    )


def _slice(call: Call, reader: EventReader, where: str, values: list[Any]) -> Slice[Event]:
    """The requested page: reads only its Events and those of the page before it."""
    size, number, token = requested_page(call)
    last_shown = read_token(token or "")[0]
    limit = f"LIMIT {size + 1}"

    def read(condition: str, order: str) -> list[Event]:
        place = f"{where} AND {_PLACE} {condition} {_PLACE_OF_SID}"
        return list(reader.events(place, [*values, last_shown], f"{order} {limit}"))

    if _find(reader, call.sids["workspace_sid"], last_shown):
        found, before = read("<", NEWEST_FIRST), read(">=", OLDEST_FIRST)
    else:
        from_page = f"{NEWEST_FIRST} {limit} OFFSET {size * number}"
        found, before = list(reader.events(where, values, from_page)), []
    return Slice(found[:size], len(found) > size, before)


def _find(reader: EventReader, workspace_sid: str, sid_or_text: str) -> Event | None:
    if not is_sid(sid_or_text, "EV"):
        return None
    return next(reader.events(_ONE, [workspace_sid, sid_or_text]), None)


def fetch(call: Call) -> Result:
    workspace_sid = call.workspace.sid

    def reply(reader: EventReader) -> Reply:
        event = _find(reader, workspace_sid, call.sids["sid"])
        if event is None:
            raise call.not_found()
        return Reply(event_json(call, event))

    return reply


def _window(call: Call) -> tuple[float, float | None]:
    """The start and the end of the requested window, by default the last 15 minutes."""
    args, oldest = call.args, call.engine.now - OLDEST
    since = call.engine.now - 60 * args.get("minutes", DEFAULT_MINUTES)
    if args.get("start_date", oldest) < oldest:
        raise BadRequest("StartDate must not be more than 30 days ago")
    return args.get("start_date", max(since, oldest)), args.get("end_date")


def _resource_url(workspace: str, event: Event) -> str:
    sid = event.resource_sid
    if is_sid(sid, "WR"):
        return f"{workspace}/Tasks/{event.data.get('task_sid')}/Reservations/{sid}"
    return f"{workspace}/{_LISTS[sid[:2]]}/{sid}" if sid[:2] in _LISTS else workspace


_BY_SID = {
    "task_sid": "TaskSid",
    "worker_sid": "WorkerSid",
    "workflow_sid": "WorkflowSid",
    "task_queue_sid": "TaskQueueSid",
    "reservation_sid": "ReservationSid",
}
_PREFIXES = ("WT", "WK", "WW", "WQ", "WR")
_ALL = "/Workspaces/<workspace_sid>/Events"
ROUTES = [
    Route(
        "GET",
        _ALL,
        index,
        {
            "EndDate": optional(timestamp),
            "StartDate": optional(timestamp),
            "Minutes": optional(integer(1, 1 << 31)),
            "EventType": optional(text),
            "Sid": optional(sid("EV")),
            "TaskChannel": optional(text),
            **{
                name: optional(sid(prefix))
                for name, prefix in zip(_BY_SID.values(), _PREFIXES, strict=True)
            },
            **PAGING,
        },
    ),
    Route("GET", f"{_ALL}/<sid>", fetch),
]
