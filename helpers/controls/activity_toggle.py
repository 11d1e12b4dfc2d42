"""A control that sets a Worker's Activity, as toggle buttons."""

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from traitlets import Bool, List, Unicode, dlink

from helpers.controls import calls
from helpers.controls.panel import Panel, TextLine
from helpers.controls.state import ControlState

if TYPE_CHECKING:
    from helpers.workspace import Lab

_ROOM_FOR_TICK = "\u00a0"


class ActivityState(ControlState):
    """A Worker's Activity, as TaskRouter said when last asked."""

    worker_name = Unicode()
    activity_sid = Unicode()
    activity_name = Unicode()
    available = Bool()
    activities = List(help="(friendly name, SID) of each Activity of the workspace")
    summary = Unicode(help="The Worker's Activity and what follows from it, in a sentence")

    def __init__(self, lab: "Lab", worker_sid: str) -> None:
        super().__init__(lab)
        self.worker_sid = worker_sid

    def refresh(self) -> bool:
        """Ask TaskRouter. False when another action is under way; a failure is in `error`."""
        return self.attempt(self._read)

    def choose(self, activity_sid: str) -> bool:
        """Set the Worker's Activity. False when another action is under way."""
        return self.attempt(lambda: self._set(activity_sid))

    def _read(self) -> None:
        found = self.lab.workspace.activities.list()
        self.activities = [(activity.friendly_name, activity.sid) for activity in found]
        self._take(self.lab.workspace.workers(self.worker_sid).fetch())

    def _set(self, activity_sid: str) -> None:
        self.call = calls.update(self.lab, "workers", self.worker_sid, activity_sid=activity_sid)
        worker = self.lab.workspace.workers(self.worker_sid)
        self._take(worker.update(activity_sid=activity_sid))

    def _take(self, worker: Any) -> None:
        self.worker_name = worker.friendly_name
        self.available = worker.available
        self.activity_name = worker.activity_name
        self.activity_sid = worker.activity_sid
        effect = "available: TaskRouter may offer" if worker.available else "not available:"
        offered = "Tasks" if worker.available else "TaskRouter offers no Tasks"
        self.summary = f"{worker.friendly_name} is {worker.activity_name}, {effect} {offered}."


class ActivityToggle(Panel):
    """One toggle button for each Activity, the Worker's own pressed and ticked."""

    def __init__(self, state: ActivityState) -> None:
        self.toggles = widgets.ToggleButtons(
            style={"description_width": "initial", "button_width": "auto"}
        )
        self.summary = TextLine()
        self.refresh_button = widgets.Button(description="Refresh", icon="refresh")
        self._painting = False
        super().__init__(state, [self.toggles, self.summary, self.refresh_button])
        dlink((state, "summary"), (self.summary, "text"))
        dlink((state, "busy"), (self.toggles, "disabled"))
        dlink((state, "busy"), (self.refresh_button, "disabled"))
        state.observe(self._paint, ["activities", "activity_sid", "worker_name", "busy"])
        self._paint()
        self.toggles.observe(self.on_toggle, "value")
        self.refresh_button.on_click(self.on_refresh)

    def refresh(self) -> None:
        """Show what TaskRouter says now."""
        self.state.refresh()

    def on_toggle(self, change: Any) -> None:
        if not self._painting and change["new"] != self.state.activity_sid:
            self.state.choose(change["new"])

    def on_refresh(self, _: widgets.Button) -> None:
        self.refresh()

    def as_text(self) -> str:
        names = [
            f"[✓ {name}]" if sid == self.state.activity_sid else f"[{name}]"
            for name, sid in self.state.activities
        ]
        told = self.state.error or self.state.summary
        return "\n".join([f"{self.state.worker_name}: {' '.join(names)}", told])

    def _paint(self, _: object = None) -> None:
        """Press the button of the Activity that is; setting options alone would press the first."""
        activities, now = self.state.activities, self.state.activity_sid
        if not any(sid == now for _, sid in activities):
            return
        self._painting = True
        try:
            self.toggles.description = self.state.worker_name
            options = tuple((f"{name}{_ROOM_FOR_TICK}", sid) for name, sid in activities)
            if self.toggles.options != options:
                self.toggles.options = options
            self.toggles.icons = ["check" if sid == now else "" for _, sid in activities]
            self.toggles.value = now
        finally:
            self._painting = False


def activity_toggle(lab: "Lab", worker_sid: str) -> ActivityToggle:
    """A control for the Activity of the Worker `worker_sid`, showing the one it has now.

    It sends `workers(worker_sid).update(activity_sid=...)` and shows that call, as Python and as
    curl. `.refresh()` shows a change made elsewhere. Errors of TaskRouter are shown in the control.
    """
    state = ActivityState(lab, worker_sid)
    state.refresh()
    return ActivityToggle(state)
