"""A control that creates a Task, as a form."""

import json
from typing import Any

from local_taskrouter.rules.lifecycle import HIGHEST_PRIORITY
from traitlets import Dict, List, Unicode, observe

from helpers.controls.follow.drawn import DrawnPanel
from helpers.controls.follow.panel import FollowingState
from helpers.controls.parts import shown_call
from helpers.controls.parts.json_text import AttributesError, read_attributes
from helpers.lessons.workspace import WORKFLOW, PreparedWorkspace

LANGUAGES = (("Spanish (es)", "es"), ("English (en)", "en"), ("French (fr)", "fr"))
FIELDS = ("language", "extra", "priority", "channel", "workflow_sid")
_PRIORITY_ERROR = f"A priority is a whole number from 0 to {HIGHEST_PRIORITY}, such as 5."


class TaskFormState(FollowingState):
    """A Task to create, and what became of the one created last."""

    language = Unicode("es")
    extra = Unicode(help="more attributes, a JSON object as text; may be empty")
    extra_error = Unicode(help="the error in `extra`, pointing at the character; else empty")
    extra_note = Unicode(
        help="which language is sent when `extra` and `language` disagree; else empty"
    )
    priority = Unicode("0", help="as it was typed")
    priority_error = Unicode(help="why `priority` cannot be sent; else empty")
    channel = Unicode("default", help="the TaskChannel's unique name")
    channels = List([("Default", "default")], help="(friendly name, unique name) of each")
    workflow_sid = Unicode(help="the Task's Workflow; the tutorial's at first")
    workflows = List(help="(friendly name, SID) of each")
    task_sid = Unicode(help="the SID of the Task created last")
    task = Dict(help="its `sid`, `status` and `says`, a sentence; empty without one")

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab)
        self.workflow_sid = lab.workflow_sid
        self.workflows = [(WORKFLOW, lab.workflow_sid)]

    def load(self) -> bool:
        """Read the TaskChannels; a failure is in `error`."""
        return self.attempt(self._load)

    def write(self, **fields: str) -> None:
        """Set these of FIELDS."""
        for name in fields.keys() & set(FIELDS):
            self.set_trait(name, fields[name])

    def create(self, **fields: str) -> bool:
        """Create the Task, with these fields set first. False while another action is running.

        A failure is in `error`; then `task_sid` is empty.
        """
        self.write(**fields)
        return self.act(self._create)

    def attributes(self) -> dict[str, Any]:
        """Return the Task's attributes. Raises AttributesError unless `extra` is a JSON object."""
        return {"selected_language": self.language, **read_attributes(self.extra)}

    def apply_snapshot(self) -> None:
        found = self.snapshot.settings.workflows
        if found:
            self.workflows = [(one.friendly_name, one.sid) for one in found]
        if self.task_sid and self.snapshot.task(self.task_sid):
            tasks = self.poller.show(self.snapshot)["tasks"]
            [task] = [one for one in tasks if one["sid"] == self.task_sid]
            self.task = {name: task[name] for name in ("sid", "status", "says")}

    @observe("extra", "language")
    def _check_extra(self, _: object) -> None:
        message = note = ""
        try:
            language = self.attributes()["selected_language"]
        except AttributesError as error:
            message = str(error)
        else:
            if language != self.language:
                given = json.dumps(language, ensure_ascii=False)
                note = (
                    f"The Task gets selected_language {given}, as written here, "
                    f'and not "{self.language}" from above.'
                )
        self.extra_error, self.extra_note = message, note

    @observe("priority")
    def _check_priority(self, _: object) -> None:
        text = self.priority.strip()
        is_valid = text.isascii() and text.isdigit() and len(text) < 20
        is_valid = is_valid and int(text) <= HIGHEST_PRIORITY
        self.priority_error = "" if is_valid else _PRIORITY_ERROR

    def _load(self) -> None:
        channels = self.lab.workspace.task_channels.list(page_size=100)
        self.channels = [(channel.friendly_name, channel.unique_name) for channel in channels]

    def _create(self) -> None:
        self.task_sid, self.task, self.call = "", {}, None
        errors = {"priority": self.priority_error, "attributes": self.extra_error}
        if wrong := " and the ".join(name for name, error in errors.items() if error):
            raise ValueError(f"No Task was created: correct the {wrong} above.")
        parameters: dict[str, Any] = {
            "attributes": json.dumps(self.attributes(), ensure_ascii=False),
            "workflow_sid": self.workflow_sid,
            "priority": int(self.priority),
        }
        if self.channel != "default":
            parameters["task_channel"] = self.channel
        self.call = shown_call.create(self.lab, "tasks", **parameters)
        task = self.lab.workspace.tasks.create(**parameters)
        says = f"The Task is {task.assignment_status}."
        self.task = {"sid": task.sid, "status": task.assignment_status, "says": says}
        self.task_sid = task.sid


class TaskForm(DrawnPanel[TaskFormState]):
    """Fields for a Task, a button that creates it, and what became of it."""

    PRESSES = ("write", "create")

    def __init__(self, state: TaskFormState) -> None:
        drawn = ("extra_error", "extra_note", "priority_error", "channels", "workflows", "task")
        super().__init__("form", state, (*FIELDS, *drawn))

    def drawing(self) -> dict[str, Any]:
        state = self.state
        return {
            "fields": {name: getattr(state, name) for name in FIELDS},
            "languages": LANGUAGES,
            "channels": state.channels,
            "workflows": state.workflows,
            "problems": {"extra": state.extra_error, "priority": state.priority_error},
            "note": state.extra_note,
            "task": state.task or None,
        }

    def as_text(self) -> str:
        state = self.state
        fields = [f"Language: {state.language}", f"More attributes: {state.extra or '{}'}"]
        names = {sid: name for name, sid in state.workflows}
        if state.channel != "default":
            fields.append(f"Channel: {state.channel}")
        if state.workflow_sid != state.lab.workflow_sid:
            fields.append(f"Workflow: {names.get(state.workflow_sid, state.workflow_sid)}")
        line = " · ".join([*fields, f"Priority: {state.priority}", "[Create Task]"])
        outcome = state.priority_error or state.extra_error or state.error
        return "\n".join(filter(None, [line, outcome or state.task.get("says"), state.notice]))


def task_form(lab: PreparedWorkspace) -> TaskForm:
    """Return a form that creates a Task, by default in the tutorial's Workflow.

    It sends `tasks.create(attributes=..., workflow_sid=..., priority=...)`, with `task_channel` if
    you choose another channel than the default. It shows that call, in Python and as curl, and what
    becomes of the new Task. Errors point at the place in attributes that are not JSON; TaskRouter's
    errors show too. What a cell sets shows in the form: `form.state.language = "en"`.
    """
    state = TaskFormState(lab)
    state.load()
    panel = TaskForm(state)
    panel.follow()
    return panel
