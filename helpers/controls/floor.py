"""The floor: TaskQueues, Workers, and the Tasks that travel from one to the other."""

from typing import Any

import ipywidgets as widgets
from traitlets import Instance

from helpers.controls.follow.panel import LivePanel, LiveState
from helpers.controls.follow.snapshot import Snapshot
from helpers.display.floor import (
    Floor,
    Position,
    QueueBox,
    WorkerBox,
    floor_svg,
    floor_text,
    positions,
)
from helpers.lessons.workspace import PreparedWorkspace


class FloorState(LiveState):
    """Who and what is on the floor now."""

    floor = Instance(Floor, ())

    def take(self) -> None:
        self.floor = floor_of(self.snapshot)


class FloorPanel(LivePanel):
    """The picture of the floor; it is drawn anew only when something on it has changed."""

    def __init__(self, state: FloorState) -> None:
        self.picture = widgets.HTML()
        self._before: dict[str, Position] = {}
        super().__init__(state, [self.picture])
        state.observe(self._paint, "floor")
        self._paint()

    def as_text(self) -> str:
        state = self.state
        return "\n".join([*floor_text(state.floor), *filter(None, [state.notice])])

    def _paint(self, _: object = None) -> None:
        with self.state.lock:
            self.picture.value = floor_svg(self.state.floor, self._before)
            self._before = positions(self.state.floor)


def floor(lab: PreparedWorkspace) -> FloorPanel:
    """A picture of the floor: TaskQueues and how many Tasks wait, Workers, and who is asked.

    A Task is drawn where it is: in its TaskQueue, between that and the Worker who is asked, or at
    the Worker who has it. It travels when that changes. `tables.tasks`, `tables.workers` and
    `tables.reservations` say the same.
    """
    panel = FloorPanel(FloorState(lab))
    panel.follow()
    return panel


def floor_of(snapshot: Snapshot) -> Floor:
    """The floor of a Workspace as it was read."""
    queues = sorted(snapshot.settings.task_queues, key=lambda queue: queue.friendly_name)
    return Floor(
        tuple(
            QueueBox(queue.sid, queue.friendly_name, _waiting(snapshot, queue)) for queue in queues
        ),
        tuple(_worker(snapshot, worker) for worker in snapshot.workers),
    )


def _waiting(snapshot: Snapshot, queue: Any) -> tuple[str, ...]:
    return tuple(
        task.sid
        for task in snapshot.tasks
        if task.assignment_status == "pending" and task.task_queue_sid == queue.sid
    )


def _worker(snapshot: Snapshot, worker: Any) -> WorkerBox:
    held = snapshot.held_by(worker.sid)
    queue_of = {task.sid: task.task_queue_sid or "" for task in snapshot.tasks}
    pending = [one.task_sid for one in held if one.reservation_status == "pending"]
    return WorkerBox(
        worker.sid,
        worker.friendly_name,
        worker.activity_name,
        worker.available,
        tuple((sid, queue_of.get(sid, "")) for sid in pending),
        tuple(one.task_sid for one in held if one.reservation_status != "pending"),
    )
