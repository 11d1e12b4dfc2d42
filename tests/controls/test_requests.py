import json
import socket
from dataclasses import replace

import pytest
from spy_lock import SpyLock

from helpers import controls
from helpers.controls import replay
from helpers.controls.replay import ReplayError, draft_of
from helpers.controls.requests import Requests
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.request_log import MASK, Exchange
from helpers.webhooks.server import CallbackServer


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


@pytest.fixture
def panel(lab) -> Requests:
    return controls.requests(lab)


def descriptions(panel: Requests) -> list[str]:
    return [description for description, _ in panel.list.options]


def look_at(panel: Requests, exchange: Exchange) -> None:
    panel.state.receive(panel.state.watch.news)
    panel.list.value = str(id(exchange))


def received(server: CallbackServer, lab: PreparedWorkspace) -> Exchange:
    return lab.session.requests.record(
        Exchange(
            direction="received",
            method="POST",
            url=server.url_for("/assignment_callback"),
            status=200,
            form=[("TaskSid", "WT1"), ("TaskAttributes", '{"a": 1}')],
            response_body="{}",
        )
    )


def test_the_newest_is_first_and_looking_sends_nothing(lab, panel):
    lab.workspace.fetch()
    panel.state.watch.refresh()
    before = len(lab.session.requests)
    assert "POST" in descriptions(panel)[0] or "GET" in descriptions(panel)[0]
    lab.workspace.tasks.list()
    panel.state.receive(panel.state.watch.news)
    assert "→ sent GET 200 …/Tasks (" in descriptions(panel)[0]
    assert len(lab.session.requests) == before + 1
    assert panel.counted.text == f"{before + 1} of {before + 1} requests, newest first."


def test_only_what_passes_the_filters_is_listed(lab, panel, server):
    received(server, lab)
    panel.state.receive(panel.state.watch.news)
    panel.direction.value = "received"
    assert len(descriptions(panel)) == 1
    panel.status.value = "4xx"
    assert descriptions(panel) == []
    panel.direction.value, panel.status.value = "both directions", "every status"
    panel.text.value = "taskATTRIBUTES"
    assert len(descriptions(panel)) == 1
    panel.text.value = "no such thing"
    assert descriptions(panel) == []


def test_a_request_without_an_answer_has_a_filter_of_its_own(lab, panel):
    lab.session.requests.record(Exchange("sent", "GET", "http://127.0.0.1:1/x", error="Refused"))
    panel.status.value = "no answer"
    assert len(descriptions(panel)) == 1
    assert "no answer /x" in descriptions(panel)[0]


def test_one_is_shown_in_full_with_its_parameters_explained(lab, panel, server):
    look_at(panel, received(server, lab))
    detail = panel.detail.value
    assert "to look the Task up, update, cancel or complete it" in detail
    assert "received by your server" in detail
    assert "Parameters" in detail and "Answer" in detail


def test_what_the_sdk_sent_is_not_said_to_come_from_twilio(lab, panel):
    lab.workspace.tasks.list()
    panel.state.receive(panel.state.watch.news)
    look_at(panel, lab.session.requests.sent()[-1])
    assert "sent by the twilio package" in panel.detail.value


def test_the_one_looked_at_stays_when_others_come(lab, panel, server):
    exchange = received(server, lab)
    look_at(panel, exchange)
    lab.workspace.tasks.list()
    panel.state.receive(panel.state.watch.news)
    assert panel.list.value == str(id(exchange))
    assert panel.list.options[0][1] != panel.list.value


def test_one_that_the_filters_hide_is_looked_at_no_more(lab, panel, server):
    look_at(panel, received(server, lab))
    panel.direction.value = "sent"
    assert panel.state.chosen == panel.detail.value == ""
    assert panel.again.disabled and panel.edit.disabled


def test_without_a_choice_nothing_is_sent_and_the_panel_says_what_to_do(lab, panel):
    before = len(lab.session.requests)
    for press in (panel.on_again, panel.on_edit):
        press()
        assert panel.error_line.text == "Choose a request in the list first."
    assert len(lab.session.requests) == before
    assert not panel.state.editing


def test_a_path_is_short_enough_for_the_list_and_says_which(lab, panel):
    worker = lab.workspace.workers(lab.bob_sid)
    worker.fetch()
    panel.state.receive(panel.state.watch.news)
    assert f"GET 200 …/Workers/WK…{lab.bob_sid[-6:]} (" in descriptions(panel)[0]
    lab.session.client.taskrouter.v1.workspaces(lab.workspace_sid).fetch()
    panel.state.receive(panel.state.watch.news)
    assert f"/v1/Workspaces/WS…{lab.workspace_sid[-6:]} (" in descriptions(panel)[0]


def test_a_request_to_taskrouter_can_be_sent_again(lab, panel):
    created = lab.workspace.tasks.create(
        attributes='{"selected_language": "es"}', workflow_sid=lab.workflow_sid
    )
    look_at(panel, lab.session.requests[-1])
    panel.on_again(panel.again)
    assert panel.outcome.text == "POST was sent; the answer has the status 201."
    assert len(lab.workspace.tasks.list()) == 2
    assert created.sid != lab.workspace.tasks.list()[-1].sid
    assert panel.state.call.python.startswith('client.request("POST", "http://127.0.0.1:')
    assert lab.session.auth_token not in str(panel.state.call)


def test_it_can_be_edited_before_it_is_sent(lab, panel):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    look_at(panel, lab.session.requests[-1])
    assert panel.editor.layout.display == "none"
    panel.on_edit(panel.edit)
    assert panel.editor.layout.display is None
    assert json.loads(panel.editor.form.value) == {"ActivitySid": lab.offline_sid}
    panel.editor.form.value = json.dumps({"ActivitySid": lab.idle_sid})
    panel.on_send(panel.editor.send)
    assert lab.workspace.workers(lab.bob_sid).fetch().activity_name == "Idle"
    panel.on_close_editor(panel.editor.cancel)
    assert panel.editor.layout.display == "none"


def test_values_that_are_no_text_travel_as_json(lab, panel):
    attributes = '{"selected_language": "es", "name": "José"}'
    lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)
    look_at(panel, lab.session.requests[-1])
    panel.on_edit()
    assert "José" in panel.editor.form.value
    attributes = {"selected_language": "es", "vip": True}
    given = {"WorkflowSid": lab.workflow_sid, "Attributes": attributes, "Priority": 3}
    panel.editor.form.value = json.dumps(given)
    panel.on_send()
    task = lab.workspace.tasks.list()[-1]
    assert (json.loads(task.attributes), task.priority) == (attributes, 3)


def test_each_button_does_what_it_says(lab, panel):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    look_at(panel, lab.session.requests[-1])
    panel.again.click()
    assert panel.outcome.text == "POST was sent; the answer has the status 200."
    panel.edit.click()
    assert panel.state.editing
    before = len(lab.session.requests)
    panel.editor.send.click()
    assert len(lab.session.requests) == before + 1
    panel.editor.cancel.click()
    assert not panel.state.editing


@pytest.mark.parametrize("press", ["on_again", "on_send"])
def test_a_double_click_sends_one_request(lab, panel, press):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    look_at(panel, lab.session.requests[-1])
    panel.on_edit()
    panel.state.observe(lambda _: getattr(panel, press)(), "call")
    before = len(lab.session.requests)
    getattr(panel, press)()
    assert len(lab.session.requests) == before + 1


def test_parameters_that_are_no_json_are_shown_with_the_place_and_send_nothing(lab, panel):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    look_at(panel, lab.session.requests[-1])
    panel.on_edit(panel.edit)
    panel.editor.form.value = '{"ActivitySid": }'
    assert panel.editor.form_error.text.startswith("Line 1, character 17")
    before = len(lab.session.requests)
    panel.on_send(panel.editor.send)
    assert panel.error_line.text.startswith("Nothing was sent")
    assert len(lab.session.requests) == before
    panel.editor.form.value = "{}"
    assert panel.editor.form_error.text == ""
    panel.on_send(panel.editor.send)
    assert len(lab.session.requests) == before + 1


def test_before_anything_was_sent_there_is_nothing_to_press(lab):
    lab.session.requests.clear()
    panel = controls.requests(lab)
    assert panel.again.disabled and panel.edit.disabled
    assert panel.editor.layout.display == "none"


def test_the_buttons_are_disabled_while_a_request_is_sent(lab, panel):
    lab.workspace.tasks.list()
    look_at(panel, lab.session.requests[-1])
    for button in (panel.again, panel.edit, panel.editor.send):
        seen: list[bool] = []
        button.observe(lambda change, seen=seen: seen.append(change["new"]), "disabled")
        panel.on_again(panel.again)
        assert seen == [True, False]


def test_method_and_url_can_be_edited_too(lab, panel):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    look_at(panel, lab.session.requests[-1])
    panel.on_edit(panel.edit)
    assert (panel.editor.method.value, panel.editor.url.value[-34:]) == ("POST", lab.bob_sid)
    panel.editor.method.value, panel.editor.form.value = "GET", ""
    panel.editor.url.value = f" {panel.editor.url.value.replace(lab.bob_sid, lab.alice_sid)} "
    panel.on_send(panel.editor.send)
    sent = lab.session.requests[-1]
    assert (sent.method, sent.url[-34:], sent.status) == ("GET", lab.alice_sid, 200)


def test_what_was_sent_is_listed_and_chosen_under_the_lock(lab, panel):
    lab.workspace.tasks.list()
    look_at(panel, lab.session.requests[-1])
    panel.state.lock = lock = SpyLock()
    held: list[int] = []
    panel.state.observe(lambda _: held.append(lock.held), ["options", "chosen"])
    panel.on_again(panel.again)
    assert held and all(held)


def test_nothing_is_listed_anew_when_nothing_was_sent(lab, panel):
    lab.workspace.tasks.list()
    before = panel.state.options
    panel.state.receive(panel.state.watch.news)
    listed = panel.state.options
    assert len(listed) == len(before) + 1
    panel.state.receive(panel.state.watch.news)
    assert panel.state.options is listed


def test_a_callback_is_sent_to_the_server_again_signed_anew(lab, panel, server):
    look_at(panel, received(server, lab))
    panel.on_again(panel.again)
    again = lab.session.requests.received()[-1]
    assert json.loads(again.response_body) == {"genuine": True}
    assert again.parameters == {"TaskSid": "WT1", "TaskAttributes": '{"a": 1}'}
    assert panel.list.value == str(id(again))
    assert "X-Twilio-Signature" in panel.state.call.curl


def test_an_edited_callback_is_signed_anew_too(lab, panel, server):
    look_at(panel, received(server, lab))
    panel.on_edit(panel.edit)
    panel.editor.form.value = '{"TaskSid": "WT2"}'
    panel.on_send(panel.editor.send)
    again = lab.session.requests.received()[-1]
    assert json.loads(again.response_body) == {"genuine": True}
    assert again.parameters == {"TaskSid": "WT2"}


def test_a_server_that_does_not_answer_in_time_is_said_in_the_panel(lab, panel, monkeypatch):
    monkeypatch.setattr(replay, "_SECONDS", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        look_at(panel, lab.session.requests.record(Exchange("sent", "GET", f"http://{address}/x")))
        panel.on_again(panel.again)
    assert panel.error_line.text == f"{address} has not answered within 0.01 seconds."


def test_a_request_that_held_a_secret_is_not_sent_again(lab, panel):
    exchange = Exchange("sent", "POST", f"{lab.session.address}/v1", form=[("a", "1")])
    for held in (replace(exchange, form=[("a", MASK)]), replace(exchange, url=f"x://{MASK}")):
        with pytest.raises(ReplayError, match="held a secret"):
            draft_of(held)
    look_at(panel, lab.session.requests.record(replace(exchange, form=[("a", MASK)])))
    panel.on_again(panel.again)
    assert panel.error_line.text.startswith("This request held a secret")


def test_a_method_that_the_fields_do_not_offer_is_said_in_the_panel(lab, panel, server):
    url = server.url_for("/assignment_callback")
    look_at(panel, lab.session.requests.record(Exchange("received", "PATCH", url, status=405)))
    for press in (panel.on_again, panel.on_edit):
        press()
        assert panel.error_line.text == "A PATCH request cannot be sent from here."
    assert not panel.state.editing


def test_nobody_who_answers_is_said_in_the_panel(lab, panel):
    look_at(panel, lab.session.requests.record(Exchange("sent", "GET", "http://127.0.0.1:1/x")))
    panel.on_again(panel.again)
    assert panel.error_line.text == "Nobody answers at 127.0.0.1:1. Does the server run?"


def test_what_came_of_an_earlier_request_is_not_said_of_one_that_failed(lab, panel):
    lab.workspace.tasks.list()
    look_at(panel, lab.session.requests[-1])
    panel.on_again(panel.again)
    assert panel.outcome.text.endswith("status 200.")
    look_at(panel, lab.session.requests.record(Exchange("sent", "GET", "http://127.0.0.1:1/x")))
    panel.on_again(panel.again)
    assert panel.outcome.text == ""


def test_what_is_stored_in_a_notebook_is_readable(lab, panel, server):
    first = "Request inspector. Your server received, newest first:"
    assert repr(panel).splitlines() == [first, "  nothing yet"]
    received(server, lab)
    assert repr(panel).splitlines() == [first, "  POST /assignment_callback · 200"]
