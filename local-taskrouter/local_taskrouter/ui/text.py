"""A Workspace in words: titles of panels, and panels as text where a page cannot draw them."""

from collections import Counter
from collections.abc import Iterable

from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING, TASK, TASK_ENDED
from local_taskrouter.ui.shape import Shown, ShownTask, ShownWorker

MOST_LINES = 20
"""The most Tasks, and the most Workers, that a text names."""

_ENDINGS = {"cancel": "[Cancel]", "complete": "[Complete]"}


def tasks_title(tasks: Iterable[ShownTask], more: bool = False) -> str:
    """Return how many Tasks are open: "1 Task waits, 2 are reserved"; with `more` there are others."""
    counts = Counter(task["status"] for task in tasks)
    held = counts["assigned"] + counts["wrapping"]
    counted = [
        (counts["pending"], "waits", "wait"),
        (counts["reserved"], "is reserved", "are reserved"),
        (held, "is with a Worker", "are with a Worker"),
    ]
    found = [(number, one if number == 1 else several) for number, one, several in counted]
    parts = [f"{number} {verb}" for number, verb in found if number]
    if not parts:
        return "No Task is open"
    number, _, rest = ", ".join(parts).partition(" ")
    return f"{'At least ' if more else ''}{_count(int(number), 'Task')} {rest}"


def workers_title(workers: list[ShownWorker], more: bool = False) -> str:
    """Return how many Workers are available: "1 of 2 Workers is available"; with `more`, there are
    others.
    """
    if not workers:
        return "No Worker yet"
    available = sum(worker["available"] for worker in workers)
    is_free = any(worker["state"] == "available" for worker in workers)
    verb = "is" if available == 1 else "are"
    busy = ", none is free" if available and not is_free else ""
    number = f"{'the first ' if more else ''}{_count(len(workers), 'Worker')}"
    return f"{available} of {number} {verb} available{busy}"


def tasks_text(shown: Shown) -> list[str]:
    """Return the title, then each Task with its status, what may end it, and why it waits."""
    tasks = sorted(shown["tasks"], key=lambda task: task["status"] in TASK_ENDED)
    lines = [f"{shown['tasks_say']}."]
    for task in tasks[:MOST_LINES]:
        allowed = [word for trigger, word in _ENDINGS.items() if trigger in TASK[task["status"]]]
        lines.append(" ".join([_task_line(task, f"priority {task['priority']}"), *allowed]))
        waits = task["status"] == "pending" and task["why"]
        lines += [f"  {task['why'].replace('`', '')}"] if waits else []
    return lines + _rest(len(tasks), "Task")


def workers_text(shown: Shown) -> list[str]:
    """Return the title, then each Worker with the Activity and the Tasks they have."""
    tasks = {task["sid"]: task["name"] for task in shown["tasks"]}
    workers = shown["workers"]
    lines = [_worker_line(worker, tasks) for worker in workers[:MOST_LINES]]
    return [f"{shown['workers_say']}.", *lines, *_rest(len(workers), "Worker")]


def floor_text(shown: Shown) -> list[str]:
    """Return the floor in words: the sentence, then a line for each Task, TaskQueue and Worker."""
    tasks = {task["sid"]: task for task in shown["tasks"]}
    names = {sid: task["name"] for sid, task in tasks.items()}
    lit = tasks.get(shown["lit"] or "")
    lines = [lit["says"] if lit else "There is no Task yet."]
    lines += [_task_line(task) for task in shown["tasks"] if task["status"] not in TASK_ENDED]
    workers = {worker["sid"]: worker["name"] for worker in shown["workers"]}
    for queue in shown["queues"]:
        members = ", ".join(workers[sid] for sid in queue["worker_sids"]) or "no Worker"
        full = f"{queue['prefix']} {queue['name']}".strip()
        lines.append(f"TaskQueue {full}, {queue['expression'] or 'for no Worker'}: {members}")
    return lines + [_worker_line(worker, names) for worker in shown["workers"]]


def _task_line(task: ShownTask, *more: str) -> str:
    held = [one["worker"] for one in task["reservations"] if one["status"] in RESERVATION_HOLDING]
    parts = [task["status"], f"TaskQueue {task['queue']}", *held, *more]
    return f"{task['name']}: {', '.join(parts)}"


def _worker_line(worker: ShownWorker, task_names: dict[str, str]) -> str:
    """ "Alice (en, es): Idle, is asked about Spanish #1" """
    verbs = {"pending": "is asked about"}
    doing = [
        f"{verbs.get(one['status'], 'has')} {task_names[one['task_sid']]}"
        for one in worker["reservations"]
        if one["task_sid"] in task_names
    ]
    skills = f" ({worker['skills']})" if worker["skills"] else ""
    return f"{worker['name']}{skills}: {', '.join([worker['activity'], *doing])}"


def _rest(number: int, noun: str) -> list[str]:
    return [f"and {_count(number - MOST_LINES, f'more {noun}')}"] if number > MOST_LINES else []


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
