"""The latest requests to the API, in memory: what the app sent, and what TaskRouter answered."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from typing import TextIO

KEPT = 1_000
LONGEST = 4_000
"""Characters of the parameters of a request that are kept, and of its path."""
Pairs = Sequence[tuple[str, str]]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoggedRequest:
    """A request: `at` is the time on TaskRouter's clock, `parameters` those of query and form.

    `status` is None if the connection ended without a response; `message` is that of an error.
    """

    id: int
    at: float
    method: str
    path: str
    parameters: Pairs
    status: int | None
    message: str
    seconds: float

    def __str__(self) -> str:
        parameters = " ".join(f"{name}={value!r}" for name, value in self.parameters)
        outcome = f"{self.status or 'no response'} {self.seconds * 1_000:.0f} ms"
        return " ".join(filter(None, (self.method, self.path, outcome, self.message, parameters)))


def print_requests(stream: TextIO) -> None:
    """Write each request to `stream` from now on, in one line."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)


class RequestLog:
    """The latest requests; `now` returns the time."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._requests: deque[LoggedRequest] = deque(maxlen=KEPT)
        self._number = 0

    def add(
        self,
        method: str,
        path: str,
        parameters: Pairs,
        status: int | None,
        message: str,
        seconds: float,
    ) -> None:
        """Add a request, with long parameters cut. Call it in one thread only."""
        self._number += 1
        if sum(len(name) + len(value) for name, value in parameters) > LONGEST:
            parameters = _cut(parameters)
        request = LoggedRequest(
            self._number, self._now(), method, path[:LONGEST], parameters, status, message, seconds
        )
        self._requests.append(request)
        log.info("%s", request)

    def clear(self) -> None:
        """Forget all requests."""
        self._requests.clear()

    def find(
        self,
        method: str = "*",
        path: str = "*",
        status: int | None = None,
        after: int = 0,
        most: int | None = None,
    ) -> list[LoggedRequest]:
        """At most `most` requests, oldest first, from the one after the number `after`.

        `method` and `path` are patterns, in which `*` stands for any text.
        """
        found = (
            request
            for request in list(self._requests)
            if request.id > after
            and status in (None, request.status)
            and fnmatchcase(request.method, method.upper())
            and fnmatchcase(request.path, path)
        )
        return list(islice(found, most))


def _cut(parameters: Pairs) -> Pairs:
    """The first parameters, the last of them cut, with "…" where something is missing."""
    kept, room = [], LONGEST
    for name, value in parameters:
        room -= len(name)
        if room <= 0:
            return [*kept, ("…", "")]
        kept.append((name, value if len(value) <= room else f"{value[:room]}…"))
        room -= len(value)
    return kept
