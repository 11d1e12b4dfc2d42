"""An expression taken apart: its single clauses, which of them decide, and what each one met."""

from collections.abc import Mapping
from typing import Any

from local_taskrouter.rules.operators import And, Comparison, Condition, Or, Reference


def comparisons(condition: Condition) -> tuple[Comparison, ...]:
    """Every single comparison, in the order in which they are written."""
    if isinstance(condition, Comparison):
        return (condition,)
    return tuple(one for clause in condition.clauses for one in comparisons(clause))


def decisive(condition: Condition, values: Mapping[str, Any]) -> tuple[Comparison, ...]:
    """The comparisons that make the condition false over `values`; none when it is true.

    Of clauses joined by AND those that are false, of clauses joined by OR all.
    """
    if condition.matches(values):
        return ()
    if isinstance(condition, Comparison):
        return (condition,)
    return tuple(one for clause in condition.clauses for one in decisive(clause, values))


def is_one_of_several(condition: Condition) -> bool:
    """Whether the condition has an OR: then it is enough that one side becomes true."""
    if isinstance(condition, Or):
        return True
    return isinstance(condition, And) and any(map(is_one_of_several, condition.clauses))


def references(comparison: Comparison) -> tuple[Reference, ...]:
    """What a comparison reads from the values, left before right."""
    return tuple(
        side for side in (comparison.left, comparison.right) if isinstance(side, Reference)
    )


def holder(reference: Reference, values: Mapping[str, Any]) -> tuple[Any, str | int] | None:
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
