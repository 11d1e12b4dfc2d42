"""WSGI middleware that records each exchange and turns an exception into a readable 500."""

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
_LIBRARY_FOLDERS = tuple(
    sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")
)


def record_exchanges(app: App, log: RequestLog, base_for: BaseFor) -> App:
    """Wrap `app` so that every exchange is recorded in `log`.

    `base_for(host)` returns the scheme and host that the caller used; `host` is the request's Host
    header. An exception in `app` is recorded with its traceback and answered with a 500 of one
    sentence.
    """

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


def propagate_exceptions(app: App) -> None:
    """Stop Flask from catching a view's exception and logging it where a learner never looks."""
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
    trace = "".join(traceback.format_exception(error))
    return _Answer("500 Internal Server Error", headers, body, trace)


def _sentence(error: Exception) -> str:
    """Return the error and its line in the learner's code: "Line 3 of create_task failed with ..."."""
    message = f"{type(error).__name__}: {error}"
    frame = _learners_frame(error.__traceback__)
    return (
        message if frame is None else f"Line {frame.lineno} of {frame.name} failed with {message}"
    )


def _learners_frame(trace: TracebackType | None) -> traceback.FrameSummary | None:
    frames = [
        frame
        for frame in traceback.extract_tb(trace)
        if frame.filename != __file__ and not frame.filename.startswith(_LIBRARY_FOLDERS)
    ]
    return frames[-1] if frames else None


def read_body(environ: Environ) -> bytes:
    """Read the body of a request, and rewind it for the next reader."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    return body


def url_of(environ: Environ, base_for: BaseFor) -> str:
    """Return the URL that the caller requested, over which Twilio computes the signature."""
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
