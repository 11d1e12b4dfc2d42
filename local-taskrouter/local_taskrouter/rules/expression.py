r"""TaskRouter's expression language: parse a text once, then match it against many values.

    condition  := clause ((AND | OR) clause)*          AND binds tighter than OR
    clause     := "(" condition ")" | operand operator operand
    operator   := == | = | != | > | >= | < | <= | CONTAINS | HAS | >- | IN | <- | NOT IN
    operand    := constant | "[" [constant ("," constant)*] "]" | reference
    constant   := "text" | 'text' | number | true | false | null
    reference  := key ("." part | "[" digits "]")*
    key        := a letter, _ or $, then letters, digits, _ or $
    part       := letters, digits, _ or $

`=` is `==`, `>-` is HAS, `<-` is IN. A key that does not exist, at any depth, is null. Scalar
operators are false on arrays, array operators are false on two scalars. Comparing with null by
`==` and `!=` tests whether a value exists, even for an array: Twilio's own example is
`preferred_agents != null`. Sources: https://www.twilio.com/docs/taskrouter/expression-syntax,
https://www.twilio.com/docs/taskrouter/api/task-queue (=, >-, <-),
https://www.twilio.com/docs/taskrouter/multitasking (which characters a key has),
https://www.twilio.com/docs/taskrouter/lifecycle-task-workflows-and-assignment and
https://www.twilio.com/docs/taskrouter/known-agent-routing (`in` in lower case).

Choices where Twilio's documentation is silent:

* All words may be written in any case: AND, OR, NOT IN, HAS, CONTAINS, true, false and null too.
* AND binds tighter than OR.
* Values of different types are never equal, nor smaller nor larger: "6" is not 6, true is neither
  1 nor "true". So `!=` between different types is true, and `missing != "x"` is true. Integers and
  floats are one type. Only numbers and strings have an order, strings by code point. (Twilio says
  to avoid mixing types; README lists the one example that does.)
* Objects behave like arrays under scalar operators: only `== null` and `!= null` look at them.
* CONTAINS compares strings only, and case counts.
* null counts as a scalar under array operators: `x NOT IN missing` is false.
* An array is never a member of an array.
* An array literal holds constants only, and may be empty.
* In a string, a backslash before a quote or a backslash takes it literally.
* A condition is a comparison: `available` alone is an error, as are NOT before a parenthesis and
  NOT HAS. (Negative numbers are documented as unsupported.)
* Parentheses may be nested 200 deep, and a number may have 30 characters.

An empty text is an error here. Where Twilio allows one (a TaskQueue's TargetWorkers, which then
matches no Worker) the caller decides before it parses.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

from local_taskrouter.rules.clauses import (
    OPERATORS,
    And,
    Array,
    Comparison,
    Condition,
    Constant,
    Operand,
    Or,
    Reference,
    Scalar,
)

_SPELLINGS = {"=": "==", ">-": "HAS", "<-": "IN"} | {name: name for name in OPERATORS}
_CONSTANTS: dict[str, Scalar] = {"TRUE": True, "FALSE": False, "NULL": None}
_KEYWORDS = {"AND", "OR", "NOT", "IN", "HAS", "CONTAINS", *_CONSTANTS}
_NESTING = 200
_NUMBER_LENGTH = 30


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: its text, its tree, and the references it reads by name."""

    text: str
    condition: Condition
    names: frozenset[str]

    def matches(self, values: Mapping[str, Any]) -> bool:
        """Whether the condition is true for `values`: nested dicts and lists, as from JSON.

        References are read from the top, so `task.x` needs a "task" key there.
        """
        return self.condition.matches(values)


class ExpressionSyntaxError(ValueError):
    """A syntax error at `position` (from 0), where `expected` should be.

    str() is a one-line message, then the text around the position and a caret under it.
    """

    def __init__(self, text: str, position: int, found: str, expected: str) -> None:
        self.text = text
        self.position = position
        self.expected = expected
        start = max(0, position - 40)
        excerpt = [c if c.isprintable() else " " for c in text[start : position + 40]]
        super().__init__(
            f"unexpected {found} at character {position + 1}: expected {expected}\n"
            f"{''.join(excerpt)}\n{' ' * (position - start)}^"
        )


def parse(text: str) -> Expression:
    """Parse an expression. Raises ExpressionSyntaxError, also for an empty text."""
    parser = _Parser(text)
    condition = parser.condition(0)
    return Expression(text, condition, frozenset(parser.names))


class _Token(NamedTuple):
    kind: str  # string, number, name, keyword, symbol or end
    value: str  # keywords in upper case, everything else as written
    start: int
    end: int


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string> "[^"\\]*+(?:\\.[^"\\]*+)*+" | '[^'\\]*+(?:\\.[^'\\]*+)*+' )
    | (?P<number> [0-9]+(?:\.[0-9]+)? | \.[0-9]+ )
    | (?P<name>   (?:[^\W\d]|\$)[\w$]* )
    | (?P<symbol> >- | <- | >= | <= | == | != | && | \|\| | . )
    | (?P<end>    \Z )
    )""",
    re.VERBOSE | re.DOTALL,
)
_PART = re.compile(r"\s*\.\s*([\w$]+)")
_HINTS = {
    "&&": "; write AND",
    "||": "; write OR",
    "-": "; hyphens are not supported, neither in keys (write skill_level) nor before numbers",
    "!": "; write != or NOT IN",
    '"': '; this " is never closed',
    "'": "; this ' is never closed",
    **dict.fromkeys("“”„‟‘’‚‛", "; write straight quotation marks"),
}


def _token(text: str, position: int) -> _Token:
    match = _TOKEN.match(text, position)
    assert match and match.lastgroup  # one of the groups matches anywhere
    kind = match.lastgroup
    value = match[kind]
    if kind == "name" and value.isascii() and value.upper() in _KEYWORDS:
        kind, value = "keyword", value.upper()
    return _Token(kind, value, match.start(match.lastgroup), match.end())


class _Parser:
    """Recursive descent with one token of lookahead; two frames for each pair of parentheses."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: set[str] = set()
        self.token = _token(text, 0)
        self.end = 0

    def condition(self, depth: int) -> Condition:
        alternatives = [[self.clause(depth)]]
        while self.token.value in ("AND", "OR") and self.token.kind == "keyword":
            if self.take().value == "OR":
                alternatives.append([])
            alternatives[-1].append(self.clause(depth))
        self.close(depth)
        either = [each[0] if len(each) == 1 else And(tuple(each)) for each in alternatives]
        return either[0] if len(either) == 1 else Or(tuple(either))

    def close(self, depth: int) -> None:
        """Expect the end of a condition: its parenthesis, or the end of the text."""
        if depth and not self.accept(")"):
            self.fail("AND, OR or )")
        if not depth and self.token.kind != "end":
            self.fail("AND, OR or the end")

    def clause(self, depth: int) -> Condition:
        start = self.token.start
        if self.token.value == "(" and depth == _NESTING:
            self.fail(f"at most {_NESTING} parentheses inside each other")
        if self.accept("("):
            return self.condition(depth + 1)
        left, test, right = self.operand(), self.operator(), self.operand()
        return Comparison(left, test, right, self.text[start : self.end])

    def operator(self) -> str:
        value = self.token.value
        if self.token.kind in ("symbol", "keyword") and value in _SPELLINGS:
            return _SPELLINGS[self.take().value]
        if not self.accept("NOT", "keyword"):
            self.fail("an operator (==, !=, >, >=, <, <=, CONTAINS, HAS, IN, NOT IN)")
        if not self.accept("IN", "keyword"):
            self.fail("IN after NOT")
        return "NOT IN"

    def operand(self) -> Operand:
        if self.accept("["):
            return self.array()
        if self.token.kind == "name":
            return self.reference()
        return Constant(self.constant('a key or a value (key, "text", 1.5, true, null, [...])'))

    def array(self) -> Array:
        items: list[Scalar] = []
        while not self.accept("]"):
            if items and not self.accept(","):
                self.fail("a comma or ]")
            items.append(self.constant('a value ("text", 1.5, true, null)'))
        return Array(tuple(items))

    def constant(self, expected: str) -> Scalar:
        kind, value = self.token.kind, self.token.value
        if kind == "number" and len(value) > _NUMBER_LENGTH:
            self.fail(f"a number of at most {_NUMBER_LENGTH} characters")
        if kind not in ("string", "number") and not (kind == "keyword" and value in _CONSTANTS):
            self.fail(expected)
        self.take()
        if kind == "string":
            return re.sub(r"\\([\\\"'])", r"\1", value[1:-1])
        if kind == "number":
            return float(value) if "." in value else int(value)
        return _CONSTANTS[value]

    def reference(self) -> Reference:
        path: list[str | int] = [self.take().value]
        while True:
            if part := _PART.match(self.text, self.end):
                self.go_to(part.end())
                path.append(part[1])
            elif self.accept("["):
                path.append(self.index())
            elif self.accept("."):
                self.fail("a key after the dot")
            else:
                break
        reference = Reference(tuple(path))
        self.names.add(reference.name)
        return reference

    def index(self) -> int:
        number = self.token.value
        if self.token.kind != "number" or "." in number or len(number) > _NUMBER_LENGTH:
            self.fail("a whole number, such as [0]")
        self.take()
        if not self.accept("]"):
            self.fail("]")
        return int(number)

    def take(self) -> _Token:
        token = self.token
        self.go_to(token.end)
        return token

    def go_to(self, position: int) -> None:
        """Continue at `position`. The part after a dot may look like a number (`skills.988`)."""
        self.end = position
        self.token = _token(self.text, position)

    def accept(self, value: str, kind: str = "symbol") -> bool:
        if self.token.kind != kind or self.token.value != value:
            return False
        self.take()
        return True

    def fail(self, expected: str) -> NoReturn:
        """Raise the error at the current token, with a hint for a common mistake."""
        kind, value, start, end = self.token
        found = "end" if kind == "end" else repr(self.text[start : min(end, start + 20)])
        hint = _HINTS.get(value, "") if kind == "symbol" else ""
        raise ExpressionSyntaxError(self.text, start, found, expected + hint)
