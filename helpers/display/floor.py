"""The contact center's floor as a drawing: TaskQueues left, Workers right, Tasks in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from helpers.display.html import short
from helpers.display.theme import DRAWING_FONT, INK, NOW_BOX, NOW_LINE, NOW_TEXT

WIDTH = 690
_BOX, _HIGH, _GAP, _TOP = 262, 78, 14, 24
_RIGHT = WIDTH - _BOX - 2
_TOKEN, _TOKEN_HIGH, _TOKEN_GAP = 66, 22, 6
_IN_BOX = 3
_MOST = 8
_LINE = "overflow:hidden;text-overflow:ellipsis;white-space:nowrap"
_STYLE = """<style>
@keyframes taskrouter-travel{from{transform:translate(var(--from-x),var(--from-y))}}
.taskrouter-moved{animation:taskrouter-travel .7s ease-in-out}
@media (prefers-reduced-motion:reduce){.taskrouter-moved{animation:none}}
</style>"""

Position = tuple[float, float]


@dataclass(frozen=True)
class QueueBox:
    """A TaskQueue and the SIDs of the Tasks that wait in it, oldest first."""

    sid: str
    name: str
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkerBox:
    """A Worker and their Tasks.

    `reserved` holds a (Task SID, TaskQueue SID) for each pending Reservation, `assigned` the SID of
    each accepted Task.
    """

    sid: str
    name: str
    activity: str
    available: bool
    reserved: tuple[tuple[str, str], ...] = ()
    assigned: tuple[str, ...] = ()


@dataclass(frozen=True)
class Floor:
    """The TaskQueues and the Workers of a Workspace."""

    queues: tuple[QueueBox, ...] = ()
    workers: tuple[WorkerBox, ...] = ()


def floor_text(floor: Floor) -> list[str]:
    """The floor in words, a line for each TaskQueue and Worker."""
    lines = []
    for queue in floor.queues:
        tasks = f": {', '.join(queue.waiting)}" if queue.waiting else ""
        lines.append(f"TaskQueue {queue.name}: {len(queue.waiting)} waiting{tasks}")
    for worker in floor.workers:
        doing = [f"asked about {sid}" for sid, _ in worker.reserved]
        doing += [f"works on {sid}" for sid in worker.assigned]
        tasks = "; ".join(doing) or "has no Task"
        lines.append(f"Worker {worker.name}, {_activity(worker)}: {tasks}")
    return lines or ["There are no TaskQueues and no Workers."]


def positions(floor: Floor) -> dict[str, Position]:
    """The top left corner of each Task's token."""
    found: dict[str, Position] = {}
    for row, queue in enumerate(floor.queues[:_MOST]):
        for place, sid in enumerate(queue.waiting[:_IN_BOX]):
            found[sid] = _in_box(2, row, place)
    for row, worker in enumerate(floor.workers[:_MOST]):
        for place, sid in enumerate(worker.assigned[:_IN_BOX]):
            found[sid] = _in_box(_RIGHT, row, place)
        for place, (sid, _) in enumerate(worker.reserved[:_IN_BOX]):
            left = (_BOX + _RIGHT - _TOKEN) / 2
            found[sid] = (left, _row(row) + 6 + place * (_TOKEN_HIGH + 3))
    return found


def floor_svg(floor: Floor, before: Mapping[str, Position]) -> str:
    """The floor as SVG; a Task that had another position `before` travels to the new one."""
    now = positions(floor)
    rows = max(len(floor.queues[:_MOST]), len(floor.workers[:_MOST]), 1)
    height = _row(rows) + 18
    parts = [_heading(2, "TaskQueues"), _heading(_RIGHT, "Workers")]
    parts += [_queue(row, queue) for row, queue in enumerate(floor.queues[:_MOST])]
    parts += [_worker(row, worker) for row, worker in enumerate(floor.workers[:_MOST])]
    parts += _lines(floor, now)
    parts += [_token(sid, place, before.get(sid)) for sid, place in now.items()]
    parts += [_more(2, rows, len(floor.queues)), _more(_RIGHT, rows, len(floor.workers))]
    text = escape(". ".join(floor_text(floor)), quote=True)
    return (
        f'{_STYLE}<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" style="max-width:100%;height:auto;display:block" role="img" '
        f'aria-label="{text}" font-family="{DRAWING_FONT}" font-size="12">{"".join(parts)}</svg>'
    )


def _activity(worker: WorkerBox) -> str:
    return f"{worker.activity}, {'available' if worker.available else 'not available'}"


def _row(number: int) -> int:
    return _TOP + number * (_HIGH + _GAP)


def _in_box(left: float, row: int, place: int) -> Position:
    return (left + 12 + place * (_TOKEN + _TOKEN_GAP), _row(row) + 48)


def _heading(left: float, text: str) -> str:
    return f'<text x="{left}" y="15" font-weight="bold" fill="{INK}">{text}</text>'


def _more(left: float, rows: int, count: int) -> str:
    if count <= _MOST:
        return ""
    return f'<text x="{left}" y="{_row(rows) + 8}" fill="{INK}">and {count - _MOST} more</text>'


def _queue(row: int, queue: QueueBox) -> str:
    hidden = len(queue.waiting) - _IN_BOX
    more = f", {hidden} not drawn" if hidden > 0 else ""
    return _box(2, row, queue.name, f"{len(queue.waiting)} waiting{more}", dashed=False)


def _worker(row: int, worker: WorkerBox) -> str:
    return _box(_RIGHT, row, worker.name, _activity(worker), dashed=not worker.available)


def _box(left: float, row: int, title: str, below: str, dashed: bool) -> str:
    top, dashes = _row(row), ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f"<g><title>{escape(title)}: {escape(below)}</title>"
        f'<rect x="{left}" y="{top}" width="{_BOX}" height="{_HIGH}" rx="8" '
        f'fill="none" stroke="{INK}" stroke-width="1.2"{dashes}/>'
        f'<foreignObject x="{left + 12}" y="{top + 7}" width="{_BOX - 20}" height="38">'
        f'<div style="color:{INK};font:12px/18px {DRAWING_FONT}">'
        f'<div style="{_LINE};font-weight:bold">{escape(title)}</div>'
        f'<div style="{_LINE}">{escape(below)}</div></div></foreignObject></g>'
    )


def _lines(floor: Floor, now: Mapping[str, Position]) -> list[str]:
    """A line for each reserved Task: from its TaskQueue through the Task to the Worker."""
    rows = {queue.sid: row for row, queue in enumerate(floor.queues[:_MOST])}
    lines = []
    for worker in floor.workers[:_MOST]:
        for sid, queue_sid in worker.reserved[:_IN_BOX]:
            left, top = now[sid]
            middle = top + _TOKEN_HIGH / 2
            start = _row(rows[queue_sid]) + _HIGH / 2 if queue_sid in rows else middle
            lines.append(
                f'<path d="M{_BOX + 2} {start}L{left} {middle}M{left + _TOKEN} {middle}H{_RIGHT}" '
                f'fill="none" stroke="{INK}" stroke-width="1.5" stroke-dasharray="2 3"/>'
            )
    return lines


def _token(sid: str, place: Position, before: Position | None) -> str:
    left, top = place
    moved = ""
    if before is not None and before != place:
        away = f"--from-x:{before[0] - left:g}px;--from-y:{before[1] - top:g}px"
        moved = f' class="taskrouter-moved" style="{away}"'
    return (
        f"<g{moved}><title>Task {escape(sid)}</title>"
        f'<rect x="{left}" y="{top}" width="{_TOKEN}" height="{_TOKEN_HIGH}" rx="6" '
        f'fill="{NOW_BOX}" stroke="{NOW_LINE}" stroke-width="1.5"/>'
        f'<text x="{left + _TOKEN / 2}" y="{top + 15}" text-anchor="middle" fill="{NOW_TEXT}">'
        f"{escape(short(sid))}</text></g>"
    )
