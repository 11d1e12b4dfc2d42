"""The floor: Tasks, the Workflow, TaskQueues, Workers, and the way of a Task through them."""

from typing import Any, cast

from local_taskrouter.ui.shape import Shown
from local_taskrouter.ui.shown import floor_text
from traitlets import Dict

from helpers.controls.follow.drawn import DrawnPanel
from helpers.controls.follow.panel import FollowingState
from helpers.lessons.workspace import PreparedWorkspace


class FloorState(FollowingState):
    """The Workspace as of the latest snapshot."""

    shown = Dict(help="the Workspace as JSON, see local_taskrouter/ui/shape.py")

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab)
        self.shown = self.poller.show(self.snapshot)

    def apply_snapshot(self) -> None:
        self.shown = self.poller.show(self.snapshot)


class FloorPanel(DrawnPanel[FloorState]):
    """The picture of the floor, under the sentence that says what is true now."""

    def __init__(self, state: FloorState) -> None:
        super().__init__("floor", state, ("shown",))

    def drawing(self) -> dict[str, Any]:
        return {"shown": self.state.shown}

    def as_text(self) -> str:
        lines = floor_text(cast(Shown, self.state.shown))
        return "\n".join(filter(None, [*lines, self.state.notice]))


def floor(lab: PreparedWorkspace) -> FloorPanel:
    """Return a picture of the floor: how Tasks reach a Worker, and who belongs to which TaskQueue.

    The way of one Task is lit: the reserved one, else the one that changed last. A Task is drawn in
    its TaskQueue, and at the Worker who has been asked or who accepted it, and moves when that
    changes. `tables.tasks`, `tables.workers` and `tables.reservations` show the same data.
    """
    panel = FloorPanel(FloorState(lab))
    panel.follow()
    return panel
