"""The names under which people meet Tasks: "Spanish #1" instead of a SID."""

import re
from collections.abc import Callable, Iterable
from itertools import count
from threading import Lock

from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

SEPARATOR = " - "
_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
_WORKSPACE = re.compile(rf"/v1/(Workspaces/{_SID.pattern}/(?=.))?")
MOST_KEPT = 10_000
"""How many names are kept; the oldest are forgotten first."""


def split_name(name: str) -> tuple[str, str]:
    """Return a name as a prefix and what is special about it: "Customer Care Requests -", "Spanish".

    The prefix is "" for a name without a dash.
    """
    prefix, dash, special = name.rpartition(SEPARATOR)
    return (f"{prefix}{SEPARATOR.rstrip()}", special) if dash and special else ("", name)


def short_sid(sid: str) -> str:
    """Return the ends of a SID: "WT…8851ed"."""
    return f"{sid[:2]}…{sid[-6:]}"


def name_path(path: str, name_of: Callable[[str], str]) -> str:
    """Return the path of a request for reading: "Tasks / Spanish #1 / Reservations".

    The Workspace is left out; `name_of` returns the name to show for a SID.
    """
    within = _WORKSPACE.sub("", path, count=1)
    named = _SID.sub(lambda sid: name_of(sid[0]), within)
    return named if within == path else named.replace("/", " / ")


class TaskNames:
    """Names the Tasks of one Workspace by the TaskQueue that they came to first, and a number.

    A name stays the same when the Task moves on, and after older Tasks have been deleted: numbers
    count the Tasks that `name` was given, so give it Tasks in order of creation. They begin at 1 again
    once none of the Tasks is known, as after a lesson has emptied its Workspace.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._numbers: dict[str, count[int]] = {}
        self._lock = Lock()  # panels name Tasks in another thread than tables

    def name(self, tasks: Iterable[TaskInstance]) -> dict[str, str]:
        """Return the names of Tasks by their SIDs."""
        found = [task for task in tasks if task.sid]
        if found and not any(task.sid in self._names for task in found):
            self._names, self._numbers = {}, {}
        return {str(task.sid): self._name(task) for task in found}

    def find(self, sid: str) -> str:
        """Return the name that a Task was given, or the end of its SID: "WT…8851ed"."""
        return self.known(sid) or short_sid(sid)

    def known(self, sid: str) -> str:
        """Return the name that a Task was given, "" without one."""
        return self._names.get(sid, "")

    def _name(self, task: TaskInstance) -> str:
        sid = task.sid or ""
        if sid not in self._names:
            _, kind = split_name(task.task_queue_friendly_name or "Task")
            number = next(self._numbers.setdefault(kind, count(1)))
            self._names[sid] = f"{kind} #{number}"
            if len(self._names) > MOST_KEPT:
                del self._names[next(iter(self._names))]
        return self._names[sid]
