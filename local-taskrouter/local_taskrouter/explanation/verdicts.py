"""An expression judged over values, clause by clause."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from local_taskrouter.explanation.common_mistakes import trap_in
from local_taskrouter.rules.expression import Expression, ExpressionSyntaxError, parse
from local_taskrouter.rules.operators import (
    Comparison,
    comparisons,
    failing_comparisons,
    has_or,
    missing_part,
    references,
)

LONGEST_VALUE = 120


@dataclass(frozen=True)
class Clause:
    """One comparison: as written, whether it holds, and what it met.

    `met` names each reference and the value found there, as JSON, or "not there". `decides` is
    true where the whole expression is false because of this clause; `trap` names a usual mistake,
    and the way out, else it is empty.
    """

    text: str
    holds: bool
    met: tuple[tuple[str, str], ...]
    decides: bool
    trap: str = ""

    def found(self) -> str:
        """What the clause met, as in `languages is ["en"]`."""
        return ", ".join(
            f"{name} is {value}" if value != NOT_THERE else f"{name} is not there"
            for name, value in self.met
        )

    def __str__(self) -> str:
        return f"{self.text}: {self.found()}" if self.met else self.text


@dataclass(frozen=True)
class Verdict:
    """What became of an expression: its text, whether it matches, and each clause.

    `error` says why a text is no expression; it then matches nothing, as does an empty text. The
    clauses are judged when first looked at: live panels ask only whether it holds.
    """

    text: str
    holds: bool
    error: str = ""
    expression: Expression | None = field(default=None, repr=False)
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Each comparison in the order in which it is written."""
        if self.expression is None:
            return ()
        condition, values = self.expression.condition, self.values
        blamed = {id(one) for one in failing_comparisons(condition, values)}
        return tuple(_clause(one, values, id(one) in blamed) for one in comparisons(condition))

    @property
    def either(self) -> bool:
        """Whether it has an OR, so that one of its sides would be enough."""
        return self.expression is not None and has_or(self.expression.condition)

    @property
    def lacking(self) -> tuple[Clause, ...]:
        """The clauses that make it false."""
        return tuple(clause for clause in self.clauses if clause.decides)

    @property
    def traps(self) -> tuple[str, ...]:
        """The usual mistakes in what makes it false."""
        return tuple(dict.fromkeys(clause.trap for clause in self.lacking if clause.trap))


NOT_THERE = "not there"


def judge(expression: Expression | str | None, values: Mapping[str, Any]) -> Verdict:
    """Judge an expression, given as such or as text, over `values`."""
    if not isinstance(expression, Expression):
        try:
            expression = _parsed(expression or "")
        except ExpressionSyntaxError as error:
            return Verdict(expression or "", False, error=str(error) if expression else "")
    return Verdict(expression.text, expression.matches(values), "", expression, values)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Expression:
    """One text is judged for every Worker, and by live panels again and again."""
    return parse(text)


def shown(value: Any) -> str:
    """A value as JSON, shortened when it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _clause(comparison: Comparison, values: Mapping[str, Any], decides: bool) -> Clause:
    met = tuple(
        (one.name, NOT_THERE if missing_part(one, values) else shown(one.read(values)))
        for one in references(comparison)
    )
    trap = trap_in(comparison, values) if decides else ""
    return Clause(comparison.text, comparison.matches(values), met, decides, trap)
