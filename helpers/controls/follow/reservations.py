"""The Reservations of the Tasks in a reading, in as few requests as will do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING, TASK_ENDED
from twilio.base.exceptions import TwilioException

from helpers.session.api_errors import as_api_error

_PAGE = 1_000

_Key = tuple[str, datetime]


class ReservationsRead:
    """What was read of the Reservations before, so that only what may have changed is read again.

    Nobody is asked about a Task that has ended, nor was about a pending one since it was updated.
    Any other Task's are read each time. TaskRouter lists Reservations by Task or
    by Worker only; whichever takes fewer requests is asked.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[_Key | None, list[Any]]] = {}

    def read(self, space: Any, workers: Sequence[Any], tasks: Sequence[Any]) -> list[Any]:
        """The Tasks' Reservations, oldest first. Raises what the SDK raises.

        One request for each Task of which more may be known now, or for each Worker if these are
        fewer.
        """
        asked = [task for task in tasks if not self._is_known(task)]
        if len(workers) < len(asked):
            found = [one for worker in workers for one in _of(space.workers(worker.sid))]
        else:
            found = [one for task in asked for one in _of(space.tasks(task.sid))]
        known = {task.sid: self._known[task.sid] for task in tasks if task.sid in self._known}
        of_task: dict[str, list[Any]] = {}
        for one in found:
            of_task.setdefault(one.task_sid, []).append(one)
        for task in asked:
            its = of_task.get(task.sid, [])
            known[task.sid] = (_key(task) if _is_settled(task, its) else None, its)
        self._known = known
        return sorted((one for _, its in known.values() for one in its), key=_by_age)

    def _is_known(self, task: Any) -> bool:
        return task.sid in self._known and self._known[task.sid][0] == _key(task)


def _key(task: Any) -> _Key:
    return task.assignment_status, task.date_updated


def _is_settled(task: Any, reservations: list[Any]) -> bool:
    """Whether its Reservations stay as they are until its status or `date_updated` differs.

    Times are whole seconds: what changes later in the second of `date_updated` leaves no trace.
    """
    if any(one.reservation_status in RESERVATION_HOLDING for one in reservations):
        return False
    now = task.date_created + timedelta(seconds=task.age)
    is_pending = task.assignment_status == "pending" and now > task.date_updated
    return is_pending or task.assignment_status in TASK_ENDED


def _by_age(one: Any) -> tuple[datetime, bool]:
    """Times are whole seconds; of one second, what has not ended came last."""
    return one.date_created, one.reservation_status in RESERVATION_HOLDING


def _of(parent: Any) -> list[Any]:
    try:
        return parent.reservations.list(page_size=_PAGE)
    except TwilioException as fault:
        refused = as_api_error(fault)
        if refused and refused.status == 404:
            return []  # the Task or the Worker was deleted a moment ago
        raise
