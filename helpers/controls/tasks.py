"""The Tasks of a Workspace: where each is and why it waits, and buttons that end it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import ipywidgets as widgets
from local_taskrouter.explanation.waiting import reason_to_wait
from local_taskrouter.rules.lifecycle import RESERVATION_HOLDING, TASK, TASK_ENDED
from traitlets import Bool, List, Unicode, observe

from helpers.controls.follow.evidence import evidence_of
from helpers.controls.follow.panel import LivePanel, LiveState, match_lines
from helpers.controls.follow.snapshot import Snapshot
from helpers.controls.parts import shown_call
from helpers.controls.parts.fields import Search, contains
from helpers.controls.parts.in_page import PART
from helpers.controls.parts.panel import PlainLine, TextLine, close_whole
from helpers.display.html import Heading, age, short
from helpers.lessons.workspace import PreparedWorkspace

MOST = 20
ENDINGS = {"cancel": "canceled", "complete": "completed"}


@dataclass(frozen=True)
class TaskRow:
    """What the panel says of one Task: `age` is in seconds, `reason` why it waits.

    `holders` are the Workers who were asked about it or have it, in words.
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
        """Whether the Task's lifecycle knows "cancel" or "complete" now."""
        return trigger in TASK.get(self.status, {})


class TasksState(LiveState):
    """The newest Tasks, oldest first."""

    rows = List(help="a TaskRow for each of the newest MOST Tasks that are found, oldest first")
    summary = Unicode(help="how many Tasks there are and are shown, in a sentence")
    crowded = Bool(help="whether there are more than MOST Tasks")
    acted_on = Unicode(help="the SID of the Task that a button was pressed for last")
    contains = Unicode(help="only Tasks whose attributes, status, TaskQueue or SID contain this")

    def take(self) -> None:
        tasks = self.snapshot.tasks
        self.crowded = len(tasks) > MOST
        found = [task for task in tasks if self._is_wanted(task)]
        self.rows = [task_row(self.snapshot, task) for task in found[-MOST:]]
        self.summary = f"{_counted(self.snapshot)}{self._shown(len(found))}"

    @observe("contains")
    def _search(self, _: object) -> None:
        with self.lock:
            self.take()

    def _is_wanted(self, task: Any) -> bool:
        queue = task.task_queue_friendly_name or ""
        told = (task.attributes, task.assignment_status, queue, task.sid)
        return not self.crowded or contains(self.contains, *told)

    def _shown(self, found: int) -> str:
        if not self.crowded:
            return ""
        matching = f" Found: {found}." if self.contains else ""
        newest = f" The newest {MOST} are shown; write above what to find." if found > MOST else ""
        return f"{matching}{newest}"

    def end(self, task_sid: str, trigger: str) -> bool:
        """`trigger` "cancel" or "complete". False when another action is under way."""
        return self.act(partial(self._end, task_sid, ENDINGS[trigger]))

    def _end(self, task_sid: str, status: str) -> None:
        self.acted_on = task_sid
        wanted = {"assignment_status": status, "reason": f"{status} in the notebook"}
        self.call = shown_call.update(self.lab, "tasks", task_sid, **wanted)
        self.lab.workspace.tasks(task_sid).update(**wanted)


class TaskLines(widgets.VBox):
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

    def paint(self, row: TaskRow, busy: bool) -> None:
        self.heading.show(f"Task {row.sid}", row.attributes)
        self.summary.text = row.summary()
        self.reason.text = f"It {row.reason}." if row.reason else ""
        self.age.text = "" if row.status in TASK_ENDED else f"{age(row.age)} old"
        self.cancel.disabled = busy or not row.allows("cancel")
        self.complete.disabled = busy or not row.allows("complete")


class Tasks(LivePanel):
    """The part of each Task, one below the other."""

    def __init__(self, state: TasksState) -> None:
        self.lines: dict[str, TaskLines] = {}
        self.list = widgets.VBox()
        self.summary = TextLine()
        self.search = Search(state, "A part of a Task's attributes, status, TaskQueue or SID")
        super().__init__(state, [self.search, self.summary, self.list])
        state.observe(self._paint, ["rows", "summary", "busy", "acted_on"])
        self._paint()

    def on_end(self, task_sid: str, trigger: str, _: widgets.Button | None = None) -> None:
        """The learner clicked on Cancel or Complete."""
        self.state.end(task_sid, trigger)

    def as_text(self) -> str:
        lines = [self.state.summary]
        for row in self.state.rows:
            buttons = " ".join(
                f"[{trigger.capitalize()}]" for trigger in ENDINGS if row.allows(trigger)
            )
            lines.append(f"Task {row.sid} {row.attributes}: {row.summary()} {buttons}".rstrip())
            lines += [f"  It {row.reason}."] if row.reason else []
        told = self.state.error or self.state.notice
        return "\n".join([*lines, *filter(None, [told])])

    def _paint(self, _: object = None) -> None:
        state = self.state
        with state.lock:
            shown = [row.sid for row in state.rows]
            gone = match_lines(self.lines, shown, lambda sid: TaskLines(sid, self.on_end))
            for row in state.rows:
                self.lines[row.sid].paint(row, state.busy)
            self.list.children = [self.lines[sid] for sid in shown]
            self.tell_in(self.lines.get(state.acted_on, self))
            close_whole(*gone)
            self.summary.text = state.summary


def tasks(lab: PreparedWorkspace) -> Tasks:
    """A panel of the newest Tasks: status, TaskQueue, age, priority and why each waits.

    Its buttons send `tasks(sid).update(assignment_status=..., reason=...)` and show that call; only
    what the lifecycle allows can be pressed. `tables.tasks(lab)` is the same as a table.
    """
    panel = Tasks(TasksState(lab))
    panel.follow()
    return panel


def task_row(snapshot: Snapshot, task: Any) -> TaskRow:
    """What there is to say of `task`, from the snapshot alone."""
    row = TaskRow(
        task.sid,
        task.attributes,
        task.assignment_status,
        task.task_queue_friendly_name or "",
        task.priority,
        task.age,
        "",
    )
    return replace(
        row, reason=reason_to_wait(evidence_of(snapshot, task)), holders=_holders(snapshot, task)
    )


def _holders(snapshot: Snapshot, task: Any) -> tuple[str, ...]:
    """Who was asked about the Task or has it, in words."""
    return tuple(
        f"{one.worker_name} {'was asked' if one.reservation_status == 'pending' else 'has it'}"
        for one in snapshot.reservations_of(task.sid)
        if one.reservation_status in RESERVATION_HOLDING
    )


def _counted(snapshot: Snapshot) -> str:
    tasks = snapshot.tasks
    if not tasks:
        return "There is no Task yet."
    counts = Counter(task.assignment_status for task in tasks)
    if snapshot.more_tasks:
        return (
            f"More than {len(tasks)} Tasks. Known here are the newest, and the oldest that have not "
            f"ended; {counts['pending']} of these are pending."
        )
    noun = "Task" if len(tasks) == 1 else "Tasks"
    told = ", ".join(f"{counts[status]} {status}" for status in TASK if counts[status])
    return f"{len(tasks)} {noun}: {told}."


def _button(name: str, icon: str, tooltip: str) -> widgets.Button:
    return widgets.Button(description=name, icon=icon, tooltip=tooltip, layout={"width": "auto"})
