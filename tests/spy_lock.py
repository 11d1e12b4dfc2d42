"""A lock that counts its holders, to check which code runs under it."""

import threading


class SpyLock:
    """Replaces a Lock or an RLock."""

    def __init__(self) -> None:
        self.held = 0
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire()
        self.held += 1

    def __exit__(self, *_: object) -> None:
        self.held -= 1
        self._lock.release()
