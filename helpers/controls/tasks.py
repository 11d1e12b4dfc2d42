"""The Tasks panel: where each Task is and why it waits, with buttons that end it."""

from collections.abc import Mapping
from typing import cast

from local_taskrouter.ui.shape import Shown
from local_taskrouter.ui.text import tasks_text

from helpers.controls.follow.drawn import DrawnPanel
from helpers.controls.follow.panel import ShownState
from helpers.lessons.workspace import PreparedWorkspace


class TasksState(ShownState):
    """The Tasks, oldest first, and what ends one."""

    def select(self, shown: Shown) -> Mapping[str, object]:
        return {"tasks": shown["tasks"], "tasks_say": shown["tasks_say"]}

    def cancel(self, task: str) -> bool:
        """Cancel the Task with this SID. False while another action is running."""
        return self._end(task, "canceled")

    def complete(self, task: str) -> bool:
        """Complete the Task with this SID. False while another action is running."""
        return self._end(task, "completed")

    def _end(self, task: str, status: str) -> bool:
        reason = f"{status} in the notebook"
        return self.update("tasks", task, assignment_status=status, reason=reason)


class Tasks(DrawnPanel[TasksState]):
    """A card for each Task; a click on it lights the Task's way on the floors of the page."""

    PRESSES = ("cancel", "complete")

    def __init__(self, state: TasksState) -> None:
        super().__init__("tasks", state, ("shown",))

    def as_text(self) -> str:
        lines = tasks_text(cast(Shown, self.state.shown))
        return "\n".join(filter(None, [*lines, self.state.error or self.state.notice]))


def tasks(lab: PreparedWorkspace) -> Tasks:
    """Return a panel of the Tasks: status, TaskQueue, age, priority and why each waits.

    Its buttons send `tasks(sid).update(assignment_status=..., reason=...)` and show that call; there
    is one where the lifecycle allows it. A click on a Task lights its way on the page's floor.
    `tables.tasks(lab)` shows the same as a table.
    """
    panel = Tasks(TasksState(lab))
    panel.follow()
    return panel
