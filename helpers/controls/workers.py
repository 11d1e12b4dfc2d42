"""The Workers of a Workspace, each with its Activity as toggle buttons; it follows by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import ipywidgets as widgets
from traitlets import Bool, Int, List, Unicode, observe

from helpers.controls.follow.panel import LivePanel, LiveState, match_lines
from helpers.controls.parts import shown_call
from helpers.controls.parts.fields import ActivityButtons, Search, contains
from helpers.controls.parts.in_page import PART
from helpers.controls.parts.panel import PlainLine, TextLine, close_whole
from helpers.lessons.workspace import PreparedWorkspace

MOST = 30


@dataclass(frozen=True)
class WorkerRow:
    """What the panel says of one Worker."""

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


class WorkersState(LiveState):
    """The Workers by name, and the Activities they may be in."""

    rows = List(help="a WorkerRow for each Worker that is found, the first MOST by name")
    activities = List(help="(friendly name, SID) of each Activity of the Workspace")
    more = Int(help="how many are found beyond those")
    crowded = Bool(help="whether there are more than MOST Workers")
    acted_on = Unicode(help="the SID of the Worker whose Activity was pressed last")
    contains = Unicode(help="only Workers whose name, attributes, Activity or SID contain this")

    def take(self) -> None:
        self.crowded = len(self.snapshot.workers) > MOST
        found = [worker for worker in self.snapshot.workers if self._is_wanted(worker)]
        activities = self.snapshot.settings.activities
        self.activities = [(activity.friendly_name, activity.sid) for activity in activities]
        self.more = max(0, len(found) - MOST)
        self.rows = [self._row(worker) for worker in found[:MOST]]

    @observe("contains")
    def _search(self, _: object) -> None:
        with self.lock:
            self.take()

    def _is_wanted(self, worker: Any) -> bool:
        told = (worker.friendly_name, worker.attributes, worker.activity_name, worker.sid)
        return not self.crowded or contains(self.contains, *told)

    def choose(self, worker_sid: str, activity_sid: str) -> bool:
        """Set a Worker's Activity. False when another action is under way."""
        return self.act(partial(self._set, worker_sid, activity_sid))

    def _set(self, worker_sid: str, activity_sid: str) -> None:
        self.acted_on = worker_sid
        self.call = shown_call.update(self.lab, "workers", worker_sid, activity_sid=activity_sid)
        self.lab.workspace.workers(worker_sid).update(activity_sid=activity_sid)

    def _row(self, worker: Any) -> WorkerRow:
        return WorkerRow(
            worker.sid,
            worker.friendly_name,
            worker.attributes,
            worker.activity_name,
            worker.activity_sid,
            worker.available,
            tuple(
                f"Task {one.task_sid} (Reservation {one.reservation_status})"
                for one in self.snapshot.held_by(worker.sid)
            ),
        )


class WorkerLines(widgets.VBox):
    """One Worker's part of the panel."""

    def __init__(self, sid: str, choose: Callable[[str, Any], None]) -> None:
        self.toggles = ActivityButtons()
        self.summary = TextLine()
        self.attributes = PlainLine()
        parts = [self.toggles, self.summary, self.attributes]
        super().__init__(parts, layout={"margin": "0 0 10px 0"})
        self.add_class(PART)
        self.toggles.observe(partial(choose, sid), "value")

    def paint(self, row: WorkerRow, activities: list[tuple[str, str]], busy: bool) -> None:
        self.toggles.paint(row.name, activities, row.activity_sid)
        self.toggles.disabled = busy
        self.summary.text = row.summary()
        self.attributes.text = row.attributes


class Workers(LivePanel):
    """The part of each Worker, one below the other."""

    def __init__(self, state: WorkersState) -> None:
        self.lines: dict[str, WorkerLines] = {}
        self.list = widgets.VBox()
        self.more_line = TextLine()
        self.search = Search(state, "A part of a Worker's name, attributes, Activity or SID")
        super().__init__(state, [self.search, self.list, self.more_line])
        state.observe(self._paint, ["rows", "activities", "more", "busy", "acted_on"])
        self._paint()

    def on_choose(self, worker_sid: str, change: Any) -> None:
        """The learner pressed the button of the Activity `change["new"]`."""
        with self.state.lock:
            now = {row.sid: row.activity_sid for row in self.state.rows}.get(worker_sid)
            chosen = not change["owner"].painting and change["new"] != now
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
        told = [self._more(), self.state.error or self.state.notice]
        return "\n".join([*lines, *filter(None, told)])

    def _more(self) -> str:
        if self.state.more:
            least = "at least " if self.state.snapshot.more_workers else ""
            return f"and {least}{self.state.more} more Workers; write a part of a name above to find one."
        nobody = "No Worker contains this." if self.state.crowded else "There is no Worker yet."
        return "" if self.state.rows else nobody

    def _paint(self, _: object = None) -> None:
        state = self.state
        with state.lock:
            shown = [row.sid for row in state.rows]
            gone = match_lines(self.lines, shown, lambda sid: WorkerLines(sid, self.on_choose))
            for row in state.rows:
                self.lines[row.sid].paint(row, state.activities, state.busy)
            self.list.children = [self.lines[sid] for sid in shown]
            self.tell_in(self.lines.get(state.acted_on, self))
            close_whole(*gone)
            self.more_line.text = self._more()


def workers(lab: PreparedWorkspace) -> Workers:
    """A panel of the Workspace's Workers: attributes, Activity, available or not, what each holds.

    A press of an Activity sends `workers(sid).update(activity_sid=...)` and shows that call, as
    Python and as curl. Changes made elsewhere show by themselves. `tables.workers(lab)` is the
    same as a table.
    """
    panel = Workers(WorkersState(lab))
    panel.follow()
    return panel
