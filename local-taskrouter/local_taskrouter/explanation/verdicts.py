"""Judges an expression over values, clause by clause."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from local_taskrouter.explanation.common_mistakes import find_mistake
from local_taskrouter.rules.clauses import (
    Comparison,
    comparisons,
    failing_comparisons,
    has_or,
    missing_part,
    references,
)
from local_taskrouter.rules.expression import Expression, ExpressionSyntaxError, parse

LONGEST_VALUE = 120  # characters
NOT_THERE = "not there"


@dataclass(frozen=True)
class Clause:
    """One comparison: as written, whether it holds, and what it met.

    `met` names each reference and the value found there, as JSON, or "not there". `decides` is
    true where the whole expression is false because of this clause. `mistake` describes a common
    mistake and how to fix it, "" when there is none.
    """

    text: str
    holds: bool
    met: tuple[tuple[str, str], ...]
    decides: bool
    mistake: str = ""

    def found(self) -> str:
        """Return what the clause met, as in `languages is ["en"]`."""
        return ", ".join(
            f"{name} is {value}" if value != NOT_THERE else f"{name} is not there"
            for name, value in self.met
        )

    def __str__(self) -> str:
        return f"{self.text}: {self.found()}" if self.met else self.text


@dataclass(frozen=True)
class Verdict:
    """The result of an expression: its text, whether it holds, and each clause.

    `error` says why a text is not a valid expression; it then matches nothing, as does an empty
    text. The clauses are judged on first access, since live panels need only `holds`.
    """

    text: str
    holds: bool
    error: str = ""
    expression: Expression | None = field(default=None, repr=False)
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Each comparison, in the order written."""
        if self.expression is None:
            return ()
        condition, values = self.expression.condition, self.values
        deciding = {id(each) for each in failing_comparisons(condition, values)}
        return tuple(_clause(each, values, id(each) in deciding) for each in comparisons(condition))

    @property
    def has_or(self) -> bool:
        """Whether it has an OR, so that one of its sides is enough."""
        return self.expression is not None and has_or(self.expression.condition)

    @property
    def failing(self) -> tuple[Clause, ...]:
        """The clauses that make it false."""
        return tuple(clause for clause in self.clauses if clause.decides)

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The common mistakes in the failing clauses."""
        return tuple(dict.fromkeys(clause.mistake for clause in self.failing if clause.mistake))


def judge(expression: Expression | str | None, values: Mapping[str, Any]) -> Verdict:
    """Judge an expression, parsed or as text, over `values`."""
    if not isinstance(expression, Expression):
        try:
            expression = _parse(expression or "")
        except ExpressionSyntaxError as error:
            return Verdict(expression or "", False, error=str(error) if expression else "")
    return Verdict(expression.text, expression.matches(values), "", expression, values)


@lru_cache(maxsize=256)
def _parse(text: str) -> Expression:
    """Cached, since the same text is judged for every Worker and again by live panels."""
    return parse(text)


def _as_json(value: Any) -> str:
    """Return a value as JSON, shortened when it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _clause(comparison: Comparison, values: Mapping[str, Any], decides: bool) -> Clause:
    met = tuple(
        (each.name, NOT_THERE if missing_part(each, values) else _as_json(each.read(values)))
        for each in references(comparison)
    )
    mistake = find_mistake(comparison, values) if decides else ""
    return Clause(comparison.text, comparison.matches(values), met, decides, mistake)
