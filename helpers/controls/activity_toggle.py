"""A control that sets a Worker's Activity."""

from collections.abc import Iterable

from traitlets import Dict, List, Unicode
from twilio.rest.taskrouter.v1.workspace.activity import ActivityInstance
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance

from helpers.controls.follow.drawn import DrawnPanel
from helpers.controls.follow.panel import FollowingState
from helpers.lessons.workspace import PreparedWorkspace


class ActivityState(FollowingState):
    """A Worker's Activity as TaskRouter last returned it."""

    worker = Dict(help="the Worker's `sid`, `name` and `activity`")
    activities = List(help="`sid`, `name` and `available` of each Activity of the Workspace")
    summary = Unicode(help="the Worker's Activity and what follows from it, in a sentence")

    def __init__(self, lab: PreparedWorkspace, worker_sid: str) -> None:
        super().__init__(lab)
        self.worker_sid = worker_sid
        self.worker = {"sid": worker_sid, "name": worker_sid, "activity": ""}

    def refresh(self) -> bool:
        """Read TaskRouter. False while another action is running; a failure is in `error`."""
        return self.act(self._read)

    def set_activity(self, worker: str, activity: str) -> bool:
        """Set the Activity of a Worker, both by SID. False while another action is running."""
        return self.update("workers", worker, activity_sid=activity)

    def apply_snapshot(self) -> None:
        worker = self.snapshot.worker(self.worker_sid)
        if worker is not None:
            self._apply(self.snapshot.settings.activities, worker)

    def _read(self) -> None:
        activities = self.lab.workspace.activities.list()
        worker = self.lab.workspace.workers(self.worker_sid).fetch()
        with self.lock:
            self._apply(activities, worker)

    def _apply(self, activities: Iterable[ActivityInstance], worker: WorkerInstance) -> None:
        name, activity = str(worker.friendly_name), str(worker.activity_name)
        self.activities = [
            {
                "sid": str(one.sid),
                "name": str(one.friendly_name),
                "available": bool(one.available),
            }
            for one in activities
        ]
        self.worker = {"sid": str(worker.sid), "name": name, "activity": activity}
        effect = "available: TaskRouter may offer" if worker.available else "not available:"
        offered = "Tasks" if worker.available else "TaskRouter offers no Tasks"
        self.summary = f"{name} is {activity}, {effect} {offered}."


class ActivityToggle(DrawnPanel[ActivityState]):
    """One toggle button for each Activity, the current one pressed."""

    PRESSES = ("set_activity",)

    def __init__(self, state: ActivityState) -> None:
        super().__init__("activity", state, ("activities", "worker", "summary"))

    def refresh(self) -> None:
        """Show what TaskRouter returns now."""
        self.state.refresh()

    def as_text(self) -> str:
        names = [activity["name"] for activity in self.state.activities]
        now = self.state.worker["activity"]
        buttons = " ".join(f"[✓ {name}]" if name == now else f"[{name}]" for name in names)
        outcome = self.state.error or self.state.summary
        return "\n".join([f"{self.state.worker['name']}: {buttons}", outcome])


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
