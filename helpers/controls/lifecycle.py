"""The way of a Task as a picture whose current step is lit, following one Task."""

from typing import Any

import ipywidgets as widgets
from local_taskrouter.explanation.waiting import somebody_could_take
from local_taskrouter.rules import lifecycle as rules
from traitlets import Int, List, Unicode, observe

from helpers.controls.follow.evidence import evidence_of
from helpers.controls.follow.panel import LivePanel, LiveState
from helpers.controls.parts.fields import Chooser
from helpers.controls.parts.panel import TextLine
from helpers.display.html import short
from helpers.display.lifecycle import lifecycle_svg, lifecycle_text
from helpers.display.svg import image_html
from helpers.lessons.workspace import PreparedWorkspace

_NOTHING = "There is no Task yet."
_MOST = 50


class LifecycleState(LiveState):
    """How far one Task has come: the chosen one, else the newest."""

    options = List(help="(description, SID) of each Task, the newest first")
    chosen_sid = Unicode(help="the Task to follow; empty for whichever is the newest")
    number = Int(
        None, allow_none=True, help="of the current step, from 1; None for none: see rules.step"
    )
    summary = Unicode(_NOTHING, help="where the Task is, in a sentence")

    def __init__(self, lab: PreparedWorkspace, task_sid: str | None = None) -> None:
        super().__init__(lab)
        self.chosen_sid = task_sid or ""

    def take(self) -> None:
        found = self.snapshot.tasks[: -_MOST - 1 : -1]
        self.options = [(_described(task), task.sid) for task in found]
        task = self.snapshot.task(self.chosen_sid) if self.chosen_sid else (found or [None])[0]
        if task is None:
            self.number, self.summary = None, self._nothing()
            return
        reservations = self.snapshot.reservations_of(task.sid)
        newest = reservations[-1].reservation_status if reservations else None
        somebody = somebody_could_take(evidence_of(self.snapshot, task))
        step = rules.step(task.assignment_status, newest, somebody)
        self.number = None if step is None else step + 1
        self.summary = _summary(task, reservations)

    @observe("chosen_sid")
    def _choose(self, _: object) -> None:
        with self.lock:
            self.take()

    def _nothing(self) -> str:
        return f"TaskRouter has no Task {self.chosen_sid}." if self.chosen_sid else _NOTHING


class Lifecycle(LivePanel):
    """Which Task, the picture, and the same in a sentence."""

    def __init__(self, state: LifecycleState) -> None:
        self.chooser = Chooser("Task", "the newest")
        self.picture = widgets.HTML()
        self.summary = TextLine()
        super().__init__(state, [self.chooser, self.picture, self.summary])
        state.observe(self._paint, ["options", "chosen_sid", "number", "summary"])
        self._paint()
        self.chooser.observe(self.on_choose, "value")

    def on_choose(self, change: Any) -> None:
        with self.state.lock:
            if not self.chooser.painting:
                self.state.chosen_sid = change["new"]

    def as_text(self) -> str:
        state = self.state
        told = [state.summary, state.error or state.notice]
        return "\n".join([lifecycle_text(state.number), *filter(None, told)])

    def _paint(self, _: object = None) -> None:
        state = self.state
        with state.lock:
            offered = {sid for _, sid in state.options} | {""}
            gone = [] if state.chosen_sid in offered else [(state.chosen_sid, state.chosen_sid)]
            self.chooser.paint([*state.options, *gone], state.chosen_sid)
            self.picture.value = image_html(
                lifecycle_svg(state.number), lifecycle_text(state.number)
            )
            self.summary.text = state.summary


def lifecycle(lab: PreparedWorkspace, task_sid: str | None = None) -> Lifecycle:
    """A picture of the lifecycle that follows one Task: the newest, unless `task_sid` names one.

    The current step is lit, by a word and a border as well as by colour. `show_lifecycle(step)` is
    the same as a picture that stands still.
    """
    panel = Lifecycle(LifecycleState(lab, task_sid))
    panel.follow()
    return panel


def _described(task: Any) -> str:
    where = task.task_queue_friendly_name or "in no TaskQueue"
    return f"{short(task.sid)} {task.assignment_status}, {where}"


def _summary(task: Any, reservations: list[Any]) -> str:
    has_ended = task.assignment_status in rules.TASK_ENDED
    asked = "nobody was asked" if has_ended else "nobody has been asked yet"
    if reservations:
        newest = reservations[-1]
        asked = f"{newest.worker_name} was asked, the Reservation is {newest.reservation_status}"
    return f"Task {task.sid} is {task.assignment_status}; {asked}."
