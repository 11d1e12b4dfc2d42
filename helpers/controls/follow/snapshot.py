"""What is in a Workspace at one moment, read without leaving a trace in the learner's request log."""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING, TASK_ENDED, TASK_OPEN
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from helpers.controls.follow.reservations import ReservationsRead
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.session import Session

_ANSWER_SECONDS = 5.0
_PAGE = 1_000
MOST_TASKS = 500
MOST_WORKERS = 1_000


@dataclass(frozen=True)
class Settings:
    """What a Workspace is made of; it changes seldom. The SDK's instances."""

    activities: tuple[Any, ...] = ()
    task_queues: tuple[Any, ...] = ()
    workflows: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """What is in a Workspace: the SDK's instances, Workers by name, the others oldest first.

    With `more_tasks` there are more Tasks than these: the newest MOST_TASKS, and as many of the
    oldest that have not ended. With `more_workers` there are more Workers than MOST_WORKERS.
    """

    settings: Settings = field(default_factory=Settings)
    workers: tuple[Any, ...] = ()
    tasks: tuple[Any, ...] = ()
    reservations: tuple[Any, ...] = ()
    more_tasks: bool = False
    more_workers: bool = False

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

    A snapshot costs two requests, and one for each Task that is reserved, assigned, wrapping or
    has just changed (or for each Worker, if these are fewer). With more Tasks than MOST_TASKS it
    costs two more. The settings cost three.
    """

    def __init__(self) -> None:
        self._client: Client | None = None
        self._made_for: tuple[Any, ...] = ()
        self._reservations = ReservationsRead()

    def settings(self, lab: PreparedWorkspace) -> Settings:
        """Raises what the SDK raises."""
        space = self._workspace(lab)
        return Settings(
            tuple(space.activities.list(page_size=_PAGE)),
            tuple(space.task_queues.list(page_size=_PAGE)),
            tuple(space.workflows.list(page_size=_PAGE)),
        )

    def snapshot(self, lab: PreparedWorkspace, settings: Settings) -> Snapshot:
        """Raises what the SDK raises."""
        space = self._workspace(lab)
        workers = space.workers.list(page_size=_PAGE, limit=MOST_WORKERS + 1)
        shown = sorted(workers[:MOST_WORKERS], key=lambda worker: worker.friendly_name)
        tasks, more_tasks = _tasks(space)
        return Snapshot(
            settings,
            tuple(shown),
            tuple(tasks),
            tuple(self._reservations.read(space, shown, tasks)),
            more_tasks,
            len(workers) > MOST_WORKERS,
        )

    def close(self) -> None:
        """Close the connections; the next reading opens new ones."""
        if self._client is not None:
            self._client.http_client.session.close()
        self._client, self._made_for = None, ()

    def _workspace(self, lab: PreparedWorkspace) -> Any:
        theirs = lab.session.client
        made_for = (lab.session.address, theirs.username, theirs.password)
        if self._client is None or self._made_for != made_for:
            self.close()
            self._client, self._made_for = _client_like(lab.session), made_for
        return self._client.taskrouter.v1.workspaces(lab.workspace_sid)


def _client_like(session: Session) -> Client:
    theirs = session.client
    http_client = TwilioHttpClient(timeout=_ANSWER_SECONDS)
    http, their_http = http_client.session, theirs.http_client.session
    http.trust_env = their_http.trust_env
    for prefix, adapter in their_http.adapters.items():
        http.mount(prefix, copy(adapter))  # it asks who listens before the token is sent
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


def _tasks(space: Any) -> tuple[list[Any], bool]:
    """The Tasks, oldest first, and whether there are more.

    In TaskRouter's own order, as long as all fit: an order by DateCreated does not tell which of
    two Tasks of one second came first (https://www.twilio.com/docs/taskrouter/api/task).
    """
    found = space.tasks.list(page_size=MOST_TASKS + 1, limit=MOST_TASKS + 1)
    if len(found) <= MOST_TASKS:
        return found, False
    some = {"page_size": MOST_TASKS, "limit": MOST_TASKS}
    newest = space.tasks.list(ordering="DateCreated:desc", **some)[::-1]
    shown = {task.sid for task in newest}
    older = space.tasks.list(assignment_status=list(TASK_OPEN), **some)
    return [task for task in older if task.sid not in shown] + newest, True
