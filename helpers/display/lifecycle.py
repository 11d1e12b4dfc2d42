"""The Task lifecycle as a drawing, with one step lit and the steps before it ticked.

Drawn from `lifecycle.STEPS`. Steps that are done, current and to come differ by a tick, a filled
circle and a dashed one, not by color alone.
"""

from functools import cache
from html import escape
from textwrap import wrap

from local_taskrouter.rules import lifecycle

from helpers.display.statuses import statuses_picture
from helpers.display.svg import Picture, color, data_url, described_svg

_STEP, _HEIGHT, _CENTER, _RADIUS = 138, 96, 20, 14
_FIRST_LINE, _LINE = 54, 17
_NARROW, _ROW = 300, 44
_ASSIGNED = 4  # from this step on a Worker has accepted the Task


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
        is_done = now is not None and number < now
        words.append(f"✓ {name}" if is_done else f"[{name}]" if number == now else name)
    return " → ".join(words)


def lifecycle_svg(now: int | None, words: str = "now") -> str:
    """The drawing as SVG, at most 700 pixels wide, with step number `now` lit and marked by `words`."""
    count = len(lifecycle.STEPS)
    lines = [_line(number, now or 0) for number in range(1, count)]
    steps = [
        _step(number, name, now or 0, words) for number, name in enumerate(lifecycle.STEPS, start=1)
    ]
    title = "The lifecycle of a Task"
    return described_svg(_STEP * count, _HEIGHT, title, lifecycle_text(now), [*lines, *steps])


@cache
def lifecycle_pictures(now: int | None, words: str = "now") -> list[dict[str, str | int]]:
    """The drawing for a wide place and for a narrow one: each with `url`, `width` and `height`."""
    count = len(lifecycle.STEPS)
    wide = {"url": data_url(lifecycle_svg(now, words)), "width": _STEP * count, "height": _HEIGHT}
    narrow = {"url": data_url(_narrow_svg(now, words)), "width": _NARROW, "height": _ROW * count}
    return [wide, narrow]


def _number(step: str | int | None) -> int | None:
    if isinstance(step, str) and step in lifecycle.STEPS:
        return lifecycle.STEPS.index(step) + 1
    if step is None or (isinstance(step, int) and 1 <= step <= len(lifecycle.STEPS)):
        return step
    raise ValueError(f"There is no step {step!r}. The steps are: {', '.join(lifecycle.STEPS)}.")


def _narrow_svg(now: int | None, words: str) -> str:
    """The steps below each other."""
    steps = [
        _row(number, name, now or 0, words) for number, name in enumerate(lifecycle.STEPS, start=1)
    ]
    lines = [_line(number, now or 0, narrow=True) for number in range(1, len(lifecycle.STEPS))]
    height, title = _ROW * len(lifecycle.STEPS), "The lifecycle of a Task"
    return described_svg(_NARROW, height, title, lifecycle_text(now), [*lines, *steps])


def _middle(number: int) -> int:
    return _STEP * number - _STEP // 2


def _state(number: int) -> str:
    return "assigned" if number >= _ASSIGNED else "asked"


def _step(number: int, name: str, now: int, words: str) -> str:
    middle = _middle(number)
    lines = [*wrap(name, 18), *([words] if number == now else [])]
    texts = [
        f'<text x="{middle}" y="{_FIRST_LINE + _LINE * line}">{escape(text)}</text>'
        for line, text in enumerate(lines)
    ]
    return _group(number, now, f"{_circle(number, now, middle, _CENTER)}{''.join(texts)}")


def _row(number: int, name: str, now: int, words: str) -> str:
    middle = _ROW * number - _ROW // 2
    line = f"{name} · {words}" if number == now else name
    text = f'<text x="{2 * _CENTER + 8}" y="{middle + 5}" text-anchor="start">{escape(line)}</text>'
    return _group(number, now, f"{_circle(number, now, _CENTER, middle)}{text}")


def _group(number: int, now: int, content: str) -> str:
    weight, ink = (
        ("bold", "ink") if number == now else ("normal", "soft" if number > now else "ink")
    )
    return f'<g font-weight="{weight}" fill="{color(ink)}">{content}</g>'


def _circle(number: int, now: int, x: int, y: int) -> str:
    """The circle of a step, with a tick or its number."""
    if number < now:
        fill, ink, edge, word = "available-fill", "available-ink", "available-border", "✓"
    elif number == now:
        fill, ink, edge = f"{_state(number)}-ink", f"{_state(number)}-fill", f"{_state(number)}-ink"
        word = str(number)
    else:
        fill, ink, edge, word = "card", "offline-ink", "offline-border", str(number)
    dashes = ' stroke-dasharray="3 3"' if number > now else ""
    return (
        f'<circle cx="{x}" cy="{y}" r="{_RADIUS + 2 * (number == now)}" '
        f'fill="{color(fill)}" stroke="{color(edge)}" stroke-width="1.5"{dashes}/>'
        f'<text x="{x}" y="{y + 5}" font-weight="bold" fill="{color(ink)}">{word}</text>'
    )


def _line(number: int, now: int, narrow: bool = False) -> str:
    """The line from a step to the next one, lit in the color of the state that it leads to."""
    start, end = _middle(number) + _RADIUS + 6, _middle(number + 1) - _RADIUS - 6
    path = f"M{start} {_CENTER}H{end}"
    if narrow:
        path = f"M{_CENTER} {_ROW * number - 5}V{_ROW * number + 5}"
    stroke = f'stroke="{color("offline-border")}" stroke-width="1.5" stroke-dasharray="4 4"'
    if number < now:
        stroke = f'stroke="{color(f"{_state(number + 1)}-border")}" stroke-width="3"'
    return f'<path d="{path}" fill="none" {stroke}/>'
