"""The Workers panel: each Worker with its Activities as toggle buttons."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import ipywidgets as widgets
from traitlets import Int, List, Unicode, observe
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance

from helpers.controls.follow.panel import FollowingPanel, FollowingState, match_parts
from helpers.controls.parts import shown_call
from helpers.controls.parts.fields import ActivityButtons, Search, SearchableState
from helpers.controls.parts.in_page import PART
from helpers.controls.parts.panel import PlainLine, TextLine, close_all
from helpers.lessons.workspace import PreparedWorkspace

MOST = 30


@dataclass(frozen=True)
class WorkerRow:
    """What the panel shows of one Worker."""

    sid: str
    name: str
    attributes: str
    activity_name: str
    activity_sid: str
    available: bool
    holds: tuple[str, ...]

    def summary(self) -> str:
        """ "Idle, available · holds Task WT... (pending)" """
        available = "available" if self.available else "not available"
        holds = ", ".join(self.holds) if self.holds else "no Task"
        return f"{self.activity_name}, {available} · holds {holds}"


class WorkersState(FollowingState, SearchableState):
    """The Workers by name, and the Activities to choose from."""

    rows = List(help="a WorkerRow for each of the first MOST Workers found, by name")
    activities = List(help="(friendly name, SID) of each Activity of the Workspace")
    more = Int(help="how many more were found")
    acted_on = Unicode(help="the SID of the Worker whose button was clicked last")

    def apply_snapshot(self) -> None:
        self.crowded = len(self.snapshot.workers) > MOST
        found = [worker for worker in self.snapshot.workers if self._is_found(worker)]
        activities = self.snapshot.settings.activities
        self.activities = [(str(one.friendly_name), str(one.sid)) for one in activities]
        self.more = max(0, len(found) - MOST)
        self.rows = [self._row(worker) for worker in found[:MOST]]

    @observe("contains")
    def _search(self, _: object) -> None:
        with self.lock:
            self.apply_snapshot()

    def _is_found(self, worker: WorkerInstance) -> bool:
        name, activity = worker.friendly_name, worker.activity_name
        return self.finds(name, worker.attributes, activity, worker.sid)

    def choose(self, worker_sid: str, activity_sid: str) -> bool:
        """Set a Worker's Activity. False while another action is running."""
        return self.act(partial(self._set, worker_sid, activity_sid))

    def _set(self, worker_sid: str, activity_sid: str) -> None:
        self.acted_on = worker_sid
        self.call = shown_call.update(self.lab, "workers", worker_sid, activity_sid=activity_sid)
        self.lab.workspace.workers(worker_sid).update(activity_sid=activity_sid)

    def _row(self, worker: WorkerInstance) -> WorkerRow:
        return WorkerRow(
            sid=str(worker.sid),
            name=str(worker.friendly_name),
            attributes=str(worker.attributes),
            activity_name=str(worker.activity_name),
            activity_sid=str(worker.activity_sid),
            available=bool(worker.available),
            holds=tuple(
                f"Task {one.task_sid} (Reservation {one.reservation_status})"
                for one in self.snapshot.held.get(str(worker.sid), ())
            ),
        )


class WorkerPart(widgets.VBox):
    """One Worker's part of the panel."""

    def __init__(self, sid: str, choose: Callable[[str, Any], None]) -> None:
        self.toggles = ActivityButtons()
        self.summary = TextLine()
        self.attributes = PlainLine()
        parts = [self.toggles, self.summary, self.attributes]
        super().__init__(parts, layout={"margin": "0 0 10px 0"})
        self.add_class(PART)
        self.toggles.observe(partial(choose, sid), "value")

    def render(self, row: WorkerRow, activities: list[tuple[str, str]], busy: bool) -> None:
        self.toggles.render(row.name, activities, row.activity_sid)
        self.toggles.disabled = busy
        self.summary.text = row.summary()
        self.attributes.text = row.attributes


class Workers(FollowingPanel[WorkersState]):
    """A search, and one part for each Worker."""

    def __init__(self, state: WorkersState) -> None:
        self.parts: dict[str, WorkerPart] = {}
        self.list = widgets.VBox()
        self.more_line = TextLine()
        self.search = Search(state, "A part of a Worker's name, attributes, Activity or SID")
        super().__init__(state, [self.search, self.list, self.more_line])
        state.observe(self._render, ["rows", "activities", "more", "busy", "acted_on"])
        self._render()

    def on_choose(self, worker_sid: str, change: Any) -> None:
        """Handle a click on the Activity `change["new"]`."""
        with self.state.lock:
            now = {row.sid: row.activity_sid for row in self.state.rows}.get(worker_sid)
            chosen = not change["owner"].rendering and change["new"] != now
        if chosen:
            self.state.choose(worker_sid, change["new"])

    def as_text(self) -> str:
        lines = []
        for row in self.state.rows:
            buttons = " ".join(
                f"[✓ {name}]" if sid == row.activity_sid else f"[{name}]"
                for name, sid in self.state.activities
            )
            lines += [f"{row.name} {row.attributes}: {buttons}", f"  {row.summary()}"]
        lines += [self._more(), self.state.error or self.state.notice]
        return "\n".join(filter(None, lines))

    def _more(self) -> str:
        if self.state.more:
            least = "at least " if self.state.snapshot.more_workers else ""
            more = f"and {least}{self.state.more} more Workers"
            return f"{more}; write a part of a name above to find one."
        none = "No Worker contains this." if self.state.crowded else "There is no Worker yet."
        return "" if self.state.rows else none

    def _render(self, _: object = None) -> None:
        state = self.state
        with state.lock:
            shown = [row.sid for row in state.rows]
            removed = match_parts(self.parts, shown, lambda sid: WorkerPart(sid, self.on_choose))
            for row in state.rows:
                self.parts[row.sid].render(row, state.activities, state.busy)
            self.list.children = [self.parts[sid] for sid in shown]
            self.show_outcome_in(self.parts.get(state.acted_on, self))
            close_all(*removed)
            self.more_line.text = self._more()


def workers(lab: PreparedWorkspace) -> Workers:
    """Return a panel of the Workers: attributes, Activity, available or not, Reservations.

    A click on an Activity sends `workers(sid).update(activity_sid=...)` and shows that call, in
    Python and as curl. The panel also shows changes made elsewhere. `tables.workers(lab)` shows the
    same as a table.
    """
    panel = Workers(WorkersState(lab))
    panel.follow()
    return panel
