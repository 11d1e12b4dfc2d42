"""The floor: Tasks, the Workflow, TaskQueues, Workers, and the way of a Task through them."""

from html import escape
from typing import Any, cast

from local_taskrouter.ui.shape import Shown
from local_taskrouter.ui.text import floor_text

from helpers.controls.follow.drawn import DrawnPanel
from helpers.controls.follow.panel import ShownState
from helpers.display.html import AS_TEXT
from helpers.lessons.workspace import PreparedWorkspace


class FloorPanel(DrawnPanel[ShownState]):
    """The picture of the floor, under the sentence that says what is true now."""

    def __init__(self, state: ShownState) -> None:
        super().__init__("floor", state, ("shown",))

    def as_text(self) -> str:
        lines = floor_text(cast(Shown, self.state.shown))
        return "\n".join(filter(None, [*lines, self.state.notice]))

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Add the text as HTML, in whose place `tools.refresh` stores a picture of the floor."""
        bundle, metadata = super()._repr_mimebundle_(**options)
        text = f'<div class="taskrouter-floor {AS_TEXT}"><pre>{escape(self.as_text())}</pre></div>'
        return {**bundle, "text/html": text}, metadata


def floor(lab: PreparedWorkspace) -> FloorPanel:
    """Return a picture of the floor: how Tasks reach a Worker, and who belongs to which TaskQueue.

    The way of one Task is lit: the one chosen in the panel of `tasks`, the reserved one, else the one
    that changed last. A Task is drawn in its TaskQueue, and at the Worker who has been asked or who
    accepted it, and moves when that changes. `tables.tasks`, `tables.workers` and
    `tables.reservations` show the same data.
    """
    panel = FloorPanel(ShownState(lab))
    panel.follow()
    return panel
