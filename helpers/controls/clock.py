"""A control that puts the local TaskRouter's clock forward, so that a timeout comes at once."""

from contextlib import suppress
from functools import partial
from typing import Any

from local_taskrouter.rules.timeouts import duration
from local_taskrouter.ui.due import next_due
from requests import RequestException
from traitlets import Bool, Dict, Unicode

from helpers.controls.follow.drawn import DrawnPanel
from helpers.controls.follow.panel import FollowingState
from helpers.controls.follow.poller import Update
from helpers.controls.parts import shown_call
from helpers.lessons.workspace import PreparedWorkspace

_NOT_LOCAL = "Real Twilio's clock cannot be put forward; this control is for the local TaskRouter."


class ClockState(FollowingState):
    """TaskRouter's time, and what is due next."""

    due = Dict(None, allow_none=True, help="what `says` is due `at` a moment; None if nothing is")
    frozen = Bool(help="whether a program has stopped the clock")
    outcome = Unicode(help="how far the clock was put forward, in a sentence")
    is_local = Bool(help="whether this is the local TaskRouter, whose clock can be put forward")

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab)
        self.is_local = self.polls_taskrouter = lab.session.target == "local"
        self.outcome = "" if self.is_local else _NOT_LOCAL
        self._clock: dict[str, Any] = {}

    def on_update(self, update: Update) -> None:
        if self.is_local and update.snapshot is not self.snapshot:
            with suppress(RequestException, ValueError, KeyError):  # the next poll says why
                self._clock = self.poller.read_clock()
        super().on_update(update)

    def apply_snapshot(self) -> None:
        self.frozen = bool(self._clock.get("frozen"))
        self.due = next_due(self.poller.show(self.snapshot), self._clock.get("next_due"))

    def advance(self, seconds: float) -> bool:
        """Put the clock forward by `seconds`. False while another action is running."""
        return self.act(partial(self._advance, seconds))

    def jump(self, until: float) -> bool:
        """Put the clock forward to a moment, in seconds since 1970. False as above."""
        return self.act(lambda: self._advance(self._seconds_until(until)))

    def now(self) -> float:
        """As `FollowingState.now`; a stopped clock stands still."""
        return self._clock["now"] if self.frozen else super().now()

    def _seconds_until(self, moment: float) -> float:
        """Moments are in whole seconds, so one second more has passed it."""
        return max(0.0, moment + 1 - self.poller.read_clock()["now"])

    def _time_read(self) -> float:
        return self._clock.get("now") or super()._time_read()

    def _advance(self, seconds: float) -> None:
        if not self.is_local:
            raise ValueError(_NOT_LOCAL)
        session = self.lab.session
        url = f"{session.address}/emulator/clock"
        form = {"advance": f"{seconds:g}"}
        self.outcome = ""
        self.call = shown_call.request("POST", url, form)
        answer = session.client.request("POST", url, data={**form})
        if answer.status_code != 200:
            raise ValueError(f"The clock was not put forward (HTTP {answer.status_code}).")
        self.outcome = f"It is {duration(seconds)} later for TaskRouter."


class Clock(DrawnPanel[ClockState]):
    """The time, what is due next with a button that jumps there, and a button for each step."""

    PRESSES = ("advance", "jump")

    def __init__(self, state: ClockState) -> None:
        super().__init__("clock", state, ("due", "frozen", "outcome"))

    def drawing(self) -> dict[str, Any]:
        state = self.state
        return {
            "next": state.due,
            "frozen": state.frozen,
            "outcome": state.outcome,
            "is_local": state.is_local,
            "ticks": state.is_local and not state.frozen,
        }

    def as_text(self) -> str:
        state = self.state
        buttons = "[10 seconds later] [2 minutes later] [20 minutes later]"
        lines = [buttons if state.is_local else "", state.error or state.outcome, state.notice]
        return "\n".join(filter(None, lines))


def clock(lab: PreparedWorkspace) -> Clock:
    """Return a control that puts the local TaskRouter's clock forward: "2 minutes later".

    All timeouts within that time happen at once. It shows TaskRouter's time and what is due next, and
    sends `POST /emulator/clock`. Real Twilio has no such address; there the control shows a notice
    instead.
    """
    panel = Clock(ClockState(lab))
    panel.follow()
    return panel
