"""Every HTTP exchange of a notebook, both ways, as records.

*sent* is what the notebook asked of TaskRouter, *received* what TaskRouter (or anybody else) asked
of the learner's own server. Secrets are masked before a record is kept, so nothing that shows or
stores the log can leak them.
"""

import json
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
    """A string that does not show itself where Python shows values: in a cell's output, in a list,
    among the local variables of a traceback.
    """

    def __repr__(self) -> str:
        return repr(MASK)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, repr=False)
class Exchange:
    """One HTTP request and its answer.

    `duration` is in seconds; `form` are the decoded pairs of the body, and `request_body` is the
    body when it is no form; `status` is None when no answer came; `error` says in words what went
    wrong; `sent_by` names the program that sent it ("twilio", "curl", "requests"; None when
    received).
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
        """The URL's path, without host and query."""
        return _split(self.url).path

    @property
    def parameters(self) -> dict[str, str]:
        """Those of the URL's query, then those of the form, a repeated one joined by commas."""
        together: dict[str, str] = {}
        for name, value in [*parse_qsl(_split(self.url).query, True), *self.form]:
            together[name] = f"{together[name]},{value}" if name in together else value
        return together

    def __repr__(self) -> str:
        return f"{self.direction}: {self.method} {self.path} → {self.status or 'no answer'}"


class RequestLog:
    """The latest `limit` exchanges, oldest first. Safe to use from any thread.

    Every string in `secrets` (and those told to `hide` later) is masked wherever it occurs.
    """

    def __init__(self, secrets: Iterable[str] = (), limit: int = 1000) -> None:
        self._lock = threading.Lock()
        self._exchanges: deque[Exchange] = deque(maxlen=limit)
        self._secrets: set[str] = set()
        self._changes = 0
        for secret in secrets:
            self.hide(secret)

    @property
    def changes(self) -> int:
        """A number that grows whenever the log changes, for whoever shows it."""
        return self._changes

    def hide(self, secret: str) -> None:
        """Mask `secret` in every exchange recorded from now on."""
        if secret:
            with self._lock:
                self._secrets |= {secret, quote_plus(secret)}  # as it is, and in a query

    def record(self, exchange: Exchange) -> Exchange:
        """Keep `exchange` with its secrets masked; return it as kept."""
        with self._lock:
            kept = _masked(exchange, self._secrets)
            self._exchanges.append(kept)
            self._changes += 1
        return kept

    def sent(self, path: str | None = None) -> list[Exchange]:
        """The requests this notebook sent (to `path`, when given), oldest first."""
        return self._only("sent", path)

    def received(self, path: str | None = None) -> list[Exchange]:
        """The requests the learner's server received (at `path`, when given), oldest first."""
        return self._only("received", path)

    def since(self, changes: int) -> list[Exchange]:
        """The exchanges recorded since `changes` was that number, oldest first."""
        with self._lock:
            count = self._changes - changes
            return list(self._exchanges)[-count:] if count > 0 else []

    def clear(self) -> None:
        with self._lock:
            self._exchanges.clear()
            self._changes += 1

    def _only(self, direction: str, path: str | None) -> list[Exchange]:
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
    """The SDK's own HTTP client, recording every exchange in `log`.

    Takes TwilioHttpClient's keyword arguments. What a request raises is recorded, then raised.
    """

    def __init__(self, log: RequestLog, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.log = log

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
        exchange = Exchange(
            direction="sent",
            method=method.upper(),
            url=with_query(url, params),
            request_headers=_with_credentials(headers, auth, self.log),
            **_sent_as(data, headers),
            sent_by="twilio",
        )
        began = perf_counter()
        try:
            answer = super().request(
                method, url, params, data, headers, auth, timeout, allow_redirects
            )
        except Exception as error:
            took = perf_counter() - began
            self.log.record(replace(exchange, duration=took, error=_in_words(error)))
            raise
        self.log.record(
            replace(
                exchange,
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
    except ValueError:  # anybody may send the learner's server a Host such as "[bad"
        return SplitResult("", "", url, "", "")


def pairs(parameters: Mapping[str, object] | None) -> list[tuple[str, str]]:
    """Parameters as they travel: values as text, a list's one by one, None left out."""
    return [
        (name, str(one))
        for name, value in (parameters or {}).items()
        if value is not None
        for one in (value if isinstance(value, list | tuple) else [value])
    ]


def with_query(url: str, params: Mapping[str, object] | None) -> str:
    """`url` with `params` appended to its query."""
    given = urlencode(pairs(params))
    return f"{url}{'&' if '?' in url else '?'}{given}" if given else url


def _sent_as(
    data: Mapping[str, object] | None, headers: Mapping[str, str] | None
) -> dict[str, Any]:
    """What TwilioHttpClient makes of `data`: a form or, when the headers say so, JSON."""
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
    return {**(headers or {}), "Authorization": "Basic"}


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _masked(exchange: Exchange, secrets: set[str]) -> Exchange:
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
