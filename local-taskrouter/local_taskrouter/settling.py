"""Wait until an app has reacted to callbacks, so that a moved clock does not outrun it."""

import threading
from collections import Counter
from collections.abc import Callable
from time import monotonic

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import Reservation
from local_taskrouter.delivery_table import Delivery
from local_taskrouter.outbox import Outbox

GRACE_SECONDS = 0.05
"""How long an app has, in real time, to update a Reservation after it responded to its callback.

Many apps respond first and accept over the API a moment later. Nothing shows that they will.
"""
_TURN_SECONDS = 0.005
"""A wait that takes longer than this prolongs the period: the app had to wait for the processor too."""
REPEATED = 10
SETTLE_SECONDS = 10.0
"""How long to wait for responses: as long as a URL and its fallback have."""


def repeated_reservation(engine: Engine) -> tuple[Reservation, int] | None:
    """The last Reservation of the Worker that was reserved for one Task most often, and how often.

    None if that is less than REPEATED times. An app that rejects each of them never settles, until the
    Task is canceled.
    """
    found = [record for record in engine.store if isinstance(record, Reservation)]
    counts = Counter((each.task_sid, each.worker_sid) for each in found)
    if not counts or (most := counts.most_common(1)[0])[1] < REPEATED:
        return None
    of_both = (each for each in found if (each.task_sid, each.worker_sid) == most[0])
    return max(of_both, key=lambda each: each.serial), most[1]


class Settling:
    """What is on its way: unfinished deliveries, and Reservations that an app has just heard of.

    `reservation` returns the Reservation with a SID, or None.
    """

    def __init__(self, outbox: Outbox, reservation: Callable[[str], Reservation | None]) -> None:
        self._outbox, self._reservation = outbox, reservation
        self._heard_of: dict[str, float] = {}  # Reservation SID: the end of its grace period
        self._changed = threading.Condition()

    def responded(self, delivery: Delivery) -> None:
        """An app has responded to a callback, and the response is applied."""
        callback = delivery.callback
        sid = callback.reservation_sid
        if callback.parameters.get("EventType") == "reservation.created":
            sid = callback.parameters["ReservationSid"]
        if delivery.state == "done" and sid and self._is_pending(sid):
            with self._changed:
                self._heard_of[sid] = monotonic() + GRACE_SECONDS

    def state_changed(self) -> None:
        """A command has changed the state: maybe a Reservation is not pending any more."""
        if self._heard_of:
            with self._changed:
                self._changed.notify_all()

    def wait(self, end: float) -> bool:
        """Wait until nothing is on its way, or until `monotonic()` is `end`; return which."""
        while self._outbox.wait(max(0.0, end - monotonic())):
            with self._changed:
                now = monotonic()
                self._heard_of = {
                    sid: until
                    for sid, until in self._heard_of.items()
                    if until > now and self._is_pending(sid)
                }
                if self._heard_of and now < end:
                    self._changed.wait(min(_TURN_SECONDS, end - now))
                    late = max(0.0, monotonic() - now - _TURN_SECONDS)
                    self._heard_of = {sid: until + late for sid, until in self._heard_of.items()}
                    continue
            if self._outbox.wait(0):
                return not self._heard_of
        return False

    def _is_pending(self, sid: str) -> bool:
        reservation = self._reservation(sid)
        return reservation is not None and reservation.reservation_status == "pending"
