"""Errors of the connection and of TaskRouter's API, each as a message and what to do next."""

import json
import re
from collections.abc import Mapping
from urllib.parse import unquote

from requests import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.base.version import Version
from twilio.http.response import Response

_SID = re.compile("[A-Z]{2}[0-9a-fA-F]{32}")
# The first word found in the name of a parameter or of a resource decides.
_PREFIXES = {
    "Activit": "WA",
    "Workspace": "WS",
    "Workflow": "WW",
    "Worker": "WK",
    "TaskQueue": "WQ",
    "Task": "WT",
}
_NO_FILTER = "Could not match the task to a target"
_WITH_UNIQUE_NAMES = ("Channels", "TaskChannels")  # "default" stands for a SID there
_JSON_PARAMETERS = ("Attributes", "Configuration")


class ConnectionFailed(RuntimeError):
    """TaskRouter cannot be reached; the message gives the reason and what to do."""


def as_api_error(error: BaseException) -> TwilioRestException | None:
    """Return TaskRouter's answer if `error` is one, else None.

    When a list fails, the SDK raises a TwilioException that has the response only in its `args`.
    """
    answer = error.args[-1] if isinstance(error, TwilioException) and error.args else None
    if isinstance(answer, Response):
        error = Version.exception("GET", "", answer, str(error.args[0]))
    return error if isinstance(error, TwilioRestException) else None


def error_message(error: BaseException) -> str:
    """What went wrong: "TaskRouter refused this (HTTP 400, error 20001): ..."."""
    if refused := as_api_error(error):
        return (
            f"TaskRouter refused this (HTTP {refused.status}, error {refused.code}): {refused.msg}"
        )
    if isinstance(error, RequestException):
        return f"TaskRouter does not answer ({type(error).__name__})."
    return str(error) or type(error).__name__


def what_to_do(error: BaseException, parameters: Mapping[str, str] | None = None) -> str:
    """A sentence about what a learner can do, or "" if the message of `error` says all.

    `parameters` are those of the refused request, if known: a name in place of a SID, or a dict in
    place of JSON text, shows only there. Twilio's message names neither.
    """
    if isinstance(error, RequestException):
        return "Run the cell with connect() again, then try once more."
    answer = as_api_error(error)
    if answer is None:
        return ""
    for name, value in (parameters or {}).items():
        if name.endswith("Sid") and value and not _SID.fullmatch(value):
            return _pass_a_sid(name, value)
        if name in _JSON_PARAMETERS and not _is_json(value):
            return f"Pass JSON text: {name.lower()}=json.dumps({{...}}), with a dict in the parentheses."
    if _NO_FILTER in str(answer.msg):
        return (
            "Change the attributes so that a filter of the Workflow matches them, or give the "
            "Workflow a default_filter."
        )
    if answer.status == 404:
        path = unquote(answer.uri).split("/")[1:]
        for resource, sid in zip(path[::2], path[1::2], strict=False):
            if sid == "None":
                return (
                    "There is no SID: another cell has begun anew since. Run the notebook from its "
                    "first cell."
                )
            if resource not in _WITH_UNIQUE_NAMES and not _SID.fullmatch(sid):
                return _pass_a_sid(resource, sid)
        return (
            "It was deleted, or its Workspace was built anew since. Run the notebook from its first "
            "cell."
        )
    return ""


def _pass_a_sid(name: str, value: str) -> str:
    prefixes = (
        f", which begins with {prefix}" for word, prefix in _PREFIXES.items() if word in name
    )
    return f'"{value}" is not a SID. Pass the SID here{next(prefixes, "")}.'


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
