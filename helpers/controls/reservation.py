"""The Reservation panel: a Worker's desk, with the time left to answer; accept and reject."""

import json
from datetime import datetime
from typing import Any

from local_taskrouter.rules.lifecycle import TASK_ENDED
from local_taskrouter.rules.timeouts import duration, iso
from local_taskrouter.ui.shape import Shown, ShownReservation
from traitlets import Dict

from helpers.controls.follow.drawn import DrawnPanel
from helpers.controls.follow.panel import FollowingState
from helpers.lessons.workspace import PreparedWorkspace

_NOTHING = "There is no Reservation yet."
_DELETED = {"deleted": "TaskRouter has deleted the Worker."}
_NOT_READ = {"not shown": "The Workspace has more Workers than this panel reads."}
_MOST = 50


class ReservationState(FollowingState):
    """One Reservation: the chosen one, else the newest."""

    drawn = Dict(
        help="what the panel draws, see reservationPanel in ui/desk.js: `says` what became of the "
        "Reservation, `desk` has it with its Task and its Worker, `options` are (description, SID) "
        'of the newest Reservations and of the `chosen` one, "" for the newest'
    )

    def __init__(self, lab: PreparedWorkspace, task_sid: str | None = None) -> None:
        super().__init__(lab)
        self.task_sid = task_sid
        self.chosen_sid = ""
        self._shown: tuple[str, str] | None = None
        self.apply_snapshot()

    def apply_snapshot(self) -> None:
        shown = self.poller.show(self.snapshot)
        tasks = {task["sid"]: task for task in shown["tasks"]}
        by_sid = {one["sid"]: one for task in shown["tasks"] for one in task["reservations"]}
        oldest_first = [by_sid[one.sid] for one in self.snapshot.reservations if one.sid in by_sid]
        found = [one for one in oldest_first if self.task_sid in (None, one["task_sid"])]
        chosen = [one for one in found if one["sid"] == self.chosen_sid]
        self.chosen_sid = self.chosen_sid if chosen else ""
        offered = found[: -_MOST - 1 : -1]
        offered += [one for one in chosen if one not in offered]
        options = [
            (f"{one['worker']}, {tasks[one['task_sid']]['name']}, {one['status']}", one["sid"])
            for one in offered
        ]
        one = (chosen or found or [None])[-1]
        task = tasks.get(one["task_sid"] if one else self.task_sid or "")
        nothing = f"There is no Reservation of {task['name']} yet." if task else _NOTHING
        if self._shown != (now := one and (one["sid"], one["status"])):
            self._shown, self.error = now, ""  # an error is about what was shown before
        self.drawn = {
            "says": one["says"] if one else nothing,
            "desk": {"task": task, **(self._desk(one, shown) if one else {})},
            "options": [("the newest Reservation", ""), *options],
            "chosen": self.chosen_sid,
            "ticks": task is not None and task["status"] not in TASK_ENDED,
        }

    def choose(self, value: str) -> None:
        """Show the Reservation with this SID, "" for the newest."""
        with self.lock:
            self.chosen_sid = value
            self.apply_snapshot()

    def accept(self, task: str, reservation: str) -> bool:
        """Accept a Reservation of a Task. False while another action is running."""
        return self._answer(task, reservation, "accepted")

    def reject(self, task: str, reservation: str) -> bool:
        """Reject a Reservation of a Task. False while another action is running."""
        return self._answer(task, reservation, "rejected")

    def wrap(self, task: str) -> bool:
        """Let the Worker wrap the Task up. False while another action is running."""
        return self.update("tasks", task, assignment_status="wrapping")

    def complete(self, task: str) -> bool:
        """Complete the Task. False while another action is running."""
        return self.update("tasks", task, assignment_status="completed")

    def set_activity(self, worker: str, activity: str) -> bool:
        """Set the Activity of a Worker. False while another action is running."""
        return self.update("workers", worker, activity_sid=activity)

    def _answer(self, task: str, reservation: str, status: str) -> bool:
        return self.update("reservations", reservation, ("tasks", task), reservation_status=status)

    def _desk(self, one: ShownReservation, shown: Shown) -> dict[str, Any]:
        """The Reservation and its Worker, for deskCard in ui/desk.js."""
        snapshot, sid = self.snapshot, one["worker_sid"]
        [reservation] = [each for each in snapshot.reservations if each.sid == one["sid"]]
        worker = snapshot.worker(sid)
        missing = _NOT_READ if snapshot.more_workers else _DELETED
        return {
            "reservation": one,
            "worker": next((each for each in shown["workers"] if each["sid"] == sid), None),
            "back": {"sid": self.lab.idle_sid, "name": "Idle"},
            "fields": {
                "Reservation": fields(reservation),
                "Task": fields(snapshot.task(one["task_sid"])),
                "Worker": fields(worker) if worker else missing,
            },
        }


class Reservation(DrawnPanel[ReservationState]):
    """Whose Reservation it is, the time left, one main action; every field is folded."""

    PRESSES = ("choose", "accept", "reject", "wrap", "complete", "set_activity")

    def __init__(self, state: ReservationState) -> None:
        super().__init__("reservation", state, ("drawn",))

    def drawing(self) -> dict[str, Any]:
        return self.state.drawn

    def as_text(self) -> str:
        state, says = self.state, self.state.drawn["says"]
        one = state.drawn["desk"].get("reservation")
        if one and one["deadline"] is not None:
            says += f" Accept or reject within {duration(one['deadline'] - one['created'])}."
        return "\n".join(filter(None, [says, state.error or state.notice]))


def reservation(lab: PreparedWorkspace, task_sid: str | None = None) -> Reservation:
    """Return a Worker's desk: a Reservation, its Task and its Worker, with the time left to answer.

    It shows the newest Reservation, of the Task `task_sid` if given; you can choose another. Accept
    and Reject send `tasks(sid).reservations(sid).update(reservation_status=...)`; then the button of
    the next step takes their place. "Show the call" has the latest call. `tables.reservations(lab)`
    shows all of them as a table.
    """
    panel = Reservation(ReservationState(lab, task_sid))
    panel.follow()
    return panel


def fields(instance: object) -> dict[str, object]:
    """Return the instance's properties, sorted by name, in the API's format.

    Without the age of a Task, which would change every second.
    """
    public = {name for name in vars(instance) if not name.startswith("_")}
    return {name: _as_shown(getattr(instance, name)) for name in sorted(public - {"age"})}


def _as_shown(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    return json.dumps(value, indent=2) if isinstance(value, dict) else value
