"""The timeout of tests, long enough for a busy machine."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from helpers.checks import CheckFailed, wait_for

SECONDS = 120
eventually = partial(wait_for, timeout=SECONDS)


def becomes(expected: object, read: Callable[..., object], *arguments: object) -> None:
    """Wait until `read(*arguments)` returns `expected`; fail with what it returns in the end."""
    with suppress(CheckFailed):
        eventually("it is as expected", lambda: read(*arguments) == expected)
        return
    assert read(*arguments) == expected
