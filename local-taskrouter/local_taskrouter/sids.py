"""Twilio's identifiers: two letters that name the resource, then 32 hexadecimal digits."""

import random
import re

_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}\Z")


class SidMaker:
    """Creates SIDs: random ones, or the same sequence for the same `seed`."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)
        self._last = 0, 0

    def new(self, prefix: str) -> str:
        """A SID of 34 characters that begins with `prefix` ("WT" for a Task)."""
        return f"{prefix}{self._random.getrandbits(128):032x}"

    def new_at(self, prefix: str, at: float) -> str:
        """A SID that sorts after those of earlier moments (seconds since 1970), and after the last one.

        A table in the order of such SIDs grows at one end, which needs fewer disk writes.
        """
        moment, number = int(at * 1000) % (1 << 48), self._last[1] + 1
        if moment != self._last[0]:
            number = self._random.getrandbits(79)
        self._last = moment, number
        return f"{prefix}{moment:012x}{number:020x}"


def operating_unit_sid(workspace_sid: str) -> str:
    """The SID of the one operating unit of a Workspace, which only Events show."""
    return f"OU{workspace_sid[2:]}"


def is_sid(text: str, prefix: str) -> bool:
    """Whether `text` has the form of a SID with this `prefix`."""
    return text[:2] == prefix and _SID.match(text) is not None
