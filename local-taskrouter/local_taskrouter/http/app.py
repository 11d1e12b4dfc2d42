"""The Flask application: check credentials, parse the request, run the handler, render errors.

The handler runs inside the TaskRouter's lock. A process has one Flask application, since compiling
its routes takes 20 ms; each request carries its TaskRouter, as `g.taskrouter`.
"""

import hmac
import json
import logging
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from time import perf_counter
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.datastructures import Authorization
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as WrongMethod

from local_taskrouter.api.call import Call, Reply, Result, Route
from local_taskrouter.api.params import read
from local_taskrouter.api.routes import ROUTES
from local_taskrouter.errors import (
    BadRequest,
    InjectedFault,
    InternalError,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    TwilioError,
    Unauthorized,
)
from local_taskrouter.http.control import add_control
from local_taskrouter.process import server_identity
from local_taskrouter.service import TaskRouter

LARGEST_BODY = 8 << 20
TASKROUTER = "taskrouter"  # the key in a request's WSGI environ
JSON = "application/json; charset=utf-8"
HEADERS = [
    *{
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
    }.items()
]
log = logging.getLogger(__name__)


def create_app(taskrouter: TaskRouter) -> "Application":
    """Create a WSGI application that serves `/v1` and, with the same credentials, `/emulator`."""
    return Application(_application(), taskrouter)


@cache
def _application() -> Flask:
    app = Flask("taskrouter", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.url_map.merge_slashes = False
    for step in (_find_taskrouter, _authenticate, _fail_on_request):
        app.before_request(step)
    app.register_error_handler(Exception, _error)
    for route in ROUTES:
        app.add_url_rule(
            f"/v1{route.path}",
            endpoint=f"{route.method} {route.path}",
            view_func=_view(route),
            methods=[route.method],
            provide_automatic_options=False,
        )
    add_control(app)
    return app


class Application:
    """WSGI wrapper: pass `taskrouter` to the Flask application and add Twilio's response headers."""

    def __init__(self, app: Callable[..., Iterable[bytes]], taskrouter: TaskRouter) -> None:
        self._app = app
        self._taskrouter = taskrouter

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        started = perf_counter()
        environ[TASKROUTER] = self._taskrouter

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            seconds = f"{perf_counter() - started:.3f}"
            request_headers = [
                ("Twilio-Request-Id", self._taskrouter.sids.new("RQ")),
                ("Twilio-Request-Duration", seconds),
            ]
            return start_response(status, [*headers, *HEADERS, *request_headers], *more)

        return self._app(environ, start)


def _view(route: Route) -> Callable[..., Response]:
    def view(**sids: str) -> Response:
        taskrouter: TaskRouter = g.taskrouter
        args = read(route.params, request.form if route.method == "POST" else request.args)
        base = f"{request.scheme}://{request.host}/v1"

        def command(engine: Any) -> Result:
            call = Call(
                engine,
                taskrouter.account_sid,
                base,
                request.path.removeprefix("/v1"),
                sids,
                args,
                list(request.args.items(multi=True)),
                request.headers.get("If-Match"),
                request.get_data(),
            )
            return route.handler(call)

        result = taskrouter.call(command)
        return _render(result if isinstance(result, Reply) else result(taskrouter.read_events))

    return view


@lru_cache(maxsize=256)
def _credentials(header: str | None) -> Authorization | None:
    return Authorization.from_header(header)


def _find_taskrouter() -> None:
    g.taskrouter = request.environ[TASKROUTER]


def _authenticate() -> None:
    if request.path == server_identity.PATH and request.method == "GET":
        return
    credentials = _credentials(request.headers.get("Authorization"))
    if credentials is None or credentials.type != "basic":
        raise Unauthorized("Authentication Error - No credentials provided")
    expected = g.taskrouter.credentials.get(credentials.username or "", "")
    same = hmac.compare_digest((credentials.password or "").encode(), expected.encode())
    if not (expected and same):
        raise Unauthorized("Authenticate")


def _fail_on_request() -> None:
    """Raise the fault that was requested at `/emulator/faults`."""
    status = g.taskrouter.faults.next_status() if request.path.startswith("/v1/") else None
    if status is not None:
        raise InjectedFault(status)


def _render(reply: Reply) -> Response:
    if reply.body is None:
        return Response(status=reply.status)
    response = Response(json.dumps(reply.body), status=reply.status, content_type=JSON)
    if reply.etag is not None:
        response.headers["ETag"] = f'"{reply.etag}"'
    return response


def _error(error: Exception) -> Response:
    if not isinstance(error, TwilioError):
        error = _translate(error)
    response = _render(Reply(error.body(), error.status))
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response


def _translate(error: Exception) -> TwilioError:
    if isinstance(error, WrongMethod):
        return MethodNotAllowed(f"{request.method} is not allowed on {request.path}")
    if isinstance(error, HTTPException) and error.code == 413:
        return PayloadTooLarge(f"A request may have {LARGEST_BODY} bytes")
    if isinstance(error, HTTPException) and error.code == 404:
        return NotFound(request.path.removeprefix("/v1"))
    if isinstance(error, HTTPException):
        return BadRequest(error.description or error.name)
    log.exception("%s %s", request.method, request.path, exc_info=error)
    return InternalError(
        "The local TaskRouter failed on this request. The traceback is in emulator.log in its home"
        " folder."
    )
