"""The Task lifecycle as a picture that highlights the current step of one Task."""

from typing import Any

from local_taskrouter.explanation.candidates import can_be_reserved
from local_taskrouter.rules import lifecycle as rules
from local_taskrouter.ui.shape import ShownTask
from traitlets import Dict

from helpers.controls.follow.drawn import DrawnPanel
from helpers.controls.follow.panel import FollowingState
from helpers.display.lifecycle import lifecycle_pictures, lifecycle_text
from helpers.lessons.workspace import PreparedWorkspace

_NOTHING = "There is no Task yet."
_MOST = 50


class LifecycleState(FollowingState):
    """The current step of one Task: the chosen one, else the newest."""

    number: int | None = None
    """The current step, from 1; None without one, see rules.step_index."""

    drawn = Dict(
        help="what the panel draws, see lifecyclePanel in ui/lifecycle.js: `says` where the Task is, "
        "`options` are (description, SID) of the newest Tasks and of the `chosen` one"
    )

    def __init__(self, lab: PreparedWorkspace, task_sid: str | None = None) -> None:
        super().__init__(lab)
        self.chosen_sid = task_sid or ""
        self.apply_snapshot()

    def apply_snapshot(self) -> None:
        shown = {task["sid"]: task for task in self.poller.show(self.snapshot)["tasks"]}
        newest = list(shown.values())[: -_MOST - 1 : -1]
        chosen = self.chosen_sid or (newest[0]["sid"] if newest else "")
        task = shown.get(chosen)
        self.number = self._number(task) if task else None
        offered = {"": "the newest Task"}
        offered |= {each["sid"]: f"{each['name']}, {each['status']}" for each in newest}
        if self.chosen_sid not in offered:
            offered[chosen] = f"{task['name']}, {task['status']}" if task else "deleted"
        self.drawn = {
            "says": task["says"] if task else self._nothing(),
            "words": lifecycle_text(self.number),
            "pictures": lifecycle_pictures(
                self.number, f"now: {task['status']}" if task else "now"
            ),
            "options": [(words, sid) for sid, words in offered.items()],
            "chosen": self.chosen_sid,
        }

    def choose(self, value: str) -> None:
        """Follow the Task with this SID, "" for the newest."""
        with self.lock:
            self.chosen_sid = value
            self.apply_snapshot()

    def _number(self, shown: ShownTask) -> int | None:
        task, reservations = self.snapshot.task(shown["sid"]), shown["reservations"]
        assert task is not None  # it is what was shown
        newest = reservations[-1]["status"] if reservations else None
        can_be_taken = can_be_reserved(self.snapshot.evidence_of(task))
        step = rules.step_index(shown["status"], newest, can_be_taken)
        return None if step is None else step + 1

    def _nothing(self) -> str:
        if not self.chosen_sid:
            return _NOTHING
        name = self.poller.names.known(self.chosen_sid)
        return f"TaskRouter has no Task {f'{name} any more' if name else self.chosen_sid}."


class Lifecycle(DrawnPanel[LifecycleState]):
    """The picture under the sentence that says where the Task is, and a choice of the Task."""

    PRESSES = ("choose",)

    def __init__(self, state: LifecycleState) -> None:
        super().__init__("lifecycle", state, ("drawn",))

    def drawing(self) -> dict[str, Any]:
        return self.state.drawn

    def as_text(self) -> str:
        state = self.state
        lines = [state.drawn["words"], state.drawn["says"], state.error or state.notice]
        return "\n".join(filter(None, lines))


def lifecycle(lab: PreparedWorkspace, task_sid: str | None = None) -> Lifecycle:
    """Return a picture of the lifecycle that follows the Task `task_sid`, by default the newest.

    A word, a border and a color highlight the current step. `show_lifecycle(step)` is the same as a
    picture that does not change.
    """
    panel = Lifecycle(LifecycleState(lab, task_sid))
    panel.follow()
    return panel
