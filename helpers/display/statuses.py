"""Every status of a Task or a Reservation as a picture, and the moves between them.

Drawn from the tables of `lifecycle`: the longest way from the first status to an end is the upper
row, what else ends is the lower one. A full line is a move that a program may ask for, a dashed
one TaskRouter makes by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from local_taskrouter.rules import lifecycle

from helpers.display.svg import ARROW, NOW, Look, Picture

_BOX, _GAP, _TALL, _EDGE = 88, 62, 44, 3
_UPPER, _LOWER, _BUS, _KEY = 52, 172, 118, 234
_HEIGHT = _KEY + 26
_ARC = 14  # where a move that leaps over a status runs
_PLAIN = Look("", "#f3f4f6", "#3c4043", 'stroke="#7a7a7a" stroke-width="1.5"')
_END = Look("end", "#e3e5e8", "#3c4043", 'stroke="#7a7a7a" stroke-width="4"')
_DASHED = 'stroke-dasharray="5 4" '
_HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
    f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="{ARROW}"/>'
    "</marker></defs>"
)
_STATUSES = {
    "Task": (lifecycle.TASK, lifecycle.TASK_SETTABLE),
    "Reservation": (lifecycle.RESERVATION, lifecycle.RESERVATION_SETTABLE),
}


@dataclass(frozen=True)
class _Move:
    trigger: str
    source: str
    target: str
    by_program: bool

    @property
    def words(self) -> str:
        return self.trigger.replace("_", " ")


def states_picture(of: str, now: object = None) -> Picture:
    """The statuses of a "Task" or a "Reservation" with the status `now` lit; None lights none.

    Raises ValueError for another `of`, or a status that there is not.
    """
    if of not in _STATUSES:
        raise ValueError(f'There are no statuses of {of!r}, only of "Task" and of "Reservation".')
    table = _STATUSES[of][0]
    if now is not None and now not in table:
        raise ValueError(f"A {of} has no status {now!r}. The statuses are: {', '.join(table)}.")
    return Picture(_Drawing(of, now).svg(), states_text(of, now))


def states_text(of: str, now: object = None) -> str:
    """The picture in words, a line for each status: "[pending]: cancel → canceled, …"."""
    table, _ = _STATUSES[of]
    lines = [f"The statuses of a {of}. A move with * only TaskRouter makes."]
    for status in table:
        moves = [
            f"{move.words}{'' if move.by_program else '*'} → {move.target}"
            for move in _moves(of)
            if move.source == status
        ]
        name = f"[{status}]" if status == now else status
        lines.append(f"{name}: {', '.join(moves) or 'the end'}")
    return "\n".join(lines)


def _moves(of: str) -> Iterator[_Move]:
    table, settable = _STATUSES[of]
    for source, following in table.items():
        for trigger, target in following.items():
            yield _Move(trigger, source, target, target in settable)


def _longest_way(table: lifecycle.Table, way: tuple[str, ...]) -> tuple[str, ...]:
    """The longest way that goes on from `way` and meets no status twice."""
    further = [target for target in table[way[-1]].values() if target not in way]
    return max((_longest_way(table, (*way, target)) for target in further), key=len, default=way)


class _Drawing:
    """The statuses at their places."""

    def __init__(self, of: str, now: object) -> None:
        table, _ = _STATUSES[of]
        self.of, self.now = of, now
        self.ends = {status for status, following in table.items() if not following}
        self.upper = _longest_way(table, (next(iter(table)),))
        self.lower = [status for status in table if status not in self.upper]
        self.columns = {
            status: n for row in (self.upper, self.lower) for n, status in enumerate(row)
        }
        self.width = 2 * _EDGE + _BOX + (_BOX + _GAP) * max(self.columns.values())

    def svg(self) -> str:
        opening = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {_HEIGHT}" '
            f'width="{self.width}" height="{_HEIGHT}" role="img" font-family="sans-serif" '
            'font-size="13" text-anchor="middle">'
        )
        title = f"<title>The statuses of a {self.of}</title>"
        description = f"<desc>{escape(states_text(self.of, self.now))}</desc>"
        moves = [self._move(move) for move in _moves(self.of)]
        boxes = [self._box(status) for status in self.columns]
        return "\n".join([opening, title, description, _HEAD, *moves, *boxes, *_key(), "</svg>"])

    def _middle(self, status: str) -> int:
        return _EDGE + self.columns[status] * (_BOX + _GAP) + _BOX // 2

    def _box(self, status: str) -> str:
        look = NOW if status == self.now else _END if status in self.ends else _PLAIN
        middle, top = self._middle(status), _UPPER if status in self.upper else _LOWER
        line = top + (19 if look.word else 27)
        word = f'<text x="{middle}" y="{top + 36}" font-size="11">{look.word}</text>'
        return (
            f'<g fill="{look.ink}" font-weight="{look.weight}"><rect x="{middle - _BOX // 2}" '
            f'y="{top}" width="{_BOX}" height="{_TALL}" rx="8" fill="{look.fill}" {look.border}/>'
            f'<text x="{middle}" y="{line}">{status}</text>{word if look.word else ""}</g>'
        )

    def _move(self, move: _Move) -> str:
        path, x, y = self._way(move)
        dashes = "" if move.by_program else _DASHED
        return (
            f'<path d="{path}" fill="none" stroke="{ARROW}" stroke-width="2" {dashes}'
            f'marker-end="url(#head)"/>{_label(move.words, x, y)}'
        )

    def _way(self, move: _Move) -> tuple[str, int, int]:
        """The path of a move, and where its name stands."""
        start, end = self._middle(move.source), self._middle(move.target)
        if move.target in self.lower:
            return self._way_down(start, end)
        columns = self.columns[move.target] - self.columns[move.source]
        half, middle = _BOX // 2, _UPPER + _TALL // 2
        if columns == 1:
            return f"M{start + half} {middle - 8}H{end - half - 2}", (start + end) // 2, middle - 20
        if columns == -1:
            return f"M{start - half} {middle + 8}H{end + half + 2}", (start + end) // 2, middle + 20
        if columns == 0:
            top = f"M{start - 34} {_UPPER}V{_ARC}H{start + 34}V{_UPPER - 2}"
            return top, start, _ARC
        return f"M{start} {_UPPER}V{_ARC}H{end}V{_UPPER - 2}", (start + end) // 2, _ARC

    def _way_down(self, start: int, end: int) -> tuple[str, int, int]:
        under, label = _UPPER + _TALL, (_BUS + _LOWER) // 2 - 2
        if end < start:
            into = f"M{start} {under}V{_LOWER + _TALL // 2}H{end + _BOX // 2 + 2}"
            return into, start, label
        return f"M{start} {under}V{_BUS}H{end}V{_LOWER - 2}", end, label


def _label(words: str, x: int, y: int) -> str:
    half = 4 + 3 * len(words)
    return (
        f'<g fill="#3c4043"><rect x="{x - half}" y="{y - 8}" width="{2 * half}" height="16" rx="4" '
        f'fill="#ffffff"/><text x="{x}" y="{y + 4}" font-size="11">{words}</text></g>'
    )


def _key() -> Iterator[str]:
    """What full and dashed lines mean."""
    told = [("a program may ask for it", "", 0), ("only TaskRouter does it", _DASHED, 216)]
    for words, dashes, left in told:
        yield (
            f'<path d="M{left + 4} {_KEY + 12}H{left + 36}" stroke="{ARROW}" stroke-width="2" '
            f'{dashes}marker-end="url(#head)"/>'
            f'<g fill="#3c4043"><rect x="{left + 42}" y="{_KEY + 2}" width="158" height="20" rx="4" '
            f'fill="#ffffff"/><text x="{left + 121}" y="{_KEY + 16}" font-size="12">{words}</text></g>'
        )
