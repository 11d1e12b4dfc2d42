"""An exercise's self-check: which lines are right, which are not yet, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from helpers.display.html import AS_TEXT
from helpers.display.theme import INK, NOTICE_EDGE, SOLVED_EDGE

_RIGHT, _NOT_YET = "✓", "○"
_BLOCK = (
    f"border-left:4px solid {{}};padding:2px 0 2px 12px;margin:4px 0;line-height:1.6;color:{INK}"
)


@dataclass(frozen=True)
class Line:
    """One condition of an exercise.

    `what` is a true sentence once the line is `right`. Until then `found` describes what is there
    instead, and `advice` what to do.
    """

    what: str
    right: bool
    found: str
    advice: str

    def __str__(self) -> str:
        return f"{_RIGHT} {self.what}" if self.right else f"{_NOT_YET} {self.what}: {self.found}"


class SelfCheck:
    """The progress of an exercise, line by line; a notebook shows it as a list."""

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        self.title = title
        self.lines = tuple(lines)

    @property
    def solved(self) -> bool:
        return all(line.right for line in self.lines)

    @property
    def summary(self) -> str:
        if self.solved:
            return f"{_RIGHT} Solved: {self.title}"
        return f"{_NOT_YET} Not yet solved: {self.title}"

    @property
    def advice(self) -> str:
        """The advice of the first line that is not right yet; "" when the exercise is solved."""
        return next((f"Next: {line.advice}" for line in self.lines if not line.right), "")

    def __repr__(self) -> str:
        lines = [self.summary, *(f"  {line}" for line in self.lines), self.advice]
        return "\n".join(filter(None, lines))

    def _repr_html_(self) -> str:
        edge = SOLVED_EDGE if self.solved else NOTICE_EDGE
        lines = "".join(f"<br>{escape(str(line))}" for line in self.lines)
        advice = f"<br><em>{escape(self.advice)}</em>" if self.advice else ""
        return (
            f'<div class="{AS_TEXT}" style="{_BLOCK.format(edge)}"><strong>{escape(self.summary)}</strong>'
            f"{lines}{advice}</div>"
        )
