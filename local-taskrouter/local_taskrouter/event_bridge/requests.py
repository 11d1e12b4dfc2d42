"""The SDK's requests as requests to the REST API, and the replies as the SDK reads them.

A request is `{"url": "Workspaces/WS…/Workers/WK…", "method": "POST", "params": {…}, "token": "…"}`.
Some names differ from the REST API's, and values are JSON values.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from local_taskrouter.api.call import Call, Reply, Result
from local_taskrouter.api.lists import Listing, page
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import Record, Reservation, Worker
from local_taskrouter.errors import BadRequest
from local_taskrouter.event_bridge.shapes import TRANSFERS, shape, task_of
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING
from local_taskrouter.sids import is_sid

Pairs = list[tuple[str, str]]
_SEGMENTS = {"WorkerChannels": "Channels"}
_PARAMETERS = {
    "AfterSid": "PageToken",
    "NextToken": "PageToken",
    "DequeueStatusCallbackEvents": "DequeueStatusCallbackEvent",
    "TaskChannelUniqueName": "TaskChannel",
    "TaskChannelSid": "TaskChannel",
}
_SID = "[A-Z]{2}[0-9a-f]{32}"
_SERVED = re.compile(
    f"/v1/Workspaces/{_SID}/(?:Activities|(?:Workers|Tasks|TaskQueues)(?:/{_SID})?"
    f"|Workers/{_SID}/Channels|Workers/{_SID}/Transfers(?:/{_SID})?|(?:Workers|Tasks)/{_SID}/Reservations(?:/{_SID})?)"
)
"""What the SDK asks for; the API has more."""
_CALLS = frozenset(
    {"CustomerParticipant", "WorkerParticipant", "HoldWorkerParticipant", "KickWorkerParticipant"}
)
_NO_CALLS = "There is no telephony here: no participant can be added, held or removed"


@dataclass(frozen=True)
class BridgeRequest:
    """A request of the SDK. `path` is the REST API's, from `/v1` on, `pairs` are its parameters."""

    method: str
    path: str
    pairs: Pairs
    token: object

    @property
    def is_served(self) -> bool:
        """Whether the SDK has such a request."""
        return _SERVED.fullmatch(self.path) is not None

    @property
    def lists_active(self) -> bool:
        """Whether it lists the Reservations of a Worker that have not ended."""
        active = dict(self.pairs).get("Active") == "true"
        return active and self.method == "GET" and self.path.endswith("/Reservations")


def read_request(body: bytes) -> BridgeRequest:
    """Parse the body of a request, whatever its Content-Type. Raises BadRequest."""
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not valid JSON: {error}") from None
    if not isinstance(asked, dict):
        raise BadRequest("The body must be a JSON object with url, method, params and token")
    url, method, params = asked.get("url"), asked.get("method"), asked.get("params") or {}
    if not isinstance(url, str) or method not in ("GET", "POST") or not isinstance(params, dict):
        raise BadRequest("url must be text, method GET or POST, and params an object")
    segments = url.strip("/").split("/")
    if segments[-1] in _CALLS:
        raise BadRequest(_NO_CALLS)
    path = "/".join(("/v1", *(_SEGMENTS.get(part, part) for part in segments)))
    return BridgeRequest(method, path, _pairs(params), asked.get("token"))


def _pairs(params: Mapping[str, Any]) -> Pairs:
    pairs: Pairs = []
    for name, value in params.items():
        if name == "AfterSid":
            value = _after(value)
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                pairs.append((_PARAMETERS.get(name, name), _text(one)))
    return pairs


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _after(sid: object) -> object:
    """The PageToken for what follows the resource with this SID."""
    if not isinstance(sid, str) or not re.match("[A-Z]{2}", sid) or not is_sid(sid, sid[:2]):
        raise BadRequest(f"AfterSid must be a SID, not {sid!r}")
    return f"PA{sid}"


def active_reservations(call: Call) -> Result:
    """List a Worker's Reservations that are pending, accepted or wrapping."""
    listing = Listing[Reservation](
        "reservations_of_worker",
        [call.find(Worker, "worker_sid").sid],
        lambda one: one.reservation_status in RESERVATION_HOLDING,
    )
    return page(call, "reservations", listing, lambda _, one: {"sid": one.sid})


def payload(engine: Engine, account_sid: str, method: str, reply: Reply) -> dict[str, Any]:
    """Return what the SDK reads from the REST API's reply to a request: `{"payload": …}`.

    Leaves out the resources of a list that have been deleted since. The SDK cannot read the transfers
    of a Reservation in the reply to a POST, where it ignores the Task.
    """
    body = reply.body or {}
    if "meta" not in body:
        shown = _shown(engine, account_sid, body["sid"])
        if shown and method == "POST":
            shown = {name: shown[name] for name in shown if name not in TRANSFERS}
        return {"payload": shown}
    meta = body["meta"]
    sids = [one["sid"] for one in body[meta["key"]]]
    contents = [_shown(engine, account_sid, sid) for sid in sids]
    following = re.search("PageToken=([^&]+)", meta["next_page_url"] or "")
    return {
        "payload": {
            "contents": [one for one in contents if one],
            "after_sid": sids[-1] if following else None,
            "before_sid": None,
            "total": len(contents),
            **dict.fromkeys(("page", "start", "end", "nextPage", "lastPage"), 0),
            "meta": {"list_key": "contents", "next_token": following and following[1]},
        }
    }


def _shown(engine: Engine, account_sid: str, sid: str) -> dict[str, Any] | None:
    store = engine.store
    record = store.get(Record, sid)
    return record and shape(store, account_sid, engine.now, record, task_of(store, {}, record))
