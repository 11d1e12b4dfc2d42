"""A control that sets a Worker's Activity, as toggle buttons."""

from collections.abc import Iterable
from typing import Any

from traitlets import List, Unicode, dlink
from twilio.rest.taskrouter.v1.workspace.activity import ActivityInstance
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance

from helpers.controls.follow.panel import FollowingPanel, FollowingState
from helpers.controls.parts import shown_call
from helpers.controls.parts.fields import ActivityButtons
from helpers.controls.parts.panel import TextLine
from helpers.lessons.workspace import PreparedWorkspace


class ActivityState(FollowingState):
    """A Worker's Activity as TaskRouter last returned it."""

    worker_name = Unicode()
    activity_sid = Unicode()
    activities = List(help="(friendly name, SID) of each Activity of the Workspace")
    summary = Unicode(help="the Worker's Activity and what follows from it, in a sentence")

    def __init__(self, lab: PreparedWorkspace, worker_sid: str) -> None:
        super().__init__(lab)
        self.worker_sid = worker_sid

    def refresh(self) -> bool:
        """Read TaskRouter. False while another action is running; a failure is in `error`."""
        return self.act(self._read)

    def choose(self, activity_sid: str) -> bool:
        """Set the Worker's Activity. False while another action is running."""
        return self.act(lambda: self._set(activity_sid))

    def apply_snapshot(self) -> None:
        worker = self.snapshot.worker(self.worker_sid)
        if worker is not None:
            self._apply(self.snapshot.settings.activities, worker)

    def _read(self) -> None:
        activities = self.lab.workspace.activities.list()
        worker = self.lab.workspace.workers(self.worker_sid).fetch()
        with self.lock:
            self._apply(activities, worker)

    def _set(self, activity_sid: str) -> None:
        self.call = shown_call.update(
            self.lab, "workers", self.worker_sid, activity_sid=activity_sid
        )
        worker = self.lab.workspace.workers(self.worker_sid)
        worker.update(activity_sid=activity_sid)

    def _apply(self, activities: Iterable[ActivityInstance], worker: WorkerInstance) -> None:
        self.activities = [(str(one.friendly_name), str(one.sid)) for one in activities]
        self.worker_name = str(worker.friendly_name)
        self.activity_sid = str(worker.activity_sid)
        effect = "available: TaskRouter may offer" if worker.available else "not available:"
        offered = "Tasks" if worker.available else "TaskRouter offers no Tasks"
        self.summary = f"{worker.friendly_name} is {worker.activity_name}, {effect} {offered}."


class ActivityToggle(FollowingPanel[ActivityState]):
    """One toggle button for each Activity, the current one pressed and ticked."""

    def __init__(self, state: ActivityState) -> None:
        self.toggles = ActivityButtons()
        self.summary = TextLine()
        super().__init__(state, [self.toggles, self.summary])
        dlink((state, "summary"), (self.summary, "text"))
        dlink((state, "busy"), (self.toggles, "disabled"))
        state.observe(self._render, ["activities", "activity_sid", "worker_name", "busy"])
        self._render()
        self.toggles.observe(self.on_toggle, "value")

    def refresh(self) -> None:
        """Show what TaskRouter returns now."""
        self.state.refresh()

    def on_toggle(self, change: Any) -> None:
        with self.state.lock:
            chosen = not self.toggles.rendering and change["new"] != self.state.activity_sid
        if chosen:
            self.state.choose(change["new"])

    def as_text(self) -> str:
        names = [
            f"[✓ {name}]" if sid == self.state.activity_sid else f"[{name}]"
            for name, sid in self.state.activities
        ]
        outcome = self.state.error or self.state.summary
        return "\n".join([f"{self.state.worker_name}: {' '.join(names)}", outcome])

    def _render(self, _: object = None) -> None:
        state = self.state
        with state.lock:
            self.toggles.render(state.worker_name, state.activities, state.activity_sid)


def activity_toggle(lab: PreparedWorkspace, worker_sid: str) -> ActivityToggle:
    """Return a control that shows and sets the Activity of the Worker `worker_sid`.

    It sends `workers(worker_sid).update(activity_sid=...)` and shows that call, in Python and as
    curl. It shows a change made elsewhere within a second, or at once after `.refresh()`. It shows
    TaskRouter's errors too.
    """
    state = ActivityState(lab, worker_sid)
    state.refresh()
    panel = ActivityToggle(state)
    panel.follow()
    return panel
