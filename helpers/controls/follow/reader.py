"""Reads snapshots of a Workspace, in few requests, which the learner's request log omits."""

import json
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Any, TypeVar

from local_taskrouter.explanation.candidates import judge_candidates
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING, TASK_ENDED, TASK_OPEN
from local_taskrouter.ui.snapshot import (
    Channels,
    Reservation,
    Settings,
    Snapshot,
    time_of_reading,
)
from requests import Session as HttpSession
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.rest.taskrouter.v1.workspace import WorkspaceContext
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance
from twilio.rest.taskrouter.v1.workspace.worker.worker_channel import WorkerChannelInstance

from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.api_errors import as_api_error
from helpers.session.session import Session

MOST_TASKS = 500
MOST_WORKERS = 1_000
_MOST_JUDGED = 2_000  # pairs of Task and Worker, in a tenth of a second
_MOST_CHANNELS = 50  # Workers whose channels are read
_TIMEOUT_SECONDS = 5.0
_PAGE = 1_000

Found = TypeVar("Found")
_Version = tuple[object, datetime | None]  # of a Task: its status and when it was updated


class SnapshotReader:
    """Reads snapshots through a separate client.

    The session's client records each request, and starts a local TaskRouter that has stopped. A
    panel that only shows must do neither.

    A snapshot costs two requests, and one for each Task that is reserved, assigned, wrapping or
    has just changed (or for each Worker, if there are fewer). It costs two more if there are more
    than MOST_TASKS Tasks. The settings cost three. After them, a snapshot also costs a request for
    each Worker who could take a waiting Task, see ChannelCache.
    """

    def __init__(self) -> None:
        self._client: Client | None = None
        self._client_for: tuple[object, ...] = ()
        self._reservations = ReservationCache()
        self._channels = ChannelCache()

    def read_settings(self, lab: PreparedWorkspace) -> Settings:
        """Raises what the SDK raises."""
        self._channels.clear()
        space = self._workspace(lab)
        return Settings(
            tuple(space.activities.list(page_size=_PAGE)),
            tuple(space.task_queues.list(page_size=_PAGE)),
            tuple(space.workflows.list(page_size=_PAGE)),
        )

    def read_snapshot(self, lab: PreparedWorkspace, settings: Settings) -> Snapshot:
        """Raises what the SDK raises."""
        space = self._workspace(lab)
        found = space.workers.list(page_size=_PAGE, limit=MOST_WORKERS + 1)
        workers = sorted(found[:MOST_WORKERS], key=lambda worker: str(worker.friendly_name))
        tasks, more_tasks = _read_tasks(space)
        snapshot = Snapshot(
            settings,
            tuple(workers),
            tuple(tasks),
            tuple(self._reservations.read(space, workers, tasks)),
            more_tasks,
            len(found) > MOST_WORKERS,
        )
        return replace(snapshot, channels=self._channels.read(space, snapshot))

    def read_clock(self, lab: PreparedWorkspace) -> dict[str, Any]:
        """Return the local TaskRouter's `GET /emulator/clock`, see local_taskrouter/http.

        Its moments are seconds since 1970. Raises what `requests` raises, and ValueError or KeyError
        for another answer.
        """
        answer = self.client(lab.session).request("GET", f"{lab.session.address}/emulator/clock")
        clock: dict[str, Any] = json.loads(answer.text)
        for name in ("now", "next_due"):
            clock[name] = clock[name] and datetime.fromisoformat(clock[name]).timestamp()
        return clock

    def close(self) -> None:
        """Close the connections; the next read opens new ones."""
        if self._client is not None:
            http_session(self._client).close()
        self._client, self._client_for = None, ()

    def client(self, session: Session) -> Client:
        """A client like the session's, which records nothing, until `close`."""
        client_for = (session.address, session.client.username, session.client.password)
        if self._client is None or self._client_for != client_for:
            self.close()
            self._client, self._client_for = _separate_client(session), client_for
        return self._client

    def _workspace(self, lab: PreparedWorkspace) -> WorkspaceContext:
        return self.client(lab.session).taskrouter.v1.workspaces(lab.workspace_sid)


class ReservationCache:
    """The Reservations read so far, so that only those that may have changed are read again.

    Those of an ended Task never change, nor do those of a pending Task that has not been updated.
    All others are read each time. TaskRouter lists Reservations by Task or by Worker; `read`
    chooses what takes fewer requests.
    """

    def __init__(self) -> None:
        self._read: dict[str | None, tuple[_Version | None, list[Reservation]]] = {}

    def read(
        self,
        space: WorkspaceContext,
        workers: Sequence[WorkerInstance],
        tasks: Sequence[TaskInstance],
    ) -> list[Reservation]:
        """Return the Tasks' Reservations, oldest first. Raises what the SDK raises."""
        stale = [task for task in tasks if not self._is_current(task)]
        of_task: dict[str | None, list[Reservation]] = {}
        for reservation in _read_reservations(space, workers, stale):
            of_task.setdefault(reservation.task_sid, []).append(reservation)
        read = {task.sid: self._read[task.sid] for task in tasks if task.sid in self._read}
        for task in stale:
            found = of_task.get(task.sid, [])
            read[task.sid] = (_version(task) if _is_settled(task, found) else None, found)
        self._read = read
        return sorted((one for _, found in read.values() for one in found), key=_by_age)

    def _is_current(self, task: TaskInstance) -> bool:
        return task.sid in self._read and self._read[task.sid][0] == _version(task)


class ChannelCache:
    """The WorkerChannels of the Workers who could take a waiting Task, if their channel has room.

    TaskRouter reserves such a Worker at once, unless the channel is off or has no capacity, or
    after a Reservation was canceled. So there are few, and each is read once until `clear`.
    """

    def __init__(self) -> None:
        self._read: dict[str, tuple[WorkerChannelInstance, ...]] = {}

    def clear(self) -> None:
        self._read = {}

    def read(self, space: WorkspaceContext, snapshot: Snapshot) -> Channels:
        """Return them by the SID of their Worker. Raises what the SDK raises."""
        sids = islice(dict.fromkeys(_able_workers(snapshot)), _MOST_CHANNELS)
        self._read = {sid: self._read.get(sid) or _read_channels(space, sid) for sid in sids}
        return self._read


def http_session(client: Client) -> HttpSession:
    """The connections of a client of ours, which keeps them in a `requests` session."""
    http_client = client.http_client
    assert isinstance(http_client, TwilioHttpClient) and http_client.session is not None
    return http_client.session


def _separate_client(session: Session) -> Client:
    """A client like the session's, which records nothing."""
    theirs = session.client
    client = Client(
        theirs.username,
        theirs.password,
        theirs.account_sid,
        http_client=TwilioHttpClient(timeout=_TIMEOUT_SECONDS),
        environment={"TWILIO_EDGE": theirs.edge or "", "TWILIO_REGION": theirs.region or ""},
    )
    http, their_http = http_session(client), http_session(theirs)
    http.trust_env = their_http.trust_env
    for prefix, adapter in their_http.adapters.items():
        http.mount(prefix, copy(adapter))  # it verifies the server before the token is sent
    client.taskrouter.base_url = theirs.taskrouter.base_url
    return client


def _read_tasks(space: WorkspaceContext) -> tuple[list[TaskInstance], bool]:
    """The Tasks, oldest first, and whether there are more.

    Keeps TaskRouter's default order if all fit: sorting by DateCreated does not show which of
    two Tasks of one second came first (https://www.twilio.com/docs/taskrouter/api/task).
    """
    found = space.tasks.list(page_size=MOST_TASKS + 1, limit=MOST_TASKS + 1)
    if len(found) <= MOST_TASKS:
        return found, False
    newest = space.tasks.list(ordering="DateCreated:desc", page_size=MOST_TASKS, limit=MOST_TASKS)[
        ::-1
    ]
    open_tasks = space.tasks.list(
        assignment_status=list(TASK_OPEN), page_size=MOST_TASKS, limit=MOST_TASKS
    )
    sids = {task.sid for task in newest}
    return [task for task in open_tasks if task.sid not in sids] + newest, True


def _read_reservations(
    space: WorkspaceContext, workers: Sequence[WorkerInstance], tasks: Sequence[TaskInstance]
) -> Iterator[Reservation]:
    """All Reservations of the Tasks; those of other Tasks too, if read by Worker."""
    if len(workers) < len(tasks):
        for worker in workers:
            of_worker = space.workers(str(worker.sid)).reservations
            yield from _unless_deleted(partial(of_worker.list, page_size=_PAGE))
    else:
        for task in tasks:
            of_task = space.tasks(str(task.sid)).reservations
            yield from _unless_deleted(partial(of_task.list, page_size=_PAGE))


def _read_channels(space: WorkspaceContext, sid: str) -> tuple[WorkerChannelInstance, ...]:
    channels = space.workers(sid).worker_channels
    return tuple(_unless_deleted(partial(channels.list, page_size=_PAGE)))


def _able_workers(snapshot: Snapshot) -> Iterator[str]:
    """The SIDs of the free and available Workers who match a waiting Task, newest Task first.

    A SID comes once for each Task. A poll judges at most _MOST_JUDGED pairs of Task and Worker.
    """
    free = [one for one in snapshot.workers if one.available and one.sid not in snapshot.held]
    waiting = [task for task in reversed(snapshot.tasks) if task.assignment_status == "pending"]
    evidence = (replace(snapshot.evidence_of(task), workers=tuple(free)) for task in waiting)
    candidates = chain.from_iterable(map(judge_candidates, evidence)) if free else ()
    return (worker.sid for worker in islice(candidates, _MOST_JUDGED) if worker.is_eligible)


def _unless_deleted(read: Callable[[], list[Found]]) -> list[Found]:
    """Return what `read` returns, nothing if TaskRouter has just deleted the parent resource."""
    try:
        return read()
    except TwilioException as fault:
        refused = as_api_error(fault)
        if refused and refused.status == 404:
            return []
        raise


def _version(task: TaskInstance) -> _Version:
    return task.assignment_status, task.date_updated


def _is_settled(task: TaskInstance, reservations: list[Reservation]) -> bool:
    """Whether the Task's Reservations stay as they are until the Task's version differs.

    Times are whole seconds: a change later in the second of `date_updated` leaves no trace.
    """
    if any(one.reservation_status in RESERVATION_HOLDING for one in reservations):
        return False
    if task.assignment_status in TASK_ENDED:
        return True
    updated = task.date_updated
    is_over = updated is not None and time_of_reading(task) > updated
    return task.assignment_status == "pending" and is_over


def _by_age(reservation: Reservation) -> tuple[datetime, bool]:
    """Times are whole seconds; within one second, a Reservation that has not ended comes last."""
    created = reservation.date_created
    assert created is not None  # every Reservation has one
    return created, reservation.reservation_status in RESERVATION_HOLDING
