import json
from types import SimpleNamespace
from typing import Any

import pytest

from helpers import controls
from helpers.controls.task_form import TaskForm, _where_it_went
from helpers.lessons.workspace import SPANISH, PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


@pytest.fixture
def form(lab) -> TaskForm:
    return controls.task_form(lab)


def the_task(lab: PreparedWorkspace):
    [task] = lab.workspace.tasks.list()
    return task


def test_new_form_creates_no_task(lab, form):
    assert lab.workspace.tasks.list() == []
    assert form.outcome.text == ""


def test_create_shows_where_the_task_went(lab, form):
    form.priority.value = 4
    form.on_create(form.button)
    task = the_task(lab)
    assert json.loads(str(task.attributes)) == {"selected_language": "es"}
    assert (task.priority, task.workflow_sid) == (4, lab.workflow_sid)
    assert form.state.task_sid == task.sid
    assert form.outcome.text == (
        f"Task {task.sid} is in the TaskQueue '{SPANISH}'. Its Assignment Status is pending."
    )
    assert "tasks.create(" in form.state.call.python
    assert "priority=4" in form.call_lines.value
    assert form.error_line.text == ""


def test_click_creates_a_task(lab, form):
    form.button.click()
    assert the_task(lab).sid == form.state.task_sid


def test_fields_and_state_are_linked(form):
    form.language.value = "en"
    form.extra.value = '{"vip": true}'
    assert form.state.attributes() == {"selected_language": "en", "vip": True}
    form.state.language = "es"
    assert form.language.value == "es"


def test_more_attributes_are_sent_and_escaped(lab, form):
    form.extra.value = '{"name": "<b>José</b>"}'
    form.on_create(form.button)
    assert json.loads(str(the_task(lab).attributes))["name"] == "<b>José</b>"
    assert "<b>" not in form.call_lines.value
    assert "José" in form.call_lines.value


def test_language_in_more_attributes_wins_and_shows_a_note(lab, form):
    form.extra.value = '{"selected_language": "en"}'
    assert form.extra_note.text == 'selected_language is "en", as written here.'
    form.on_create(form.button)
    assert json.loads(str(the_task(lab).attributes)) == {"selected_language": "en"}
    form.extra.value = '{"selected_language":'
    assert form.extra_note.text == ""


def test_same_language_in_both_places_shows_no_note(form):
    form.extra.value = '{"selected_language": "en"}'
    assert form.extra_note.text
    form.language.value = "en"
    assert form.extra_note.text == ""


def test_unchanged_error_is_announced_once(form):
    form.extra.value = '{"vip": yes}'
    shown = []
    form.extra_error.observe(lambda change: shown.append(change["new"]), "value")
    form.language.value = "en"
    assert shown == []


def test_invalid_json_points_at_the_place_and_creates_no_task(lab, form):
    form.extra.value = '{"vip": yes}'
    assert form.extra_error.text.startswith("Line 1, character 9: Expecting value, such as")
    assert "Line 1, character 9" in repr(form)
    form.on_create(form.button)
    assert form.error_line.text.startswith("No Task was created")
    assert lab.workspace.tasks.list() == []
    form.extra.value = '{"vip": true}'
    assert form.extra_error.text == ""
    form.on_create(form.button)
    assert form.error_line.text == ""
    assert the_task(lab)


def test_outcome_of_a_task_in_no_queue():
    task: Any = SimpleNamespace(sid="WT1", task_queue_sid=None, assignment_status="canceled")
    assert _where_it_went(task) == (
        "Task WT1 is in no TaskQueue: no filter of the Workflow matches its attributes. "
        "Its Assignment Status is canceled."
    )


def test_high_priority_is_sent(lab, form):
    form.priority.value = 2_147_483_647
    form.on_create(form.button)
    assert the_task(lab).priority == 2_147_483_647


def test_outcome_of_a_language_that_no_filter_matches(lab, form):
    form.language.value = "fr"
    form.on_create(form.button)
    shown = form.error_line.text or form.outcome.text
    assert "no filter" in shown or "refused" in shown
    assert "None" not in shown


def test_error_of_taskrouter_is_shown_and_the_next_success_clears_it(lab, form):
    form.on_create(form.button)
    form.extra.value = json.dumps({"long": "x" * 5000})
    form.on_create(form.button)
    assert form.error_line.text.startswith("TaskRouter refused this (HTTP 400")
    assert form.outcome.text == ""
    assert "TaskRouter refused this (HTTP 400" in repr(form)
    form.extra.value = ""
    form.on_create(form.button)
    assert form.error_line.text == ""
    assert form.outcome.text


def test_double_click_creates_one_task(lab, form):
    form.state.observe(lambda _: form.on_create(form.button), "call")
    form.on_create(form.button)
    assert the_task(lab)


def test_button_is_disabled_while_a_task_is_created(form):
    seen = []
    form.button.observe(lambda change: seen.append(change["new"]), "disabled")
    form.on_create(form.button)
    assert seen == [True, False]


def test_every_field_has_a_name(form):
    fields = (form.language, form.extra, form.priority, form.channel, form.workflow, form.button)
    names = [field.description for field in fields]
    assert names == [
        "Language",
        "More attributes",
        "Priority",
        "Channel",
        "Workflow",
        "Create Task",
    ]


def test_another_channel_is_sent_with_the_task(lab, form):
    assert ("Voice", "voice") in form.channel.options
    form.channel.value = "voice"
    form.on_create(form.button)
    assert the_task(lab).task_channel_unique_name == "voice"
    assert 'task_channel="voice"' in form.state.call.python
    assert "Channel: voice" in repr(form)


def test_chosen_workflow_is_sent(lab):
    configuration = json.dumps(
        {"task_routing": {"default_filter": {"queue": lab.english_queue_sid}}}
    )
    other = lab.workspace.workflows.create(friendly_name="Other", configuration=configuration)
    form = controls.task_form(lab)
    assert form.workflow.value == lab.workflow_sid
    form.workflow.value = other.sid
    form.on_create(form.button)
    assert the_task(lab).workflow_sid == other.sid
    assert the_task(lab).task_queue_sid == lab.english_queue_sid
    assert "Workflow: Other" in repr(form)


def test_form_opens_while_taskrouter_is_down(lab, taskrouter):
    taskrouter.server.stop()
    form = controls.task_form(lab)
    assert form.error_line.text.startswith("TaskRouter does not answer")
    assert form.workflow.value == lab.workflow_sid


def test_text_shows_the_fields_and_the_outcome(form):
    assert form._repr_mimebundle_()["text/plain"] == (
        "Language: es · More attributes: {} · Priority: 0 · [Create Task]"
    )
    form.on_create(form.button)
    assert repr(form).endswith("Its Assignment Status is pending.")
