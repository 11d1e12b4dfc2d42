"""The two lifecycles of TaskRouter as tables: status -> trigger -> next status.

The emulator moves Tasks and Reservations by these tables, the diagrams are drawn from them, and
the first status of each is where a Task or a Reservation is born. Statuses are spelled as the
REST API spells them.

Sources: https://www.twilio.com/docs/taskrouter/lifecycle-task-state (Task) and
https://www.twilio.com/docs/taskrouter/api/reservations (Reservation).
"""

from collections.abc import Mapping

Table = Mapping[str, Mapping[str, str]]

TASK: dict[str, dict[str, str]] = {
    "pending": {"reserve": "reserved", "cancel": "canceled"},
    # A TaskQueue may reserve several Workers for one Task: the last one gone releases it.
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

TASK_WAITING: frozenset[str] = frozenset(status for status in TASK if "reserve" in TASK[status])
"""A Task in one of these waits for a Worker to accept it: pending and reserved."""

TASK_ENDED: frozenset[str] = frozenset({"canceled", "completed"})
"""A Task in one of these never moves again."""

TASK_OPEN: tuple[str, ...] = tuple(status for status in TASK if status not in TASK_ENDED)
"""The statuses of a Task that has not ended, in the order of its lifecycle."""

RESERVATION_HOLDING: frozenset[str] = frozenset({"pending", "accepted", "wrapping"})
"""A Reservation in one of these takes one unit of its Worker's capacity on the Task's channel."""

TASK_SETTABLE: frozenset[str] = frozenset({"canceled", "wrapping", "completed"})
"""What a program may set a Task to; into the other statuses only TaskRouter moves it."""

RESERVATION_SETTABLE: frozenset[str] = frozenset({"accepted", "rejected", "wrapping", "completed"})
"""What a program may set a Reservation to; into the other statuses only TaskRouter moves it."""

STEPS: tuple[str, ...] = (
    "Task Created",
    "eligible Worker becomes available",
    "Worker reserved",
    "Reservation accepted",
    "Task assigned to Worker",
)
"""The way of a Task as Twilio's quickstart prints it."""


class IllegalTransition(ValueError):
    """A move the lifecycle does not know; nothing was changed.

    `status` is where the Task or Reservation stays, `trigger` what was tried.
    """

    def __init__(self, table: Table, status: str, trigger: str) -> None:
        self.status = status
        self.trigger = trigger
        possible = ", ".join(table[status]) or "nothing, it has ended"
        super().__init__(f"{trigger} is not possible when {status}; possible: {possible}")


def advance(table: Table, status: str, trigger: str) -> str:
    """Return the status that `trigger` leads to from `status` in TASK or RESERVATION.

    Raises IllegalTransition when the table has no such move, KeyError for an unknown status.
    """
    if trigger not in table[status]:
        raise IllegalTransition(table, status, trigger)
    return table[status][trigger]


def step_index(
    assignment_status: str, reservation_status: str | None = None, worker_available: bool = False
) -> int | None:
    """Return how far a Task has come, as an index into STEPS; beyond the last when it is completed.

    `reservation_status` is that of the Task's newest Reservation, `worker_available` whether there
    is a Worker who could be reserved for the Task now. A Task that was assigned stays at the last
    step while it is wrapping; a canceled Task is at none, None. Raises ValueError for a status that
    is not a Task's.
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
