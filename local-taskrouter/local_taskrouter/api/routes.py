"""The route table of API v1."""

from local_taskrouter.api import (
    activities,
    events,
    reservations,
    statistics,
    task_channels,
    task_queues,
    tasks,
    worker_channels,
    workers,
    workflows,
    workspaces,
)
from local_taskrouter.api.call import Route

ROUTES: list[Route] = [
    *workspaces.ROUTES,
    *activities.ROUTES,
    *task_channels.ROUTES,
    *task_queues.ROUTES,
    *workflows.ROUTES,
    *workers.ROUTES,
    *worker_channels.ROUTES,
    *tasks.ROUTES,
    *reservations.ROUTES,
    *events.ROUTES,
    *statistics.ROUTES,
]
