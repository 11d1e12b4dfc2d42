"""The only place of the emulator that asks what time it is.

Everything else is given `now`, in seconds since 1970 (UTC), once for each request, so that two
minutes can pass in a millisecond: the clock moves forward on demand, and can be stopped.
"""

import time


class SystemClock:
    """The machine's time, or the moment `stopped` at which it stands, plus `offset` seconds."""

    def __init__(self, offset: float = 0.0, stopped: float | None = None) -> None:
        self.offset = offset
        self.stopped = stopped

    def now(self) -> float:
        """Seconds since 1970-01-01T00:00:00Z, moved time included."""
        return (time.time() if self.stopped is None else self.stopped) + self.offset

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`; raises ValueError when they are negative."""
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"time moves forward only, not by {seconds} seconds")
        self.offset += seconds

    def freeze(self) -> None:
        """Stand still; only `advance` moves it then."""
        if self.stopped is None:
            self.stopped = time.time()

    def resume(self) -> None:
        """Go on from where it stood."""
        if self.stopped is not None:
            self.offset += self.stopped - time.time()
            self.stopped = None

    def reset(self) -> None:
        """Undo every move."""
        self.offset, self.stopped = 0.0, None


class ManualClock(SystemClock):
    """A clock that stands still until it is told to move: for tests."""

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        super().__init__(stopped=start)
        self._start = start

    def resume(self) -> None:
        """It goes on standing."""

    def reset(self) -> None:
        """Stand where it stood at first."""
        self.offset, self.stopped = 0.0, self._start
