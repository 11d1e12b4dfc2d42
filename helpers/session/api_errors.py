"""Errors of the connection and of TaskRouter's API, as one sentence that a learner can act on."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.base.version import Version
from twilio.http.response import Response

from helpers.checks import ReadableError

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class ConnectionFailed(ReadableError, RuntimeError):
    """TaskRouter cannot be reached; the message gives the reason and what to do."""


class Refused(RuntimeError):
    """TaskRouter refused a request; the message gives the reason and what to do."""


def as_api_error(error: Exception) -> TwilioRestException | None:
    """Return TaskRouter's answer if `error` is one, else None.

    When a list fails, the SDK raises a TwilioException that has the response only in its `args`.
    """
    answer = error.args[-1] if isinstance(error, TwilioException) and error.args else None
    if isinstance(answer, Response):
        error = Version.exception("GET", "", answer, str(error.args[0]))
    return error if isinstance(error, TwilioRestException) else None


def describe_error(error: TwilioRestException) -> str:
    """Return "TaskRouter refused this (HTTP 400, error 20001): ..."."""
    return f"TaskRouter refused this (HTTP {error.status}, error {error.code}): {error.msg}"


def raise_readable(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Decorate a function that lists resources: its TwilioException becomes a readable Refused."""

    @wraps(function)
    def wrapper(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except TwilioRestException:
            raise  # it is readable
        except TwilioException as error:
            answer = as_api_error(error)
            if answer is None:
                raise
            advice = " Run the notebook from its first cell." if answer.status == 404 else ""
            raise Refused(f"{describe_error(answer)}{advice}") from None

    return wrapper
