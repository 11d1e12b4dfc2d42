"""A line chart as SVG: the same bytes on every machine, so that nbval compares what it shows.

Its light card makes it readable on any page. Lines have names and differ in their dashes, so that
color is not the only difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from helpers.display.svg import svg_tag
from helpers.display.theme import CHART_CARD, CHART_EDGE, CHART_GRID, CHART_LINES, CHART_TEXT

WIDTH = 686
_LEFT, _RIGHT, _PLOT, _BOTTOM, _TITLE, _KEY = 70, 32, 230, 52, 38, 22
_DASHES = ("none", "7 4", "2 3", "10 3 2 3")


@dataclass(frozen=True)
class Axis:
    """What an axis measures, and its marks as (value, label). The axis ends at its outer marks."""

    name: str
    marks: Sequence[tuple[float, str]]

    def share(self, value: float) -> float:
        """The position of the value between the ends, from 0 to 1."""
        low, high = self.marks[0][0], self.marks[-1][0]
        return min(1.0, max(0.0, (value - low) / (high - low)))


@dataclass(frozen=True)
class Line:
    """A named line through these points."""

    name: str
    points: Sequence[tuple[float, float]]


def line_chart(title: str, lines: Sequence[Line], x: Axis, y: Axis) -> str:
    """The chart, WIDTH pixels wide. A point beyond the end of an axis is drawn at the end."""
    top = _TITLE + _KEY * ((len(lines) + 1) // 2) + 14
    height = top + _PLOT + _BOTTOM
    bottom = top + _PLOT
    parts = [
        _card(title, height),
        *(_key(number, line.name) for number, line in enumerate(lines)),
        *(_rule(y, mark, top) for mark in y.marks),
        *(_tick(x, mark, bottom) for mark in x.marks),
        _axis_name(x.name, f"translate({_LEFT + _across() / 2:g} {height - 12})"),
        _axis_name(y.name, f"translate(18 {top + _PLOT / 2:g}) rotate(-90)"),
        *(_polyline(number, line, x, y, top) for number, line in enumerate(lines)),
        "</svg>",
    ]
    return "\n".join(parts)


def _card(title: str, height: int) -> str:
    opening = svg_tag(WIDTH, height, f'fill="{CHART_TEXT}"')
    return (
        f"{opening}<title>{escape(title)}</title>"
        f'<rect x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="8" fill="{CHART_CARD}" '
        f'stroke="{CHART_EDGE}"/>'
        f'<text x="{_LEFT}" y="26" font-size="15" font-weight="bold">{escape(title)}</text>'
    )


def _across() -> int:
    return WIDTH - _LEFT - _RIGHT


def _stroke(number: int) -> str:
    color, dashes = CHART_LINES[number % len(CHART_LINES)], _DASHES[number % len(_DASHES)]
    return f'fill="none" stroke="{color}" stroke-width="2.5" stroke-dasharray="{dashes}"'


def _key(number: int, name: str) -> str:
    left, middle = _LEFT + number % 2 * _across() // 2, _TITLE + _KEY * (number // 2) + 10
    return (
        f'<path d="M{left} {middle}h36" {_stroke(number)}/>'
        f'<text x="{left + 44}" y="{middle + 4}">{escape(name)}</text>'
    )


def _rule(axis: Axis, mark: tuple[float, str], top: int) -> str:
    value, label = mark
    at = top + _PLOT * (1 - axis.share(value))
    return (
        f'<path d="M{_LEFT} {at:.1f}h{_across()}" stroke="{CHART_GRID}"/>'
        f'<text x="{_LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{escape(label)}</text>'
    )


def _tick(axis: Axis, mark: tuple[float, str], bottom: int) -> str:
    value, label = mark
    at = _LEFT + _across() * axis.share(value)
    return (
        f'<path d="M{at:.1f} {bottom}v5" stroke="{CHART_EDGE}"/>'
        f'<text x="{at:.1f}" y="{bottom + 20}" text-anchor="middle">{escape(label)}</text>'
    )


def _axis_name(name: str, transform: str) -> str:
    return f'<text transform="{transform}" text-anchor="middle">{escape(name)}</text>'


def _polyline(number: int, line: Line, x: Axis, y: Axis, top: int) -> str:
    points = " ".join(
        f"{_LEFT + _across() * x.share(across):.1f},{top + _PLOT * (1 - y.share(up)):.1f}"
        for across, up in line.points
    )
    return f'<polyline points="{points}" {_stroke(number)} stroke-linejoin="round"/>'
