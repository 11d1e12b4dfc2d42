"""What every control's state has: it is busy or not, has an error or not, and made a call."""

import threading
from collections.abc import Callable

from requests import RequestException
from traitlets import Bool, HasTraits, Instance, Unicode

from helpers.controls.parts.shown_call import Call
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.api_errors import as_api_error, describe_error


class ControlState(HasTraits):
    """The part of a control that talks to TaskRouter and knows no widget.

    Handlers of a control may run on another thread, even while a cell runs, so an action starts
    only when no other is under way.
    """

    busy = Bool(help="An action is under way.")
    error = Unicode(help="Why the latest action failed, in a sentence; else empty.")
    call = Instance(Call, allow_none=True, help="The latest call that changes something.")

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__()
        self.lab = lab
        self._one_at_a_time = threading.Lock()

    def attempt(self, action: Callable[[], None]) -> bool:
        """Run `action`; what it raises becomes `error`. False when another one is under way."""
        if not self._one_at_a_time.acquire(blocking=False):
            return False
        try:
            self.error = ""
            self.busy = True
            action()
        except Exception as error:  # noqa: BLE001 - a handler's error is seen nowhere else
            self.error = in_a_sentence(error)
        finally:
            self.busy = False
            self._one_at_a_time.release()
        return True


def in_a_sentence(error: Exception) -> str:
    """What went wrong and what to do, as a learner reads it."""
    told = what_went_wrong(error)
    if isinstance(error, RequestException):
        return f"{told} Run the cell with connect() again, then try once more."
    return told


def what_went_wrong(error: Exception) -> str:
    """The same without advice."""
    if refused := as_api_error(error):
        return describe_error(refused)
    if isinstance(error, RequestException):
        return f"TaskRouter does not answer ({type(error).__name__})."
    return str(error) or type(error).__name__
