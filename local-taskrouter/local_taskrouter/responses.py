"""What the response to a callback does: its instruction, and the state of its delivery.

https://www.twilio.com/docs/taskrouter/handle-assignment-callbacks
"""

from collections.abc import Callable
from dataclasses import asdict

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.instructions import Alert, apply_instruction
from local_taskrouter.core.records import Reservation
from local_taskrouter.core.reservations import cancel_unreachable
from local_taskrouter.delivery_table import Attempt, Delivery

Command = Callable[[Engine], None]


def apply_response(
    delivery: Delivery, attempts: list[Attempt], call: Callable[[Command], None]
) -> None:
    """Store the attempts in `delivery`, and run what the last response instructs with `call`.

    A Reservation is canceled if there are two URLs and neither was reached.
    """
    callback, last = delivery.callback, attempts[-1]
    delivery.attempts = [asdict(attempt) for attempt in attempts]
    delivery.state = "failed" if last.alert else "done"
    if last.answer:
        try:
            call(_on_reservation(delivery, apply_instruction, last.answer))
        except Alert as alert:
            delivery.state = "failed"
            delivery.attempts[-1]["alert"] = (alert.code, alert.message)
    elif callback.fallback_url and not any(attempt.reached for attempt in attempts):
        call(_on_reservation(delivery, cancel_unreachable))


def _on_reservation(delivery: Delivery, action: Callable[..., None], *more: object) -> Command:
    """A command that applies `action` to the Reservation of a callback, if there is one."""

    def command(engine: Engine) -> None:
        reservation = engine.store.get(Reservation, delivery.callback.reservation_sid)
        if reservation is not None:
            action(engine, reservation, *more)

    return command
