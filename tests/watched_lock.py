"""A lock that knows whether it is held, to see what is done under it."""

import threading


class WatchedLock:
    """Stands in the place of a Lock or an RLock."""

    def __init__(self) -> None:
        self.held = 0
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire()
        self.held += 1

    def __exit__(self, *_: object) -> None:
        self.held -= 1
        self._lock.release()
