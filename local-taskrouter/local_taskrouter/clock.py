"""The clock: the only file of the emulator that reads the time.

All other code gets `now`, in seconds since 1970 (UTC), once for each request. So two minutes can pass
in a millisecond: the clock moves forward on request, and can be stopped.
"""

import time


class SystemClock:
    """The machine's time plus `offset` seconds; `stopped` is the time at which it was stopped."""

    def __init__(self, offset: float = 0.0, stopped: float | None = None) -> None:
        self.offset = offset
        self.stopped = stopped

    def now(self) -> float:
        """Seconds since 1970-01-01T00:00:00Z, including moved time."""
        return (time.time() if self.stopped is None else self.stopped) + self.offset

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`; raises ValueError if they are negative or infinite."""
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"time moves forward only, not by {seconds} seconds")
        self.offset += seconds

    def freeze(self) -> None:
        """Stop; from now on, only `advance` moves it."""
        if self.stopped is None:
            self.stopped = time.time()

    def resume(self) -> None:
        """Continue from where it stopped."""
        if self.stopped is not None:
            self.offset += self.stopped - time.time()
            self.stopped = None

    def reset(self) -> None:
        """Undo every move."""
        self.offset, self.stopped = 0.0, None


class ManualClock(SystemClock):
    """A clock for tests, which only `advance` moves."""

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        super().__init__(stopped=start)
        self._start = start

    def resume(self) -> None:
        """Do nothing."""

    def reset(self) -> None:
        """Return to the start."""
        self.offset, self.stopped = 0.0, self._start
