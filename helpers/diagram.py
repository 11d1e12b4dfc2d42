"""The way of a Task as a picture, with one step lit and the steps before it ticked.

Drawn from `lifecycle.STEPS`. What is done, current and to come differs by words, ticks and borders,
not by colour alone; every text stands on a box of its own, so the picture reads on any background.
"""

from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any
from urllib.parse import quote

from helpers.rules import lifecycle

_BOX, _GAP, _HEIGHT, _EDGE = 122, 18, 92, 2
_WIDTH = 2 * _EDGE + _BOX * len(lifecycle.STEPS) + _GAP * (len(lifecycle.STEPS) - 1)
_ARROW = "#7a7a7a"
_OPENING = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
    f'height="{_HEIGHT}" role="img" font-family="sans-serif" font-size="13" text-anchor="middle">'
)


@dataclass(frozen=True)
class _Look:
    word: str
    fill: str
    ink: str
    border: str
    weight: str = "normal"


_DONE = _Look("✓ done", "#dff0e2", "#14401f", 'stroke="#2e7d43" stroke-width="1.5"')
_NOW = _Look("▶ now", "#0b4f9e", "#ffffff", 'stroke="#f2a900" stroke-width="4"', "bold")
_TO_COME = _Look(
    "to come", "#f3f4f6", "#3c4043", 'stroke="#7a7a7a" stroke-width="1.5" stroke-dasharray="5 4"'
)


class Picture:
    """A drawing that a notebook shows with its text alternative."""

    def __init__(self, svg: str, text: str) -> None:
        self.svg = svg
        self.text = text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        # As an <img> with alt: JupyterLab shows image/svg+xml as an image without a name, and does
        # not show it at all in a notebook that is not trusted.
        source = f"data:image/svg+xml,{quote(self.svg)}"
        image = f'<img alt="{escape(self.text)}" width="{_WIDTH}" src="{source}">'
        return {"text/html": image, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def show_lifecycle(step: str | int | None = None) -> Picture:
    """The picture of the lifecycle with `step` lit: its name or its number from 1; None lights none.

    Raises ValueError for a step that there is not.
    """
    now = _number(step)
    return Picture(lifecycle_svg(now), lifecycle_text(now))


def lifecycle_text(now: int | None) -> str:
    """The picture in words: "✓ Task Created → [Worker reserved] → Reservation accepted"."""
    words = []
    for number, name in enumerate(lifecycle.STEPS, start=1):
        look = _look(number, now)
        marked = {_DONE: f"✓ {name}", _NOW: f"[{name}]"}
        words.append(marked.get(look, name))
    return " → ".join(words)


def lifecycle_svg(now: int | None) -> str:
    """The picture as SVG, 700 pixels wide at most; step number `now` is lit."""
    boxes = [_box(number, name, now) for number, name in enumerate(lifecycle.STEPS, start=1)]
    arrows = [_arrow(number) for number in range(1, len(lifecycle.STEPS))]
    title = "<title>The lifecycle of a Task</title>"
    description = f"<desc>{escape(lifecycle_text(now))}</desc>"
    return "\n".join([_OPENING, title, description, *boxes, *arrows, "</svg>"])


def _number(step: str | int | None) -> int | None:
    if isinstance(step, str) and step in lifecycle.STEPS:
        return lifecycle.STEPS.index(step) + 1
    if step is None or (isinstance(step, int) and 1 <= step <= len(lifecycle.STEPS)):
        return step
    raise ValueError(f"There is no step {step!r}. The steps are: {', '.join(lifecycle.STEPS)}.")


def _look(number: int, now: int | None) -> _Look:
    if now is None or number > now:
        return _TO_COME
    return _NOW if number == now else _DONE


def _left(number: int) -> int:
    return _EDGE + (number - 1) * (_BOX + _GAP)


def _box(number: int, name: str, now: int | None) -> str:
    look = _look(number, now)
    left, middle = _left(number), _left(number) + _BOX // 2
    word = str(number) if now is None else f"{number} · {look.word}"
    texts = [f'<text x="{middle}" y="22" font-size="12">{word}</text>']
    for line, text in enumerate(wrap(name, 16)):
        texts.append(f'<text x="{middle}" y="{44 + 17 * line}">{escape(text)}</text>')
    return (
        f'<g fill="{look.ink}" font-weight="{look.weight}"><rect x="{left}" y="{_EDGE}" '
        f'width="{_BOX}" height="{_HEIGHT - 2 * _EDGE}" rx="8" fill="{look.fill}" {look.border}/>'
        f"{''.join(texts)}</g>"
    )


def _arrow(number: int) -> str:
    start, end, middle = _left(number) + _BOX + 3, _left(number + 1) - 3, _HEIGHT // 2
    return (
        f'<path d="M{start} {middle}H{end}M{end - 5} {middle - 5}L{end} {middle}'
        f'L{end - 5} {middle + 5}" fill="none" stroke="{_ARROW}" stroke-width="2"/>'
    )
