"""Routes outside `/v1`, with the same credentials: what only a local TaskRouter can do.

GET  /emulator              version, pid, what GET /emulator/clock has, and the environment variables
                            of transparent mode, if it is on
GET  /emulator/clock        now, whether the clock is frozen, when the next timer is due, and whether
                            nothing is on its way
POST /emulator/clock        advance=SECONDS, freeze=true, resume=true; settle=false and timeout=SECONDS
POST /emulator/settle       wait until nothing is on its way, at most timeout=SECONDS
GET  /emulator/deliveries   the latest callbacks, oldest first, with their attempts, for kind=assignment
                            or event and task=WT…: page_size=N of them after the delivery after=ID;
                            next_page is the path of the next
GET  /emulator/requests     the latest requests to the API and refused ones, for method, path and
                            status, in pages like those of deliveries
GET  /emulator/explain      why the Task task=WT… waits: JSON, or text for Accept: text/plain
GET  /emulator/faults       the faults that are still to come
POST /emulator/faults       add one: kind=request|assignment|event|callback, count=N; status, delay or
                            fault=slow|refused|garbage|shuffled; the patterns method, path and url
DELETE /emulator/faults     end all faults
GET  /emulator/state        the whole state as one JSON object
PUT  /emulator/state        replace the whole state with that object; POST does so too
POST /emulator/reset        delete everything, and set the clock to the real time
POST /emulator/stop         stop the process
GET  /emulator/ui           the page, for the browser that opened a link; see page/routes.py
POST /emulator/ui/link      path: the path of a one-time link to the page
GET  /emulator/hello        nonce=…, without credentials: the proof of `server_identity.py`

GET  /health                without credentials: whether requests can be served, status 200 or 503

GET  /2010-04-01/Accounts/{sid}.json is Twilio's: clients read it to try their credentials.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from local_taskrouter.errors import BadRequest, NotFound
from local_taskrouter.faults import parse_fault
from local_taskrouter.http.clock_control import clock, move_clock, settle
from local_taskrouter.http.recordings import deliveries, requests
from local_taskrouter.process import server_identity
from local_taskrouter.process.home import code_version
from local_taskrouter.service import TaskRouter

STATE = "/emulator/state"
VERSION = code_version()
HEALTH = "/health"
WITHOUT_CREDENTIALS = {("GET", server_identity.PATH), ("GET", HEALTH), ("HEAD", HEALTH)}
_ACCOUNT_CREATED = "Thu, 01 Jan 2026 00:00:00 +0000"


@dataclass(frozen=True)
class ControlCall:
    """A request to a control route; `port` is that of the socket, `sids` are those in the path.

    `accept` is the header of that name.
    """

    taskrouter: TaskRouter
    query: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes
    port: int
    sids: Mapping[str, str] = field(default_factory=dict)
    accept: str = ""


@dataclass(frozen=True)
class Route:
    """A control route. `handler` returns a JSON object or a text."""

    method: str
    path: str
    handler: Callable[[ControlCall], dict[str, Any] | str]


def _about(call: ControlCall) -> dict[str, Any]:
    about = {"version": VERSION, "pid": os.getpid(), **clock(call.taskrouter)}
    return {**about, "transparent": dict(call.taskrouter.transparent)}


def _prove(call: ControlCall) -> str:
    nonce = call.query.get("nonce", "")
    if not re.fullmatch(server_identity.NONCE, nonce):
        raise BadRequest("Give nonce, 32 hex digits")
    # The port of the socket; the client could name another one in its Host header.
    return server_identity.proof(call.taskrouter.auth_token, nonce, call.port)


def _health(call: ControlCall) -> dict[str, Any]:
    call.taskrouter.read(lambda snapshot: snapshot.deliveries(most=1))  # raises DatabaseFailure
    return {"status": "ok"}


def _explain(call: ControlCall) -> dict[str, Any] | str:
    # Imported here, since the twilio package takes half as long to load as everything else.
    from local_taskrouter.http.explain_route import explain_by_sid

    explanation = explain_by_sid(call.taskrouter, call.query.get("task", ""))
    return f"{explanation}\n" if "text/plain" in call.accept else explanation.to_dict()


def _faults(call: ControlCall) -> dict[str, Any]:
    return {"faults": call.taskrouter.faults.to_json()}


def _add_fault(call: ControlCall) -> dict[str, Any]:
    try:
        call.taskrouter.faults.add(parse_fault(call.form))
    except ValueError as error:
        raise BadRequest(
            "Give a fault, what it is aimed at and how often, for example status=429 count=2 or"
            f" kind=assignment fault=slow: {error}"
        ) from error
    return _faults(call)


def _clear_faults(call: ControlCall) -> dict[str, Any]:
    call.taskrouter.faults.clear()
    return _faults(call)


def _import_state(call: ControlCall) -> dict[str, Any]:
    state = None
    with suppress(ValueError):
        state = json.loads(call.body)
    if not isinstance(state, dict):
        raise BadRequest("The state must be the JSON object that GET /emulator/state returns")
    try:
        call.taskrouter.import_state(state)
    except ValueError as error:
        raise BadRequest(str(error)) from error
    return clock(call.taskrouter)


def _reset(call: ControlCall) -> dict[str, Any]:
    call.taskrouter.reset()
    return clock(call.taskrouter)


def _stop(call: ControlCall) -> dict[str, Any]:
    call.taskrouter.on_stop()
    return {"pid": os.getpid()}


def _account(call: ControlCall) -> dict[str, Any]:
    """The account as https://www.twilio.com/docs/iam/api/account shows it, without the auth token."""
    sid, path = call.sids["sid"], f"/2010-04-01/Accounts/{call.sids['sid']}"
    if sid != call.taskrouter.account_sid:
        raise NotFound(f"{path}.json")
    return {
        "sid": sid,
        "owner_account_sid": sid,
        "friendly_name": "Local TaskRouter",
        "status": "active",
        "type": "Full",
        "auth_token": None,
        "date_created": _ACCOUNT_CREATED,
        "date_updated": _ACCOUNT_CREATED,
        "subresource_uris": {},
        "uri": f"{path}.json",
    }


ROUTES = (
    Route("GET", "/2010-04-01/Accounts/<sid>.json", _account),
    Route("GET", HEALTH, _health),
    Route("GET", "/emulator", _about),
    Route("GET", server_identity.PATH, _prove),
    Route("GET", "/emulator/clock", lambda call: clock(call.taskrouter)),
    Route("POST", "/emulator/clock", lambda call: move_clock(call.taskrouter, call.form)),
    Route("POST", "/emulator/settle", lambda call: settle(call.taskrouter, call.form)),
    Route("GET", "/emulator/deliveries", lambda call: deliveries(call.taskrouter, call.query)),
    Route("GET", "/emulator/requests", lambda call: requests(call.taskrouter, call.query)),
    Route("GET", "/emulator/explain", _explain),
    Route("GET", "/emulator/faults", _faults),
    Route("POST", "/emulator/faults", _add_fault),
    Route("DELETE", "/emulator/faults", _clear_faults),
    Route("GET", STATE, lambda call: call.taskrouter.export_state()),
    Route("PUT", STATE, _import_state),
    Route("POST", STATE, _import_state),
    Route("POST", "/emulator/reset", _reset),
    Route("POST", "/emulator/stop", _stop),
)
