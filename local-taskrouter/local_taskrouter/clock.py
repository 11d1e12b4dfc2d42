"""The clock: the only file of the emulator that reads the time.

All other code gets `now`, in seconds since 1970 (UTC), once for each request. So two minutes can pass
in a millisecond: the clock moves forward on request, and can be stopped.
"""

import time
from collections.abc import Callable, Mapping
from math import inf
from numbers import Real
from threading import Lock

LATEST = 32_503_680_000.0
"""3000-01-01T00:00:00Z: the clock goes no further, since some platforms fail on later dates."""
_STEP_SECONDS, _DRIFT = 1.0, 0.001
"""A clock that is set back moves by more than a second, and by more than clocks drift apart."""


class SystemClock:
    """The machine's time plus `offset` seconds; `stopped` is the time at which it was stopped.

    With `start`, seconds since 1970, it starts there, and `reset` returns there. It never goes back
    otherwise. If the machine's clock is set back, it runs on at the pace of `monotonic` until the
    machine's clock has caught up. If that jumps forward, as after sleep, so does this one.
    """

    def __init__(
        self,
        start: float | None = None,
        stopped: float | None = None,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._at_first = start, stopped
        self._wall, self._monotonic = wall, monotonic
        self._lock = Lock()
        self.restart()

    def now(self) -> float:
        """Seconds since 1970-01-01T00:00:00Z, including moved time."""
        return (self._real() if self.stopped is None else self.stopped) + self.offset

    def machine(self) -> float:
        """Seconds since 1970 by the machine's clock: what moved or stopped this one is not in it."""
        return self._wall()

    def check_advance(self, seconds: float) -> None:
        """Raise ValueError unless the clock can be moved by `seconds`: not back, not past LATEST."""
        if not isinstance(seconds, Real) or not 0 <= seconds < inf:
            raise ValueError(f"time moves forward only, by a number of seconds, not by {seconds!r}")
        if self.now() + seconds > LATEST:
            raise ValueError(f"time ends in the year 3000: {seconds} seconds are too many")

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`. Raises ValueError as `check_advance`."""
        self.check_advance(seconds)
        self.offset += seconds

    def continue_from(self, moment: float) -> None:
        """Move forward to `moment` if it is later than now: state on disk may have that date."""
        if (behind := moment - self.now()) > 0:
            if self.stopped is None:
                self._last += behind
            else:
                self.stopped += behind

    def freeze(self) -> None:
        """Stop; from now on, only `advance` moves it."""
        if self.stopped is None:
            self.stopped = self._real()

    def resume(self) -> None:
        """Continue from where it stopped."""
        if self.stopped is not None:
            self.offset += self.stopped - self._real()
            self.stopped = None

    def restart(self) -> None:
        """Become what it was when it was created."""
        start, self.stopped = self._at_first
        self._last, self._last_monotonic = self._wall(), self._monotonic()
        self.offset = 0.0 if start is None else start - self._last

    def settings(self) -> dict[str, str | None]:
        """What `restore` needs, as text."""
        stopped = None if self.stopped is None else repr(self.stopped)
        return {"offset": repr(self.offset), "stopped": stopped}

    def restore(self, settings: Mapping[str, str | None]) -> None:
        """Restart, and move as these settings say; without an offset, it was never moved."""
        self.restart()
        if (offset := settings["offset"]) is not None:
            stopped = settings["stopped"]
            self.offset, self.stopped = float(offset), None if stopped is None else float(stopped)

    def reset(self) -> None:
        """Undo every move. A stopped clock remains stopped, at the start or the machine's time."""
        was_stopped = self.stopped is not None
        self.restart()
        if was_stopped and self.stopped is None:
            self.stopped = self._last

    def _real(self) -> float:
        with self._lock:
            wall, monotonic = self._wall(), self._monotonic()
            passed = monotonic - self._last_monotonic
            expected = self._last + passed
            set_back = wall < expected - _STEP_SECONDS - _DRIFT * passed
            self._last = expected if set_back else max(wall, self._last)
            self._last_monotonic = monotonic
            return self._last


class ManualClock(SystemClock):
    """A clock that stands at `start` until it is moved or resumed."""

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        super().__init__(stopped=start)
