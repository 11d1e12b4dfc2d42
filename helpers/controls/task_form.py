"""A control that creates a Task, as a form."""

import json
from typing import Any

import ipywidgets as widgets
from local_taskrouter.rules.lifecycle import HIGHEST_PRIORITY
from traitlets import Int, List, Unicode, dlink, link, observe
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from helpers.controls.parts import shown_call
from helpers.controls.parts.json_text import AttributesError, read_attributes
from helpers.controls.parts.panel import ErrorLine, Panel, TextLine
from helpers.controls.parts.state import ControlState
from helpers.lessons.workspace import WORKFLOW, PreparedWorkspace

LANGUAGES = (("Spanish (es)", "es"), ("English (en)", "en"), ("French (fr)", "fr"))


class TaskFormState(ControlState):
    """A Task to create, and the outcome of the one created last."""

    language = Unicode("es")
    extra = Unicode(help="more attributes, a JSON object as text; may be empty")
    extra_error = Unicode(help="the error in `extra`, pointing at the character; else empty")
    extra_note = Unicode(
        help="which language is sent when `extra` and `language` disagree; else empty"
    )
    priority = Int(0)
    channel = Unicode("default", help="the TaskChannel's unique name")
    channels = List([("Default", "default")], help="(friendly name, unique name) of each")
    workflow_sid = Unicode(help="the Task's Workflow; the tutorial's at first")
    workflows = List(help="(friendly name, SID) of each")
    outcome = Unicode(help="where the Task went, in a sentence")
    task_sid = Unicode(help="the SID of the Task created last")

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab)
        self.workflow_sid = lab.workflow_sid
        self.workflows = [(WORKFLOW, lab.workflow_sid)]

    def load(self) -> bool:
        """Read the TaskChannels and Workflows; a failure is in `error`."""
        return self.attempt(self._load)

    def attributes(self) -> dict[str, Any]:
        """Return the Task's attributes. Raises AttributesError unless `extra` is a JSON object."""
        return {"selected_language": self.language, **read_attributes(self.extra)}

    def create(self) -> bool:
        """Create the Task. False while another action is running; a failure is in `error`."""
        return self.attempt(self._create)

    @observe("extra", "language")
    def _check_extra(self, _: object) -> None:
        message = note = ""
        try:
            language = self.attributes()["selected_language"]
        except AttributesError as error:
            message = str(error)
        else:
            if language != self.language:
                note = f"selected_language is {json.dumps(language)}, as written here."
        self.extra_error, self.extra_note = message, note

    def _load(self) -> None:
        space = self.lab.workspace
        channels = space.task_channels.list(page_size=100)
        self.channels = [(channel.friendly_name, channel.unique_name) for channel in channels]
        found = space.workflows.list(page_size=100)
        self.workflows = [(workflow.friendly_name, workflow.sid) for workflow in found]

    def _create(self) -> None:
        self.outcome, self.call = "", None
        if self.extra_error:
            raise AttributesError("No Task was created: the attributes above have an error.")
        parameters: dict[str, Any] = {
            "attributes": json.dumps(self.attributes(), ensure_ascii=False),
            "workflow_sid": self.workflow_sid,
            "priority": self.priority,
        }
        if self.channel != "default":
            parameters["task_channel"] = self.channel
        self.call = shown_call.create(self.lab, "tasks", **parameters)
        task = self.lab.workspace.tasks.create(**parameters)
        self.task_sid = task.sid
        self.outcome = _where_it_went(task)


class TaskForm(Panel[TaskFormState]):
    """Fields for a Task, a button that creates it, and where it went."""

    def __init__(self, state: TaskFormState) -> None:
        wide = {"description_width": "8em"}
        layout = widgets.Layout(width="36em", max_width="98%")
        self.language = widgets.Dropdown(
            options=LANGUAGES, description="Language", style=wide, layout=layout
        )
        self.extra = widgets.Textarea(
            description="More attributes",
            placeholder='{"vip": true}',
            rows=2,
            style=wide,
            layout=layout,
        )
        self.extra_error = ErrorLine()
        self.extra_note = TextLine()
        self.priority = widgets.BoundedIntText(
            description="Priority",
            tooltip="Priority",
            max=HIGHEST_PRIORITY,
            style=wide,
            layout=layout,
        )
        self.channel = widgets.Dropdown(
            options=state.channels, description="Channel", style=wide, layout=layout
        )
        self.workflow = widgets.Dropdown(
            options=state.workflows, description="Workflow", style=wide, layout=layout
        )
        self.button = widgets.Button(description="Create Task", icon="plus")
        self.outcome = TextLine()
        fields = [self.language, self.extra, self.extra_error, self.extra_note, self.priority]
        more = [self.channel, self.workflow, self.button, self.outcome]
        super().__init__(state, [*fields, *more])
        link((state, "language"), (self.language, "value"))
        link((state, "extra"), (self.extra, "value"))
        link((state, "priority"), (self.priority, "value"))
        link((state, "channel"), (self.channel, "value"))
        link((state, "workflow_sid"), (self.workflow, "value"))
        dlink((state, "extra_error"), (self.extra_error, "text"))
        dlink((state, "extra_note"), (self.extra_note, "text"))
        dlink((state, "outcome"), (self.outcome, "text"))
        dlink((state, "busy"), (self.button, "disabled"))
        self.button.on_click(self.on_create)

    def on_create(self, _: widgets.Button) -> None:
        self.state.create()

    def as_text(self) -> str:
        state = self.state
        fields = f"Language: {state.language} · More attributes: {state.extra or '{}'}"
        names = {sid: name for name, sid in state.workflows}
        chosen = [f"Channel: {state.channel}"] if state.channel != "default" else []
        if state.workflow_sid != state.lab.workflow_sid:
            chosen.append(f"Workflow: {names.get(state.workflow_sid, state.workflow_sid)}")
        fields = " · ".join([fields, *chosen])
        outcome = state.extra_error or state.error or state.outcome
        return f"{fields} · Priority: {state.priority} · [Create Task]" + (
            outcome and f"\n{outcome}"
        )


def task_form(lab: PreparedWorkspace) -> TaskForm:
    """Return a form that creates a Task, by default in the tutorial's Workflow.

    It sends `tasks.create(attributes=..., workflow_sid=..., priority=...)`, with `task_channel` if
    you choose another channel than the default. It shows that call, in Python and as curl, and the
    TaskQueue and Assignment Status of the new Task. Errors point at the place in attributes that
    are not JSON; TaskRouter's errors show too.
    """
    state = TaskFormState(lab)
    state.load()
    return TaskForm(state)


def _where_it_went(task: TaskInstance) -> str:
    if not task.task_queue_sid:
        return (
            f"Task {task.sid} is in no TaskQueue: no filter of the Workflow matches its "
            f"attributes. Its Assignment Status is {task.assignment_status}."
        )
    return (
        f"Task {task.sid} is in the TaskQueue {task.task_queue_friendly_name!r}. "
        f"Its Assignment Status is {task.assignment_status}."
    )
