"""What a learner has done since an exercise began: Tasks, who was asked, and what was refused.

An exercise begins with `prepare`, which deletes the Tasks of an earlier attempt and marks the moment
in the request log.
"""

import json
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance
from twilio.rest.taskrouter.v1.workspace.task.reservation import ReservationInstance

from helpers.exercises.self_check import Line, SelfCheck
from helpers.lessons.workspace import AnyLab, PreparedWorkspace
from helpers.session.request_log import Exchange, RequestLog

BEGIN = "Run the exercise from its first cell."

_solved: WeakKeyDictionary[RequestLog, dict[str, SelfCheck]] = WeakKeyDictionary()


def judge(lab: PreparedWorkspace, title: str, lines: Sequence[Line]) -> SelfCheck:
    """The self-check with these lines; remembers whether it is solved."""
    found, solved = SelfCheck(title, lines), _solved.setdefault(lab.session.requests, {})
    solved.pop(title, None)
    if found.solved:
        solved[title] = found
    return found


def begin_again(
    lab: PreparedWorkspace,
    title: str,
    what: str,
    found: str,
    advice: str = f"The exercise hasn't begun, or what it started with is gone. {BEGIN}",
) -> SelfCheck:
    """The self-check of an exercise whose start is gone: `what` was true at its beginning.

    A solved exercise stays solved when the next one, or another lesson, deletes its Tasks.
    """
    solved = _solved.get(lab.session.requests, {}).get(title)
    return solved or SelfCheck(title, [Line(what, False, found, advice)])


def tasks_in(lab: PreparedWorkspace, queue_sid: str) -> list[TaskInstance]:
    """The Tasks of a TaskQueue, oldest first."""
    return [task for task in lab.workspace.tasks.list() if task.task_queue_sid == queue_sid]


def reservations_of(lab: PreparedWorkspace, task: TaskInstance) -> list[ReservationInstance]:
    """The Task's Reservations, oldest first."""
    return lab.workspace.tasks(str(task.sid)).reservations.list()


def worker_of(lab: PreparedWorkspace, task: TaskInstance) -> str | None:
    """The SID of the Worker who was asked about the Task or has accepted it."""
    held = [r for r in reservations_of(lab, task) if r.reservation_status in RESERVATION_HOLDING]
    return held[-1].worker_sid if held else None


def refused(lab: AnyLab) -> Exchange | None:
    """The learner's latest change, if TaskRouter refused it."""
    latest = lab.session.requests.latest_change()
    return latest if latest and latest.status and latest.status >= 400 else None


def no_json(lab: AnyLab, parameter: str = "attributes") -> str:
    """What to do about a `parameter` that was refused, since it is not JSON text of an object.

    "" if that is not what happened to the learner's latest change.
    """
    found = refused(lab)
    text = found.parameters.get(parameter.capitalize()) if found else None
    if text is None or read_object(text) is not None:
        return ""
    try:
        sent = json.loads(text)
    except ValueError:
        return f"`{parameter}` is JSON text: put `json.dumps(…)` around the dictionary."
    if sent is None:
        return (
            "You sent `None`, which `append` returns: change the list first, then write the whole "
            "dictionary."
        )
    if isinstance(sent, str) and read_object(sent) is not None:
        return "This is JSON text in JSON text: `json.dumps` once is enough."
    return f"`{parameter}` is a JSON object: give `json.dumps(…)` a dictionary."


def read_object(text: str | None) -> dict[str, Any] | None:
    """The JSON object in `text`; None if it is something else."""
    try:
        found = json.loads(text or "")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
