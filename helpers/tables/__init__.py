"""pandas tables of what is in the tutorial's Workspace and of what went over the wire.

`activities`, `workers`, `task_queues`, `workflow_filters`, `tasks`, `reservations` and `events` ask
TaskRouter; `requests` and `parameters` show exchanges of the session's request log. Each returns a
Table, a DataFrame with the same columns also when it is empty.
"""

from helpers.display.table import Table
from helpers.tables.exchanges import parameters, requests
from helpers.tables.resources import activities, task_queues, workers, workflow_filters
from helpers.tables.work import events, reservations, tasks

__all__ = [
    "Table",
    "activities",
    "events",
    "parameters",
    "requests",
    "reservations",
    "task_queues",
    "tasks",
    "workers",
    "workflow_filters",
]
