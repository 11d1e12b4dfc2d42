"""Common mistakes behind a clause that is false.

A mistake tells what to write or to change only if the clause is true afterwards. Otherwise it says
what is wrong, or asks. rules/expression.py defines the operators, and that values of different types
are never equal.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from local_taskrouter.explanation.fixes import (
    Fix,
    paths_to,
    reference_to,
    replaced,
    rewritten,
    written,
)
from local_taskrouter.rules.clauses import (
    Comparison,
    Constant,
    Operand,
    Reference,
    missing_part,
    references,
)

NEAR = 0.75
_ARRAYS = (list, tuple)
_ORDERS = (">", ">=", "<", "<=")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_NO_PREFIX = "This expression takes no prefix"
_PLAIN = "Attributes are read without `attributes`"
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a clause; if `text` says what to do, `fix` does it."""

    text: str
    fix: Fix | None = None


def find_mistake(comparison: Comparison, values: Mapping[str, Any]) -> Mistake | None:
    """Return the mistake in a comparison that is false over `values`, None if there is none."""
    for reference in references(comparison):
        if (missing := missing_part(reference, values)) is not None:
            return _missing(comparison, values, reference, *missing)
    if quoted := _quoted_key(comparison, values):
        return quoted
    if comparison.operator in ("HAS", "IN", "NOT IN"):
        return _membership(comparison, values)
    return _scalars(comparison, values)


def _missing(
    comparison: Comparison,
    values: Mapping[str, Any],
    reference: Reference,
    reached: Any,
    part: str | int,
) -> Mistake | None:
    """The mistake in a path of `reference` that ends at `reached`, which has no `part`."""
    if isinstance(part, int):
        return Mistake(f"{reference.name} is missing: the array has no element [{part}].")
    if elsewhere := _elsewhere(comparison, values, reference):
        return elsewhere
    if not isinstance(reached, Mapping):
        return Mistake(f"{reference.name} is missing: what is before .{part} is {_type(reached)}.")
    place = "".join(f".{each}" for each in reference.path[:-1]).removeprefix(".")
    nothing = f"There is no key {part}{f' in {place}' if place else ''}"
    if reference.path[-1] == part:
        for key in (key for key in reached if _plain(key) == _plain(part)):
            if reference_to((*reference.path[:-1], key)) is None:
                unnamed = (
                    f"{nothing}, but there is {_shown(key)}, which an expression cannot name: a key"
                    " has letters, digits, _ and $ only."
                )
                fix = Fix(comparison, reference.path, reached[key])
                return _instruct(fix, values, unnamed, f" Rename it to {part}.")
    folded = {key.casefold(): key for key in reached}
    near = get_close_matches(part.casefold(), folded, 1, NEAR)
    if near:
        return Mistake(f"{nothing}, but there is {folded[near[0]]}: is one of them misspelled?")
    if comparison.operator == "NOT IN" and reference is comparison.right:
        text = f"{reference.name} is missing, and NOT IN a missing array is always false."
        fix = Fix(comparison, reference.path, [])
        return _instruct(fix, values, text, " Give it an empty array, [].")
    return None


def _elsewhere(
    comparison: Comparison, values: Mapping[str, Any], reference: Reference
) -> Mistake | None:
    """The value is there under another path: another prefix, or one level up or down."""
    prefixed = _prefixes(values, reference)
    needs = f"This expression needs a prefix: {_with_values(prefixed, values)}."
    if len({_shown(each.read(values)) for each in prefixed}) > 1:
        return Mistake(needs)
    nearest = sorted(
        paths_to(values, str(reference.path[-1])),
        key=lambda path: -len({*path} & {*reference.path}),
    )
    found = [*prefixed, *filter(None, map(reference_to, nearest))]
    for other in found:
        fix = Fix(replaced(comparison, reference, other))
        if fix.makes_true(values):
            return Mistake(f"{_why_elsewhere(reference, other)}: write {fix.clause.text}.", fix)
    if prefixed:
        return Mistake(needs)
    why = _why_elsewhere(reference, found[0]) if found else ""
    return (
        Mistake(f"{why}: {_with_values(found[:1], values)}.")
        if why in (_NO_PREFIX, _PLAIN)
        else None
    )


def _prefixes(values: Mapping[str, Any], reference: Reference) -> list[Reference]:
    """What the reference may mean in a target, which reads `worker.…` and `task.…`."""
    if reference.path[0] in values:
        return []
    found = [Reference((prefix, *reference.path)) for prefix in ("worker", "task")]
    return [each for each in found if missing_part(each, values) is None]


def _with_values(found: Sequence[Reference], values: Mapping[str, Any]) -> str:
    return ", ".join(f"{each.name} is {_shown(each.read(values))}" for each in found)


def _why_elsewhere(reference: Reference, other: Reference) -> str:
    ours, theirs = reference.path, other.path
    if ours[1:] == theirs and ours[0] in ("task", "worker"):
        return _NO_PREFIX
    if theirs[1:] == ours and theirs[0] in ("task", "worker"):
        return "This expression needs a prefix"
    if theirs == tuple(part for part in ours if part != "attributes"):
        return _PLAIN
    return f"{reference.name} is missing, but there is {other.name}"


def _quoted_key(comparison: Comparison, values: Mapping[str, Any]) -> Mistake | None:
    """A key in quotes, which is text."""
    for side in (comparison.left, comparison.right):
        if isinstance(side, Constant) and isinstance(side.value, str):
            keys: list[str | int] = [*side.value.split(".")]
            key = reference_to((*keys,))
            if key is None or missing_part(key, values) is not None:
                continue
            fix = Fix(replaced(comparison, side, key))
            if fix.makes_true(values):
                text = f"{written(side)} is text, because of the quotation marks"
                return Mistake(f"{text}: write {fix.clause.text}.", fix)
    return None


def _membership(comparison: Comparison, values: Mapping[str, Any]) -> Mistake | None:
    """A mistake with `HAS`, `IN` or `NOT IN`, which look for one value in an array."""
    operator, where, what = comparison.operator, comparison.right, comparison.left
    if operator == "HAS":
        where, what = what, where
    array, value = where.read(values), what.read(values)
    if not isinstance(array, _ARRAYS):
        needs = f"{operator} needs an array, and {_name(where)} is {_type(array)}"
        turned = _turned(operator, what, where)
        if (fix := Fix(turned)).makes_true(values):
            return Mistake(f"{needs}: write {turned.text}.", fix)
        if isinstance(where, Reference):
            for better in _arrays_from(array):
                if (fix := Fix(comparison, where.path, better)).makes_true(values):
                    return Mistake(f"{needs}: make it {_shown(better)}.", fix)
        return Mistake(f"{needs}.")
    if isinstance(value, _ARRAYS):
        return Mistake(f"{operator} looks for one value, and {_name(what)} is an array.")
    if operator == "NOT IN":
        return None
    almost = next((each for each in array if _alike(each, value)), None)
    if almost is None:
        return None
    return Mistake(
        f"{_name(where)} has {_shown(almost)}, not {_shown(value)}: {_alike(almost, value)}."
    )


def _turned(operator: str, what: Operand, where: Operand) -> Comparison:
    """The same question with the array on the other side."""
    if operator == "NOT IN":
        return rewritten(where, "NOT IN", what)
    return rewritten(what, "HAS", where)


def _arrays_from(value: Any) -> Iterator[list[Any]]:
    """Yield the arrays that `value` may have been written for: `"a,b"` for `["a", "b"]`."""
    if value is None:
        yield []
    elif isinstance(value, str | int | float):
        yield [value]
    if isinstance(value, str):
        yield [each.strip() for each in re.split("[,;|]", value)]


def _scalars(comparison: Comparison, values: Mapping[str, Any]) -> Mistake | None:
    operator = comparison.operator
    left, right = comparison.left.read(values), comparison.right.read(values)
    sides = ((comparison.left, left), (comparison.right, right))
    for (side, value), (other, _) in (sides, sides[::-1]):
        if isinstance(value, _ARRAYS):
            text = f"{operator} compares single values, and {_name(side)} is an array"
            asked = rewritten(side, "HAS", other)
            if operator == "!=":
                asked = rewritten(other, "NOT IN", side)
            if operator in ("==", "!=", "CONTAINS") and Fix(asked).makes_true(values):
                return Mistake(f"{text}: write {asked.text}.", Fix(asked))
            return Mistake(f"{text}.")
    if operator == "CONTAINS" and not (isinstance(left, str) and isinstance(right, str)):
        return Mistake("CONTAINS compares strings only.")
    if operator in _ORDERS and {_type(left), _type(right)} == {"a string", "a number"}:
        text = f"{_shown(left)} is {_type(left)} and {_shown(right)} is {_type(right)}"
        return _retyped(comparison, values, f"{text}: they cannot be ordered")
    if operator == "==" and (why := _alike(left, right)):
        return _retyped(comparison, values, f"{_shown(left)} is not {_shown(right)}: {why}")
    return None


def _retyped(comparison: Comparison, values: Mapping[str, Any], text: str) -> Mistake:
    """Add what to write instead of a string that shows a number, true or false."""
    for side in (comparison.left, comparison.right):
        value = side.read(values)
        if not isinstance(value, str) or (meant := _meant(value)) is None:
            continue
        if isinstance(side, Reference):
            fix, what = Fix(comparison, side.path, meant), f"Set {side.name} to {_shown(meant)}"
        else:
            fix = Fix(replaced(comparison, side, Constant(meant)))
            what = f"Write {fix.clause.text}"
        if fix.makes_true(values):
            return Mistake(f"{text}. {what}, without quotation marks.", fix)
    return Mistake(f"{text}.")


def _instruct(fix: Fix, values: Mapping[str, Any], text: str, what: str) -> Mistake:
    """Add what to do if it helps."""
    return Mistake(f"{text}{what}", fix) if fix.makes_true(values) else Mistake(text)


def _meant(text: str) -> int | float | bool | None:
    """The number or boolean that a string shows."""
    bare = text.strip()
    if _NUMBER.fullmatch(bare):
        return float(bare) if "." in bare else int(bare)
    return _BOOLEANS.get(bare.casefold())


def _alike(left: Any, right: Any) -> str:
    """Return why two values that look alike are not equal, "" when they do not look alike."""
    if isinstance(left, str) and isinstance(right, str):
        same = left != right and left.strip().casefold() == right.strip().casefold()
        return "case and spaces count" if same else ""
    if _type(left) == _type(right):
        return ""
    if left == _meant(right) if isinstance(right, str) else right == _meant(str(left)):
        return f"one is {_type(left)}, the other {_type(right)}"
    return ""


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
