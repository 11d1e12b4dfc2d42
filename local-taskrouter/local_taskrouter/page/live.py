"""What the page shows now, and nothing new if it has it already."""

from hashlib import blake2b
from threading import Lock
from typing import NotRequired, TypedDict

import orjson

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import Workspace
from local_taskrouter.delivery_table import Delivery
from local_taskrouter.errors import NotFound
from local_taskrouter.explanation.explain import explain_evidence
from local_taskrouter.explanation.sentences import describe_candidate
from local_taskrouter.page.exchanges import show_delivery, show_request
from local_taskrouter.page.reading import Payloads, read_payloads, snapshot_of
from local_taskrouter.request_log import LoggedRequest
from local_taskrouter.service import TaskRouter
from local_taskrouter.ui.due import next_due
from local_taskrouter.ui.names import TaskNames, short_sid
from local_taskrouter.ui.shape import Shown, ShownDue, ShownExchange, ShownExplanation
from local_taskrouter.ui.shown import show

MOST_EXCHANGES = 50

_Moment = tuple[list[Workspace], Payloads | None, float, float | None]


class ShownWorkspace(TypedDict):
    """A Workspace to choose."""

    sid: str
    name: str


class PageData(TypedDict):
    """A moment of this TaskRouter. `ahead` is how far its clock is from the machine's, in seconds,
    `next` is what is due next.

    `workspace` is the SID of the one that is shown, "" if there is none. `shown` and `exchanges`
    (newest first) are left out if the page has them: then `revision` is the one that it named.
    """

    now: float
    ahead: float
    frozen: bool
    next: ShownDue | None
    may_change: bool
    workspaces: list[ShownWorkspace]
    workspace: str
    revision: str
    shown: NotRequired[Shown]
    exchanges: NotRequired[list[ShownExchange]]


class Reader:
    """Reads for all sessions of the page; Tasks keep their names while the process runs."""

    def __init__(self, taskrouter: TaskRouter) -> None:
        self._taskrouter = taskrouter
        self._names: dict[str, TaskNames] = {}
        self._lock = Lock()  # guards the names and `_latest`
        self._latest: tuple[str, Shown, list[ShownExchange]] | None = None

    def read(self, workspace_sid: str, seen: str, may_change: bool) -> PageData:
        """Return the Workspace with this SID, else the newest; `seen` is the revision on the page."""

        def command(engine: Engine) -> _Moment:
            found: list[Workspace] = list(engine.store.walk("workspaces", "all"))
            chosen = [one for one in found if one.sid == workspace_sid] or found
            account_sid, timer = self._taskrouter.account_sid, engine.timers.next_due()
            read = read_payloads(engine, account_sid, chosen[-1].sid) if chosen else None
            return found, read, engine.now, timer

        workspaces, payloads, now, timer = self._taskrouter.call(command)
        clock = self._taskrouter.clock
        data: PageData = {
            "now": now,
            "ahead": clock.offset,
            "frozen": clock.stopped is not None,
            "next": next_due(None, timer),
            "may_change": may_change,
            "workspaces": [{"sid": one.sid, "name": one.friendly_name} for one in workspaces],
            "workspace": payloads.workspace_sid if payloads else "",
            "revision": "",
        }
        if payloads is not None:
            self._add(data, payloads, seen, timer)
        return data

    def explain(self, workspace_sid: str, task_sid: str) -> ShownExplanation:
        """Return why the Task is where it is, Worker by Worker. Raises NotFound."""
        account_sid = self._taskrouter.account_sid
        payloads = self._taskrouter.call(
            lambda engine: read_payloads(engine, account_sid, workspace_sid)
        )
        snapshot = snapshot_of(payloads)
        task = snapshot.task(task_sid)
        if task is None:
            raise NotFound(task_sid)
        explanation = explain_evidence(snapshot.evidence_of(task))
        nearest = explanation.nearest
        return {
            "task_sid": task_sid,
            "cures": [f"{note.about}: {note.text}" for note in explanation.notes],
            "candidates": [
                {
                    "name": each.friendly_name,
                    "can_take": each.can_take,
                    "says": describe_candidate(each),
                }
                for each in nearest
            ],
            "more": len(explanation.candidates) - len(nearest),
        }

    def _add(self, data: PageData, payloads: Payloads, seen: str, timer: float | None) -> None:
        sid = payloads.workspace_sid
        deliveries = self._taskrouter.read(
            lambda snapshot: snapshot.newest_deliveries(sid, MOST_EXCHANGES)
        )
        requests = self._requests(sid)
        data["revision"] = revision = _revision(payloads, deliveries, requests)
        with self._lock:
            if self._latest is None or self._latest[0] != revision:
                names = self._names.setdefault(sid, TaskNames())
                shown = show(snapshot_of(payloads), names)
                known = _names_in(shown)

                def name_of(sid: str) -> str:
                    return known.get(sid) or names.known(sid) or short_sid(sid)

                exchanges = [show_delivery(each, name_of) for each in deliveries]
                exchanges += [show_request(each, name_of) for each in requests]
                exchanges.sort(key=lambda each: each["at"], reverse=True)
                self._latest = (revision, shown, exchanges)
            _, shown, exchanges = self._latest
        data["next"] = next_due(shown, timer)
        if revision != seen:
            data["shown"], data["exchanges"] = shown, exchanges

    def _requests(self, workspace_sid: str) -> list[LoggedRequest]:
        """The newest requests to the Workspace or to all of them, newest first."""
        found = self._taskrouter.requests.find(path=f"/v1/Workspaces/{workspace_sid}*")
        return found[: -MOST_EXCHANGES - 1 : -1]


def _names_in(shown: Shown) -> dict[str, str]:
    """The names of what is shown, by SID; a Task's come from elsewhere, for those that are gone."""
    named = [*shown["workers"], *shown["activities"], *shown["workflows"]]
    queues = {one["sid"]: f"{one['prefix']} {one['name']}".strip() for one in shown["queues"]}
    return {one["sid"]: one["name"] for one in named} | queues


def _revision(payloads: Payloads, deliveries: list[Delivery], requests: list[LoggedRequest]) -> str:
    """A hash of all but the Tasks' ages, which change with time alone."""
    tasks = [{**task, "age": 0} for task in payloads.tasks]
    text = orjson.dumps(
        [
            {**vars(payloads), "tasks": tasks},
            [vars(each) for each in deliveries],
            [each.id for each in requests],
        ]
    )
    return blake2b(text, digest_size=12).hexdigest()
