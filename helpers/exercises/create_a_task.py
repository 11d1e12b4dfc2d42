"""The exercise of lesson 02: a Task with other attributes, and a priority."""

import json
from typing import Any

from local_taskrouter.rules.lifecycle import TASK_OPEN

from helpers.exercises.self_check import Line, SelfCheck
from helpers.lessons.workspace import PreparedWorkspace

PRIORITY = 5


def urgent_task(lab: PreparedWorkspace) -> SelfCheck:
    """Whether there is a Task in English with priority 5; looks at the one that comes closest."""
    found = lab.workspace.tasks.list(assignment_status=list(TASK_OPEN))
    task = max(filter(_is_english, found), key=lambda one: one.priority == PRIORITY, default=None)
    queue = task.task_queue_friendly_name if task else "there is no such Task"
    priority = f"it is {task.priority}" if task else "there is no such Task"
    language = "Create a Task as you did before, with another language in its attributes."
    return SelfCheck(
        "An urgent Task in English",
        [
            Line("There is a Task in English", task is not None, "there is none", language),
            Line(
                "It is in the English TaskQueue",
                task is not None and task.task_queue_sid == lab.english_queue_sid,
                queue,
                "Create it with workflow_sid=lab.workflow_sid: the Workflow finds the TaskQueue.",
            ),
            Line(
                f"Its priority is {PRIORITY}",
                task is not None and task.priority == PRIORITY,
                priority,
                "Say how urgent the Task is when you create it.",
            ),
        ],
    )


def _is_english(task: Any) -> bool:
    return json.loads(task.attributes).get("selected_language") == "en"
