"""Parse JSON that a learner types, with errors that point at the character."""

import json
import re
from typing import Any

_HELP = {"Expecting value": ', such as "text", 5, true, false or null'}
_OF_PYTHON = {"True": "true", "False": "false", "None": "null"}
_EXAMPLES = {"attributes": '{"vip": true}', "parameters": '{"Priority": "5"}'}
_DEEPEST = 100
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|NaN|-?Infinity|-?\d[\d.eE+-]*|[\[\]{}]', re.DOTALL)


class AttributesError(ValueError):
    """The text is not a JSON object to send; str() has the place, the reason and a caret."""


def read_attributes(text: str, name: str = "attributes") -> dict[str, Any]:
    """Return the JSON object in `text`, {} for an empty one.

    Raises AttributesError, whose message calls the text "attributes" or "parameters", see `name`.
    Also refuses what Python reads but cannot send: NaN, an infinite number, too many nested
    brackets, and half of a surrogate pair.
    """
    if not text.strip():
        return {}
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise _at(text, error.pos, _reason(text, error)) from None
    except (RecursionError, ValueError):  # too deep, or a number of too many digits
        value = None
    _refuse_unsendable(text)
    if not isinstance(value, dict):
        example = _EXAMPLES[name]
        raise AttributesError(f"{name.capitalize()} are a JSON object, such as {example}.")
    return value


def _reason(text: str, error: json.JSONDecodeError) -> str:
    for word, in_json in _OF_PYTHON.items():
        if text.startswith(word, error.pos):
            return f"JSON writes {in_json} for Python's {word}"
    return f"{error.msg}{_HELP.get(error.msg, '')}"


def _refuse_unsendable(text: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        depth += (word in "[{") - (word in "]}")
        if depth > _DEEPEST:
            raise _at(text, token.start(), f"More than {_DEEPEST} brackets within each other")
        if reason := _reason_to_refuse(word):
            raise _at(text, token.start(), reason)


def _reason_to_refuse(word: str) -> str:
    if word[0] == '"':
        return "This text holds half a character" if _has_lone_surrogate(word) else ""
    if word[-1] in "Ny":
        return f"JSON has no {word}"
    is_number = word not in "[]{}"
    return "This number is too large" if is_number and abs(float(word)) == float("inf") else ""


def _has_lone_surrogate(string: str) -> bool:
    try:
        json.loads(string).encode()
    except UnicodeEncodeError:
        return True
    return False


def _at(text: str, position: int, reason: str) -> AttributesError:
    number = text.count("\n", 0, position) + 1
    character = position - text.rfind("\n", 0, position)
    line = text.split("\n")[number - 1].encode(errors="replace").decode()
    place = f"Line {number}, character {character}"
    return AttributesError(f"{place}: {reason}.\n{line}\n{' ' * (character - 1)}^")
