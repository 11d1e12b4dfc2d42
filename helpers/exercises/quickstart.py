"""The exercises of lessons 01 to 05, which follow Twilio's quickstart."""

import json
from collections.abc import Mapping
from typing import Any

from local_taskrouter.rules.expression import ExpressionSyntaxError, parse
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING, TASK_OPEN
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance
from twilio.rest.taskrouter.v1.workspace.worker.reservation import ReservationInstance

from helpers.exercises.self_check import Line, SelfCheck, refreshing
from helpers.lessons.workspace import PreparedWorkspace

PRIORITY = 5


def _matches(expression: str, attributes: Mapping[str, Any]) -> bool:
    """Whether a Worker with these attributes matches the TaskQueue's expression."""
    try:
        return parse(expression).matches(attributes)
    except ExpressionSyntaxError:  # real Twilio may accept more than our parser
        return False


@refreshing
def urgent_task(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 02: there is a Task in English with priority 5. Reports on the closest one."""
    open_tasks = lab.workspace.tasks.list(assignment_status=list(TASK_OPEN))
    english = [task for task in open_tasks if _language(task) == "en"]
    task = max(english, key=lambda each: each.priority == PRIORITY, default=None)
    missing = "there is no such Task"
    return SelfCheck(
        "An urgent Task in English",
        [
            Line(
                "There is a Task in English",
                task is not None,
                "there is none",
                "Create a Task as you did before, with another language in its attributes.",
            ),
            Line(
                "It is in the English TaskQueue",
                task is not None and task.task_queue_sid == lab.english_queue_sid,
                f"it is in {task.task_queue_friendly_name}" if task else missing,
                "Create it with workflow_sid=lab.workflow_sid: the Workflow finds the TaskQueue.",
            ),
            Line(
                f"Its priority is {PRIORITY}",
                task is not None and task.priority == PRIORITY,
                f"it is {task.priority}" if task else missing,
                "Set how urgent the Task is when you create it.",
            ),
        ],
    )


def _language(task: TaskInstance) -> str | None:
    return json.loads(task.attributes or "{}").get("selected_language")


@refreshing
def bob_accepts(lab: PreparedWorkspace) -> SelfCheck:
    """Lesson 05: the Task in English for which TaskRouter reserved Bob is assigned to him."""
    held = _holds(lab, lab.bob_sid, lab.english_queue_sid)
    reservation_status = assignment_status = "not there"
    if held:
        reservation, task = held[-1]
        reservation_status = str(reservation.reservation_status)
        assignment_status = str(task.assignment_status)
    return SelfCheck(
        "Bob accepts",
        [
            Line(
                "Bob holds a Reservation for a Task in English",
                bool(held),
                "he holds none",
                "Run the cell that creates the Task once more, and this one after it.",
            ),
            Line(
                "Bob's Reservation is accepted",
                reservation_status == "accepted",
                f"it is {reservation_status}",
                "Find it through the Worker, and update its status.",
            ),
            Line(
                "The Task is assigned",
                assignment_status == "assigned",
                f"it is {assignment_status}",
                "Accepting the Reservation assigns the Task. Do not update the Task itself.",
            ),
        ],
    )


def _holds(
    lab: PreparedWorkspace, worker_sid: str, queue_sid: str
) -> list[tuple[ReservationInstance, TaskInstance]]:
    """The Worker's open Reservations with their Tasks of one TaskQueue, oldest first."""
    pairs = [
        (reservation, lab.workspace.tasks(str(reservation.task_sid)).fetch())
        for reservation in lab.workspace.workers(worker_sid).reservations.list()
        if reservation.reservation_status in RESERVATION_HOLDING
    ]
    return [(reservation, task) for reservation, task in pairs if task.task_queue_sid == queue_sid]
