"""A thread that does what is due, whether or not requests come."""

import logging
import threading
from collections.abc import Callable

from local_taskrouter.database import DatabaseFailure

_RETRY_SECONDS = 1.0
_LONGEST_PAUSE = 3_600.0
log = logging.getLogger(__name__)


class Ticker:
    """Calls `tick`, which returns the seconds until the next call; `wake` shortens them.

    Calls `let_others` after each one. If `tick` raises, that is logged, and tried again after a second.
    """

    def __init__(self, tick: Callable[[], float], let_others: Callable[[], None]) -> None:
        self._tick, self._let_others = tick, let_others
        self._wake = threading.Event()
        self._stopped = False
        self._failure = ""
        self._thread: threading.Thread | None = None

    @property
    def is_started(self) -> bool:
        """Whether `start` has been called."""
        return self._thread is not None

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="timers", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Call `tick` soon."""
        self._wake.set()

    def stop(self) -> None:
        """Wait until the thread has ended."""
        self._stopped = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped:
            self._wake.clear()
            self._wake.wait(min(_LONGEST_PAUSE, self._pause()))
            self._let_others()

    def _pause(self) -> float:
        try:
            seconds = self._tick()
        except DatabaseFailure as failure:
            if str(failure) != self._failure:
                log.error("%s", failure)
            self._failure = str(failure)
            return _RETRY_SECONDS
        except Exception:
            log.exception("A timer failed")
            return _RETRY_SECONDS
        self._failure = ""
        return seconds
