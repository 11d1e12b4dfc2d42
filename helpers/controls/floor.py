"""The floor: TaskQueues, Workers, and the Tasks that move from one to the other."""

import ipywidgets as widgets
from local_taskrouter.ui.snapshot import Snapshot
from traitlets import Instance
from twilio.rest.taskrouter.v1.workspace.task_queue import TaskQueueInstance
from twilio.rest.taskrouter.v1.workspace.worker import WorkerInstance

from helpers.controls.follow.panel import FollowingPanel, FollowingState
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


class FloorState(FollowingState):
    """The floor as of the latest snapshot."""

    floor = Instance(Floor, ())

    def apply_snapshot(self) -> None:
        self.floor = floor_of(self.snapshot)


class FloorPanel(FollowingPanel[FloorState]):
    """The picture of the floor, rendered again only when something on it has changed."""

    def __init__(self, state: FloorState) -> None:
        self.picture = widgets.HTML()
        self._before: dict[str, Position] = {}
        super().__init__(state, [self.picture])
        state.observe(self._render, "floor")
        self._render()

    def as_text(self) -> str:
        state = self.state
        return "\n".join([*floor_text(state.floor), *filter(None, [state.notice])])

    def _render(self, _: object = None) -> None:
        with self.state.lock:
            self.picture.value = floor_svg(self.state.floor, self._before)
            self._before = positions(self.state.floor)


def floor(lab: PreparedWorkspace) -> FloorPanel:
    """Return a picture of the floor: TaskQueues with their waiting Tasks, and Workers.

    A Task is drawn in its TaskQueue, between that and the Worker with a pending Reservation, or at
    the Worker who accepted it, and moves when that changes. `tables.tasks`, `tables.workers` and
    `tables.reservations` show the same data.
    """
    panel = FloorPanel(FloorState(lab))
    panel.follow()
    return panel


def floor_of(snapshot: Snapshot) -> Floor:
    """Return the floor that a snapshot describes."""
    queues = sorted(snapshot.settings.task_queues, key=lambda queue: str(queue.friendly_name))
    return Floor(
        tuple(
            QueueBox(str(queue.sid), str(queue.friendly_name), _waiting(snapshot, queue))
            for queue in queues
        ),
        tuple(_worker(snapshot, worker) for worker in snapshot.workers),
    )


def _waiting(snapshot: Snapshot, queue: TaskQueueInstance) -> tuple[str, ...]:
    return tuple(
        str(task.sid)
        for task in snapshot.tasks
        if task.assignment_status == "pending" and task.task_queue_sid == queue.sid
    )


def _worker(snapshot: Snapshot, worker: WorkerInstance) -> WorkerBox:
    held = snapshot.held.get(str(worker.sid), ())
    queue_of = {task.sid: task.task_queue_sid or "" for task in snapshot.tasks}
    pending = [str(one.task_sid) for one in held if one.reservation_status == "pending"]
    return WorkerBox(
        str(worker.sid),
        str(worker.friendly_name),
        str(worker.activity_name),
        bool(worker.available),
        tuple((sid, queue_of.get(sid, "")) for sid in pending),
        tuple(str(one.task_sid) for one in held if one.reservation_status != "pending"),
    )
