"""The exercises of lessons 01 to 05, which follow Twilio's quickstart."""

import json
from collections.abc import Mapping
from typing import Any

from local_taskrouter.rules.expression import ExpressionSyntaxError, parse
from local_taskrouter.rules.lifecycle import TASK_OPEN
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

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
