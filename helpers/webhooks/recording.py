"""A WSGI app around the learner's: it records each request with its answer, and explains failures."""

import sysconfig
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from time import perf_counter
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

from helpers.session.request_log import Exchange, RequestLog, utc_now

Environ = dict[str, Any]
App = Callable[..., Iterable[bytes]]
BaseFor = Callable[[str], str]

_FORM = "application/x-www-form-urlencoded"
_NOT_THE_LEARNERS = tuple(
    sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")
)


def recording(app: App, log: RequestLog, base_for: BaseFor) -> App:
    """`app`, recording every exchange in `log`.

    `base_for(host)` gives the scheme and host under which the caller knows this server; `host` is
    what the request says. An exception in `app` is recorded with its traceback and answered by a
    500 of one sentence.
    """
    _let_exceptions_through(app)

    def respond(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        at, began = utc_now(), perf_counter()
        body = read_body(environ)
        form = _form(environ, body)
        answer = _call(app, environ)
        log.record(
            Exchange(
                direction="received",
                method=environ["REQUEST_METHOD"],
                url=url_of(environ, base_for),
                status=int(answer.status.split()[0]),
                at=at,
                duration=perf_counter() - began,
                request_headers=_headers(environ),
                form=form,
                request_body="" if form else body.decode(errors="replace"),
                response_headers=dict(answer.headers),
                response_body=answer.body.decode(errors="replace"),
                error=answer.error,
            )
        )
        start_response(answer.status, answer.headers)
        return [answer.body]

    return respond


@dataclass(frozen=True)
class _Answer:
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    error: str | None = None


def _let_exceptions_through(app: App) -> None:
    """Flask would swallow a view's exception and log it where no learner looks."""
    config = getattr(app, "config", None)
    if isinstance(config, dict) and config.get("PROPAGATE_EXCEPTIONS") is None:
        config["PROPAGATE_EXCEPTIONS"] = True


def _call(app: App, environ: Environ) -> _Answer:
    started: list[Any] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[Any], exc_info: Any = None) -> Callable[..., Any]:
        started[:] = [status, list(headers)]
        return written.append

    try:
        chunks = app(environ, start_response)
        try:
            written.extend(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, headers = started
        return _Answer(status, headers, b"".join(written))
    except Exception as error:  # noqa: BLE001 - a view may raise anything
        return _failure(error)


def _failure(error: Exception) -> _Answer:
    body = _sentence(error).encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
    ]
    told = "".join(traceback.format_exception(error))
    return _Answer("500 Internal Server Error", headers, body, told)


def _sentence(error: Exception) -> str:
    """Where in the learner's own code it went wrong, and how: "line 3 of create_task: ..."."""
    message = f"{type(error).__name__}: {error}"
    own = _learners_frame(error.__traceback__)
    return message if own is None else f"Line {own.lineno} of {own.name} failed with {message}"


def _learners_frame(trace: TracebackType | None) -> traceback.FrameSummary | None:
    own = [
        frame
        for frame in traceback.extract_tb(trace)
        if frame.filename != __file__ and not frame.filename.startswith(_NOT_THE_LEARNERS)
    ]
    return own[-1] if own else None


def read_body(environ: Environ) -> bytes:
    """The body of a request, which can be read again after this."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    return body


def url_of(environ: Environ, base_for: BaseFor) -> str:
    """The URL that the caller asked for: a signature is made over exactly that."""
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return base_for(host) + environ["REQUEST_URI"]


def _headers(environ: Environ) -> dict[str, str]:
    named = {
        name.removeprefix("HTTP_"): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
    }
    return {name.replace("_", "-").title(): value for name, value in named.items()}


def _form(environ: Environ, body: bytes) -> list[tuple[str, str]]:
    if environ.get("CONTENT_TYPE", "").split(";")[0].strip().lower() != _FORM:
        return []
    return parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
