"""The parts of a parsed expression: what each operator means, and which clauses fail.

expression.py documents the language. Values are as json.loads returns them: None, bool, int, float,
str, list and dict. Matching never changes them.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice, product
from typing import Any

Scalar = str | int | float | bool | None

_TYPES = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}
_ARRAYS = (list, tuple)


def _equal(left: Any, right: Any) -> bool:
    kind = _TYPES.get(type(left))
    return kind is not None and kind == _TYPES.get(type(right)) and left == right


def _differs(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is not right
    return type(left) in _TYPES and type(right) in _TYPES and not _equal(left, right)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def test(left: Any, right: Any) -> bool:
        kind = _TYPES.get(type(left))
        comparable = kind in ("number", "string") and kind == _TYPES.get(type(right))
        return comparable and compare(left, right)

    return test


def _contains(left: Any, right: Any) -> bool:
    return isinstance(left, str) and isinstance(right, str) and right in left


def _has(array: Any, value: Any) -> bool:
    if isinstance(array, _ARRAYS):
        for each in array:
            if _equal(each, value):
                return True
    return False


def _in(value: Any, array: Any) -> bool:
    return _has(array, value)


def _not_in(value: Any, array: Any) -> bool:
    return isinstance(array, _ARRAYS) and type(value) in _TYPES and not _has(array, value)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": _differs,
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    "CONTAINS": _contains,
    "HAS": _has,
    "IN": _in,
    "NOT IN": _not_in,
}


@dataclass(frozen=True, slots=True)
class Constant:
    """A scalar literal."""

    value: Scalar

    def read(self, values: Mapping[str, Any]) -> Scalar:
        return self.value


@dataclass(frozen=True, slots=True)
class Array:
    """An array literal."""

    items: tuple[Scalar, ...]

    def read(self, values: Mapping[str, Any]) -> tuple[Scalar, ...]:
        return self.items


@dataclass(frozen=True, slots=True)
class Reference:
    """A path into the values: `object.array[2]` is ("object", "array", 2)."""

    path: tuple[str | int, ...]

    @property
    def name(self) -> str:
        """The path as it is written in an expression."""
        parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path]
        return "".join(parts).removeprefix(".")

    def read(self, values: Mapping[str, Any]) -> Any:
        """Return the value at the path; None when any part of it is missing."""
        found: Any = values
        for part in self.path:
            if isinstance(part, int):
                if not isinstance(found, _ARRAYS) or part >= len(found):
                    return None
                found = found[part]
                continue
            try:
                found = found[part]
            except (KeyError, TypeError):
                return None
        return found


Operand = Constant | Array | Reference


@dataclass(frozen=True, slots=True)
class Comparison:
    """A single comparison: `operator` is a key of OPERATORS, `text` the clause as written."""

    left: Operand
    operator: str
    right: Operand
    text: str = field(default="", compare=False)

    def matches(self, values: Mapping[str, Any]) -> bool:
        return OPERATORS[self.operator](self.left.read(values), self.right.read(values))


@dataclass(frozen=True, slots=True)
class And:
    """True when all of its clauses, at least two, are true."""

    clauses: tuple["Condition", ...]

    def matches(self, values: Mapping[str, Any]) -> bool:
        for clause in self.clauses:
            if not clause.matches(values):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Or:
    """True when any of its clauses, at least two, is true."""

    clauses: tuple["Condition", ...]

    def matches(self, values: Mapping[str, Any]) -> bool:
        for clause in self.clauses:
            if clause.matches(values):
                return True
        return False


Condition = Comparison | And | Or


def comparisons(condition: Condition) -> tuple[Comparison, ...]:
    """Return all comparisons of the condition in written order."""
    if isinstance(condition, Comparison):
        return (condition,)
    return tuple(each for clause in condition.clauses for each in comparisons(clause))


def failing_comparisons(condition: Condition, values: Mapping[str, Any]) -> tuple[Comparison, ...]:
    """Return the comparisons that make the condition false over `values`; () when it is true.

    Of clauses joined by AND, those that are false; of clauses joined by OR, all.
    """
    if condition.matches(values):
        return ()
    if isinstance(condition, Comparison):
        return (condition,)
    return tuple(
        each for clause in condition.clauses for each in failing_comparisons(clause, values)
    )


def nearest_fixes(
    condition: Condition, values: Mapping[str, Any], most: int
) -> list[list[Comparison]]:
    """Return the ways to make a false condition true that change the fewest comparisons.

    Each is the comparisons to change, in written order; [[]] when the condition is true. `most`
    limits them, since they multiply where ORs are joined by AND.
    """
    if condition.matches(values):
        return [[]]
    if isinstance(condition, Comparison):
        return [[condition]]
    fixes = [nearest_fixes(clause, values, most) for clause in condition.clauses]
    if isinstance(condition, And):
        return [list(chain(*each)) for each in islice(product(*fixes), most)]
    fewest = min(len(alternatives[0]) for alternatives in fixes)
    return [each for each in chain(*fixes) if len(each) == fewest][:most]


def references(comparison: Comparison) -> tuple[Reference, ...]:
    """Return the references on the left and on the right of a comparison."""
    return tuple(
        side for side in (comparison.left, comparison.right) if isinstance(side, Reference)
    )


def missing_part(reference: Reference, values: Mapping[str, Any]) -> tuple[Any, str | int] | None:
    """Return the last value on the path of `reference`, and the key or index that it lacks.

    None when the path leads to a value, even to null. `reference.read` returns None for both null
    and a missing key.
    """
    found: Any = values
    for part in reference.path:
        if isinstance(part, int):
            if not isinstance(found, list) or part >= len(found):
                return found, part
            found = found[part]
        elif isinstance(found, Mapping) and part in found:
            found = found[part]
        else:
            return found, part
    return None
