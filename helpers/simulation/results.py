"""What came of a day, in pandas, from what TaskRouter itself has written down.

Sources: https://www.twilio.com/docs/taskrouter/api/event and
https://www.twilio.com/docs/taskrouter/api/worker/statistics
"""

import json
from collections import Counter
from typing import Any

from helpers.display.table import Table
from helpers.simulation.customers import HOUR
from helpers.simulation.day import Day
from helpers.simulation.workday import Floor

_PAGE = 1000
_NAMES = ["day", "plan", "workflow"]
_OF_A_CUSTOMER = ["customer", "language", "arrived", "waited", "served", "worker", "handled"]


def outcomes(day: Day) -> Table:
    """What became of each customer of each Scenario, from the Events of its Workspace.

    `arrived` is the hour of the day, `waited` the seconds from the Task's creation until a Worker
    accepted it (`served`) or until it was canceled, `handled` the seconds from then until its
    Reservation was completed, 0 for who gave up.
    """
    rows = [
        [*_named(floor), *(row[name] for name in _OF_A_CUSTOMER)]
        for floor in day.floors
        for row in _outcomes(floor, day)
    ]
    return Table(rows, columns=[*_NAMES, *_OF_A_CUSTOMER])


def workload(day: Day) -> Table:
    """Each Worker of each Scenario: seconds `available` (Statistics) and `busy` (Events).

    `utilization` is `busy / available`: a Worker with a Task stays in the Activity Available.
    """
    rows = []
    for floor in day.floors:
        busy: Counter[str] = Counter()
        for row in _outcomes(floor, day):
            busy[row["worker"]] += row["handled"]
        for worker in floor.worker_sids:
            available = _available(floor, worker, day)
            rows.append([*_named(floor), worker, available, busy[worker], busy[worker] / available])
    return Table(rows, columns=[*_NAMES, "worker", "available", "busy", "utilization"])


def _available(floor: Floor, worker: str, day: Day) -> int:
    context = floor.workspace.workers(floor.worker_sids[worker])
    stays = context.statistics().fetch(start_date=day.since).cumulative["activity_durations"]
    return next(stay["total"] for stay in stays if stay["friendly_name"] == "Available")


def _named(floor: Floor) -> list[str]:
    return [getattr(floor.scenario, name) for name in _NAMES]


def _outcomes(floor: Floor, day: Day) -> list[dict[str, Any]]:
    opened = _events(floor, day, "workspace.created")[0].event_date_ms
    found: dict[str, dict[str, Any]] = {}
    for event in [
        *_events(floor, day, "reservation.accepted"),
        *_events(floor, day, "task.canceled"),
    ]:
        data = event.event_data
        attributes, waited = json.loads(data["task_attributes"]), int(data["task_age"])
        seconds = day.opened + round((event.event_date_ms - opened) / 1000)
        found[data["task_sid"]] = {
            "customer": attributes["customer"],
            "language": attributes["selected_language"],
            "arrived": (seconds - waited) / HOUR,
            "waited": waited,
            "served": event.event_type == "reservation.accepted",
            "worker": data.get("worker_name", ""),
            "handled": 0,
        }
    for event in _events(floor, day, "reservation.completed"):
        row = found[event.event_data["task_sid"]]
        row["handled"] = int(event.event_data["task_age"]) - row["waited"]
    return sorted(found.values(), key=lambda row: row["customer"])


def _events(floor: Floor, day: Day, event_type: str) -> list[Any]:
    return floor.workspace.events.list(event_type=event_type, start_date=day.since, page_size=_PAGE)
