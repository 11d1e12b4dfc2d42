"""The state that every control has: busy or not, an error or none, and the latest call."""

import threading
from collections.abc import Callable

from traitlets import Bool, HasTraits, Instance, Unicode

from helpers.controls.parts.shown_call import Call
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.api_errors import error_message, what_to_do


class ControlState(HasTraits):
    """The part of a control that calls TaskRouter and knows no widget.

    Handlers may run in another thread, even while a cell runs, so an action starts only while no
    other is running.
    """

    busy = Bool(help="whether an action is running")
    error = Unicode(help="why the latest action failed, in a sentence; else empty")
    call = Instance[Call | None](
        Call, allow_none=True, help="the latest call that changes something"
    )

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__()
        self.lab = lab
        self._action_lock = threading.Lock()

    def attempt(self, action: Callable[[], None]) -> bool:
        """Run `action`; what it raises becomes `error`. False while another one is running."""
        if not self._action_lock.acquire(blocking=False):
            return False
        try:
            self.error = ""
            self.busy = True
            action()
        except Exception as error:  # noqa: BLE001 - a handler's error is shown nowhere else
            self.error = error_with_advice(error)
        finally:
            self.busy = False
            self._action_lock.release()
        return True


def error_with_advice(error: Exception) -> str:
    """What went wrong and what to do, for a learner."""
    message, advice = error_message(error), what_to_do(error)
    return f"{message.rstrip('.')}. {advice}" if advice else message
