"""Faults on request, so that an app can be tested against a bad day."""

from dataclasses import dataclass
from threading import Lock

CALLBACK_FAULTS = {
    "slow": "it took too long (as asked for at /emulator/faults)",
    "refused": "the connection failed (as asked for at /emulator/faults)",
}
STATUSES = (429, 500, 503)
_MOST = 1_000_000


@dataclass
class Faults:
    """What the next requests and callbacks meet: `requests` are answered with `status`,
    `callbacks` reach nobody, for the reason that `callback` names in CALLBACK_FAULTS.
    """

    status: int = 500
    requests: int = 0
    callback: str = "refused"
    callbacks: int = 0

    def __post_init__(self) -> None:
        self._lock = Lock()

    def set_requests(self, status: int, count: int) -> None:
        """Answer the next `count` requests with `status`. Raises ValueError for another status."""
        if status not in STATUSES or not 0 <= count <= _MOST:
            raise ValueError(f"status is one of {STATUSES}, and count is 0 or more")
        with self._lock:
            self.status, self.requests = status, count

    def set_callbacks(self, fault: str, count: int) -> None:
        """Let the next `count` callbacks fail. Raises ValueError for another fault."""
        if fault not in CALLBACK_FAULTS or not 0 <= count <= _MOST:
            raise ValueError(f"callback is one of {tuple(CALLBACK_FAULTS)}, and count is 0 or more")
        with self._lock:
            self.callback, self.callbacks = fault, count

    def next_status(self) -> int | None:
        """The status that this request is to be answered with; None: as it deserves."""
        with self._lock:
            if not self.requests:
                return None
            self.requests -= 1
            return self.status

    def next_callback(self) -> str | None:
        """Why this callback reaches nobody; None: it is made."""
        with self._lock:
            if not self.callbacks:
                return None
            self.callbacks -= 1
            return CALLBACK_FAULTS[self.callback]
