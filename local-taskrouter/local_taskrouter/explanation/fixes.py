"""Changes that make a clause true: another clause, or another value of an attribute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from local_taskrouter.rules.clauses import Array, Comparison, Constant, Operand, Reference, Scalar
from local_taskrouter.rules.expression import ExpressionSyntaxError, parse

_Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fix:
    """Write `clause` instead, and set the value at `path` to `value`; an empty path sets none."""

    clause: Comparison
    path: _Path = ()
    value: Any = None

    def makes_true(self, values: Mapping[str, Any]) -> bool:
        """Whether the clause is true over `values` after the fix."""
        return _is_valid(self.clause) and self.clause.matches(self.apply(values))

    def apply(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return `values` after the fix; `values` does not change."""
        return _with(values, self.path, self.value) if self.path else values


@lru_cache(maxsize=256)
def _is_valid(clause: Comparison) -> bool:
    """Whether its text says what it is; there are no negative numbers in expressions."""
    try:
        return parse(clause.text).condition == clause
    except ExpressionSyntaxError:
        return False


def rewritten(left: Operand, operator: str, right: Operand) -> Comparison:
    """Return a comparison with its text."""
    return Comparison(left, operator, right, f"{written(left)} {operator} {written(right)}")


def replaced(comparison: Comparison, old: Operand, new: Operand) -> Comparison:
    """Return the comparison with `new` in place of its side `old`."""
    left, right = (new if side is old else side for side in (comparison.left, comparison.right))
    return rewritten(left, comparison.operator, right)


def written(side: Operand) -> str:
    """Return one side of a comparison as an expression has it."""
    if isinstance(side, Reference):
        return side.name
    if isinstance(side, Array):
        return f"[{', '.join(map(_constant, side.items))}]"
    return _constant(side.value)


def reference_to(path: _Path) -> Reference | None:
    """Return the reference that reads `path`; None if no expression can name it."""
    reference = Reference(path)
    try:
        condition = parse(f"{reference.name} == 1").condition
    except ExpressionSyntaxError:
        return None
    return reference if condition == Comparison(reference, "==", Constant(1)) else None


def paths_to(values: Any, name: str, depth: int = 3) -> Sequence[_Path]:
    """Return the paths in `values` that end with the key `name`, the shortest first."""
    if not isinstance(values, Mapping) or not depth:
        return ()
    found: list[_Path] = [(name,)] if name in values else []
    for key, inner in values.items():
        found += [(key, *path) for path in paths_to(inner, name, depth - 1)]
    return sorted(found, key=len)


def _constant(value: Scalar) -> str:
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"'
    return str(value)


def _with(values: Any, path: _Path, value: Any) -> Any:
    if not path:
        return value
    part, *rest = path
    if isinstance(part, int):
        return [
            _with(each, (*rest,), value) if n == part else each for n, each in enumerate(values)
        ]
    inner = values if isinstance(values, Mapping) else {}
    return {**inner, part: _with(inner.get(part), (*rest,), value)}
