"""A lock whose holder can let others go first, between the slices of a long piece of work."""

import threading


class PoliteLock:
    """As `threading.Lock`, and it counts the threads that wait.

    A thread that releases a plain lock and takes it again at once nearly always gets it, even if
    others have waited for seconds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting = 0
        self._changed = threading.Condition()

    def acquire(self, blocking: bool = True) -> bool:
        """Take the lock and return True; False if it is taken and `blocking` is False."""
        if self._lock.acquire(blocking=False):
            return True
        if not blocking:
            return False
        with self._changed:
            self._waiting += 1
            self._changed.notify_all()
        self._lock.acquire()
        with self._changed:
            self._waiting -= 1
            self._changed.notify_all()
        return True

    def release(self) -> None:
        """Let the next thread take the lock."""
        self._lock.release()

    def wait_for_others(self, seconds: float) -> None:
        """Wait until no thread waits for the lock, at most `seconds`. The caller does not hold it."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, seconds)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()
