"""A control that puts the local TaskRouter's clock forward, so that a timeout comes at once."""

from functools import partial

import ipywidgets as widgets
from traitlets import Bool, Int, Unicode, dlink, link

from helpers.controls.follow.panel import FollowingPanel, FollowingState
from helpers.controls.parts import shown_call
from helpers.controls.parts.panel import TextLine
from helpers.display.html import duration
from helpers.lessons.workspace import PreparedWorkspace

STEPS = (("10 seconds later", 10), ("2 minutes later", 120), ("20 minutes later", 1200))
_LONGEST = 7 * 24 * 3600
_NOT_LOCAL = "Real Twilio's clock cannot be put forward; this control is for the local TaskRouter."


class ClockState(FollowingState):
    """How far to put the clock forward, and the outcome."""

    polls_taskrouter = False

    seconds = Int(60)
    outcome = Unicode(help="how far the clock was put forward, in a sentence")
    is_local = Bool(help="whether this is the local TaskRouter, whose clock can be put forward")

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab)
        self.is_local = lab.session.target == "local"
        self.outcome = "" if self.is_local else _NOT_LOCAL

    def apply_snapshot(self) -> None:
        """Does nothing: the panel does not show the clock's time."""

    def advance(self, seconds: int) -> bool:
        """Put the clock forward by `seconds`. False while another action is running."""
        return self.act(partial(self._advance, seconds))

    def _advance(self, seconds: int) -> None:
        if not self.is_local:
            raise ValueError(_NOT_LOCAL)
        session = self.lab.session
        url = f"{session.address}/emulator/clock"
        self.outcome = ""
        self.call = shown_call.request("POST", url, {"advance": str(seconds)})
        answer = session.client.request("POST", url, data={"advance": str(seconds)})
        if answer.status_code != 200:
            raise ValueError(f"The clock was not put forward (HTTP {answer.status_code}).")
        self.outcome = f"It is {duration(seconds)} later for TaskRouter."


class Clock(FollowingPanel[ClockState]):
    """A button for each common step, and one for any number of seconds."""

    def __init__(self, state: ClockState) -> None:
        self.steps = [widgets.Button(description=name, icon="clock-o") for name, _ in STEPS]
        self.seconds = widgets.BoundedIntText(
            description="Seconds",
            tooltip="Seconds",
            min=1,
            max=_LONGEST,
            style={"description_width": "initial"},
            layout={"width": "12em"},
        )
        self.button = widgets.Button(description="Advance the clock", icon="forward")
        self.outcome = TextLine()
        row = {"flex_flow": "row wrap"}
        any_number = widgets.HBox([self.seconds, self.button], layout=row)
        fields = [widgets.HBox(self.steps, layout=row), any_number, self.outcome]
        super().__init__(state, fields)
        for button in [*self.steps, self.button]:
            button.layout.width = "auto"
        link((state, "seconds"), (self.seconds, "value"))
        dlink((state, "outcome"), (self.outcome, "text"))
        for button, (_, seconds) in zip(self.steps, STEPS, strict=True):
            button.on_click(partial(self.on_step, seconds))
        self.button.on_click(self.on_advance)
        state.observe(self._render, "busy")
        self._render()

    def on_step(self, seconds: int, _: widgets.Button | None = None) -> None:
        self.state.advance(seconds)

    def on_advance(self, _: widgets.Button | None = None) -> None:
        self.state.advance(self.state.seconds)

    def as_text(self) -> str:
        buttons = " ".join(f"[{name}]" for name, _ in STEPS) if self.state.is_local else ""
        outcome = self.state.error or self.state.outcome
        return "\n".join(filter(None, [buttons, outcome]))

    def _render(self, _: object = None) -> None:
        for button in [*self.steps, self.button]:
            button.disabled = self.state.busy or not self.state.is_local


def clock(lab: PreparedWorkspace) -> Clock:
    """Return a control that puts the local TaskRouter's clock forward: "2 minutes later".

    All timeouts within that time happen at once. It sends `POST /emulator/clock`. Real Twilio has
    no such address; there the control shows a notice instead.
    """
    panel = Clock(ClockState(lab))
    panel.follow()
    return panel
