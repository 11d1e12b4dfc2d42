"""Attributes as a learner types them: JSON, with an error that points at the character."""

import json
from typing import Any, NoReturn

_HELP = {"Expecting value": ', such as "text", 5, true, false or null'}


class AttributesError(ValueError):
    """The text is not a JSON object; str() says where and why, with a caret under the place."""


def read_attributes(text: str) -> dict[str, Any]:
    """The JSON object in `text`, {} for an empty one. Raises AttributesError."""
    if not text.strip():
        return {}
    try:
        value = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        line = text.splitlines()[error.lineno - 1] if error.lineno <= len(text.splitlines()) else ""
        raise AttributesError(
            f"Line {error.lineno}, character {error.colno}: {error.msg}{_HELP.get(error.msg, '')}.\n"
            f"{line}\n{' ' * (error.colno - 1)}^"
        ) from None
    if not isinstance(value, dict):
        raise AttributesError('Attributes are a JSON object, such as {"vip": true}.')
    return value


def _refuse(constant: str) -> NoReturn:
    raise AttributesError(f"JSON has no {constant}.")
