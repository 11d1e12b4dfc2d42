import json
from datetime import UTC, datetime

import pytest
import requests

from helpers import controls
from helpers.controls.requests import MOST, Requests
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.request_log import Exchange
from helpers.webhooks.server import CallbackServer


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


@pytest.fixture
def panel(lab) -> Requests:
    return controls.requests(lab)


def descriptions(panel: Requests) -> list[str]:
    return [description for description, _ in panel.list.options]


def select(panel: Requests, exchange: Exchange) -> None:
    panel.state.on_update(panel.state.poller.latest)
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


@pytest.mark.parametrize("text", ["delete", "/other", "color=red", "cannot go", "reset by peer"])
def test_search_looks_at_method_path_form_body_and_error(lab, panel, text):
    url, form = "http://127.0.0.1:1/other", [("Color", "red")]
    body, error = "It cannot go.", "Connection reset by peer"
    lab.session.requests.record(
        Exchange("sent", "DELETE", url, form=form, response_body=body, error=error)
    )
    panel.text.value = text
    assert len(descriptions(panel)) == 1


def test_search_for_none_does_not_find_a_request_without_an_error(lab, panel):
    lab.workspace.workers(lab.bob_sid).fetch()
    panel.state.on_update(panel.state.poller.latest)
    panel.text.value = "none"
    assert descriptions(panel) == []


def test_each_status_has_a_filter_and_each_direction_an_arrow(lab, panel):
    lab.session.requests.clear()
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    for status in (200, 302, 404, 500):
        url = f"http://127.0.0.1:1/{status}"
        lab.session.requests.record(Exchange("received", "POST", url, status=status, at=at))
    for kind, status in (("2xx", 200), ("3xx", 302), ("4xx", 404), ("5xx", 500)):
        panel.status.value = kind
        line = f"03:04:05 ← received POST {status} /{status} (0 ms)"
        assert descriptions(panel) == [line]


def test_only_the_newest_requests_are_listed(lab, panel):
    for number in range(MOST + 1):
        lab.session.requests.record(Exchange("sent", "GET", f"http://127.0.0.1:1/{number}"))
    panel.state.on_update(panel.state.poller.latest)
    assert len(descriptions(panel)) == MOST
    assert f"/{MOST} (" in descriptions(panel)[0]
    assert "/1 (" in descriptions(panel)[-1]


def test_newest_request_is_first_and_following_sends_nothing(lab, panel):
    lab.workspace.fetch()
    panel.state.poller.refresh()
    before = len(lab.session.requests)
    assert "POST" in descriptions(panel)[0] or "GET" in descriptions(panel)[0]
    lab.workspace.tasks.list()
    panel.state.on_update(panel.state.poller.latest)
    assert "→ sent GET 200 …/Tasks (" in descriptions(panel)[0]
    assert len(lab.session.requests) == before + 1
    assert panel.counted.text == f"{before + 1} of {before + 1} requests, newest first."


def test_filters_select_the_listed_requests(lab, panel, server):
    received(server, lab)
    panel.state.on_update(panel.state.poller.latest)
    panel.direction.value = "received"
    assert len(descriptions(panel)) == 1
    panel.status.value = "4xx"
    assert descriptions(panel) == []
    panel.direction.value, panel.status.value = "both directions", "every status"
    panel.text.value = "taskATTRIBUTES"
    assert len(descriptions(panel)) == 1
    panel.text.value = "no such thing"
    assert descriptions(panel) == []


def test_request_without_an_answer_has_a_filter(lab, panel):
    lab.session.requests.record(Exchange("sent", "GET", "http://127.0.0.1:1/x", error="Refused"))
    panel.status.value = "no answer"
    assert len(descriptions(panel)) == 1
    assert "no answer /x" in descriptions(panel)[0]


def test_selected_request_shows_explained_parameters(lab, panel, server):
    select(panel, received(server, lab))
    detail = panel.detail.value
    assert "to look the Task up, update, cancel or complete it" in detail
    assert "received by your server" in detail
    assert "Parameters" in detail and "Answer" in detail


def test_request_of_the_sdk_is_attributed_to_the_twilio_package(lab, panel):
    lab.workspace.tasks.list()
    panel.state.on_update(panel.state.poller.latest)
    select(panel, lab.session.requests.sent()[-1])
    assert "sent by the twilio package" in panel.detail.value


def test_selection_stays_when_other_requests_come(lab, panel, server):
    exchange = received(server, lab)
    select(panel, exchange)
    lab.workspace.tasks.list()
    panel.state.on_update(panel.state.poller.latest)
    assert panel.list.value == str(id(exchange))
    assert panel.list.options[0][1] != panel.list.value


def test_selection_is_cleared_when_a_filter_hides_it(lab, panel, server):
    select(panel, received(server, lab))
    panel.direction.value = "sent"
    assert panel.state.chosen == panel.detail.value == ""
    assert panel.again_button.disabled and panel.edit_button.disabled


def test_buttons_without_a_selection_show_what_to_do(lab, panel):
    before = len(lab.session.requests)
    for press in (panel.on_again, panel.on_edit):
        press()
        assert panel.error_line.text == "Choose a request in the list first."
    assert len(lab.session.requests) == before
    assert not panel.state.editing


def test_paths_are_shortened_but_keep_the_end_of_the_sid(lab, panel):
    worker = lab.workspace.workers(lab.bob_sid)
    worker.fetch()
    panel.state.on_update(panel.state.poller.latest)
    assert f"GET 200 …/Workers/WK…{lab.bob_sid[-6:]} (" in descriptions(panel)[0]
    lab.session.client.taskrouter.v1.workspaces(lab.workspace_sid).fetch()
    panel.state.on_update(panel.state.poller.latest)
    assert f"/v1/Workspaces/WS…{lab.workspace_sid[-6:]} (" in descriptions(panel)[0]


def test_edited_request_is_sent(lab, panel):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    select(panel, lab.session.requests[-1])
    assert panel.editor.layout.display == "none"
    panel.on_edit(panel.edit_button)
    assert panel.editor.layout.display is None
    assert json.loads(panel.editor.form.value) == {"ActivitySid": lab.offline_sid}
    panel.editor.form.value = json.dumps({"ActivitySid": lab.idle_sid})
    panel.on_send(panel.editor.send_button)
    assert lab.workspace.workers(lab.bob_sid).fetch().activity_name == "Idle"
    panel.on_close_editor(panel.editor.cancel_button)
    assert panel.editor.layout.display == "none"


def test_each_button_calls_its_handler(lab, panel):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    select(panel, lab.session.requests[-1])
    panel.again_button.click()
    assert panel.outcome.text == "POST was sent; the answer has the status 200."
    panel.edit_button.click()
    assert panel.state.editing
    before = len(lab.session.requests)
    panel.editor.send_button.click()
    assert len(lab.session.requests) == before + 1
    panel.editor.cancel_button.click()
    assert not panel.state.editing


@pytest.mark.parametrize("press", ["on_again", "on_send"])
def test_double_click_sends_one_request(lab, panel, press):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    select(panel, lab.session.requests[-1])
    panel.on_edit()
    panel.state.observe(lambda _: getattr(panel, press)(), "call")
    before = len(lab.session.requests)
    getattr(panel, press)()
    assert len(lab.session.requests) == before + 1


def test_invalid_json_points_at_the_place_and_sends_nothing(lab, panel):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    select(panel, lab.session.requests[-1])
    panel.on_edit(panel.edit_button)
    panel.editor.form.value = '{"ActivitySid": }'
    assert panel.editor.form_error.text.startswith("Line 1, character 17")
    before = len(lab.session.requests)
    panel.on_send(panel.editor.send_button)
    assert panel.error_line.text.startswith("Nothing was sent")
    assert len(lab.session.requests) == before
    panel.editor.form.value = "{}"
    assert panel.editor.form_error.text == ""
    panel.on_send(panel.editor.send_button)
    assert len(lab.session.requests) == before + 1


def test_buttons_are_disabled_without_requests(lab):
    lab.session.requests.clear()
    panel = controls.requests(lab)
    assert panel.again_button.disabled and panel.edit_button.disabled
    assert panel.editor.layout.display == "none"


def test_buttons_are_disabled_while_a_request_is_sent(lab, panel):
    lab.workspace.tasks.list()
    select(panel, lab.session.requests[-1])
    for button in (panel.again_button, panel.edit_button, panel.editor.send_button):
        seen: list[bool] = []
        button.observe(lambda change, seen=seen: seen.append(change["new"]), "disabled")
        panel.on_again(panel.again_button)
        assert seen == [True, False]


def test_method_and_url_can_be_edited(lab, panel):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    select(panel, lab.session.requests[-1])
    panel.on_edit(panel.edit_button)
    assert (panel.editor.method.value, panel.editor.url.value[-34:]) == ("POST", lab.bob_sid)
    panel.editor.method.value, panel.editor.form.value = "GET", ""
    panel.editor.url.value = f" {panel.editor.url.value.replace(lab.bob_sid, lab.alice_sid)} "
    panel.on_send(panel.editor.send_button)
    sent = lab.session.requests[-1]
    assert (sent.method, sent.url[-34:], sent.status) == ("GET", lab.alice_sid, 200)


def test_unchanged_log_is_not_listed_again(lab, panel):
    lab.workspace.tasks.list()
    before = panel.state.options
    panel.state.on_update(panel.state.poller.latest)
    listed = panel.state.options
    assert len(listed) == len(before) + 1
    panel.state.on_update(panel.state.poller.latest)
    assert panel.state.options is listed


def test_text_shows_the_received_requests(lab, panel, server):
    first = "Request inspector. Your server received, newest first:"
    assert repr(panel).splitlines() == [first, "  nothing yet"]
    received(server, lab)
    assert repr(panel).splitlines() == [first, "  POST /assignment_callback · 200"]


def test_body_that_is_not_a_form_is_shown_and_found_but_not_edited(lab, panel, server):
    requests.post(server.url_for("/echo"), json={"event": "<b>"})
    select(panel, lab.session.requests[-1])
    assert "<strong>Body</strong>" in panel.detail.value
    assert "{\n  &quot;event&quot;: &quot;&lt;b&gt;&quot;\n}" in panel.detail.value
    panel.text.value = '"EVENT"'
    assert len(panel.list.options) == 1
    panel.on_edit()
    assert (
        panel.error_line.text == "The body is not a form, so you can send it again but not edit it."
    )
    assert not panel.state.editing


def test_parameters_in_the_url_are_shown(lab, panel):
    lab.workspace.workers.get_page(
        f"{lab.session.address}/v1/Workspaces/{lab.workspace_sid}/Workers?PageSize=1&Page=0"
    )
    select(panel, lab.session.requests[-1])
    assert "<strong>Parameters</strong>" in panel.detail.value
    assert "PageSize" in panel.detail.value.partition("<strong>Parameters</strong>")[2]
