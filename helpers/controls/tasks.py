"""The Tasks panel: where each Task is and why it waits, with buttons that end it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import ipywidgets as widgets
from local_taskrouter.explanation.sentences import reason_to_wait
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING, TASK, TASK_ENDED
from local_taskrouter.ui.snapshot import Snapshot, describe_reservation
from traitlets import List, Unicode, observe
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from helpers.controls.follow.panel import FollowingPanel, FollowingState, match_parts
from helpers.controls.parts import shown_call
from helpers.controls.parts.fields import Search, SearchableState
from helpers.controls.parts.in_page import PART
from helpers.controls.parts.panel import PlainLine, TextLine, close_all
from helpers.display.html import Heading, age, short
from helpers.lessons.workspace import PreparedWorkspace

MOST = 20
ENDINGS = {"cancel": "canceled", "complete": "completed"}


@dataclass(frozen=True)
class TaskRow:
    """What the panel shows of one Task: `age` is in seconds, `reason` is why it waits.

    `holders` describes the Workers who have a Reservation for it: "Alice's Reservation is pending".
    """

    sid: str
    attributes: str
    status: str
    queue: str
    priority: int
    age: int
    reason: str
    holders: tuple[str, ...] = ()

    def summary(self) -> str:
        where = f"in {self.queue}" if self.queue else "in no TaskQueue"
        return " · ".join([self.status, where, f"priority {self.priority}", *self.holders])

    def allows(self, trigger: str) -> bool:
        """Whether the Task's lifecycle allows "cancel" or "complete" now."""
        return trigger in TASK.get(self.status, {})


class TasksState(FollowingState, SearchableState):
    """The newest Tasks, oldest first."""

    rows = List(help="a TaskRow for each of the newest MOST Tasks found, oldest first")
    summary = Unicode(help="how many Tasks there are and how many the panel shows, in a sentence")
    acted_on = Unicode(help="the SID of the Task whose button was clicked last")

    def apply_snapshot(self) -> None:
        tasks = self.snapshot.tasks
        self.crowded = len(tasks) > MOST
        found = [task for task in tasks if self._is_found(task)]
        self.rows = [task_row(self.snapshot, task) for task in found[-MOST:]]
        self.summary = f"{_counted(self.snapshot)}{self._found(len(found))}"

    @observe("contains")
    def _search(self, _: object) -> None:
        with self.lock:
            self.apply_snapshot()

    def _is_found(self, task: TaskInstance) -> bool:
        status, queue = str(task.assignment_status), task.task_queue_friendly_name
        return self.finds(task.attributes, status, queue, task.sid)

    def _found(self, found: int) -> str:
        if not self.crowded:
            return ""
        counted = f" Found: {found}." if self.contains else ""
        newest = f" The newest {MOST} are shown; write above what to find." if found > MOST else ""
        return f"{counted}{newest}"

    def end(self, task_sid: str, trigger: str) -> bool:
        """End the Task by "cancel" or "complete". False while another action is running."""
        return self.act(partial(self._end, task_sid, ENDINGS[trigger]))

    def _end(self, task_sid: str, status: str) -> None:
        self.acted_on = task_sid
        reason = f"{status} in the notebook"
        self.call = shown_call.update(
            self.lab, "tasks", task_sid, assignment_status=status, reason=reason
        )
        self.lab.workspace.tasks(task_sid).update(assignment_status=status, reason=reason)


class TaskPart(widgets.VBox):
    """One Task's part of the panel."""

    def __init__(self, sid: str, end: Callable[..., None]) -> None:
        self.heading = Heading()
        self.summary = TextLine()
        self.age = PlainLine()
        self.reason = TextLine()
        self.cancel = _button(f"Cancel {short(sid)}", "ban", f"Cancel the Task {sid}")
        self.complete = _button(f"Complete {short(sid)}", "check", f"Complete the Task {sid}")
        buttons = widgets.HBox([self.cancel, self.complete], layout={"flex_flow": "row wrap"})
        parts = [self.heading, self.summary, self.reason, self.age, buttons]
        super().__init__(parts, layout={"margin": "0 0 10px 0"})
        self.add_class(PART)
        self.cancel.on_click(partial(end, sid, "cancel"))
        self.complete.on_click(partial(end, sid, "complete"))

    def render(self, row: TaskRow, busy: bool) -> None:
        self.heading.show(f"Task {row.sid}", row.attributes)
        self.summary.text = row.summary()
        self.reason.text = f"It {row.reason}." if row.reason else ""
        self.age.text = "" if row.status in TASK_ENDED else f"{age(row.age)} old"
        self.cancel.disabled = busy or not row.allows("cancel")
        self.complete.disabled = busy or not row.allows("complete")


class Tasks(FollowingPanel[TasksState]):
    """A search, a summary, and one part for each Task."""

    def __init__(self, state: TasksState) -> None:
        self.parts: dict[str, TaskPart] = {}
        self.list = widgets.VBox()
        self.summary = TextLine()
        self.search = Search(state, "A part of a Task's attributes, status, TaskQueue or SID")
        super().__init__(state, [self.search, self.summary, self.list])
        state.observe(self._render, ["rows", "summary", "busy", "acted_on"])
        self._render()

    def on_end(self, task_sid: str, trigger: str, _: widgets.Button | None = None) -> None:
        """Handle a click on Cancel or Complete."""
        self.state.end(task_sid, trigger)

    def as_text(self) -> str:
        lines = [self.state.summary]
        for row in self.state.rows:
            buttons = " ".join(
                f"[{trigger.capitalize()}]" for trigger in ENDINGS if row.allows(trigger)
            )
            lines.append(f"Task {row.sid} {row.attributes}: {row.summary()} {buttons}".rstrip())
            lines += [f"  It {row.reason}."] if row.reason else []
        return "\n".join(filter(None, [*lines, self.state.error or self.state.notice]))

    def _render(self, _: object = None) -> None:
        state = self.state
        with state.lock:
            shown = [row.sid for row in state.rows]
            removed = match_parts(self.parts, shown, lambda sid: TaskPart(sid, self.on_end))
            for row in state.rows:
                self.parts[row.sid].render(row, state.busy)
            self.list.children = [self.parts[sid] for sid in shown]
            self.show_outcome_in(self.parts.get(state.acted_on, self))
            close_all(*removed)
            self.summary.text = state.summary


def tasks(lab: PreparedWorkspace) -> Tasks:
    """Return a panel of the newest Tasks: status, TaskQueue, age, priority and why each waits.

    Its buttons send `tasks(sid).update(assignment_status=..., reason=...)` and show that call; only
    those that the lifecycle allows are enabled. `tables.tasks(lab)` shows the same as a table.
    """
    panel = Tasks(TasksState(lab))
    panel.follow()
    return panel


def task_row(snapshot: Snapshot, task: TaskInstance) -> TaskRow:
    """Return the row of `task`, from the snapshot alone."""
    return TaskRow(
        sid=str(task.sid),
        attributes=str(task.attributes),
        status=str(task.assignment_status),
        queue=task.task_queue_friendly_name or "",
        priority=task.priority or 0,
        age=task.age or 0,
        reason=reason_to_wait(snapshot.evidence_of(task)),
        holders=_holders(snapshot, task),
    )


def _holders(snapshot: Snapshot, task: TaskInstance) -> tuple[str, ...]:
    """Describe the Workers who have a Reservation for the Task."""
    return tuple(
        describe_reservation(one)
        for one in snapshot.reservations_of(task)
        if one.reservation_status in RESERVATION_HOLDING
    )


def _counted(snapshot: Snapshot) -> str:
    tasks = snapshot.tasks
    if not tasks:
        return "There is no Task yet."
    counts = Counter(str(task.assignment_status) for task in tasks)
    if snapshot.more_tasks:
        return (
            f"More than {len(tasks)} Tasks. This panel reads the newest, and the oldest that have not "
            f"ended; {counts['pending']} of these are pending."
        )
    noun = "Task" if len(tasks) == 1 else "Tasks"
    counted = ", ".join(f"{counts[status]} {status}" for status in TASK if counts[status])
    return f"{len(tasks)} {noun}: {counted}."


def _button(name: str, icon: str, tooltip: str) -> widgets.Button:
    return widgets.Button(description=name, icon=icon, tooltip=tooltip, layout={"width": "auto"})
