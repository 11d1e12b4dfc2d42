"""Twilio's identifiers: two letters that name the resource, then 32 hexadecimal digits."""

import random
import re

_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}\Z")


class SidMaker:
    """Makes new SIDs: unpredictable by default, repeatable when given a `seed`."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.SystemRandom() if seed is None else random.Random(seed)

    def new(self, prefix: str) -> str:
        """A SID of 34 characters that begins with `prefix` ("WT" for a Task)."""
        return f"{prefix}{self._random.getrandbits(128):032x}"


def is_sid(text: str, prefix: str) -> bool:
    """Whether `text` has the form of a SID with this `prefix`."""
    return text[:2] == prefix and _SID.match(text) is not None
