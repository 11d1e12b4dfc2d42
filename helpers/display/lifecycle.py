"""The Task lifecycle as a drawing, with one step lit and the steps before it ticked.

Drawn from `lifecycle.STEPS`. Steps that are done, current and to come differ by words and borders,
not by color alone.
"""

from html import escape
from textwrap import wrap

from local_taskrouter.rules import lifecycle

from helpers.display.statuses import statuses_picture
from helpers.display.svg import DONE, NOW, TO_COME, Look, Picture, described_svg
from helpers.display.theme import DRAWING_LINE

_BOX, _GAP, _HEIGHT, _EDGE = 122, 18, 92, 2
_WIDTH = 2 * _EDGE + _BOX * len(lifecycle.STEPS) + _GAP * (len(lifecycle.STEPS) - 1)


def show_lifecycle(step: str | int | None = None, of: str | None = None) -> Picture:
    """Draw the Task lifecycle with `step` lit: its name, or its number from 1. None lights none.

    With `of`, "Task" or "Reservation", draw every status of one and the moves between them. `step`
    is then a status, such as "pending".

    Raises ValueError for an unknown step or status, and for another `of`.
    """
    if of is not None:
        return statuses_picture(of, step)
    now = _number(step)
    return Picture(lifecycle_svg(now), lifecycle_text(now))


def lifecycle_text(now: int | None) -> str:
    """The drawing in words: "✓ Task Created → [Worker reserved] → Reservation accepted"."""
    words = []
    for number, name in enumerate(lifecycle.STEPS, start=1):
        look = _look(number, now)
        marked = {DONE: f"✓ {name}", NOW: f"[{name}]"}
        words.append(marked.get(look, name))
    return " → ".join(words)


def lifecycle_svg(now: int | None) -> str:
    """The drawing as SVG, at most 700 pixels wide, with step number `now` lit."""
    boxes = [_box(number, name, now) for number, name in enumerate(lifecycle.STEPS, start=1)]
    arrows = [_arrow(number) for number in range(1, len(lifecycle.STEPS))]
    title = "The lifecycle of a Task"
    return described_svg(_WIDTH, _HEIGHT, title, lifecycle_text(now), [*boxes, *arrows])


def _number(step: str | int | None) -> int | None:
    if isinstance(step, str) and step in lifecycle.STEPS:
        return lifecycle.STEPS.index(step) + 1
    if step is None or (isinstance(step, int) and 1 <= step <= len(lifecycle.STEPS)):
        return step
    raise ValueError(f"There is no step {step!r}. The steps are: {', '.join(lifecycle.STEPS)}.")


def _look(number: int, now: int | None) -> Look:
    if now is None or number > now:
        return TO_COME
    return NOW if number == now else DONE


def _left(number: int) -> int:
    return _EDGE + (number - 1) * (_BOX + _GAP)


def _box(number: int, name: str, now: int | None) -> str:
    look = _look(number, now)
    left, middle = _left(number), _left(number) + _BOX // 2
    word = str(number) if now is None else f"{number} · {look.word}"
    texts = [f'<text x="{middle}" y="22" font-size="12" font-weight="{look.weight}">{word}</text>']
    for line, text in enumerate(wrap(name, 16)):
        texts.append(f'<text x="{middle}" y="{44 + 17 * line}">{escape(text)}</text>')
    return (
        f'<g fill="{look.ink}"><rect x="{left}" y="{_EDGE}" '
        f'width="{_BOX}" height="{_HEIGHT - 2 * _EDGE}" rx="8" fill="{look.fill}" {look.border}/>'
        f"{''.join(texts)}</g>"
    )


def _arrow(number: int) -> str:
    start, end, middle = _left(number) + _BOX + 3, _left(number + 1) - 3, _HEIGHT // 2
    return (
        f'<path d="M{start} {middle}H{end}M{end - 5} {middle - 5}L{end} {middle}'
        f'L{end - 5} {middle + 5}" fill="none" stroke="{DRAWING_LINE}" stroke-width="2"/>'
    )
