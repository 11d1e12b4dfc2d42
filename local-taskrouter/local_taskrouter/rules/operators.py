"""The tree of a parsed expression, and what its operators mean.

The rules are written down in local-taskrouter/local_taskrouter/rules/expression.py. The values are what json.loads gives:
None, bool, int, float, str, list and dict. Every node only reads them.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
    """A value written in the expression."""

    value: Scalar

    def read(self, values: Mapping[str, Any]) -> Scalar:
        return self.value


@dataclass(frozen=True, slots=True)
class Array:
    """An array written in the expression."""

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
        """Return what the path leads to, None where it leads nowhere."""
        found: Any = values
        for part in self.path:
            if isinstance(part, int) and not isinstance(found, _ARRAYS):
                return None
            try:
                found = found[part]
            except (KeyError, IndexError, TypeError):
                return None
        return found


Operand = Constant | Array | Reference


@dataclass(frozen=True, slots=True)
class Comparison:
    """One clause; `operator` is a key of OPERATORS, `text` the clause as it was written."""

    left: Operand
    operator: str
    right: Operand
    text: str = field(default="", compare=False)

    def matches(self, values: Mapping[str, Any]) -> bool:
        return OPERATORS[self.operator](self.left.read(values), self.right.read(values))


@dataclass(frozen=True, slots=True)
class And:
    """True when every clause is; there are at least two."""

    clauses: tuple["Condition", ...]

    def matches(self, values: Mapping[str, Any]) -> bool:
        for clause in self.clauses:
            if not clause.matches(values):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Or:
    """True when one clause is; there are at least two."""

    clauses: tuple["Condition", ...]

    def matches(self, values: Mapping[str, Any]) -> bool:
        for clause in self.clauses:
            if clause.matches(values):
                return True
        return False


Condition = Comparison | And | Or


def comparisons(condition: Condition) -> tuple[Comparison, ...]:
    """Every single comparison, in the order in which they are written."""
    if isinstance(condition, Comparison):
        return (condition,)
    return tuple(one for clause in condition.clauses for one in comparisons(clause))


def failing_comparisons(condition: Condition, values: Mapping[str, Any]) -> tuple[Comparison, ...]:
    """The comparisons that make the condition false over `values`; none when it is true.

    Of clauses joined by AND those that are false, of clauses joined by OR all.
    """
    if condition.matches(values):
        return ()
    if isinstance(condition, Comparison):
        return (condition,)
    return tuple(one for clause in condition.clauses for one in failing_comparisons(clause, values))


def has_or(condition: Condition) -> bool:
    """Whether the condition has an OR: then it is enough that one side becomes true."""
    if isinstance(condition, Or):
        return True
    return isinstance(condition, And) and any(map(has_or, condition.clauses))


def references(comparison: Comparison) -> tuple[Reference, ...]:
    """What a comparison reads from the values, left before right."""
    return tuple(
        side for side in (comparison.left, comparison.right) if isinstance(side, Reference)
    )


def missing_part(reference: Reference, values: Mapping[str, Any]) -> tuple[Any, str | int] | None:
    """Where the path of `reference` breaks off: the value reached, and the part it does not have.

    None when the path leads to something, be it null. `reference.read` alone cannot tell a missing
    key from one that holds null.
    """
    found: Any = values
    for part in reference.path:
        if isinstance(part, int):
            there = isinstance(found, list) and part < len(found)
        else:
            there = isinstance(found, Mapping) and part in found
        if not there:
            return found, part
        found = found[part]
    return None
