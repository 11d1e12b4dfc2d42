"""The only place of the emulator that asks what time it is.

Everything else is given `now`, in seconds since 1970 (UTC), once for each request, so that two
minutes can pass in a millisecond: both clocks move forward on demand.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """What the emulator needs of a clock."""

    offset: float

    def now(self) -> float:
        """Seconds since 1970-01-01T00:00:00Z, moved time included."""

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`; raises ValueError when they are negative."""


class SystemClock:
    """The machine's time plus `offset` seconds."""

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset

    def now(self) -> float:
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += _forward(seconds)


class ManualClock:
    """A clock that stands still until it is told to move: for tests."""

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        self._start = start
        self.offset = 0.0

    def now(self) -> float:
        return self._start + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += _forward(seconds)


def _forward(seconds: float) -> float:
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"time moves forward only: {seconds} is not a number of seconds to go")
    return seconds
