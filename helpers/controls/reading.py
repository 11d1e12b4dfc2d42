"""What is in a Workspace at one moment, read without leaving a trace in the learner's request log."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from helpers.rules.lifecycle import RESERVATION_HOLDING, TASK_ENDED

if TYPE_CHECKING:
    from helpers.session import Session
    from helpers.workspace import Lab

_ANSWER_SECONDS = 5.0
_PAGE = 100
_MOST = 500


@dataclass(frozen=True)
class Settings:
    """What a Workspace is made of; it changes seldom. The SDK's instances."""

    activities: tuple[Any, ...] = ()
    task_queues: tuple[Any, ...] = ()
    workflows: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """What is in a Workspace: the SDK's instances, Workers by name, the others oldest first."""

    settings: Settings = field(default_factory=Settings)
    workers: tuple[Any, ...] = ()
    tasks: tuple[Any, ...] = ()
    reservations: tuple[Any, ...] = ()

    def task(self, sid: str) -> Any | None:
        return next((task for task in self.tasks if task.sid == sid), None)

    def worker(self, sid: str) -> Any | None:
        return next((worker for worker in self.workers if worker.sid == sid), None)

    def workflow(self, sid: str) -> Any | None:
        return next((one for one in self.settings.workflows if one.sid == sid), None)

    def reservations_of(self, task_sid: str) -> list[Any]:
        """The Task's Reservations, oldest first."""
        return [one for one in self.reservations if one.task_sid == task_sid]

    def held_by(self, worker_sid: str) -> list[Any]:
        """The Reservations that take a place at this Worker, oldest first."""
        return [
            one
            for one in self.reservations
            if one.worker_sid == worker_sid and one.reservation_status in RESERVATION_HOLDING
        ]

    def now(self) -> datetime | None:
        """TaskRouter's own time, from the age of a Task that has not ended; None without one."""
        moments = [
            task.date_created + timedelta(seconds=task.age)
            for task in self.tasks
            if task.assignment_status not in TASK_ENDED
        ]
        return max(moments, default=None)


class Reader:
    """Reads snapshots with a client of its own.

    The session's client would record each request, and would start a local TaskRouter again that
    somebody has stopped; looking on must do neither.
    """

    def __init__(self) -> None:
        self._client: Client | None = None
        self._made_for: tuple[Any, ...] = ()

    def settings(self, lab: "Lab") -> Settings:
        """Raises what the SDK raises."""
        space = self._workspace(lab)
        return Settings(
            tuple(space.activities.list(page_size=_PAGE)),
            tuple(space.task_queues.list(page_size=_PAGE)),
            tuple(space.workflows.list(page_size=_PAGE)),
        )

    def snapshot(self, lab: "Lab", settings: Settings) -> Snapshot:
        """Raises what the SDK raises."""
        space = self._workspace(lab)
        workers = space.workers.list(page_size=_PAGE, limit=_MOST)
        reservations = [one for worker in workers for one in _reservations(space, worker.sid)]
        return Snapshot(
            settings,
            tuple(sorted(workers, key=lambda worker: worker.friendly_name)),
            tuple(space.tasks.list(page_size=_PAGE, limit=_MOST)),
            tuple(sorted(reservations, key=_by_age)),
        )

    def close(self) -> None:
        """Close the connections; the next reading opens new ones."""
        if self._client is not None:
            self._client.http_client.session.close()
        self._client, self._made_for = None, ()

    def _workspace(self, lab: "Lab") -> Any:
        theirs = lab.session.client
        made_for = (lab.session.address, theirs.username, theirs.password)
        if self._client is None or self._made_for != made_for:
            self.close()
            self._client, self._made_for = _client_like(lab.session), made_for
        return self._client.taskrouter.v1.workspaces(lab.workspace_sid)


def _client_like(session: "Session") -> Client:
    theirs = session.client
    http_client = TwilioHttpClient(timeout=_ANSWER_SECONDS)
    if session.target == "local":
        http_client.session.trust_env = False  # no proxy leads to this machine itself
    place = {"TWILIO_EDGE": theirs.edge or "", "TWILIO_REGION": theirs.region or ""}
    client = Client(
        theirs.username,
        theirs.password,
        theirs.account_sid,
        http_client=http_client,
        environment=place,
    )
    client.taskrouter.base_url = theirs.taskrouter.base_url
    return client


def _by_age(one: Any) -> tuple[datetime, bool]:
    """Times are whole seconds; of one second, what has not ended came last."""
    return one.date_created, one.reservation_status in RESERVATION_HOLDING


def _reservations(space: Any, worker_sid: str) -> list[Any]:
    try:
        return space.workers(worker_sid).reservations.list(page_size=_PAGE, limit=_MOST)
    except TwilioRestException as fault:
        if fault.status == 404:  # the Worker was deleted a moment ago
            return []
        raise
