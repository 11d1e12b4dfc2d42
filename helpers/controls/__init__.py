"""Controls for a notebook: each one sends what the lesson has shown before, and shows what it sent.

`activity_toggle(lab, worker_sid)` sets a Worker's Activity, `task_form(lab)` creates a Task.
"""

from helpers.controls.activity_toggle import activity_toggle
from helpers.controls.task_form import task_form

__all__ = ["activity_toggle", "task_form"]
