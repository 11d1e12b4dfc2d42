"""Faults on request, to test how an app handles a failing TaskRouter, server or network.

They are not part of the state: an export has none, an import keeps them, and a reset ends them.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from math import nan
from threading import Lock
from typing import Any

from local_taskrouter.delivery_table import Delivery

REQUEST, ASSIGNMENT, EVENT, CALLBACK = "request", "assignment", "event", "callback"
NAMES = {
    "refused": (REQUEST, ASSIGNMENT, EVENT, CALLBACK),
    "garbage": (REQUEST, ASSIGNMENT),
    "slow": (ASSIGNMENT, EVENT, CALLBACK),
    "shuffled": (EVENT,),
}
"""The faults by name, with what each can hit."""
GARBAGE = "<html>This is not JSON"
REQUESTED = "(requested at /emulator/faults)"
MOST, LONGEST_DELAY = 1_000_000, 3_600.0
METHODS = ("GET", "POST", "DELETE")
"""Those of the API."""
_STARTS = {"path": ("/v1",), "url": ("http://", "https://")}
_WILDCARDS = "*?["
_AIMS = {REQUEST: ("method", "path"), ASSIGNMENT: ("url",), EVENT: ("url",), CALLBACK: ("url",)}


@dataclass
class Fault:
    """What goes wrong with the next `count` requests to the API, or attempts to send a callback.

    `kind` is REQUEST, ASSIGNMENT, EVENT or CALLBACK (both). Exactly one of these is set: `status`,
    `delay` in seconds, and `fault`, a key of NAMES. `method`, `path` and `url` are patterns with `*`.
    """

    kind: str = REQUEST
    status: int | None = None
    delay: float | None = None
    fault: str | None = None
    method: str = "*"
    path: str = "*"
    url: str = "*"
    count: int = 1

    def hits(self, kind: str, facts: Mapping[str, str]) -> bool:
        """Whether it is aimed at this request or callback; `facts` has what the patterns match."""
        kinds = (ASSIGNMENT, EVENT) if self.kind == CALLBACK else (self.kind,)
        return kind in kinds and all(
            fnmatchcase(text, getattr(self, name)) for name, text in facts.items()
        )


class Faults:
    """The faults to come, oldest first. Of those that hit, the oldest one does."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()
        self._random = random.Random(0)

    def add(self, fault: Fault) -> None:
        """Let it go wrong after the faults that are there already."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """End all faults."""
        with self._lock:
            self._faults.clear()
            self._random.seed(0)

    def to_json(self) -> list[dict[str, Any]]:
        """The faults with their parameters, and in `count` how often each is still to come."""
        with self._lock:
            return [
                {name: value for name, value in asdict(fault).items() if value not in (None, "*")}
                for fault in self._faults
            ]

    def take(self, kind: str, shuffled: bool = False, **facts: str) -> Fault | None:
        """The fault that hits this request or callback and counts it; None if none does."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if (fault.fault == "shuffled") is shuffled and fault.hits(kind, facts):
                    fault.count -= 1
                    if not fault.count:
                        self._faults.remove(fault)
                    return fault
        return None

    def shuffle(self, deliveries: list[Delivery]) -> list[Delivery]:
        """Deliveries of one change in the order to send: another one for Events if a fault says so.

        The order is the same in each run.
        """
        events = [each for each in deliveries if not each.callback.reservation_sid]
        if len(events) < 2 or not self.take(EVENT, shuffled=True, url=events[0].callback.url):
            return deliveries
        shuffled = list(events)
        self._random.shuffle(shuffled)
        if shuffled == events:
            shuffled.reverse()
        return [each for each in deliveries if each.callback.reservation_sid] + shuffled


def parse_fault(form: Mapping[str, str]) -> Fault:
    """A fault from its parameters, all as text. Raises ValueError.

    `callback=slow` is short for `kind=callback fault=slow`.
    """
    given = dict(form)
    if "callback" in given:
        given |= {"kind": CALLBACK, "fault": given.pop("callback")}
    if unknown := given.keys() - Fault.__dataclass_fields__.keys():
        raise ValueError(f"there is no parameter {', '.join(sorted(unknown))}")
    kind = given.get("kind", REQUEST)
    if kind not in _AIMS:
        raise ValueError(f"kind is one of {', '.join(_AIMS)}, not {kind}")
    if len(given.keys() & {"status", "delay", "fault"}) != 1:
        raise ValueError("give exactly one of status, delay and fault")
    for name in given.keys() & {"method", "path", "url"} - {*_AIMS[kind]}:
        raise ValueError(f"{name} does not aim at a fault of kind={kind}")
    values: dict[str, Any] = dict(given)
    if "fault" in given and kind not in NAMES.get(given["fault"], ()):
        names = [name for name, kinds in NAMES.items() if kind in kinds]
        raise ValueError(f"fault is one of {', '.join(names)} for kind={kind}")
    for name, convert, least, most in (
        ("status", int, 400 if kind == REQUEST else 200, 599),
        ("delay", float, 0, LONGEST_DELAY),
        ("count", int, 1, MOST),
    ):
        if name in given:
            values[name] = _number(given[name], convert)
            if not least <= values[name] <= most:
                raise ValueError(f"{name} is a number from {least:.0f} to {most:.0f}")
    if "method" in given:
        values["method"] = given["method"].upper()
        if not any(fnmatchcase(method, values["method"]) for method in METHODS):
            raise ValueError(f"method is one of {', '.join(METHODS)}, or a pattern of them")
    for name, starts in _STARTS.items():
        if name in given and not given[name].startswith((*starts, *_WILDCARDS)):
            raise ValueError(f"{name} begins with {' or '.join(starts)}, or with *")
    return Fault(**values)


def _number(text: str, convert: Callable[[str], float]) -> float:
    try:
        return convert(text)
    except ValueError:
        return nan
