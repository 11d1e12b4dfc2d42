"""The lifecycles of TaskRouter as tables: status -> trigger -> next status.

The local TaskRouter moves Tasks and Reservations by these tables, and diagrams are drawn from them.
The first status of each is the initial one. Statuses are spelled as in the REST API.

Sources: https://www.twilio.com/docs/taskrouter/lifecycle-task-state (Task) and
https://www.twilio.com/docs/taskrouter/api/reservations (Reservation).
"""

from collections.abc import Mapping

Table = Mapping[str, Mapping[str, str]]

TASK: dict[str, dict[str, str]] = {
    "pending": {"reserve": "reserved", "cancel": "canceled"},
    # A TaskQueue can reserve several Workers for one Task: the last Reservation to end releases it.
    "reserved": {
        "reserve": "reserved",
        "release": "pending",
        "accept": "assigned",
        "cancel": "canceled",
    },
    "assigned": {"wrap_up": "wrapping", "complete": "completed"},
    "wrapping": {"complete": "completed"},
    "completed": {},
    "canceled": {},
}

RESERVATION: dict[str, dict[str, str]] = {
    "pending": {
        "accept": "accepted",
        "reject": "rejected",
        "time_out": "timeout",
        "cancel": "canceled",
        "rescind": "rescinded",
    },
    "accepted": {"wrap_up": "wrapping", "complete": "completed"},
    "wrapping": {"complete": "completed"},
    "completed": {},
    "rejected": {},
    "timeout": {},
    "canceled": {},
    "rescinded": {},
}

TRANSFER: dict[str, dict[str, str]] = {
    "initiated": {"complete": "complete", "fail": "failed", "cancel": "canceled"},
    "complete": {},
    "failed": {},
    "canceled": {},
}
"""Of a transfer, which the JavaScript SDK has (https://twilio.github.io/twilio-taskrouter.js/Transfers.html)."""

TASK_IN_TRANSFER: dict[str, dict[str, str]] = {
    "assigned": {"transfer": "pending"},
    "pending": {"return": "assigned"},
    "reserved": {"return": "assigned"},
}
"""What a transfer adds to TASK: the Task waits for a Worker again, and may return to the one it had."""

TASK_WAITING: frozenset[str] = frozenset(status for status in TASK if "reserve" in TASK[status])
"""The statuses of a Task that no Worker has accepted: pending and reserved."""

TASK_ENDED: frozenset[str] = frozenset({"canceled", "completed"})
"""The final statuses of a Task."""

TASK_OPEN: tuple[str, ...] = tuple(status for status in TASK if status not in TASK_ENDED)
"""The statuses of a Task that has not ended, in the order of its lifecycle."""

RESERVATION_HOLDING: frozenset[str] = frozenset({"pending", "accepted", "wrapping"})
"""A Reservation with one of these takes one unit of its Worker's capacity on the channel."""

HIGHEST_PRIORITY = 2_147_483_647
"""A Task's `Priority` is from 0 to this (https://www.twilio.com/docs/taskrouter/api/task)."""

TASK_SETTABLE: frozenset[str] = frozenset({"canceled", "wrapping", "completed"})
"""The statuses an API call can set; only TaskRouter sets the others."""

RESERVATION_SETTABLE: frozenset[str] = frozenset({"accepted", "rejected", "wrapping", "completed"})
"""The statuses an API call can set; only TaskRouter sets the others."""

STEPS: tuple[str, ...] = (
    "Task Created",
    "eligible Worker becomes available",
    "Worker reserved",
    "Reservation accepted",
    "Task assigned to Worker",
)
"""The Task lifecycle as Twilio's quickstart shows it."""


class IllegalTransition(ValueError):
    """A transition that the lifecycle does not have; nothing has changed.

    `status` is the current status of the Task or Reservation, `trigger` the attempted transition.
    """

    def __init__(self, table: Table, status: str, trigger: str) -> None:
        self.status = status
        self.trigger = trigger
        possible = ", ".join(table[status]) or "nothing, it has ended"
        super().__init__(f"{trigger} is not possible when {status}; possible: {possible}")


def advance(table: Table, status: str, trigger: str) -> str:
    """Return the status that `trigger` leads to from `status` in TASK or RESERVATION.

    Raises IllegalTransition when the table has no such transition, KeyError for an unknown status.
    """
    if trigger not in table[status]:
        raise IllegalTransition(table, status, trigger)
    return table[status][trigger]


def step_index(
    assignment_status: str, reservation_status: str | None = None, worker_available: bool = False
) -> int | None:
    """Return the index in STEPS of a Task's current step; len(STEPS) when it is completed.

    `reservation_status` is that of the Task's newest Reservation, `worker_available` whether a
    Worker could be reserved for the Task now. A wrapping Task stays at the last step; a canceled
    Task is at no step: None. Raises ValueError for an unknown Task status.
    """
    if assignment_status not in TASK:
        raise ValueError(f"{assignment_status!r} is none of a Task's statuses: {', '.join(TASK)}")
    if assignment_status == "canceled":
        return None
    if assignment_status == "completed":
        return len(STEPS)
    if assignment_status in ("assigned", "wrapping"):
        return 4
    if reservation_status in ("accepted", "wrapping", "completed"):
        return 3
    if assignment_status == "reserved" or reservation_status == "pending":
        return 2
    return 1 if worker_available else 0
