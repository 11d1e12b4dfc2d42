"""Twilio's identifiers: two letters that name the resource, then 32 hexadecimal digits."""

import random
import re
from collections.abc import Callable
from typing import Any

_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}\Z")


class SidMaker:
    """Creates SIDs: random ones or, for the same `seed`, the same sequence for each prefix."""

    def __init__(self, seed: int | None = None) -> None:
        self._seed = seed
        self._random = random.Random()
        self._start = 0
        self._sources: dict[str, random.Random] = {}
        self._last = 0, 0

    def restart(self, count: Callable[[], int]) -> None:
        """Begin the sequences of a seed again; each number that `count` returns has others, sorting later.

        Without a seed, it does nothing.
        """
        if self._seed is not None:
            self._start, self._sources, self._last = count(), {}, (0, 0)

    def new(self, prefix: str) -> str:
        """A SID of 34 characters that begins with `prefix` ("WT" for a Task)."""
        return f"{prefix}{self._source(prefix).getrandbits(128):032x}"

    def new_at(self, prefix: str, at: float) -> str:
        """A SID that sorts after those of earlier moments (seconds since 1970), and after the last one.

        A table in the order of such SIDs grows at one end, which needs fewer disk writes.
        """
        moment, number = int(at * 1000) % (1 << 48), self._last[1] + 1
        if moment != self._last[0]:
            number = (self._start << 63) + self._source(prefix).getrandbits(62)
        self._last = moment, number
        return f"{prefix}{moment:012x}{number % (1 << 80):020x}"

    def _source(self, prefix: str) -> random.Random:
        if self._seed is None:
            return self._random
        if prefix not in self._sources:
            self._sources[prefix] = random.Random(f"{self._seed} {self._start} {prefix}")
        return self._sources[prefix]


def operating_unit_sid(workspace_sid: str) -> str:
    """The SID of the one operating unit of a Workspace, which only Events show."""
    return f"OU{workspace_sid[2:]}"


def sid_of_task(task: Any) -> str:
    """The SID of a Task, given as such or as what has it: the SDK's Task. Raises ValueError."""
    sid = getattr(task, "sid", task)
    if not (isinstance(sid, str) and is_sid(sid, "WT")):
        raise ValueError(
            f"{str(sid)[:99]!r} is not the SID of a Task: WT and 32 hexadecimal digits."
        )
    return sid


def is_sid(text: str, prefix: str) -> bool:
    """Whether `text` has the form of a SID with this `prefix`."""
    return text[:2] == prefix and _SID.match(text) is not None
