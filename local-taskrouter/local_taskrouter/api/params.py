"""Parameters: a reader for each kind, which parses and validates the text of a request.

A reader raises BadRequest with the parameter's name and what is allowed. The limits are those of
https://www.twilio.com/docs/taskrouter/limits
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from local_taskrouter.core import parsed
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.expression import ExpressionSyntaxError
from local_taskrouter.sids import is_sid

Reader = Callable[[str, list[str]], Any]
_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)
EXPRESSION_LENGTH = 8_192
"""How many characters an expression may have outside a Workflow configuration; Twilio names no limit."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}\Z")


@dataclass(frozen=True)
class Param:
    """A parameter of an operation; `reader` takes its name and all its values in the request."""

    reader: Reader
    required: bool = False


def required(reader: Reader) -> Param:
    """A parameter that a request must have."""
    return Param(reader, required=True)


def optional(reader: Reader) -> Param:
    """A parameter that a request can leave out; `read` then returns no such key."""
    return Param(reader)


def read(params: Mapping[str, Param], given: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The parsed values of the parameters in a request, by snake_case name; ignores unknown ones.

    `given` holds the names and values in the form or in the query. A name may come more than once.
    """
    texts: dict[str, list[str]] = {}
    for name, value in given:
        texts.setdefault(name, []).append(value)
    values = {}
    for name, param in params.items():
        if name in texts:
            values[snake(name)] = param.reader(name, texts[name])
        elif param.required:
            raise BadRequest(f"Missing required parameter {name} in the post body")
    return values


@cache
def snake(name: str) -> str:
    """The name of a parameter, `TargetWorkers`, as `target_workers`."""
    return _HUMP.sub("_", name).lower()


def text(name: str, values: list[str]) -> str:
    """Any text without NUL characters that UTF-8 can represent."""
    value = values[-1]
    if "\0" in value:
        raise BadRequest(f"{name} holds a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadRequest(f"{name} holds half of a surrogate pair") from None
    return value


def texts(name: str, values: list[str]) -> list[str]:
    """A list, given as a repeated parameter or separated by commas."""
    return [part.strip() for value in values for part in text(name, [value]).split(",") if part]


def friendly_name(name: str, values: list[str]) -> str:
    """A name of 1 to 64 characters."""
    value = text(name, values)
    if not 1 <= len(value.strip()) or len(value) > 64:
        raise BadRequest(f"{name} must have 1 to 64 characters, this has {len(value)}")
    return value


def unique_name(name: str, values: list[str]) -> str:
    """Letters, digits, _, $ and hyphens, beginning with a letter, _ or $."""
    value = text(name, values)
    if not re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$-]{0,63}", value):
        raise BadRequest(f"{name} may hold letters, digits, _, $ and -, and begins with no digit")
    return value


def boolean(name: str, values: list[str]) -> bool:
    """`true`, `1` and `yes` are true, everything else is false, as Twilio documents it."""
    return values[-1].lower() in ("true", "1", "yes")


def integer(least: int, most: int) -> Reader:
    """A whole number from `least` to `most`."""

    def reader(name: str, values: list[str]) -> int:
        value = int(values[-1]) if _WHOLE.match(values[-1]) else None
        if value is None or not least <= value <= most:
            raise BadRequest(
                f"{name} must be a whole number from {least} to {most}, not {shown(values[-1])}"
            )
        return value

    return reader


def sid(prefix: str) -> Reader:
    """A SID of one kind."""

    def reader(name: str, values: list[str]) -> str:
        if not is_sid(values[-1], prefix):
            raise BadRequest(
                f"{name} must be a SID ({prefix} and 32 hexadecimal digits),"
                f" not {shown(values[-1])}"
            )
        return values[-1]

    return reader


def choice(*allowed: str) -> Reader:
    """One of a few words."""

    def reader(name: str, values: list[str]) -> str:
        if values[-1] not in allowed:
            raise BadRequest(f"{name} must be one of {', '.join(allowed)}, not {shown(values[-1])}")
        return values[-1]

    return reader


def url(name: str, values: list[str]) -> str:
    """An http or https URL; empty text removes the current one."""
    value = text(name, values).strip()
    try:
        parts = urlsplit(value)
        good = not value or (parts.scheme in ("http", "https") and bool(parts.hostname))
    except ValueError:
        good = False
    if not good:
        raise BadRequest(f"{name} must be an http or https URL, not {shown(value)}")
    return value


def timestamp(name: str, values: list[str]) -> float:
    """A moment such as `2026-01-31T12:00:00Z`, in seconds since 1970; no zone means UTC."""
    try:
        moment = datetime.fromisoformat(values[-1].strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise BadRequest(
            f"{name} must be a time such as 2026-01-31T12:00:00Z, not {shown(values[-1])}"
        ) from error


def attributes(name: str, values: list[str]) -> str:
    """A JSON object in at most 4,096 characters, spaces included, made compact."""
    value = text(name, values)
    compact = compact_json(name, value)
    if len(value) > 4_096:
        raise BadRequest(f"{name} may have 4096 characters, these are {len(value)}")
    return compact


def configuration(name: str, values: list[str]) -> str:
    """A JSON object in at most 1,038,576 bytes, made compact."""
    value = text(name, values)
    if len(value.encode()) > 1_038_576:
        raise BadRequest(f"{name} may have 1038576 bytes")
    return compact_json(name, value)


def compact_json(name: str, value: str) -> str:
    """The same JSON object without spaces. Raises BadRequest if it is not a JSON object."""
    try:
        content = json.loads(value or "{}")
        if isinstance(content, dict):
            compact = _COMPACT.encode(content)
            compact.encode()
            return compact
    except json.JSONDecodeError as error:
        raise BadRequest(
            f"{name} is not valid JSON: {error.msg} at character {error.pos} of {shown(value)}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"{name} is not valid JSON") from error
    raise BadRequest(f"{name} must be a JSON object, such as {{}}, not {shown(value)}")


def expression_text(name: str, values: list[str]) -> str:
    """An expression, or empty text (which no Worker matches), of at most EXPRESSION_LENGTH characters.

    Raises BadRequest with a caret at a syntax error; like TaskRouter, it checks nothing else.
    """
    value = text(name, values)
    if len(value) > EXPRESSION_LENGTH:
        raise BadRequest(
            f"{name} may have {EXPRESSION_LENGTH} characters, this expression has {len(value)}"
        )
    if value.strip():
        try:
            parsed.expression(value)
        except ExpressionSyntaxError as error:
            raise BadRequest(f"{name}: {error}") from error
    return value.strip()


def shown(value: str) -> str:
    """A value as an error message shows it: quoted, and cut at 80 characters."""
    return json.dumps(value if len(value) <= 80 else value[:77] + "...", ensure_ascii=False)
