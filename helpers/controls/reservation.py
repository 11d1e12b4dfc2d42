"""The Reservation inspector: everything of one Reservation, the time left to answer, the answers."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

import ipywidgets as widgets
from local_taskrouter.rules.lifecycle import RESERVATION
from local_taskrouter.rules.times import answer_until, iso, seconds_left
from traitlets import Dict, Int, List, Tuple, Unicode, observe

from helpers.controls.follow.panel import LivePanel, LiveState
from helpers.controls.parts import shown_call
from helpers.controls.parts.fields import Chooser
from helpers.controls.parts.panel import PlainLine, TextLine, close_whole
from helpers.display.html import FactsTable, Heading, duration, short
from helpers.lessons.workspace import PreparedWorkspace

ANSWERS = {"accept": "accepted", "reject": "rejected"}
_NOTHING = "There is no Reservation yet."
_DELETED = [("", "TaskRouter has deleted the Worker.")]
_NOT_READ = [("", "There are more Workers than are read here, and this is one of them.")]
_MOST = 50

_OF_RESERVATION = ("sid", "reservation_status", "date_created")
_OF_TASK = (
    "sid",
    "assignment_status",
    "attributes",
    "priority",
    "task_queue_friendly_name",
    "workflow_friendly_name",
    "task_channel_unique_name",
)
_OF_WORKER = ("sid", "friendly_name", "attributes", "activity_name", "available")

Sids = tuple[str, str]
Facts = list[tuple[str, object]]


class ReservationState(LiveState):
    """One Reservation: the chosen one, else the newest."""

    options = List(help="(description, SID) of the newest and the chosen one, newest first")
    chosen_sid = Unicode(help="the Reservation to show; empty for whichever is the newest")
    summary = Unicode(_NOTHING, help="what is asked of whom, in a sentence")
    facts = Dict(help="what matters of the Reservation, its Task and its Worker, by heading")
    rest = Dict(help="everything else of them, by heading")
    seconds_left = Int(None, allow_none=True, help="to answer in; None when nothing is asked")
    status = Unicode(help="the Reservation's status; empty without one")
    shown = Tuple(None, allow_none=True, help="the SIDs of the Task and of the Reservation shown")

    def __init__(self, lab: PreparedWorkspace, task_sid: str | None = None) -> None:
        super().__init__(lab)
        self.task_sid = task_sid

    def take(self) -> None:
        found = [one for one in self.snapshot.reservations if self.task_sid in (None, one.task_sid)]
        chosen = [one for one in found if one.sid == self.chosen_sid]
        if self.chosen_sid and not chosen:
            self.chosen_sid = ""  # which takes again
            return
        offered = found[: -_MOST - 1 : -1]
        offered += [one for one in chosen if one not in offered]
        self.options = [(_described(one), one.sid) for one in offered]
        self._show((chosen or found)[-1] if found else None)

    @observe("chosen_sid")
    def _choose(self, _: object) -> None:
        with self.lock:
            self.take()

    @observe("shown", "status")
    def _forget_refusal(self, _: object) -> None:
        """What was refused before says nothing about what is shown now."""
        self.error = ""

    def answer(self, trigger: str, asked: Sids | None) -> bool:
        """`trigger` "accept" or "reject", `asked` what was `shown`.

        False when another action is under way.
        """
        return self.act(partial(self._answer, ANSWERS[trigger], asked))

    def allows(self, trigger: str) -> bool:
        """Whether the Reservation's lifecycle knows "accept" or "reject" now."""
        return trigger in RESERVATION.get(self.status, {})

    def _answer(self, status: str, asked: Sids | None) -> None:
        if asked is None:
            raise ValueError(_NOTHING)
        task_sid, sid = asked
        wanted = {"reservation_status": status}
        self.call = shown_call.update(
            self.lab, "reservations", sid, parent=("tasks", task_sid), **wanted
        )
        self.lab.workspace.tasks(task_sid).reservations(sid).update(**wanted)

    def _show(self, one: Any | None) -> None:
        if one is None:
            self.shown = None
            self.status, self.summary, self.seconds_left = "", self._nothing(), None
            self.facts, self.rest = {}, {}
            return
        self.shown = (one.task_sid, one.sid)
        self.status = one.reservation_status
        self.seconds_left = self._seconds_left(one)
        self.summary = f"{one.worker_name} was asked; the Reservation is {one.reservation_status}."
        about = [
            ("Reservation", one, _OF_RESERVATION),
            ("Task", self.snapshot.task(one.task_sid), _OF_TASK),
            ("Worker", self.snapshot.worker(one.worker_sid), _OF_WORKER),
        ]
        missing = _NOT_READ if self.snapshot.more_workers else _DELETED
        self.facts = {heading: facts(it, names) if it else missing for heading, it, names in about}
        self.rest = {heading: rest(it, names) for heading, it, names in about if it}

    def _nothing(self) -> str:
        return f"There is no Reservation of Task {self.task_sid}." if self.task_sid else _NOTHING

    def _seconds_left(self, one: Any) -> int | None:
        task, now = self.snapshot.task(one.task_sid), self.snapshot.now()
        if one.reservation_status != "pending" or task is None or now is None:
            return None
        workflow = self.snapshot.workflow(task.workflow_sid)
        if task.workflow_sid and workflow is None:
            return None  # the Workflow is newer than the settings that were read
        return seconds_left(answer_until(one.date_created, workflow), now)


class AnswerButton(widgets.Button):
    """Answers one Reservation: a press that comes late is none to the next one's."""

    def __init__(self, name: str, icon: str, asked: Sids | None) -> None:
        self.asked = asked
        # The same words for each Reservation: by them the keyboard's focus finds the next button.
        super().__init__(description=name, icon=icon, tooltip=f"{name} this Reservation")


class Reservation(LivePanel):
    """Which Reservation, its status and time left, accept and reject, then the facts."""

    def __init__(self, state: ReservationState) -> None:
        self.chooser = Chooser("Reservation", "the newest")
        self.summary = TextLine()
        self.countdown = PlainLine()
        self.buttons = widgets.HBox()
        self._make_buttons()
        self.headings = {name: Heading() for name in ("Reservation", "Task", "Worker")}
        self.tables = {name: FactsTable() for name in self.headings}
        facts = [
            part for name in self.headings for part in (self.headings[name], self.tables[name])
        ]
        super().__init__(state, [self.chooser, self.summary, self.countdown, self.buttons], facts)
        state.observe(self._paint, ["options", "summary", "facts", "rest", "seconds_left", "busy"])
        self._paint()
        self.chooser.observe(self.on_choose, "value")

    def on_choose(self, change: Any) -> None:
        with self.state.lock:
            if not self.chooser.painting:
                self.state.chosen_sid = change["new"]

    def on_accept(self, button: AnswerButton) -> None:
        self.state.answer("accept", button.asked)

    def on_reject(self, button: AnswerButton) -> None:
        self.state.answer("reject", button.asked)

    def as_text(self) -> str:
        state = self.state
        buttons = " ".join(f"[{name.capitalize()}]" for name in ANSWERS if state.allows(name))
        lines = [f"{state.summary} {buttons}".rstrip()]
        for name, facts in state.facts.items():
            lines += [name, *(f"  {fact}: {value}" for fact, value in facts)]
        return "\n".join([*lines, *filter(None, [state.error or state.notice])])

    def _paint(self, _: object = None) -> None:
        state = self.state
        with state.lock:
            self.chooser.paint(state.options, state.chosen_sid)
            self.summary.text = state.summary
            left = state.seconds_left
            self.countdown.text = "" if left is None else f"{duration(left)} left to answer"
            if self.accept.asked != state.shown:
                self._make_buttons(state.shown)
            self.accept.disabled = state.busy or not state.allows("accept")
            self.reject.disabled = state.busy or not state.allows("reject")
            for name, table in self.tables.items():
                facts = state.facts.get(name, [])
                table.show(facts, state.rest.get(name, []))
                if facts:
                    self.headings[name].show(name)
                else:
                    self.headings[name].hide()

    def _make_buttons(self, asked: Sids | None = None) -> None:
        before = self.buttons.children
        self.accept = AnswerButton("Accept", "check", asked)
        self.reject = AnswerButton("Reject", "times", asked)
        self.accept.on_click(self.on_accept)
        self.reject.on_click(self.on_reject)
        self.buttons.children = [self.accept, self.reject]
        close_whole(*before)


def reservation(lab: PreparedWorkspace, task_sid: str | None = None) -> Reservation:
    """A panel of one Reservation, its Task and its Worker, with the time left to answer.

    It shows the newest Reservation, of the Task `task_sid` if given; another can be chosen. Accept
    and Reject send `tasks(sid).reservations(sid).update(reservation_status=...)` and show that
    call. `tables.reservations(lab)` has all of them as a table.
    """
    panel = Reservation(ReservationState(lab, task_sid))
    panel.follow()
    return panel


def _described(one: Any) -> str:
    return f"{short(one.sid)} {one.worker_name}, {one.reservation_status}"


def facts(instance: Any, names: Iterable[str]) -> Facts:
    """(name, value) for each of the instance's `names`."""
    return [(name, _written(getattr(instance, name))) for name in names]


def rest(instance: Any, names: Iterable[str]) -> Facts:
    """(name, value) for everything else that the instance has, by name."""
    own = {name for name in vars(instance) if not name.startswith("_")}
    return facts(instance, sorted(own - {*names, "age"}))


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict):
        return json.dumps(value, indent=2)
    return "" if value is None else value
