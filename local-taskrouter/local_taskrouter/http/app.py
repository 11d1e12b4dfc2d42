"""The ASGI application: check credentials, parse the request, run the handler, render errors.

An API handler runs in the event loop, under the TaskRouter's lock; a worker thread runs it if the
lock is taken or the command can be long. Queries of Events and slow filters of lists run in a worker
thread, and control routes always run in one.
"""

import base64
import hmac
import json
import logging
from asyncio import CancelledError, sleep
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, lru_cache, partial
from math import inf
from time import perf_counter
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local_taskrouter.api.call import Call, Pause, Reply, Result
from local_taskrouter.api.params import read
from local_taskrouter.core.engine import Engine
from local_taskrouter.errors import (
    Forbidden,
    InjectedFault,
    InternalError,
    MethodNotAllowed,
    NotFound,
    TwilioError,
    Unauthorized,
)
from local_taskrouter.event_table import EventReader
from local_taskrouter.faults import GARBAGE, REQUEST, Fault
from local_taskrouter.http import control, event_bridge
from local_taskrouter.http.connections import DROP
from local_taskrouter.http.cross_site import REFUSAL, is_cross_site
from local_taskrouter.http.forms import FORM, LARGEST_BODY, Headers, limited, pairs, read_body
from local_taskrouter.http.route_table import Routes, api_routes, by_shape, find
from local_taskrouter.page import routes as page
from local_taskrouter.service import Busy, TaskRouter
from local_taskrouter.sids import SidMaker
from local_taskrouter.transparent.hostname import HOSTNAME

JSON = "application/json; charset=utf-8"
HEADERS = {  # Twilio's, of the API alone: no page of another site reads a control route
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Allow-Headers": (
        "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match,"
        " If-Unmodified-Since"
    ),
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Strict-Transport-Security": "max-age=31536000",
    "Twilio-Concurrent-Requests": "1",
    "X-API-Domain": "taskrouter.twilio.com",
    "X-Home-Region": "us1",
    "X-Powered-By": "AT-5000",
    "X-Shenanigans": "none",
}
_HEADERS, _BRIDGE_HEADERS = (
    [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    for headers in (HEADERS, event_bridge.HEADERS)
)
_NOT_LOGGED = ("/emulator", control.HEALTH)
log = logging.getLogger(__name__)


class Application:
    """Serve `/v1` and, with the same credentials, `/emulator`; the page, for its sessions."""

    def __init__(self, taskrouter: TaskRouter) -> None:
        self.taskrouter = taskrouter
        self.page = page.Page(taskrouter)
        self.bridge = event_bridge.EventBridge(taskrouter)
        self._request_ids = SidMaker()  # a request more or less changes no other SID

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return await self.bridge.connect(scope, receive, send)
        started, headers, message = perf_counter(), dict(scope["headers"]), ""
        request = Request(
            scope,
            limited(receive, headers, inf if scope["path"] == control.STATE else LARGEST_BODY),
        )
        try:
            response = await self._respond(request, headers)
        except ClientDisconnect:
            return self._log(request, None, "", started)
        except Exception as error:  # noqa: BLE001 - each becomes a response
            response, message = _error(request, error), str(error)
        self._log(request, response.status_code, message, started)
        response.raw_headers += [
            *_headers(scope["path"]),
            (b"twilio-request-id", self._request_ids.new("RQ").encode()),
            (b"twilio-request-duration", b"%.3f" % (perf_counter() - started)),
        ]
        await response(scope, receive, send)

    def _log(self, request: Request, status: int | None, message: str, started: float) -> None:
        """Log a request to the API, and any other that is refused."""
        scope = request.scope
        if not scope["path"].startswith(_NOT_LOGGED) or (status or 0) >= 400:
            parameters = [*pairs(scope["query_string"]), *scope.get(FORM, ())]
            seconds = perf_counter() - started
            self.taskrouter.requests.add(
                request.method, scope["path"], parameters, status, message, seconds
            )

    async def _respond(self, request: Request, headers: Headers) -> Response:
        taskrouter, method, path = self.taskrouter, request.method, request.scope["path"]
        if event_bridge.is_below(path):
            if_match = _if_match(headers)
            return await self.bridge.respond(request, if_match, self._result, self._meet_fault)
        if is_cross_site(method, lambda name: headers.get(name.encode(), b"").decode("latin-1")):
            raise Forbidden(REFUSAL)
        if f"{path}/".startswith(f"{page.PATH}/") and path != page.LINK:
            return await self._page(request, headers)
        if (method, path) not in control.WITHOUT_CREDENTIALS:
            _authenticate(headers.get(b"authorization", b""), taskrouter.credentials)
        if path.startswith("/v1/"):
            return await self._api(request, headers, path)
        if (method, path) == ("POST", page.LINK):
            return _render(Reply(self.page.new_link(), 201))
        return await self._control(request, headers, path)

    async def _page(self, request: Request, headers: Headers) -> Response:
        method, path, port = request.method, request.scope["path"], request.scope["server"][1]
        query = dict(pairs(request.scope["query_string"]))
        if path == page.PATH:
            return self.page.open(query.get("code", ""), request.cookies, port)
        session = self.page.session(request.cookies, port)
        if method in ("GET", "HEAD"):
            return await run_in_threadpool(self.page.get, path, query, session)
        self.page.check_may_change(path, session)
        if path == page.CHANGES:
            return self.page.set_changes(dict((await read_body(request, headers))[0]), session)
        inner = path.removeprefix(page.PATH)
        if inner.startswith("/v1/"):
            return await self._api(request, headers, inner)
        if inner == "/clock":
            return await self._control(request, headers, f"/emulator{inner}")
        raise NotFound(path)

    async def _control(self, request: Request, headers: Headers, path: str) -> Response:
        taskrouter = self.taskrouter
        route, sids = find(_control_routes(), request.method, path)
        form, body = await read_body(request, headers)
        port, query = request.scope["server"][1], dict(pairs(request.scope["query_string"]))
        accept = headers.get(b"accept", b"").decode("latin-1")
        call = control.ControlCall(taskrouter, query, dict(form), body, port, sids, accept)
        return await run_in_threadpool(_control, route, call)

    async def _api(self, request: Request, headers: Headers, path: str) -> Response:
        taskrouter, scope, body = self.taskrouter, request.scope, b""
        if response := await self._meet_fault(request, request.method, path):
            return response
        route, sids = find(api_routes(), request.method, path)
        given = query = pairs(scope["query_string"])
        if request.method == "POST":
            given, body = await read_body(request, headers)
        args = read(route.params, given)
        base, path = _base(scope["scheme"], headers), path.removeprefix("/v1")
        if_match = _if_match(headers)

        def command(engine: Engine) -> Result:
            account_sid = taskrouter.account_sid
            return route.handler(
                Call(engine, account_sid, base, path, sids, args, query, if_match, body)
            )

        result = await self._result(command, route.long)
        if not isinstance(result, Reply):
            return await run_in_threadpool(_read_and_render, taskrouter, result)
        return _render(result)

    async def _meet_fault(self, request: Request, method: str, path: str) -> Response | None:
        """The response that a fault requests for this method and path, if there is one."""
        fault = self.taskrouter.faults.take(REQUEST, method=method, path=path)
        if fault is None:
            return None
        if fault.delay is None:
            return await _fail(fault, request)
        await _delay(fault.delay)
        return None

    async def _result(
        self, command: Callable[[Engine], Result], long: bool
    ) -> Reply | Callable[[EventReader], Reply]:
        result = await self._call(command, long)
        while isinstance(result, Pause):
            # In a worker thread, while the event loop serves other requests.
            passed = await run_in_threadpool(result.run_tests)
            result = await self._call(partial(result.resume_in, passed))
        return result

    async def _call(self, command: Callable[[Engine], Result], long: bool = False) -> Result:
        with suppress(Busy):
            if not long:
                return self.taskrouter.call(command, wait=False)
        return await run_in_threadpool(self.taskrouter.call, command)


async def _delay(seconds: float) -> None:
    try:
        await sleep(seconds)
    except CancelledError:  # the server stops
        raise ClientDisconnect from None


async def _fail(fault: Fault, request: Request) -> Response:
    """The response that a fault requests. Raises InjectedFault, and ClientDisconnect."""
    if fault.status:
        raise InjectedFault(fault.status)
    if fault.fault == "garbage":
        return Response(GARBAGE, media_type=JSON)
    request.scope["extensions"][DROP]["now"]()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    raise ClientDisconnect


def _read_and_render(taskrouter: TaskRouter, query: Callable[[EventReader], Reply]) -> Response:
    return _render(taskrouter.read(query))


def _headers(path: str) -> list[tuple[bytes, bytes]]:
    if event_bridge.is_below(path):
        return _BRIDGE_HEADERS
    return _HEADERS if path.startswith("/v1") else []


def _if_match(headers: Headers) -> str | None:
    return headers[b"if-match"].decode("latin-1") if b"if-match" in headers else None


def _control(route: control.Route, call: control.ControlCall) -> Response:
    result = route.handler(call)
    if isinstance(result, str):
        return Response(result, media_type="text/plain")
    return _render(Reply(result), json.dumps)


@cache
def _control_routes() -> Routes[control.Route]:
    return by_shape((route.path, route) for route in control.ROUTES)


def _authenticate(header: bytes, credentials: Mapping[str, str]) -> None:
    given = _basic(header)
    if given is None:
        raise Unauthorized("Authentication Error - No credentials provided")
    expected = credentials.get(given[0], "")
    if not (expected and hmac.compare_digest(given[1].encode(), expected.encode())):
        raise Unauthorized("Authenticate")


@lru_cache(maxsize=256)
def _basic(header: bytes) -> tuple[str, str] | None:
    """The user name and password in an Authorization header; None if it is not Basic."""
    kind, _, text = header.partition(b" ")
    if kind.lower() != b"basic":
        return None
    try:
        name, _, password = base64.b64decode(text).decode().partition(":")
    except ValueError:
        return None
    return name, password


def _base(scheme: str, headers: Headers) -> str:
    """The URL up to `/v1`, with the client's host name. A request for Twilio's came through TLS."""
    host = headers.get(b"host", b"").decode("latin-1")
    named = host.lower().removesuffix(":443") == HOSTNAME
    return f"{'https' if named else scheme}://{host}/v1"


def _render(
    reply: Reply, dumps: Callable[[Mapping[str, Any]], str | bytes] = orjson.dumps
) -> Response:
    if reply.body is None:
        return Response(status_code=reply.status)
    etag = {} if reply.etag is None else {"ETag": f'"{reply.etag}"'}
    return Response(dumps(reply.body), reply.status, etag, JSON)


def _error(request: Request, error: Exception) -> Response:
    if not isinstance(error, TwilioError):
        log.exception("%s %s", request.method, request.scope["path"], exc_info=error)
        error = InternalError(
            "The local TaskRouter failed on this request. The traceback is in its output (emulator.log in"
            " its home folder, if connect() started it)."
        )
    response = _render(Reply(error.body(), error.status))
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.allowed)
    # With this header a browser asks for a password, which no page of ours takes.
    if error.status == 401 and not request.scope["path"].startswith(page.PATH):
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response
