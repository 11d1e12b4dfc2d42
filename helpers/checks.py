"""Checks for the end of a section: one line when it passes, one helpful sentence when it fails."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5


class CheckFailed(AssertionError):
    """The lesson expected something else; the message says what, and what to do."""


def check(what: str, found: Any, expected: Any = True, hint: str = "") -> None:
    """Print one line when `found == expected`.

    `what` names what is checked, as in `check("Alice's Activity", worker.activity_name, "Offline")`.

    Raises CheckFailed with the expected value, the value found, and the `hint`.
    """
    if found != expected:
        message = f"✗ {what}: expected {_shown(expected)}, found {_shown(found)}."
        raise CheckFailed(f"{message} {hint}".rstrip())
    print(f"✓ {what}" if expected is True else f"✓ {what}: {_shown(found)}")


def wait_for(what: str, condition: Callable[[], T], timeout: float = 10.0, hint: str = "") -> T:
    """Poll `condition` until it returns something true; return that.

    `timeout` is in seconds. Exceptions of `condition` are not caught.

    Raises CheckFailed with `what` and the `hint` when the timeout ends.
    """
    deadline = time.monotonic() + timeout
    pause = _SHORTEST_PAUSE
    while not (result := condition()):
        if time.monotonic() >= deadline:
            raise CheckFailed(f"✗ {what}: not within {timeout:g} seconds. {hint}".rstrip())
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
    return result


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value else repr(value)
