"""One-time links to the page, and the sessions that they open.

A link carries a code, which the first request uses up. The response sets a cookie that only the
page's own requests carry: browsers send cookies to every port of a host, so it is bound to the page's
path, and its name has the port.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_urlsafe
from time import monotonic

LINK_SECONDS = 600.0
SESSION_SECONDS = 12 * 3_600.0
MOST = 32
"""Links and sessions that are kept; the oldest end first."""


@dataclass
class Session:
    """One browser that opened a link; `may_change` once its user has allowed changes."""

    last_used: float
    may_change: bool = False


@dataclass
class Sessions:
    """Links and sessions, which end with the process. `clock` counts seconds, as `monotonic` does."""

    clock: Callable[[], float] = monotonic
    new_secret: Callable[[], str] = token_urlsafe
    _links: dict[str, float] = field(default_factory=dict)
    _sessions: dict[str, Session] = field(default_factory=dict)

    def new_code(self) -> str:
        """Return the code of a new link, which `open` takes once within LINK_SECONDS."""
        code = self.new_secret()
        self._links[code] = self.clock() + LINK_SECONDS
        _drop_oldest(self._links)
        return code

    def open(self, code: str) -> str | None:
        """Use up a code: return the secret of a new session, None if the code is not valid."""
        known = next((one for one in self._links if _equal(one, code)), None)
        if known is None or self._links.pop(known) < self.clock():
            return None
        secret = self.new_secret()
        self._sessions[secret] = Session(self.clock())
        _drop_oldest(self._sessions)
        return secret

    def find(self, secret: str) -> Session | None:
        """Return the session with this secret, and extend it; None if there is none."""
        known = next((one for one in self._sessions if _equal(one, secret)), None)
        if known is None:
            return None
        session = self._sessions[known]
        if session.last_used + SESSION_SECONDS < self.clock():
            del self._sessions[known]
            return None
        session.last_used = self.clock()
        return session


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _drop_oldest(entries: dict[str, float] | dict[str, Session]) -> None:
    if len(entries) > MOST:
        del entries[next(iter(entries))]
