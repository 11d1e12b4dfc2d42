"""A request that has been read, and the answer to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event import Event
from local_taskrouter.core.records import Record, Workspace
from local_taskrouter.core.store import Store
from local_taskrouter.errors import NotFound, PreconditionFailed
from local_taskrouter.rules.times import TIME_FORMAT

R = TypeVar("R", bound=Record)
_EPOCH = datetime(1970, 1, 1)  # fromtimestamp() knows no years before it on Windows


@dataclass(frozen=True)
class Reply:
    """What to answer: a JSON `body` (None: no body) and, for what has versions, its ETag."""

    body: dict[str, Any] | None
    status: int = 200
    etag: int | None = None


ReadEvents = Callable[..., list[Event]]
"""Takes what `Database.events` takes, and gives the Events."""
Answer = Reply | Callable[[ReadEvents], Reply]
"""What a handler returns. Whoever needs Events returns what is left to do once it has them: that is
done while others go on, so it must not look at the state any more.
"""


@dataclass(frozen=True)
class Call:
    """`path` and `sids` of the request, its parsed parameters by their snake_case names, and
    `base`, the URL that the client knows us by, `/v1` included. `body` is what came that is no
    form.
    """

    engine: Engine
    account_sid: str
    base: str
    path: str
    sids: Mapping[str, str]
    args: Mapping[str, Any]
    query: list[tuple[str, str]] = field(default_factory=list)
    if_match: str | None = None
    body: bytes = b""

    @property
    def store(self) -> Store:
        return self.engine.store

    @property
    def workspace(self) -> Workspace:
        """The Workspace in the path; raises NotFound."""
        workspace = self.store.get(Workspace, self.sids["workspace_sid"])
        if workspace is None:
            raise self.not_found()
        return workspace

    def find(self, kind: type[R], name: str = "sid") -> R:
        """The record in the path whose SID is called `name` there; raises NotFound."""
        record = self.store.get(kind, self.sids[name])
        if record is None or record.workspace_sid != self.sids.get("workspace_sid", record.sid):
            raise self.not_found()
        return record

    def not_found(self) -> NotFound:
        """The error for what the path names and is not there."""
        return NotFound(self.path)

    def check_version(self, version: int) -> None:
        """Raises PreconditionFailed when `If-Match` is given and names another version.

        https://www.twilio.com/docs/usage/mutation-and-conflict-resolution
        """
        if self.if_match is None:
            return
        wanted = self.if_match.strip().removeprefix("W/").strip('"')
        if wanted not in ("*", str(version)):
            raise PreconditionFailed(
                f"Precondition failed: If-Match is {wanted}, the current version is {version}"
            )

    def head(self, record: Record) -> dict[str, Any]:
        """The fields that every resource shows."""
        return {
            "sid": record.sid,
            "account_sid": self.account_sid,
            "date_created": iso(record.date_created),
            "date_updated": iso(record.date_updated),
        }

    def url(self, *parts: str) -> str:
        """The absolute URL of a resource, from the parts of its path after `/Workspaces`."""
        return "/".join((self.base, "Workspaces", *parts))


@lru_cache(maxsize=65_536)
def iso(moment: float | None) -> str | None:
    """Seconds since 1970 as `2026-01-31T12:00:00Z`."""
    return None if moment is None else f"{_EPOCH + timedelta(seconds=moment):{TIME_FORMAT}}"
