"""Record every HTTP exchange of a notebook.

*sent* are the notebook's requests to TaskRouter; *received* are requests from TaskRouter or any other
program to the learner's server. Secrets are masked before an exchange is kept, so code that shows or
stores the log cannot leak them.
"""

import json
import logging
import threading
from base64 import b64encode
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote_plus, urlencode, urlsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

MASK = "********"
_SECRET_HEADERS = {"authorization", "proxy-authorization"}


class Secret(str):
    """A string that is masked where it is shown: in a cell's output, a table, a traceback, a print.

    Its characters are the secret: it compares, encodes and serializes as such. `str()`, `format()` and
    `repr()` return the mask.
    """

    def __repr__(self) -> str:
        return repr(MASK)

    def __str__(self) -> str:
        return MASK

    def __format__(self, specification: str) -> str:
        return format(MASK, specification)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, repr=False)
class Exchange:
    """One HTTP request and its answer.

    `duration` is in seconds. `form` holds the decoded pairs of a form; any other body is in
    `request_body`. `status` is None when there was no answer, `error` the exception's text.
    `sent_by` is the program that sent it: "twilio", "curl", "requests", or None for a received one.
    """

    direction: str
    method: str
    url: str
    status: int | None = None
    at: datetime = field(default_factory=utc_now)
    duration: float = 0.0
    request_headers: Mapping[str, str] = field(default_factory=dict)
    form: Sequence[tuple[str, str]] = ()
    request_body: str = ""
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""
    error: str | None = None
    sent_by: str | None = None

    @property
    def path(self) -> str:
        """The URL's path, without host or query."""
        return _split(self.url).path

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the URL's query, then of the form; repeated values are joined by commas."""
        joined: dict[str, str] = {}
        for name, value in [*parse_qsl(_split(self.url).query, True), *self.form]:
            joined[name] = f"{joined[name]},{value}" if name in joined else value
        return joined

    def __repr__(self) -> str:
        return f"{self.direction}: {self.method} {self.path} → {self.status or 'no answer'}"


class RequestLog:
    """The latest `limit` exchanges, oldest first. Safe to use from any thread.

    Masks every string in `secrets`, and those passed to `hide` later, wherever it occurs.
    """

    def __init__(self, secrets: Iterable[str] = (), limit: int = 1000) -> None:
        self._lock = threading.Lock()
        self._exchanges: deque[Exchange] = deque(maxlen=limit)
        self._secrets: set[str] = set()
        self._changes = self._marked = 0
        for secret in secrets:
            self.hide(secret)

    @property
    def changes(self) -> int:
        """A number that grows with every change of the log, so that a panel can detect one."""
        return self._changes

    def hide(self, secret: str) -> None:
        """Mask `secret` in every exchange recorded from now on."""
        if secret and secret not in self._secrets:
            with self._lock:
                self._secrets |= {secret, quote_plus(secret)}  # as is, and URL-encoded

    def record(self, exchange: Exchange) -> Exchange:
        """Add `exchange` with its secrets masked; return the masked copy."""
        with self._lock:
            kept = _masked(exchange, self._secrets)
            self._exchanges.append(kept)
            self._changes += 1
        return kept

    def sent(self, path: str | None = None) -> list[Exchange]:
        """The requests this notebook sent (to `path`, when given), oldest first."""
        return self._select("sent", path)

    def received(self, path: str | None = None) -> list[Exchange]:
        """The requests the learner's server received (at `path`, when given), oldest first."""
        return self._select("received", path)

    def since(self, changes: int) -> list[Exchange]:
        """The exchanges recorded since `changes` was that number, oldest first."""
        with self._lock:
            count = self._changes - changes
            return list(self._exchanges)[-count:] if count > 0 else []

    def mark(self) -> None:
        """Begin an attempt: `since_mark` returns the exchanges recorded from now on."""
        self._marked = self._changes

    def since_mark(self) -> list[Exchange]:
        """The exchanges of this attempt, oldest first: all of them without a `mark`."""
        return self.since(self._marked)

    def latest_change(self) -> Exchange | None:
        """The latest request of this attempt that the notebook sent and that is not a GET."""
        sent = [each for each in self.since_mark() if each.direction == "sent"]
        return next((each for each in reversed(sent) if each.method != "GET"), None)

    def clear(self) -> None:
        with self._lock:
            self._exchanges.clear()
            self._changes += 1

    def _select(self, direction: str, path: str | None) -> list[Exchange]:
        return [
            exchange
            for exchange in self
            if exchange.direction == direction and path in (None, exchange.path)
        ]

    def _snapshot(self) -> list[Exchange]:
        with self._lock:
            return list(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._snapshot())

    def __len__(self) -> int:
        return len(self._snapshot())

    def __getitem__(self, index: int) -> Exchange:
        return self._snapshot()[index]

    def __repr__(self) -> str:
        return f"RequestLog(limit={self._exchanges.maxlen})"


class LoggingHttpClient(TwilioHttpClient):
    """The SDK's HTTP client, which also records every exchange in `log`.

    Takes TwilioHttpClient's keyword arguments. Records an exception of a request, then raises it.
    """

    def __init__(self, log: RequestLog, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.log = log

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """Log as the SDK does, but format no header for a level that is off."""
        if self.logger.isEnabledFor(logging.INFO):
            super().log_request(kwargs)

    def log_response(self, status_code: int, response: Any) -> None:
        if self.logger.isEnabledFor(logging.INFO):
            super().log_response(status_code, response)

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        sent: dict[str, Any] = {
            "direction": "sent",
            "method": method.upper(),
            "url": with_query(url, params),
            "request_headers": _with_credentials(headers, auth, self.log),
            **_body(data, headers),
            "sent_by": "twilio",
            "at": utc_now(),
        }
        began = perf_counter()
        try:
            answer = super().request(
                method, url, params, data, headers, auth, timeout, allow_redirects
            )
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            self.log.record(Exchange(**sent, duration=perf_counter() - began, error=text))
            raise
        self.log.record(
            Exchange(
                **sent,
                duration=perf_counter() - began,
                status=answer.status_code,
                response_headers=dict(answer.headers or {}),
                response_body=answer.text,
            )
        )
        return answer


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:  # a caller may send a Host header such as "[bad"
        return SplitResult("", "", url, "", "")


def pairs(parameters: Mapping[str, object] | None) -> list[tuple[str, str]]:
    """Return `parameters` as they are sent: values as text, one pair for each item, without None."""
    return [
        (name, str.__str__(item) if isinstance(item, str) else str(item))  # str() masks a Secret
        for name, value in (parameters or {}).items()
        if value is not None
        for item in (value if isinstance(value, list | tuple) else [value])
    ]


def with_query(url: str, params: Mapping[str, object] | None) -> str:
    """Return `url` with `params` appended to its query."""
    query = urlencode(pairs(params))
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url


def _body(data: Mapping[str, object] | None, headers: Mapping[str, str] | None) -> dict[str, Any]:
    """Return the body that TwilioHttpClient sends for `data`: a form, or JSON for that content type."""
    if data and "json" in (headers or {}).get("Content-Type", ""):
        return {"request_body": json.dumps(data)}
    return {"form": pairs(data)}


def _with_credentials(
    headers: Mapping[str, str] | None, auth: tuple[str, str] | None, log: RequestLog
) -> dict[str, str]:
    if auth is None:
        return dict(headers or {})
    log.hide(auth[1])
    log.hide(b64encode(":".join(auth).encode()).decode())
    return {**(headers or {}), "Authorization": MASK}


def _masked(exchange: Exchange, secrets: set[str]) -> Exchange:
    if not _has_secret(exchange, secrets):
        return exchange

    def mask(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, MASK)
        return text

    def mask_headers(headers: Mapping[str, str]) -> dict[str, str]:
        return {
            name: MASK if name.lower() in _SECRET_HEADERS else mask(str(value))
            for name, value in headers.items()
        }

    return replace(
        exchange,
        url=mask(exchange.url),
        request_headers=mask_headers(exchange.request_headers),
        form=[(mask(name), mask(value)) for name, value in exchange.form],
        request_body=mask(exchange.request_body),
        response_headers=mask_headers(exchange.response_headers),
        response_body=mask(exchange.response_body),
        error=None if exchange.error is None else mask(exchange.error),
    )


def _has_secret(exchange: Exchange, secrets: set[str]) -> bool:
    """Whether anything in it is to be masked: much faster than to mask each of its texts."""
    headers = [*exchange.request_headers.items(), *exchange.response_headers.items()]
    texts = [exchange.url, exchange.request_body, exchange.response_body, exchange.error or ""]
    for name, value in [*headers, *exchange.form]:
        texts += name, str(value)
    everything = "\n".join(texts)
    is_secret = any(name.lower() in _SECRET_HEADERS and value != MASK for name, value in headers)
    return is_secret or any(secret in everything for secret in secrets)
