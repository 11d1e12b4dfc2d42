"""The control routes of the clock: show it, move it, and wait until nothing is on its way."""

from collections.abc import Mapping
from math import ceil, inf
from typing import Any

from local_taskrouter.api.call import iso
from local_taskrouter.api.params import boolean
from local_taskrouter.errors import BadRequest
from local_taskrouter.service import TaskRouter
from local_taskrouter.settling import SETTLE_SECONDS

LONGEST_TIMEOUT = 3_600.0


def clock(taskrouter: TaskRouter, settled: bool | None = None) -> dict[str, Any]:
    """The time in JSON. `settled` is whether nothing is on its way, by default now.

    `next_due_in` is the seconds until the next timer is due, None without a timer: an advance by
    that number reaches it.
    """
    due, now = taskrouter.next_due(), taskrouter.clock.now()
    return {
        "now": iso(now),
        "frozen": taskrouter.clock.stopped is not None,
        "next_due": iso(due),
        "next_due_in": None if due is None else ceil(max(0.0, due - now) * 1_000) / 1_000,
        "settled": taskrouter.is_settled() if settled is None else settled,
    }


def move_clock(taskrouter: TaskRouter, form: Mapping[str, str]) -> dict[str, Any]:
    """Stop the clock, move it and let it run on, in this order. Raises BadRequest."""
    freeze, resume, settle = (
        boolean(name, [form.get(name, default)])
        for name, default in (("freeze", ""), ("resume", ""), ("settle", "true"))
    )
    if freeze == resume and (freeze or "advance" not in form):
        raise BadRequest(
            "Give advance, a number of seconds to move forward (advance=120), and freeze=true or"
            " resume=true, or one of them"
        )
    timeout, settled = _timeout(form), None
    seconds = _advance(taskrouter, form["advance"]) if "advance" in form else None
    if freeze:
        taskrouter.freeze()
    if seconds is not None:
        settled = taskrouter.advance(seconds, settle, timeout)
    if resume:
        taskrouter.resume()
    return clock(taskrouter, settled)


def settle(taskrouter: TaskRouter, form: Mapping[str, str]) -> dict[str, Any]:
    """Wait until nothing is on its way, at most for the timeout. Raises BadRequest."""
    return clock(taskrouter, taskrouter.is_settled(_timeout(form)))


def _advance(taskrouter: TaskRouter, text: str) -> float:
    try:
        taskrouter.clock.check_advance(seconds := float(text))
    except ValueError as error:
        raise BadRequest(
            f"advance is a number of seconds to move forward (advance=120): {error}"
        ) from error
    return seconds


def _timeout(form: Mapping[str, str]) -> float:
    text = form.get("timeout", str(SETTLE_SECONDS))
    try:
        seconds = float(text)
    except ValueError:
        seconds = inf
    if not 0 <= seconds <= LONGEST_TIMEOUT:
        raise BadRequest(
            f"timeout is the most seconds to wait, from 0 to {LONGEST_TIMEOUT:g}, not {text[:99]}"
        )
    return seconds
