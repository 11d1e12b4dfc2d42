"""What is due next on TaskRouter's clock, in the words of the Workspace that is shown."""

from local_taskrouter.rules.lifecycle import TASK_ENDED
from local_taskrouter.ui.shape import Shown, ShownDue

_WHOLE_SECOND = 1.5


def next_due(shown: Shown | None, timer: float | None) -> ShownDue | None:
    """Return the end of the first Worker's time to answer, else of a Task's timeout, else `timer`.

    `timer` is when TaskRouter's next timer ends, in seconds since 1970, in whichever Workspace. None
    if nothing is due.
    """
    tasks = shown["tasks"] if shown else []
    asked: list[ShownDue] = [
        {"says": f"{one['worker']}'s time to answer ends", "at": one["deadline"]}
        for task in tasks
        for one in task["reservations"]
        if one["deadline"] is not None
    ]
    if asked:
        return min(asked, key=lambda one: one["at"])
    if timer is None:
        return None
    for task in tasks:
        if task["status"] not in TASK_ENDED and abs(task["expires"] - timer) < _WHOLE_SECOND:
            return {"says": f"TaskRouter cancels {task['name']}", "at": timer}
    return {"says": "TaskRouter's next timer ends", "at": timer}
