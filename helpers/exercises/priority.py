"""The exercise of lesson 02: a Task that is first in line, and a Worker who is asked about it."""

from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING, TASK_OPEN
from local_taskrouter.rules.scope import read_attributes
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.workspace import PreparedWorkspace

WAITING = {"invoice": 0, "password": 10}
"""The topics of the Tasks that waited before, and their priorities."""
_AGAIN = "Run the first cell of the exercise, and begin again."


@refreshing
def first_in_line(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 02: a third Task in English is first in line, and Bob is asked about it."""
    tasks = lab.workspace.tasks.list(assignment_status=list(TASK_OPEN))
    before: dict[str, TaskInstance] = {}  # by topic, the oldest of each: a later one is new
    for task in tasks:
        if (topic := str(_attribute(task, "topic"))) in WAITING:
            before.setdefault(topic, task)
    made = [task for task in tasks if task not in before.values()]
    english = [task for task in made if task.task_queue_sid == lab.english_queue_sid]
    first = max(english, key=lambda task: task.priority or 0, default=None)
    highest = max(WAITING.values())
    if first and (first.priority or 0) <= highest:
        first = english[-1]  # the latest attempt has the slip to name
    priorities = {topic: task.priority or 0 for topic, task in before.items()}
    asked_about = _asked_about(lab, lab.bob_sid)
    came_back = _came_back(lab, first, asked_about)
    bob = lab.workspace.workers(lab.bob_sid).fetch()
    return SelfCheck(
        "First in line",
        [
            Line(
                "The two who wait kept their places",
                priorities == WAITING,
                f"their priorities are {priorities}" if priorities else "they are gone",
                f"You moved another customer: create the third one's Task. {_AGAIN}"
                if priorities
                else _AGAIN,
            ),
            Line(
                "There is a third Task in English",
                first is not None,
                f"the new one is in {made[0].task_queue_friendly_name}"
                if made
                else "there is none",
                came_back or _no_task_yet(lab, made),
            ),
            Line(
                "It is first in line",
                first is not None and (first.priority or 0) > highest,
                f"its priority is {first.priority}" if first else "there is no third Task",
                f"{_behind(first)} {came_back}".rstrip(),
            ),
            Line(
                "Bob is asked about it first",
                first is not None and asked_about == first.sid,
                "he is asked about another Task" if asked_about else f"he is {bob.activity_name}",
                came_back or "Now let Bob come back: update his Activity with `lab.idle_sid`.",
            ),
        ],
    )


def _came_back(lab: PreparedWorkspace, first: TaskInstance | None, bobs_task: str | None) -> str:
    """What to do when a Worker was asked before the third Task was first in line; else ""."""
    if _asked_about(lab, lab.alice_sid):
        return f"Alice came back, and was asked. {_AGAIN}"
    if bobs_task and (first is None or bobs_task != first.sid):
        return f"Bob came back too early. {_AGAIN}"
    return ""


def _no_task_yet(lab: PreparedWorkspace, made: list[TaskInstance]) -> str:
    if made:
        return "She speaks English: `selected_language` must be `en`."
    latest = lab.session.requests.latest_change()
    if latest is None or latest.status != 400:
        return "Create it as you did Carmen's Task, in English."
    priority, attributes = (latest.parameters.get(name, "") for name in ("Priority", "Attributes"))
    if priority and not (priority.isdecimal() and int(priority) < 2**31):
        return (
            f"Priority is a whole number from 0 to 2147483647, not {priority}; nothing was created."
        )
    language = read_attributes(attributes).get("selected_language")
    if language:
        return f"No filter knows `{language}`: nothing was created. Filters know `en` and `es`."
    return "Nothing was created. Attributes are JSON text, with a `selected_language`."


def _behind(first: TaskInstance | None) -> str:
    """What to do about the priority of the third Task."""
    priority = (first.priority or 0) if first else 0
    if first and not priority and _attribute(first, "priority") is not None:
        return "The Task's priority is 0: pass `priority` as an argument, not as an attribute."
    if priority == WAITING["password"]:
        return "With equal priorities the older Task is first. Go higher."
    return f"Another Task has {WAITING['password']} and is served first. Go higher."


def _attribute(task: TaskInstance, name: str) -> object:
    return read_attributes(str(task.attributes)).get(name)


def _asked_about(lab: PreparedWorkspace, worker_sid: str) -> str | None:
    """The SID of the Task that the Worker holds."""
    found = lab.workspace.workers(worker_sid).reservations.list()
    held = [one for one in found if one.reservation_status in RESERVATION_HOLDING]
    return held[0].task_sid if held else None
