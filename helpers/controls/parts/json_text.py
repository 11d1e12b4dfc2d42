"""Attributes as a learner types them: JSON, with an error that points at the character."""

import json
import re
from typing import Any

_HELP = {"Expecting value": ', such as "text", 5, true, false or null'}
_EXAMPLES = {"attributes": '{"vip": true}', "parameters": '{"Priority": "5"}'}
_DEEPEST = 100
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|NaN|-?Infinity|-?\d[\d.eE+-]*|[\[\]{}]', re.DOTALL)


class AttributesError(ValueError):
    """The text is not a JSON object; str() says where and why, with a caret under the place."""


def read_attributes(text: str, called: str = "attributes") -> dict[str, Any]:
    """The JSON object in `text`, {} for an empty one.

    Raises AttributesError, which says "attributes" or "parameters", as the text is `called`. What
    Python reads and cannot send is refused too: NaN, a number or a nesting without end, half a
    character.
    """
    if not text.strip():
        return {}
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise _at(text, error.pos, f"{error.msg}{_HELP.get(error.msg, '')}") from None
    except (RecursionError, ValueError):  # too deep, or a number of too many digits
        value = None
    _refuse_what_cannot_be_sent(text)
    if not isinstance(value, dict):
        example = _EXAMPLES[called]
        raise AttributesError(f"{called.capitalize()} are a JSON object, such as {example}.")
    return value


def _refuse_what_cannot_be_sent(text: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        depth += (word in "[{") - (word in "]}")
        if depth > _DEEPEST:
            raise _at(text, token.start(), f"More than {_DEEPEST} brackets within each other")
        if why := _why_refused(word):
            raise _at(text, token.start(), why)


def _why_refused(word: str) -> str:
    if word[0] == '"':
        return "This text holds half a character" if _holds_half_a_character(word) else ""
    if word[-1] in "Ny":
        return f"JSON has no {word}"
    is_number = word not in "[]{}"
    return "This number is too large" if is_number and abs(float(word)) == float("inf") else ""


def _holds_half_a_character(string: str) -> bool:
    try:
        json.loads(string).encode()
    except UnicodeEncodeError:
        return True
    return False


def _at(text: str, position: int, why: str) -> AttributesError:
    number = text.count("\n", 0, position) + 1
    character = position - text.rfind("\n", 0, position)
    line = text.split("\n")[number - 1].encode(errors="replace").decode()
    place = f"Line {number}, character {character}"
    return AttributesError(f"{place}: {why}.\n{line}\n{' ' * (character - 1)}^")
