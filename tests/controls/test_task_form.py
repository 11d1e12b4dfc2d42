import json

import pytest
from press import press

from helpers import controls
from helpers.controls.task_form import TaskForm
from helpers.lessons.workspace import PreparedWorkspace

WHOLE_NUMBER = "A priority is a whole number from 0 to 2147483647, such as 5."


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
    assert form.content["task"] is None


def test_create_shows_what_became_of_the_task(lab, form):
    press(form, "create", priority="4")
    task = the_task(lab)
    assert json.loads(str(task.attributes)) == {"selected_language": "es"}
    assert (task.priority, task.workflow_sid) == (4, lab.workflow_sid)
    assert form.state.task_sid == task.sid
    says = "Spanish #1 waits: Alice matches but is Offline."
    assert form.content["task"] == {"sid": task.sid, "status": "pending", "says": says}
    assert "tasks.create(" in form.content["call"]["python"]
    assert "priority=4" in form.content["call"]["python"]
    assert form.content["error"] == ""


def test_shown_task_follows_taskrouter(lab, form):
    press(form, "create")
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    form.state.poller.refresh()
    assert form.content["task"]["status"] == "reserved"
    assert repr(form).endswith("Spanish #1 is reserved for Alice.")


def test_typed_fields_are_the_task_to_create(form):
    press(form, "write", language="en")
    press(form, "write", extra='{"vip": true}')
    assert form.state.attributes() == {"selected_language": "en", "vip": True}


def test_press_carries_what_no_change_has_told_yet(lab, form):
    press(form, "create", extra='{"vip": true}', priority="7", channel="voice")
    task = the_task(lab)
    assert json.loads(str(task.attributes)) == {"selected_language": "es", "vip": True}
    assert (task.priority, task.task_channel_unique_name) == (7, "voice")


def test_more_attributes_are_sent(lab, form):
    press(form, "create", extra='{"name": "<b>José</b>"}')
    assert json.loads(str(the_task(lab).attributes))["name"] == "<b>José</b>"
    assert "José" in form.content["call"]["curl"]


def test_language_in_more_attributes_wins_and_says_so(lab, form):
    press(form, "write", extra='{"selected_language": "en"}')
    assert form.content["note"] == (
        'The Task gets selected_language "en", as written here, and not "es" from above.'
    )
    press(form, "create")
    assert json.loads(str(the_task(lab).attributes)) == {"selected_language": "en"}
    press(form, "write", extra='{"selected_language":')
    assert form.content["note"] == ""


def test_same_language_in_both_places_shows_no_note(form):
    press(form, "write", extra='{"selected_language": "en"}')
    press(form, "write", language="en")
    assert form.content["note"] == ""


def test_invalid_json_points_at_the_place_and_creates_no_task(lab, form):
    press(form, "write", extra='{"vip": yes}')
    problem = form.content["problems"]["extra"]
    assert problem.startswith("Line 1, character 9: Expecting value, such as")
    assert "Line 1, character 9" in repr(form)
    press(form, "create")
    assert form.content["error"] == "No Task was created: correct the attributes above."
    assert lab.workspace.tasks.list() == []
    press(form, "create", extra='{"vip": true}')
    assert form.content["problems"]["extra"] == form.content["error"] == ""
    assert the_task(lab)


@pytest.mark.parametrize("typed", ["-5", "1.5", "", "five", "1e3", "²", "2147483648", "9" * 5000])
def test_priority_that_is_no_whole_number_is_refused_aloud(lab, form, typed):
    press(form, "write", priority=typed)
    assert form.content["problems"]["priority"] == WHOLE_NUMBER
    press(form, "create", extra="{")
    assert form.content["error"] == (
        "No Task was created: correct the priority and the attributes above."
    )
    assert WHOLE_NUMBER in repr(form)
    assert lab.workspace.tasks.list() == []


def test_high_priority_is_sent(lab, form):
    press(form, "create", priority=" 2147483647 ")
    assert the_task(lab).priority == 2_147_483_647


def test_language_that_no_filter_matches_leads_to_advice(lab, form):
    press(form, "create", language="fr")
    assert form.content["error"].startswith("TaskRouter refused this (HTTP 400, error 20001)")
    assert form.content["error"].endswith(
        "Change the attributes so that a filter of the Workflow matches them, "
        "or give the Workflow a default_filter."
    )
    assert (form.state.task_sid, form.content["task"]) == ("", None)


def test_error_of_taskrouter_is_shown_and_the_next_success_clears_it(lab, form):
    press(form, "create")
    press(form, "create", extra=json.dumps({"long": "x" * 5000}))
    assert form.content["error"].startswith("TaskRouter refused this (HTTP 400")
    assert form.content["task"] is None
    assert "TaskRouter refused this (HTTP 400" in repr(form)
    press(form, "create", extra="")
    assert form.content["error"] == ""
    assert form.content["task"]


def test_double_click_creates_one_task(lab, form):
    form.state.observe(lambda _: form.state.create(), "call")
    press(form, "create")
    assert the_task(lab)


def test_another_channel_is_sent_with_the_task(lab, form):
    assert ("Voice", "voice") in form.content["channels"]
    press(form, "create", channel="voice")
    assert the_task(lab).task_channel_unique_name == "voice"
    assert 'task_channel="voice"' in form.state.call.python
    assert "Channel: voice" in repr(form)


def test_chosen_workflow_is_sent(lab):
    configuration = json.dumps(
        {"task_routing": {"default_filter": {"queue": lab.english_queue_sid}}}
    )
    other = lab.workspace.workflows.create(friendly_name="Other", configuration=configuration)
    form = controls.task_form(lab)
    assert form.content["fields"]["workflow_sid"] == lab.workflow_sid
    assert ("Other", other.sid) in form.content["workflows"]
    press(form, "create", workflow_sid=other.sid)
    assert the_task(lab).workflow_sid == other.sid
    assert the_task(lab).task_queue_sid == lab.english_queue_sid
    assert "Workflow: Other" in repr(form)


def test_form_opens_while_taskrouter_is_down(lab, taskrouter):
    taskrouter.server.stop()
    form = controls.task_form(lab)
    assert form.content["error"].startswith("TaskRouter does not answer")
    assert form.content["fields"]["workflow_sid"] == lab.workflow_sid


def test_text_shows_the_fields_and_what_became_of_the_task(form):
    assert form._repr_mimebundle_()[0]["text/plain"] == (
        "Language: es · More attributes: {} · Priority: 0 · [Create Task]"
    )
    press(form, "create")
    assert repr(form).endswith("\nSpanish #1 waits: Alice matches but is Offline.")
