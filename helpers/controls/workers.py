"""The Workers panel: each Worker with a switch of Activities."""

from collections.abc import Mapping
from typing import cast

from local_taskrouter.ui.shape import Shown
from local_taskrouter.ui.text import workers_text

from helpers.controls.follow.drawn import DrawnPanel
from helpers.controls.follow.panel import ShownState
from helpers.lessons.workspace import PreparedWorkspace


class WorkersState(ShownState):
    """The Workers by name, the Activities to choose from, and the names of the Workers' Tasks."""

    def select(self, shown: Shown) -> Mapping[str, object]:
        workers = shown["workers"]
        held = {one["task_sid"] for worker in workers for one in worker["reservations"]}
        tasks = [task for task in shown["tasks"] if task["sid"] in held]
        return {
            "workers": workers,
            "workers_say": shown["workers_say"],
            "activities": shown["activities"],
            "tasks": [{"sid": task["sid"], "name": task["name"]} for task in tasks],
        }

    def set_activity(self, worker: str, activity: str) -> bool:
        """Set the Activity of a Worker, both by SID. False while another action is running."""
        return self.update("workers", worker, activity_sid=activity)


class Workers(DrawnPanel[WorkersState]):
    """A card for each Worker."""

    PRESSES = ("set_activity",)

    def __init__(self, state: WorkersState) -> None:
        super().__init__("workers", state, ("shown",))

    def as_text(self) -> str:
        lines = workers_text(cast(Shown, self.state.shown))
        return "\n".join(filter(None, [*lines, self.state.error or self.state.notice]))


def workers(lab: PreparedWorkspace) -> Workers:
    """Return a panel of the Workers: skills, Activity, available or not, their Tasks.

    A click on an Activity sends `workers(sid).update(activity_sid=...)` and shows that call, in
    Python and as curl. The panel also shows changes made elsewhere. `tables.workers(lab)` shows the
    same as a table.
    """
    panel = Workers(WorkersState(lab))
    panel.follow()
    return panel
