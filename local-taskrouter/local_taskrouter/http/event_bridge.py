"""The Event Bridge over HTTP: preflights, requests, and the handshake of a channel.

Its pages come from other sites, so it answers them without credentials; the token in each request is
what counts.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from local_taskrouter.api.call import Call, Reply, Result, Route
from local_taskrouter.api.params import read
from local_taskrouter.core.engine import Engine
from local_taskrouter.errors import MethodNotAllowed, NotFound, TwilioError
from local_taskrouter.event_bridge import PATH
from local_taskrouter.event_bridge.access import Token, check_access
from local_taskrouter.event_bridge.channels import Channels
from local_taskrouter.event_bridge.requests import (
    BridgeRequest,
    active_reservations,
    payload,
    read_request,
)
from local_taskrouter.event_bridge.session import check_exists, serve
from local_taskrouter.http.connections import DROP
from local_taskrouter.http.route_table import bridge_routes, find
from local_taskrouter.service import TaskRouter

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "apiVersion, clientVersion, Content-Type, If-Match",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Private-Network": "true",
    "Access-Control-Max-Age": "600",
}
_JSON = "application/json; charset=utf-8"
Run = Callable[[Callable[[Engine], Result], bool], Awaitable[Result]]
"""Runs a command of the API, which may be long, and returns its last result."""

MeetFault = Callable[[Request, str, str], Awaitable[Response | None]]
"""Returns the response that a fault requests for a method and a path."""


def is_below(path: str) -> bool:
    """Whether a path is the Event Bridge's. The SDK before version 2 adds account and channel to it."""
    return f"{path}/".startswith(f"{PATH}/")


class EventBridge:
    """Answers for one TaskRouter. Its channels follow what the TaskRouter writes."""

    def __init__(self, taskrouter: TaskRouter) -> None:
        self._taskrouter = taskrouter
        self.channels = Channels(taskrouter)
        taskrouter.on_written = self.channels.on_written

    async def respond(
        self, request: Request, if_match: str | None, run: Run, meet_fault: MeetFault
    ) -> Response:
        """Respond to a preflight or a request of the SDK; it meets the faults of the API's path.

        Raises TwilioError.
        """
        if request.method == "OPTIONS":
            return Response(status_code=204)
        if request.method != "POST":
            raise MethodNotAllowed(
                f"{request.method} is not allowed on {PATH}", ("OPTIONS", "POST")
            )
        asked = read_request(await request.body())
        token = self._token(asked.token or request.query_params.get("token"))
        if response := await meet_fault(request, asked.method, asked.path):
            return response
        route, sids = find(bridge_routes(), asked.method, asked.path)
        command = partial(self._command, asked, token, route, sids, if_match)
        reply = await run(command, route.long)
        assert isinstance(reply, Reply)  # no request of the SDK reads Events

        def show(engine: Engine) -> Reply:
            return Reply(payload(engine, self._taskrouter.account_sid, asked.method, reply))

        shown = await run(show, False)
        assert isinstance(shown, Reply)
        return Response(orjson.dumps(shown.body), 200, media_type=_JSON)

    async def connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open a channel, or refuse it at the handshake."""
        websocket = WebSocket(scope, receive, send)
        try:
            if not is_below(scope["path"]):
                raise NotFound(scope["path"])
            token = self._token(websocket.query_params.get("token"))
            await run_in_threadpool(self._taskrouter.call, partial(check_exists, token))
            drop = scope["extensions"][DROP]["now"]
            await serve(websocket, self.channels, token, self._taskrouter.clock.machine, drop)
        except TwilioError as error:
            body = orjson.dumps(error.body())
            await websocket.send_denial_response(Response(body, error.status, media_type=_JSON))

    def _token(self, given: object) -> Token:
        from local_taskrouter.event_bridge.tokens import read_token  # loads cryptography

        taskrouter = self._taskrouter
        now = taskrouter.clock.machine()
        return read_token(given, taskrouter.credentials, taskrouter.account_sid, now)

    def _command(
        self,
        asked: BridgeRequest,
        token: Token,
        route: Route,
        sids: Mapping[str, str],
        if_match: str | None,
        engine: Engine,
    ) -> Result:
        check_access(token, asked.method, asked.path, sids, dict(asked.pairs), engine.store)
        if not asked.is_served:
            raise NotFound(asked.path.removeprefix("/v1"))
        handler, params = route.handler, route.params
        if asked.lists_active:
            handler = active_reservations
        call = Call(
            engine,
            self._taskrouter.account_sid,
            "",
            asked.path.removeprefix("/v1"),
            sids,
            read(params, asked.pairs),
            asked.pairs,
            if_match,
        )
        return handler(call)
