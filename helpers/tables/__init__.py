"""pandas tables of the tutorial's Workspace, and of the HTTP requests of a session.

`activities`, `workers`, `task_queues`, `workflow_filters`, `tasks`, `reservations`, `events` and `evidence` read
from TaskRouter; `requests` and `parameters` show exchanges of the session's request log. Each
returns a Table: a DataFrame that has its columns even when it is empty.
"""

from helpers.display.table import Table
from helpers.tables.exchanges import parameters, requests
from helpers.tables.workspace import (
    activities,
    events,
    evidence,
    reservations,
    task_queues,
    tasks,
    workers,
    workflow_filters,
)

__all__ = [
    "Table",
    "activities",
    "events",
    "evidence",
    "parameters",
    "requests",
    "reservations",
    "task_queues",
    "tasks",
    "workers",
    "workflow_filters",
]
