"""A parsed request, the reply to it, and the row of the route table that connects the two."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from math import floor
from typing import Any, TypeVar

from local_taskrouter.api.params import Param
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import Record, Workspace
from local_taskrouter.core.store import Store
from local_taskrouter.errors import NotFound, PreconditionFailed
from local_taskrouter.event_table import EventReader
from local_taskrouter.rules.timeouts import TIME_FORMAT

R = TypeVar("R", bound=Record)
_EPOCH = datetime(1970, 1, 1)  # fromtimestamp() knows no years before it on Windows


@dataclass(frozen=True)
class Reply:
    """A JSON `body` (None: no body), and the ETag of a resource that has versions."""

    body: dict[str, Any] | None
    status: int = 200
    etag: int | None = None


@dataclass(frozen=True)
class Pause:
    """A handler lets other requests go first.

    The `tests` run without the lock, so they must not read the engine's state. Then `resume` is called
    under the lock with their results.
    """

    tests: Sequence[Callable[[], bool]]
    resume: "Callable[[list[bool]], Reply | Pause]"

    def run_tests(self) -> list[bool]:
        """Call this without the lock."""
        return [test() for test in self.tests]

    def resume_in(self, passed: list[bool], engine: Engine) -> "Reply | Pause":
        """Go on with the results of the tests, as a command of `engine`."""
        return self.resume(passed)


@dataclass(frozen=True)
class Slices(Pause):
    """A command that others interrupt: `steps` yields between its slices, `reply` is called at the end."""

    engine: Engine
    not_found: Callable[[], NotFound]

    def resume_in(self, passed: list[bool], engine: Engine) -> "Reply | Pause":
        """Run the next slice. Raises NotFound if the state has been replaced meanwhile."""
        if engine is not self.engine:
            raise self.not_found()
        return super().resume_in(passed, engine)


Result = Reply | Pause | Callable[[EventReader], Reply]
"""What a handler returns. A handler that needs Events returns a function that reads them and builds
the reply. It runs after the lock is released, so it must not read the engine's state.
"""


@dataclass(frozen=True)
class Call:
    """A request to the API. `path` is below `/v1`; `sids` are those in the path.

    `args` holds the parsed parameters by their snake_case names. `base` is the URL up to `/v1`, with
    the host name that the client used. `body` is a body that is not a form.
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
        """The engine's records."""
        return self.engine.store

    @property
    def workspace(self) -> Workspace:
        """The Workspace in the path; raises NotFound."""
        workspace = self.store.get(Workspace, self.sids["workspace_sid"])
        if workspace is None:
            raise self.not_found()
        return workspace

    def find(self, kind: type[R], name: str = "sid") -> R:
        """The record whose SID is `sids[name]`; raises NotFound."""
        record = self.store.get(kind, self.sids[name])
        if record is None or record.workspace_sid != self.sids.get("workspace_sid", record.sid):
            raise self.not_found()
        return record

    def not_found(self) -> NotFound:
        """The error for a path that names a missing resource."""
        return NotFound(self.path)

    def check_version(self, version: int) -> None:
        """Raise PreconditionFailed if the request has an `If-Match` that names another version.

        https://www.twilio.com/docs/usage/mutation-and-conflict-resolution
        """
        if self.if_match is None:
            return
        wanted = self.if_match.strip().removeprefix("W/").strip('"')
        if wanted not in ("*", str(version)):
            raise PreconditionFailed(
                f"Precondition failed: If-Match is {wanted}, the current version is {version}"
            )

    def in_slices(self, steps: Iterator[None], reply: Callable[[], Reply]) -> Reply | Pause:
        """Run a command up to the next `yield` of `steps`, where other requests go first.

        `reply` is called after the last slice. Each slice is committed for itself.
        """
        for _ in steps:
            return Slices((), lambda _: self.in_slices(steps, reply), self.engine, self.not_found)
        return reply()

    def head(self, record: Record) -> dict[str, Any]:
        """The fields that every resource has."""
        return {
            "sid": record.sid,
            "account_sid": self.account_sid,
            "date_created": iso(record.date_created),
            "date_updated": iso(record.date_updated),
        }

    def url(self, *parts: str) -> str:
        """The absolute URL of a resource, from the parts of its path after `/Workspaces`."""
        return "/".join((self.base, "Workspaces", *parts))


@dataclass(frozen=True)
class Route:
    """A row of the route table: `handler` handles `method` on `path`.

    `path` is below `/v1`, with SIDs in angle brackets. `params` come from the form of a POST and
    from the query of any other method. A `long` one can take seconds in a Workspace at its limits.
    """

    method: str
    path: str
    handler: Callable[[Call], Result]
    params: Mapping[str, Param] = field(default_factory=dict)
    long: bool = False


def iso(moment: float | None) -> str | None:
    """Seconds since 1970 as `2026-01-31T12:00:00Z`."""
    return None if moment is None else _iso(floor(moment))


@lru_cache(maxsize=65_536)
def _iso(second: int) -> str:
    return f"{_EPOCH + timedelta(seconds=second):{TIME_FORMAT}}"
