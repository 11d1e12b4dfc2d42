"""Checks that end each section of a lesson: quiet when true, one helpful sentence when not."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5


class InOneSentence(Exception):
    """An error that a notebook shows as its message alone, without the frames that led to it."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class CheckFailed(InOneSentence, AssertionError):
    """Something is not as the lesson expects; the message says what, and what to do."""


def check(what: str, found: Any, expected: Any = True, hint: str = "") -> None:
    """Print one line when `found == expected`.

    `what` names the thing checked, as in `check("Alice's Activity", worker.activity_name, "Offline")`.

    Raises CheckFailed, saying what was expected, what was found, and the `hint`.
    """
    if found != expected:
        told = f"✗ {what}: expected {_shown(expected)}, found {_shown(found)}."
        raise CheckFailed(f"{told} {hint}".rstrip())
    print(f"✓ {what}" if expected is True else f"✓ {what}: {_shown(found)}")


def wait_for(what: str, condition: Callable[[], T], timeout: float = 10.0, hint: str = "") -> T:
    """Call `condition` again and again until it returns something true; return that.

    `timeout` is in seconds. What `condition` raises is not caught.

    Raises CheckFailed, naming `what` was awaited and giving the `hint`, when the time is over.
    """
    ends = time.monotonic() + timeout
    pause = _SHORTEST_PAUSE
    while not (result := condition()):
        if time.monotonic() >= ends:
            raise CheckFailed(f"✗ {what}: not within {timeout:g} seconds. {hint}".rstrip())
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
    return result


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value else repr(value)
