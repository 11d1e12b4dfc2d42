"""The Task lifecycle as a picture that highlights the current step of one Task."""

from typing import Any

import ipywidgets as widgets
from local_taskrouter.explanation.candidates import can_be_reserved
from local_taskrouter.rules import lifecycle as rules
from local_taskrouter.ui.snapshot import Reservation, describe_reservation
from traitlets import Int, List, Unicode, observe
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from helpers.controls.follow.panel import FollowingPanel, FollowingState
from helpers.controls.parts.fields import Chooser
from helpers.controls.parts.panel import TextLine
from helpers.display.html import short
from helpers.display.lifecycle import lifecycle_svg, lifecycle_text
from helpers.display.svg import image_html
from helpers.lessons.workspace import PreparedWorkspace

_NOTHING = "There is no Task yet."
_MOST = 50


class LifecycleState(FollowingState):
    """The current step of one Task: the chosen one, else the newest."""

    options = List(help="(description, SID) of each Task, the newest first")
    chosen_sid = Unicode(help="the Task to follow; empty for the newest")
    number = Int(
        None,
        allow_none=True,
        help="number of the current step, from 1; None without one, see rules.step_index",
    )
    summary = Unicode(_NOTHING, help="where the Task is, in a sentence")

    def __init__(self, lab: PreparedWorkspace, task_sid: str | None = None) -> None:
        super().__init__(lab)
        self.chosen_sid = task_sid or ""

    def apply_snapshot(self) -> None:
        found = self.snapshot.tasks[: -_MOST - 1 : -1]
        self.options = [(_described(task), str(task.sid)) for task in found]
        task = self.snapshot.task(self.chosen_sid) if self.chosen_sid else (found or [None])[0]
        if task is None:
            self.number, self.summary = None, self._nothing()
            return
        reservations = self.snapshot.reservations_of(task)
        newest = str(reservations[-1].reservation_status) if reservations else None
        can_be_taken = can_be_reserved(self.snapshot.evidence_of(task))
        step = rules.step_index(str(task.assignment_status), newest, can_be_taken)
        self.number = None if step is None else step + 1
        self.summary = _summary(task, reservations)

    @observe("chosen_sid")
    def _choose(self, _: object) -> None:
        with self.lock:
            self.apply_snapshot()

    def _nothing(self) -> str:
        return f"TaskRouter has no Task {self.chosen_sid}." if self.chosen_sid else _NOTHING


class Lifecycle(FollowingPanel[LifecycleState]):
    """A chooser for the Task, the picture, and a sentence that describes it."""

    def __init__(self, state: LifecycleState) -> None:
        self.chooser = Chooser("Task", "the newest")
        self.picture = widgets.HTML()
        self.summary = TextLine()
        super().__init__(state, [self.chooser, self.picture, self.summary])
        state.observe(self._render, ["options", "chosen_sid", "number", "summary"])
        self._render()
        self.chooser.observe(self.on_choose, "value")

    def on_choose(self, change: Any) -> None:
        with self.state.lock:
            if not self.chooser.rendering:
                self.state.chosen_sid = change["new"]

    def as_text(self) -> str:
        state = self.state
        lines = [lifecycle_text(state.number), state.summary, state.error or state.notice]
        return "\n".join(filter(None, lines))

    def _render(self, _: object = None) -> None:
        state = self.state
        with state.lock:
            offered = {sid for _, sid in state.options} | {""}
            deleted = [] if state.chosen_sid in offered else [(state.chosen_sid, state.chosen_sid)]
            self.chooser.render([*state.options, *deleted], state.chosen_sid)
            self.picture.value = image_html(
                lifecycle_svg(state.number), lifecycle_text(state.number)
            )
            self.summary.text = state.summary


def lifecycle(lab: PreparedWorkspace, task_sid: str | None = None) -> Lifecycle:
    """Return a picture of the lifecycle that follows the Task `task_sid`, by default the newest.

    A word, a border and a color highlight the current step. `show_lifecycle(step)` is the same as a
    picture that does not change.
    """
    panel = Lifecycle(LifecycleState(lab, task_sid))
    panel.follow()
    return panel


def _described(task: TaskInstance) -> str:
    where = task.task_queue_friendly_name or "in no TaskQueue"
    return f"{short(str(task.sid))} {task.assignment_status}, {where}"


def _summary(task: TaskInstance, reservations: list[Reservation]) -> str:
    if reservations:
        newest = describe_reservation(reservations[-1])
    else:
        has_ended = task.assignment_status in rules.TASK_ENDED
        newest = "it had no Reservation" if has_ended else "it has no Reservation yet"
    return f"Task {task.sid} is {task.assignment_status}; {newest}."
