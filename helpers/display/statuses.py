"""Every status of a Task or a Reservation as a drawing, with the moves between them.

Drawn from the tables in `lifecycle`: the upper row is the longest path from the first status to a
final one, the lower row holds the other statuses. A solid line is a move that a program can make, a
dashed line one that only TaskRouter makes; a final status is round.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from local_taskrouter.rules import lifecycle

from helpers.display.svg import Picture, color, described_svg

_BOX, _GAP, _TALL, _EDGE = 94, 56, 36, 3
_UPPER, _LOWER, _BETWEEN, _LEGEND = 48, 156, 108, 206
_HEIGHT = _LEGEND + 26
_CORNER = 8
_ARC = 14  # the height at which a move passes over a status
_DASHED = 'stroke-dasharray="5 4" '
_STATES = {
    "available": ("available",),
    "asked": ("pending", "reserved"),
    "assigned": ("assigned", "accepted", "wrapping"),
    "offline": ("completed", "canceled", "rescinded"),
    "refused": ("rejected", "timeout"),
}
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


def statuses_picture(of: str, now: object = None) -> Picture:
    """Draw the statuses of a "Task" or a "Reservation" with the status `now` lit. None lights none.

    Raises ValueError for another `of`, and for an unknown status.
    """
    if of not in _STATUSES:
        raise ValueError(f'There is no drawing of {of!r}. Use of="Task" or of="Reservation".')
    table = _STATUSES[of][0]
    if now is not None and now not in table:
        raise ValueError(f"A {of} has no status {now!r}. The statuses are: {', '.join(table)}.")
    return Picture(_Drawing(of, now).svg(), statuses_text(of, now))


def statuses_text(of: str, now: object = None) -> str:
    """The drawing in words, a line for each status: "[pending]: cancel → canceled, …"."""
    table, _ = _STATUSES[of]
    lines = [f"The statuses of a {of}. Only TaskRouter makes a move with *."]
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


def _way(of: str, now: object) -> list[_Move]:
    """The moves that must have led to the status, as far back as there is only one way."""
    others = [move for move in _moves(of) if move.source != move.target]
    into = [move for move in others if move.target == now]
    if now == next(iter(_STATUSES[of][0])) or len(into) != 1:
        return []
    return [*_way(of, into[0].source), *into]


def _longest_path(table: lifecycle.Table, path: tuple[str, ...]) -> tuple[str, ...]:
    """The longest path that continues `path` and visits no status twice."""
    further = [target for target in table[path[-1]].values() if target not in path]
    return max((_longest_path(table, (*path, target)) for target in further), key=len, default=path)


class _Drawing:
    """The statuses in two rows of columns."""

    def __init__(self, of: str, now: object) -> None:
        table, _ = _STATUSES[of]
        self.of, self.now, self.way = of, now, _way(of, now)
        found = [state for state, statuses in _STATES.items() if now in statuses]
        self.state = found[0] if found else "offline"
        self.ends = {status for status, following in table.items() if not following}
        self.upper = _longest_path(table, (next(iter(table)),))
        self.lower = [status for status in table if status not in self.upper]
        self.columns = {
            status: n for row in (self.upper, self.lower) for n, status in enumerate(row)
        }
        self.width = 2 * _EDGE + _BOX + (_BOX + _GAP) * max(self.columns.values())

    def svg(self) -> str:
        moves = [self._move(move) for move in sorted(_moves(self.of), key=self.way.__contains__)]
        boxes = [self._box(status) for status in self.columns]
        return described_svg(
            self.width,
            _HEIGHT,
            f"The statuses of a {self.of}",
            statuses_text(self.of, self.now),
            [*self._heads(), *moves, *boxes, *_legend()],
        )

    def _middle(self, status: str) -> int:
        return _EDGE + self.columns[status] * (_BOX + _GAP) + _BOX // 2

    def _box(self, status: str) -> str:
        middle, top = self._middle(status), _UPPER if status in self.upper else _LOWER
        corner = _TALL // 2 if status in self.ends else _CORNER
        ink, fill, stroke, word = "ink", "card", f'stroke="{color("edge")}"', status
        if status == self.now:
            ink, fill, word = f"{self.state}-ink", f"{self.state}-fill", f"▶ {status}"
            stroke = f'stroke="{color(f"{self.state}-border")}" stroke-width="3"'
        elif any(move.source == status for move in self.way):
            word = f"✓ {status}"
        weight = "bold" if status == self.now else "normal"
        return (
            f'<g fill="{color(ink)}" font-weight="{weight}"><rect x="{middle - _BOX // 2}" '
            f'y="{top}" width="{_BOX}" height="{_TALL}" rx="{corner}" fill="{color(fill)}" {stroke}/>'
            f'<text x="{middle}" y="{top + _TALL // 2 + 5}" font-size="12">{word}</text></g>'
        )

    def _move(self, move: _Move) -> str:
        path, x, y = self._path(move)
        is_lit = move in self.way
        arrow = _arrow(path, "" if move.by_program else _DASHED, self.state if is_lit else None)
        return f"{arrow}{_label(move.words, x, y, is_lit)}"

    def _heads(self) -> Iterator[str]:
        """The heads of arrows, in the color of their lines."""
        heads = {"head": "edge", **({"lit": f"{self.state}-border"} if self.way else {})}
        for name, fill in heads.items():
            yield (
                f'<defs><marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
                'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
                f'<path d="M0 0L8 4L0 8z" fill="{color(fill)}"/></marker></defs>'
            )

    def _path(self, move: _Move) -> tuple[str, int, int]:
        """The line of a move as SVG path data, and the center of its label."""
        start, end = self._middle(move.source), self._middle(move.target)
        if move.target in self.lower:
            return self._path_down(start, end)
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

    def _path_down(self, start: int, end: int) -> tuple[str, int, int]:
        under, label = _UPPER + _TALL, (_BETWEEN + _LOWER) // 2 - 2
        if end < start:
            into = f"M{start} {under}V{_LOWER + _TALL // 2}H{end + _BOX // 2 + 2}"
            return into, start, label
        return f"M{start} {under}V{_BETWEEN}H{end}V{_LOWER - 2}", end, label


def _label(words: str, x: int, y: int, is_lit: bool = False) -> str:
    """Text centered at (x, y), with the color of the page around it so that no line crosses it."""
    weight = ' font-weight="bold"' if is_lit else ""
    return (
        f'<g{weight}><text x="{x}" y="{y + 4}" font-size="12" stroke="{color("card")}" stroke-width="6" '
        f'paint-order="stroke">{words}</text></g>'
    )


def _legend() -> Iterator[str]:
    """What a solid line, a dashed line and a round status stand for."""
    middle = _LEGEND + 12
    for words, dashes, left in (
        ("a program can make it", "", 0),
        ("only TaskRouter makes it", _DASHED, 206),
    ):
        arrow = _arrow(f"M{left + 4} {middle}H{left + 36}", dashes)
        yield f"{arrow}{_label(words, left + 118, middle)}"
    yield (
        f'<rect x="424" y="{middle - 9}" width="34" height="18" rx="9" fill="{color("card")}" '
        f'stroke="{color("edge")}"/>{_label("an end", 490, middle)}'
    )


def _arrow(path: str, dashes: str, state: str | None = None) -> str:
    """A move; with a `state` it is lit in its color."""
    stroke, width, head = (f"{state}-border", 3, "lit") if state else ("edge", 1.5, "head")
    return (
        f'<path d="{path}" {dashes}fill="none" stroke="{color(stroke)}" stroke-width="{width}" '
        f'marker-end="url(#{head})"/>'
    )
