"""What TaskRouter said when it refused, also where the SDK's error does not tell."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.base.version import Version
from twilio.http.response import Response

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Refused(RuntimeError):
    """TaskRouter refused; the message says why, and what to do."""


def refusal(error: Exception) -> TwilioRestException | None:
    """TaskRouter's refusal, if that is the error; of a list, the SDK has the answer in `args` only."""
    answer = error.args[-1] if isinstance(error, TwilioException) and error.args else None
    if isinstance(answer, Response):
        error = Version.exception("GET", "", answer, str(error.args[0]))
    return error if isinstance(error, TwilioRestException) else None


def in_words(refused: TwilioRestException) -> str:
    """ "TaskRouter refused this (HTTP 400, error 20001): ..." """
    return f"TaskRouter refused this (HTTP {refused.status}, error {refused.code}): {refused.msg}"


def said_plainly(reads: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let `reads` raise Refused where the SDK's own error of a list would tell nothing."""

    @wraps(reads)
    def read(*positional: Parameters.args, **named: Parameters.kwargs) -> Result:
        try:
            return reads(*positional, **named)
        except TwilioRestException:
            raise  # tells
        except TwilioException as error:
            refused = refusal(error)
            if refused is None:
                raise
            advice = " Run the notebook from its first cell." if refused.status == 404 else ""
            raise Refused(f"{in_words(refused)}{advice}") from None

    return read
