"""Judges an expression over values, clause by clause."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from local_taskrouter.explanation.common_mistakes import find_mistake
from local_taskrouter.rules.clauses import (
    Comparison,
    Condition,
    Constant,
    comparisons,
    failing_comparisons,
    missing_part,
    nearest_fixes,
    references,
)
from local_taskrouter.rules.expression import Expression, ExpressionSyntaxError, parse
from local_taskrouter.rules.scope import is_of_channel, reads_channels

LONGEST_VALUE = 120  # characters
MISSING = "missing"
NOT_READ = "not read"


@dataclass(frozen=True)
class Clause:
    """One comparison: as written, whether it holds, and what it met.

    `holds` is None where it reads channels that were not read. `met` names each reference and the
    value found there, as JSON, or "missing" or "not read". `decides` is true where the whole
    expression is false because of this clause. `mistake` describes a common mistake and how to fix
    it, "" when there is none.
    """

    text: str
    holds: bool | None
    met: tuple[tuple[str, str], ...]
    decides: bool
    mistake: str = ""

    def found(self) -> str:
        """Return what the clause met, as in `languages is ["en"]`."""
        return ", ".join(f"{name} is {value}" for name, value in self.met)

    def __str__(self) -> str:
        return f"{self.text}: {self.found()}" if self.met else self.text


@dataclass(frozen=True)
class Verdict:
    """The result of an expression: its text, whether it holds, and each clause.

    `error` says why a text is not a valid expression; it then matches nothing, as does an empty
    text. The clauses are judged on first access, since live panels need only `holds`.

    Where `without_channels`, `values` lack a Worker's channels: `holds` then means that it might
    hold, and `is_known` that this does not depend on the channels.
    """

    text: str
    holds: bool
    error: str = ""
    expression: Expression | None = field(default=None, repr=False)
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    without_channels: bool = False
    is_known: bool = True

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Each comparison, in the order written."""
        if self.expression is None:
            return ()
        condition, values = self.expression.condition, self.values
        judged = self._judged(condition)
        deciding = {id(each) for each in failing_comparisons(judged, values)}
        return tuple(
            _clause(each, values, id(each) in deciding) if each is one else _unread_clause(each)
            for each, one in zip(comparisons(condition), comparisons(judged), strict=True)
        )

    def nearest_fixes(self, most: int) -> list[list[Clause]]:
        """Return at most `most` of the ways to make it true that change the fewest clauses."""
        if self.expression is None:
            return []
        judged = self._judged(self.expression.condition)
        clauses = {
            id(each): clause for each, clause in zip(comparisons(judged), self.clauses, strict=True)
        }
        fixes = nearest_fixes(judged, self.values, most)
        return [[clauses[id(each)] for each in fix] for fix in fixes]

    def _judged(self, condition: Condition) -> Condition:
        """The condition; without channels, what reads them is supposed to hold."""
        return _suppose(condition, True) if self.without_channels else condition

    @property
    def failing(self) -> tuple[Clause, ...]:
        """The clauses that make it false."""
        return tuple(clause for clause in self.clauses if clause.decides)

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The common mistakes in the failing clauses."""
        return tuple(dict.fromkeys(clause.mistake for clause in self.failing if clause.mistake))


def judge(
    expression: Expression | str | None, values: Mapping[str, Any], without_channels: bool = False
) -> Verdict:
    """Judge an expression, parsed or as text, over `values`, which may lack a Worker's channels."""
    if not isinstance(expression, Expression):
        try:
            expression = _parse(expression or "")
        except ExpressionSyntaxError as error:
            return Verdict(expression or "", False, error=str(error) if expression else "")
    if not (without_channels and reads_channels(expression)):
        return Verdict(expression.text, expression.matches(values), "", expression, values)
    best, worst = (_suppose(expression.condition, each).matches(values) for each in (True, False))
    return Verdict(expression.text, best, "", expression, values, True, best == worst)


@lru_cache(maxsize=256)
def _parse(text: str) -> Expression:
    """Cached, since the same text is judged for every Worker and again by live panels."""
    return parse(text)


def _suppose(condition: Condition, holds: bool) -> Condition:
    """Return the condition with each comparison that reads channels replaced by its result."""
    if not isinstance(condition, Comparison):
        return type(condition)(tuple(_suppose(each, holds) for each in condition.clauses))
    if not any(is_of_channel(each.name) for each in references(condition)):
        return condition
    return Comparison(Constant(True), "==", Constant(holds), condition.text)


def _unread_clause(comparison: Comparison) -> Clause:
    names = [each.name for each in references(comparison) if is_of_channel(each.name)]
    return Clause(comparison.text, None, tuple((name, NOT_READ) for name in names), False)


def _as_json(value: Any) -> str:
    """Return a value as JSON, shortened when it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _clause(comparison: Comparison, values: Mapping[str, Any], decides: bool) -> Clause:
    met = tuple(
        (each.name, MISSING if missing_part(each, values) else _as_json(each.read(values)))
        for each in references(comparison)
    )
    mistake = find_mistake(comparison, values) if decides else None
    text = mistake.text if mistake is not None else ""
    return Clause(comparison.text, comparison.matches(values), met, decides, text)
