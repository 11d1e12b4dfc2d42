"""What an expression cannot do without, so that it need not be tried on everybody.

`languages HAS "es" AND level > 3` can only match where "es" is at `languages`. Such a need leads
from values to the expressions that may match them, and from expressions to the Workers that may.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_taskrouter.rules.expression import (
    And,
    Array,
    Comparison,
    Condition,
    Constant,
    Or,
    Reference,
)

Path = tuple[str | int, ...]
Value = tuple[str, Any]


@dataclass(frozen=True)
class Need:
    """Every match has, at `path`, one of `values`: as the value there or in the array there."""

    path: Path
    values: frozenset[Value]


def need_of(condition: Condition) -> Need | None:
    """A need of this condition; None: it may match anything."""
    match condition:
        case Comparison(Reference(path), "==" | "HAS", Constant(value)):
            return _need(path, [value])
        case Comparison(Constant(value), "==" | "IN", Reference(path)):
            return _need(path, [value])
        case Comparison(Reference(path), "IN", Array(items)):
            return _need(path, items)
        case And(clauses):
            return next(filter(None, map(need_of, clauses)), None)
        case Or(clauses):
            return _either([need_of(clause) for clause in clauses])
    return None


def values_at(path: Path, attributes: Mapping[str, Any]) -> Iterator[Value]:
    """The values that can satisfy a need for this path."""
    found = Reference(path).read(attributes)
    for value in found if isinstance(found, list) else (found,):
        if isinstance(value, (str, int, float)):
            yield _value(value)


def _need(path: Path, values: Any) -> Need | None:
    """None for a comparison with null, which is satisfied by what is not there."""
    if not all(isinstance(value, (str, int, float)) for value in values):
        return None
    return Need(path, frozenset(map(_value, values)))


def _either(needs: list[Need | None]) -> Need | None:
    paths = {need.path if need else None for need in needs}
    if len(paths) != 1 or None in paths:
        return None
    return Need(paths.pop(), frozenset().union(*(need.values for need in needs if need)))


def _value(value: str | float) -> Value:
    """Values that are equal to the expression language are equal: 1 and 1.0, but not 1 and true."""
    kind = "number" if type(value) in (int, float) else type(value).__name__
    return (kind, value)
