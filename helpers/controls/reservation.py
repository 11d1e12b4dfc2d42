"""The Reservation panel: one Reservation in full, the time left to answer, accept and reject."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

import ipywidgets as widgets
from local_taskrouter.rules.lifecycle import RESERVATION
from local_taskrouter.rules.timeouts import iso, reservation_deadline, seconds_left
from local_taskrouter.ui.snapshot import Reservation as SdkReservation
from local_taskrouter.ui.snapshot import describe_reservation
from traitlets import Dict, Int, List, Tuple, Unicode, observe

from helpers.controls.follow.panel import FollowingPanel, FollowingState
from helpers.controls.parts import shown_call
from helpers.controls.parts.fields import Chooser
from helpers.controls.parts.panel import PlainLine, TextLine, close_all
from helpers.display.html import FactsTable, Heading, duration, short
from helpers.lessons.workspace import PreparedWorkspace

ANSWERS = {"accept": "accepted", "reject": "rejected"}
_NOTHING = "There is no Reservation yet."
_DELETED = [("", "TaskRouter has deleted the Worker.")]
_NOT_READ = [
    ("", "The Workspace has more Workers than this panel reads; this is one of the others.")
]
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


class ReservationState(FollowingState):
    """One Reservation: the chosen one, else the newest."""

    options = List(help="(description, SID) of the newest and the chosen one, newest first")
    chosen_sid = Unicode(help="the Reservation to show; empty for the newest")
    summary = Unicode(_NOTHING, help="whose Reservation this is and its status, in a sentence")
    facts = Dict(help="the main facts of the Reservation, its Task and its Worker, by heading")
    rest = Dict(help="their other properties, by heading")
    seconds_left = Int(
        None, allow_none=True, help="left to answer; None unless the Reservation is pending"
    )
    status = Unicode(help="the Reservation's status; empty without one")
    shown = Tuple(None, allow_none=True, help="the SIDs of the Task and the Reservation shown")

    def __init__(self, lab: PreparedWorkspace, task_sid: str | None = None) -> None:
        super().__init__(lab)
        self.task_sid = task_sid

    def apply_snapshot(self) -> None:
        every = self.snapshot.reservations
        found = [one for one in every if self.task_sid in (None, one.task_sid)]
        chosen = [one for one in found if one.sid == self.chosen_sid]
        if self.chosen_sid and not chosen:
            self.chosen_sid = ""  # calls apply_snapshot again
            return
        offered = found[: -_MOST - 1 : -1]
        offered += [one for one in chosen if one not in offered]
        self.options = [(_described(one), str(one.sid)) for one in offered]
        self._show((chosen or found)[-1] if found else None)

    @observe("chosen_sid")
    def _choose(self, _: object) -> None:
        with self.lock:
            self.apply_snapshot()

    @observe("shown", "status")
    def _clear_error(self, _: object) -> None:
        """Clear an error about what was shown before."""
        self.error = ""

    def answer(self, trigger: str, sids: Sids | None) -> bool:
        """Answer the Reservation `sids`, `trigger` being "accept" or "reject".

        False while another action is running.
        """
        return self.act(partial(self._answer, ANSWERS[trigger], sids))

    def allows(self, trigger: str) -> bool:
        """Whether the Reservation's lifecycle allows "accept" or "reject" now."""
        return trigger in RESERVATION.get(self.status, {})

    def _answer(self, status: str, sids: Sids | None) -> None:
        if sids is None:
            raise ValueError(_NOTHING)
        task_sid, sid = sids
        self.call = shown_call.update(
            self.lab, "reservations", sid, ("tasks", task_sid), reservation_status=status
        )
        self.lab.workspace.tasks(task_sid).reservations(sid).update(reservation_status=status)

    def _show(self, reservation: SdkReservation | None) -> None:
        if reservation is None:
            self.shown = None
            self.status, self.summary, self.seconds_left = "", self._nothing(), None
            self.facts, self.rest = {}, {}
            return
        self.shown = (str(reservation.task_sid), str(reservation.sid))
        self.status = str(reservation.reservation_status)
        self.seconds_left = self._seconds_left(reservation)
        self.summary = f"{describe_reservation(reservation)}."
        about = [
            ("Reservation", reservation, _OF_RESERVATION),
            ("Task", self.snapshot.task(reservation.task_sid), _OF_TASK),
            ("Worker", self.snapshot.worker(reservation.worker_sid), _OF_WORKER),
        ]
        missing = _NOT_READ if self.snapshot.more_workers else _DELETED
        self.facts = {
            heading: facts(found, names) if found else missing for heading, found, names in about
        }
        self.rest = {heading: rest(found, names) for heading, found, names in about if found}

    def _nothing(self) -> str:
        return f"There is no Reservation of Task {self.task_sid}." if self.task_sid else _NOTHING

    def _seconds_left(self, reservation: SdkReservation) -> int | None:
        task, now = self.snapshot.task(reservation.task_sid), self.snapshot.now()
        created = reservation.date_created
        if self.status != "pending" or task is None or now is None or created is None:
            return None
        workflow = self.snapshot.workflow(task.workflow_sid)
        if task.workflow_sid and workflow is None:
            return None  # the Workflow is newer than the settings that were read
        return seconds_left(reservation_deadline(created, workflow), now)


class AnswerButton(widgets.Button):
    """Answers one Reservation: it keeps the SIDs, so a late click never answers the next one."""

    def __init__(self, name: str, icon: str, sids: Sids | None) -> None:
        self.sids = sids
        # The same text for each Reservation: parts/focus.js finds the next button by it.
        super().__init__(description=name, icon=icon, tooltip=f"{name} this Reservation")


class Reservation(FollowingPanel[ReservationState]):
    """A chooser for the Reservation, its status and time left, two buttons, then the facts."""

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
        state.observe(self._render, ["options", "summary", "facts", "rest", "seconds_left", "busy"])
        self._render()
        self.chooser.observe(self.on_choose, "value")

    def on_choose(self, change: Any) -> None:
        with self.state.lock:
            if not self.chooser.rendering:
                self.state.chosen_sid = change["new"]

    def on_accept(self, button: AnswerButton) -> None:
        self.state.answer("accept", button.sids)

    def on_reject(self, button: AnswerButton) -> None:
        self.state.answer("reject", button.sids)

    def as_text(self) -> str:
        state = self.state
        buttons = " ".join(f"[{name.capitalize()}]" for name in ANSWERS if state.allows(name))
        lines = [f"{state.summary} {buttons}".rstrip()]
        for name, facts in state.facts.items():
            lines += [name, *(f"  {fact}: {value}" for fact, value in facts)]
        return "\n".join([*lines, *filter(None, [state.error or state.notice])])

    def _render(self, _: object = None) -> None:
        state = self.state
        with state.lock:
            self.chooser.render(state.options, state.chosen_sid)
            self.summary.text = state.summary
            left = state.seconds_left
            self.countdown.text = "" if left is None else f"{duration(left)} left to answer"
            if self.accept.sids != state.shown:
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

    def _make_buttons(self, sids: Sids | None = None) -> None:
        before = self.buttons.children
        self.accept = AnswerButton("Accept", "check", sids)
        self.reject = AnswerButton("Reject", "times", sids)
        self.accept.on_click(self.on_accept)
        self.reject.on_click(self.on_reject)
        self.buttons.children = [self.accept, self.reject]
        close_all(*before)


def reservation(lab: PreparedWorkspace, task_sid: str | None = None) -> Reservation:
    """Return a panel of one Reservation, its Task and its Worker, with the time left to answer.

    It shows the newest Reservation, of the Task `task_sid` if given; you can choose another. Accept
    and Reject send `tasks(sid).reservations(sid).update(reservation_status=...)` and show that
    call. `tables.reservations(lab)` shows all of them as a table.
    """
    panel = Reservation(ReservationState(lab, task_sid))
    panel.follow()
    return panel


def _described(reservation: SdkReservation) -> str:
    status = reservation.reservation_status
    return f"{short(str(reservation.sid))} {reservation.worker_name}, {status}"


def facts(instance: object, names: Iterable[str]) -> Facts:
    """Return (name, value) for each of the instance's `names`."""
    return [(name, _as_shown(getattr(instance, name))) for name in names]


def rest(instance: object, names: Iterable[str]) -> Facts:
    """Return (name, value) for the instance's other properties, sorted by name.

    Without the age of a Task, which would change every second.
    """
    public = {name for name in vars(instance) if not name.startswith("_")}
    return facts(instance, sorted(public - {*names, "age"}))


def _as_shown(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict):
        return json.dumps(value, indent=2)
    return "" if value is None else value
