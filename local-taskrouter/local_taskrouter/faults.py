"""Faults on request, to test how an app handles a failing TaskRouter."""

from dataclasses import dataclass
from threading import Lock

CALLBACK_FAULTS = {
    "slow": "it took too long (requested at /emulator/faults)",
    "refused": "the connection failed (requested at /emulator/faults)",
}
STATUSES = (429, 500, 503)
_MAX_COUNT = 1_000_000


@dataclass
class Faults:
    """The next `requests` fail with `status`, the next `callbacks` with the fault `callback`.

    `callback` is a key of CALLBACK_FAULTS.
    """

    status: int = 500
    requests: int = 0
    callback: str = "refused"
    callbacks: int = 0

    def __post_init__(self) -> None:
        self._lock = Lock()

    def set_requests(self, status: int, count: int) -> None:
        """Make the next `count` requests fail with `status`. Raises ValueError."""
        if status not in STATUSES or not 0 <= count <= _MAX_COUNT:
            raise ValueError(f"status is one of {STATUSES}, and count is 0 or more")
        with self._lock:
            self.status, self.requests = status, count

    def set_callbacks(self, fault: str, count: int) -> None:
        """Make the next `count` callbacks fail. Raises ValueError."""
        if fault not in CALLBACK_FAULTS or not 0 <= count <= _MAX_COUNT:
            raise ValueError(f"callback is one of {tuple(CALLBACK_FAULTS)}, and count is 0 or more")
        with self._lock:
            self.callback, self.callbacks = fault, count

    def next_status(self) -> int | None:
        """The status with which the next request fails; None: it does not fail."""
        with self._lock:
            if not self.requests:
                return None
            self.requests -= 1
            return self.status

    def next_callback(self) -> str | None:
        """The reason why the next callback fails; None: send it."""
        with self._lock:
            if not self.callbacks:
                return None
            self.callbacks -= 1
            return CALLBACK_FAULTS[self.callback]
