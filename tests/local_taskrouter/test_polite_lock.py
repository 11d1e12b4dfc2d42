"""A lock whose holder lets others go first."""

import threading

import pytest
from local_taskrouter.polite_lock import PoliteLock
from timeout import SECONDS


@pytest.fixture
def lock():
    return PoliteLock()


def wait_for_waiter(lock):
    """Wait until a thread waits for the lock."""
    with lock._changed:
        assert lock._changed.wait_for(lambda: lock._waiting, SECONDS)


def test_taken_lock_is_not_acquired_without_blocking(lock):
    with lock:
        assert not lock.acquire(blocking=False)
    assert lock.acquire(blocking=False)
    lock.release()


def test_holder_that_waits_for_others_comes_after_them(lock):
    order = []

    def other():
        with lock:
            order.append("other")

    lock.acquire()
    thread = threading.Thread(target=other)
    thread.start()
    wait_for_waiter(lock)
    lock.release()
    lock.wait_for_others(SECONDS)
    with lock:
        order.append("holder")
    thread.join()
    assert order == ["other", "holder"]


def test_waiting_for_others_ends_when_there_are_none_or_the_time_is_over(lock):
    lock.wait_for_others(SECONDS)
    lock.acquire()
    thread = threading.Thread(target=lambda: (lock.acquire(), lock.release()))
    thread.start()
    wait_for_waiter(lock)
    lock.wait_for_others(0)
    lock.release()
    thread.join()
