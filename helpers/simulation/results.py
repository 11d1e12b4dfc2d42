"""A day's results as pandas tables, from TaskRouter's own Events and Statistics.

Sources: https://www.twilio.com/docs/taskrouter/api/event and
https://www.twilio.com/docs/taskrouter/api/worker/statistics
"""

import json
from collections import Counter
from typing import Any

from twilio.rest.taskrouter.v1.workspace.event import EventInstance

from helpers.display.table import Table
from helpers.simulation.customers import HOUR
from helpers.simulation.workday import Day, ScenarioRun

_PAGE = 1000
_SCENARIO = ["day", "plan", "workflow"]
_CUSTOMER = ["customer", "language", "arrived", "waited", "served", "worker", "handled"]


def outcomes(day: Day) -> Table:
    """One row for each customer of each Scenario, from the Events of its Workspace.

    `arrived` is the hour of the day. `waited` is the seconds from the Task's creation until a
    Worker accepted it (`served`) or it was canceled. `handled` is the seconds from then until its
    Reservation was completed; 0 for a customer who gave up.
    """
    rows = [
        [*_names(run), *(row[name] for name in _CUSTOMER)]
        for run in day.runs
        for row in _outcomes(run, day)
    ]
    return Table(rows, columns=[*_SCENARIO, *_CUSTOMER])


def workload(day: Day) -> Table:
    """One row for each Worker of each Scenario: seconds `available` (Statistics), `busy` (Events).

    `utilization` is `busy / available`: a Worker with a Task stays in the Activity Available.
    """
    rows = []
    for run in day.runs:
        busy: Counter[str] = Counter()
        for row in _outcomes(run, day):
            busy[row["worker"]] += row["handled"]
        for worker in run.worker_sids:
            available = _seconds_available(run, worker, day)
            rows.append([*_names(run), worker, available, busy[worker], busy[worker] / available])
    return Table(rows, columns=[*_SCENARIO, "worker", "available", "busy", "utilization"])


def _seconds_available(run: ScenarioRun, worker: str, day: Day) -> int:
    context = run.workspace.workers(run.worker_sids[worker])
    cumulative: dict[str, Any] = context.statistics().fetch(start_date=day.since).cumulative or {}
    durations = cumulative["activity_durations"]
    return next(each["total"] for each in durations if each["friendly_name"] == "Available")


def _names(run: ScenarioRun) -> list[str]:
    return [getattr(run.scenario, name) for name in _SCENARIO]


def _outcomes(run: ScenarioRun, day: Day) -> list[dict[str, Any]]:
    opened = _milliseconds(_events(run, day, "workspace.created")[0])
    found: dict[str, dict[str, Any]] = {}
    for event in [
        *_events(run, day, "reservation.accepted"),
        *_events(run, day, "task.canceled"),
    ]:
        data = _data(event)
        attributes, waited = json.loads(data["task_attributes"]), int(data["task_age"])
        seconds = day.opened + round((_milliseconds(event) - opened) / 1000)
        found[data["task_sid"]] = {
            "customer": attributes["customer"],
            "language": attributes["selected_language"],
            "arrived": (seconds - waited) / HOUR,
            "waited": waited,
            "served": event.event_type == "reservation.accepted",
            "worker": data.get("worker_name", ""),
            "handled": 0,
        }
    for event in _events(run, day, "reservation.completed"):
        data = _data(event)
        row = found[data["task_sid"]]
        row["handled"] = int(data["task_age"]) - row["waited"]
    return sorted(found.values(), key=lambda row: row["customer"])


def _events(run: ScenarioRun, day: Day, event_type: str) -> list[EventInstance]:
    return run.workspace.events.list(event_type=event_type, start_date=day.since, page_size=_PAGE)


def _data(event: EventInstance) -> dict[str, Any]:
    return event.event_data or {}


def _milliseconds(event: EventInstance) -> int:
    return event.event_date_ms or 0
