"""A TaskRouter in the process of a test: empty, on a free port, with a clock that the test moves.

The pytest fixture `taskrouter` is a `LocalTaskRouter` for each test. Without pytest:

    with LocalTaskRouter() as taskrouter:
        taskrouter.client.taskrouter.v1.workspaces.create("Support")
"""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

from twilio.rest import Client
from twilio.rest.taskrouter.v1.workspace import WorkspaceContext
from twilio.rest.taskrouter.v1.workspace.task import TaskContext, TaskInstance

from local_taskrouter.client import client_of
from local_taskrouter.clock import LATEST, ManualClock
from local_taskrouter.delivery_table import Delivery, check_kind
from local_taskrouter.environment import variables
from local_taskrouter.explanation import Explanation
from local_taskrouter.faults import Faults, parse_fault
from local_taskrouter.http.clock_control import clock
from local_taskrouter.http.explain_route import explain_task
from local_taskrouter.http.server import EmulatorServer
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.request_log import LoggedRequest
from local_taskrouter.seed import apply
from local_taskrouter.service import TaskRouter
from local_taskrouter.settling import SETTLE_SECONDS, repeated_reservation
from local_taskrouter.sids import SidMaker, sid_of_task
from local_taskrouter.worker_token import DEFAULT_SECONDS, worker_token

AUTH_TOKEN = "0123456789abcdef0123456789abcdef"
START = datetime(2026, 1, 1, tzinfo=UTC)


_UNSETTLED = (
    "The app has not responded to every callback within {:g} seconds.{} `deliveries()` shows which; give"
    " it more time with timeout=SECONDS, or do not wait: advance(…, settle=False)."
)
_REPEATED = (
    " Worker {} was reserved for the Task {} {:,} times, the last time with the Reservation {}: a Worker"
    " that rejects, or does not answer, and stays available is reserved again. Respond with an"
    " activity_sid that is not available, or accept."
)


class FaultControl:
    """Lets requests of the app, or callbacks to it, go wrong."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def add(
        self,
        kind: Literal["request", "assignment", "event", "callback"] = "request",
        *,
        status: int | None = None,
        delay: float | None = None,
        fault: Literal["refused", "slow", "garbage", "shuffled"] | None = None,
        method: str | None = None,
        path: str | None = None,
        url: str | None = None,
        count: int = 1,
    ) -> None:
        """Let the next `count` requests or callbacks of a `kind` go wrong in one way.

        That is a `status`, a `delay` in seconds of real time, or a `fault`. `method`, `path` and `url`
        are patterns with `*`, such as "*/Tasks". README explains them. Raises ValueError for what
        does not go together.
        """
        given = {name: value for name, value in vars().items() if name != "self"}
        texts = {name: str(value) for name, value in given.items() if value is not None}
        self._faults.add(parse_fault(texts))

    def list(self) -> list[dict[str, Any]]:
        """Return the faults that are still to come, each with what was given."""
        return self._faults.to_json()

    def clear(self) -> None:
        """End all faults."""
        self._faults.clear()


class LocalTaskRouter:
    """A separate TaskRouter for a test, as a context manager.

    It starts with the Workspace that `seed` declares, a file or a dict as `seed.apply` takes it, with
    `variables`; without one, it is empty. Its clock stands at `now`, a datetime with a time zone.
    `sids` is a seed of random numbers: the same requests then get the same SIDs. It is in this
    process's memory and on a free port of this machine, so tests that run in parallel do not meet.
    """

    account_sid = ACCOUNT_SID
    auth_token = AUTH_TOKEN

    def __init__(
        self,
        seed: str | Path | Mapping[str, Any] | None = None,
        *,
        variables: Mapping[str, str] | None = None,
        now: datetime = START,
        sids: int | None = None,
    ) -> None:
        self._seed, self._variables = seed, variables
        self._start: dict[str, Any] | None = None
        self._workspace_sid = ""
        self.service = TaskRouter(
            ":memory:",
            self.account_sid,
            self.auth_token,
            ManualClock(_moment(now)),
            SidMaker(sids),
        )
        self.faults = FaultControl(self.service.faults)
        self.server = EmulatorServer(self.service)
        self._running = ExitStack()

    def __repr__(self) -> str:
        return f"<LocalTaskRouter {self.url}>"

    def __enter__(self) -> Self:
        """Serve until the `with` block ends. Raises SeedError."""
        self.server.start()
        with ExitStack() as running:
            running.callback(self.server.stop)
            opened = client_of(self.url, self.account_sid, self.auth_token)
            self.client = running.enter_context(opened)
            if self._seed is not None:
                self._sow(self._seed)
            self._running = running.pop_all()
        return self

    def _sow(self, seed: str | Path | Mapping[str, Any]) -> None:
        created, *_ = apply(self.client, seed, variables=self._variables)
        [workspace] = self.client.taskrouter.v1.workspaces.list(friendly_name=created.name)
        self._workspace_sid = workspace.sid or ""
        self.settle()
        self._start = self.snapshot()
        self.service.requests.clear()

    def __exit__(self, *_: object) -> None:
        self._running.close()

    client: Client
    """The client of the `twilio` package, set up for this TaskRouter."""

    def token(self, worker: str, role: str = "worker", seconds: int = DEFAULT_SECONDS) -> str:
        """Return an access token for the page of a Worker, given by name or SID, for taskrouter.js.

        `role` is worker, supervisor or admin. Raises NoSuchWorker.
        """
        return worker_token(self.client, self.auth_token, worker, None, role, seconds)

    def stop(self) -> None:
        """Stop serving, to test how an app behaves when TaskRouter cannot be reached."""
        self.server.stop()

    @property
    def url(self) -> str:
        """Its address, without `/v1`: what `client.taskrouter.base_url` is."""
        return self.server.url

    @property
    def env(self) -> dict[str, str]:
        """The environment variables for an app in another process."""
        return variables(self.url, self.account_sid, self.auth_token)

    @property
    def workspace(self) -> WorkspaceContext:
        """The seed's Workspace, as the SDK's context. Raises LookupError without a seed."""
        if not self._workspace_sid:
            raise LookupError(
                "There is no seed, so there is no Workspace: give LocalTaskRouter a seed."
            )
        return self.client.taskrouter.v1.workspaces(self._workspace_sid)

    @property
    def now(self) -> datetime:
        """The time on its clock, in UTC."""
        return datetime.fromtimestamp(self.service.clock.now(), UTC)

    @property
    def next_due_in(self) -> float | None:
        """The seconds by which to advance until the next timer is due; None without a timer."""
        return clock(self.service)["next_due_in"]

    def advance(
        self, seconds: float, *, settle: bool = True, timeout: float = SETTLE_SECONDS
    ) -> None:
        """Move the clock forward; everything that falls due on the way happens, in order.

        At each moment, time stands until the app has responded to the callbacks sent then and the
        responses are applied, unless `settle` is false. Raises TimeoutError when that has taken
        `timeout` seconds of real time; the clock is moved all the same. Raises ValueError if
        `seconds` are no number, or negative.
        """
        if not self.service.advance(seconds, settle, timeout) and settle:
            raise self._unsettled(timeout, f" The clock has moved, to {self.now.isoformat()}.")

    def settle(self, timeout: float = SETTLE_SECONDS) -> None:
        """Wait until no callback is on its way, and each response is applied.

        Raises TimeoutError after `timeout` seconds of real time.
        """
        if not self.service.is_settled(timeout):
            raise self._unsettled(timeout)

    def _unsettled(self, timeout: float, moved: str = "") -> TimeoutError:
        if repeated := self.service.call(repeated_reservation):
            last, count = repeated
            moved += _REPEATED.format(last.worker_name, last.task_sid, count, last.sid)
        return TimeoutError(_UNSETTLED.format(timeout, moved))

    def freeze(self) -> None:
        """Stop the clock, as at the start."""
        self.service.freeze()

    def resume(self) -> None:
        """Let the clock run from where it stands."""
        self.service.resume()

    def reset(self) -> None:
        """Return to the start: the seed alone, no faults, and the clock stands at `now`."""
        self.service.reset()
        if self._start is not None:
            self.restore(self._start)

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state, with the clock: an argument for `restore`, ready for JSON."""
        return self.service.export_state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Replace the whole state. Raises ValueError if it is not one of `snapshot`."""
        self.service.import_state(state)

    def deliveries(
        self,
        kind: Literal["assignment", "event"] | None = None,
        task: TaskInstance | TaskContext | str | None = None,
    ) -> list[Delivery]:
        """Return the callbacks, oldest first, with what was sent and the responses.

        Only those of a `kind`, and those about a Task, given as such or by its SID. Raises ValueError
        for another kind, and for what is no Task's SID.
        """
        check_kind(kind)
        sid = None if task is None else sid_of_task(task)
        return self.service.deliveries(kind=kind, task=sid)

    def requests(
        self, method: str = "*", path: str = "*", status: int | None = None
    ) -> list[LoggedRequest]:
        """Return the latest 1,000 requests to the API, and other requests that were refused.

        Oldest first; `method` and `path` are patterns such as "POST" and "*/Tasks".
        """
        return self.service.requests.find(method, path, status)

    def explain(self, task: TaskInstance | str) -> Explanation:
        """Explain why a Task, given as such or by its SID, is where it is.

        Raises NoSuchTask if it does not exist, and ValueError for what is no Task's SID. It meets no
        fault, and appears in no log of requests.
        """
        return explain_task(self.service, task)


def _moment(now: datetime) -> float:
    """Seconds since 1970. Raises ValueError."""
    if not isinstance(now, datetime) or now.tzinfo is None:
        raise ValueError(
            f"now is a datetime with a time zone, as datetime(2026, 1, 1, tzinfo=UTC), not {now!r}"
        )
    if not 0 <= (seconds := now.timestamp()) < LATEST:
        raise ValueError(f"the clock runs from 1970 to the year 3000, so not from {now}")
    return seconds
