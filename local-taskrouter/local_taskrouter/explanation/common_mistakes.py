"""Common mistakes behind a clause that is false, each with a fix.

rules/expression.py defines the operators, and that values of different types are never equal.
"""

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from local_taskrouter.rules.clauses import (
    Comparison,
    Operand,
    Reference,
    missing_part,
    references,
)

NEAR = 0.75
_ARRAYS = (list, tuple)
_ORDERS = (">", ">=", "<", "<=")


def find_mistake(comparison: Comparison, values: Mapping[str, Any]) -> str:
    """Return the mistake in a comparison that is false over `values`, "" when there is none."""
    for reference in references(comparison):
        if (missing := missing_part(reference, values)) is not None:
            return _missing(reference, *missing)
    left, right = comparison.left.read(values), comparison.right.read(values)
    operator = comparison.operator
    if operator == "HAS":
        return _membership("HAS", comparison.left, left, comparison.right, right)
    if operator in ("IN", "NOT IN"):
        return _membership(operator, comparison.right, right, comparison.left, left)
    return _scalars(comparison, left, right)


def _missing(reference: Reference, reached: Any, part: str | int) -> str:
    """Describe a path of `reference` that ends at `reached`, which has no `part`."""
    if isinstance(part, int):
        return f"{reference.name} is not there: the array has no element [{part}]."
    if not isinstance(reached, Mapping):
        return f"{reference.name} is not there: what is before .{part} is {_type(reached)}."
    if prefixed := _prefix(reference, reached):
        return prefixed
    place = "".join(f".{each}" for each in reference.path[:-1]).removeprefix(".")
    nothing = f"There is no key {part}{f' in {place}' if place else ''}"
    hyphened = next((key for key in reached if _is_hyphened(part, key)), None)
    if hyphened is not None:
        return (
            f"{nothing}, but there is {_shown(hyphened)}, which an expression cannot name: a key"
            f" has letters, digits and _ only. Rename it to {part}."
        )
    folded = {key.casefold(): key for key in reached}
    near = get_close_matches(part.casefold(), folded, 1, NEAR)
    return f"{nothing}, but there is {folded[near[0]]}: is one of them misspelled?" if near else ""


def _prefix(reference: Reference, reached: Mapping[str, Any]) -> str:
    """Describe a wrong prefix: targets read `task.…` and `worker.…`, other expressions none."""
    first, *rest = reference.path
    if first in ("task", "worker") and rest and rest[0] in reached:
        unprefixed = reference.name.removeprefix(f"{first}.")
        return f"This expression takes no prefix: write {unprefixed}."
    for prefix in ("worker", "task"):
        inside = reached.get(prefix)
        if isinstance(inside, Mapping) and first in inside:
            return f"This expression needs a prefix: write {prefix}.{reference.name}."
    return ""


def _is_hyphened(part: str, key: str) -> bool:
    return not re.fullmatch(r"[^\W\d]\w*", key) and _plain(key) == _plain(part)


def _membership(operator: str, where: Operand, array: Any, what: Operand, value: Any) -> str:
    """Describe a mistake with `HAS`, `IN` or `NOT IN`, which look for one value in an array."""
    if not isinstance(array, _ARRAYS):
        hint = f": make it [{_shown(array)}]" if isinstance(array, str | int | float) else ""
        return f"{operator} needs an array, and {_name(where)} is {_type(array)}{hint}."
    if isinstance(value, _ARRAYS):
        return f"{operator} looks for one value, and {_name(what)} is an array."
    almost = next((each for each in array if _mistake(each, value)), None)
    if operator == "NOT IN" or almost is None:
        return ""
    return f"{_name(where)} has {_shown(almost)}, not {_shown(value)}: {_mistake(almost, value)}."


def _scalars(comparison: Comparison, left: Any, right: Any) -> str:
    operator = comparison.operator
    for side, value in ((comparison.left, left), (comparison.right, right)):
        if isinstance(value, _ARRAYS):
            return f"{operator} compares single values, and {_name(side)} is an array: use HAS."
    if operator == "CONTAINS" and not (isinstance(left, str) and isinstance(right, str)):
        return "CONTAINS compares strings only."
    if operator in _ORDERS and {_type(left), _type(right)} == {"a string", "a number"}:
        return (
            f"{_shown(left)} is {_type(left)} and {_shown(right)} is {_type(right)}: they cannot"
            " be ordered. Write both as numbers, without quotation marks."
        )
    mistake = _mistake(left, right)
    return f"{_shown(left)} is not {_shown(right)}: {mistake}." if mistake else ""


def _mistake(left: Any, right: Any) -> str:
    """Return why two values that look alike are not equal, "" when they do not look alike."""
    if isinstance(left, str) and isinstance(right, str):
        same = left != right and left.strip().casefold() == right.strip().casefold()
        return "case and spaces count" if same else ""
    if _type(left) != _type(right) and _bare(left) == _bare(right):
        return f"one is {_type(left)}, the other {_type(right)}"
    return ""


def _bare(value: Any) -> str:
    return value.strip() if isinstance(value, str) else _shown(value)


def _plain(key: str) -> str:
    return re.sub(r"[\W_]+", "", key).casefold()


def _type(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, int | float):
        return "a number"
    return "an array" if isinstance(value, _ARRAYS) else "an object"


def _name(side: Operand) -> str:
    return side.name if isinstance(side, Reference) else _shown(side.read({}))


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
