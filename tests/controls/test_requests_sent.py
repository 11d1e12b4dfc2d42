"""The request inspector after the learner has sent a request from it."""

import json
import socket
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from press import press
from spy_lock import SpyLock

from helpers import controls
from helpers.controls import replay
from helpers.controls.replay import ReplayError, draft_of
from helpers.controls.requests import Requests
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.request_log import MASK, Exchange
from helpers.webhooks.server import CallbackServer

NO_FILTERS = ["", "all", False]
FIELDS = ("method", "url", "form")


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


@pytest.fixture
def panel(lab) -> Requests:
    return controls.requests(lab)


@pytest.fixture
def refused(lab, panel) -> Exchange:
    """A chosen exchange with status 400, of those that failed."""
    url = f"{lab.session.address}/v1/Workspaces/{lab.workspace_sid}/Tasks"
    lab.session.client.request("POST", url, data={"Attributes": "{", "Priority": "1"})
    lab.workspace.tasks.list()
    panel.state.on_update(panel.state.poller.latest)
    press(panel, "toggle_failed")
    select(panel, lab.session.requests[-2])
    return lab.session.requests[-2]


def select(panel: Requests, exchange: Exchange) -> None:
    panel.state.on_update(panel.state.poller.latest)
    press(panel, "choose", exchange=str(id(exchange)))


def shown(panel: Requests) -> Exchange:
    exchange = panel.state.exchange()
    assert exchange is not None
    return exchange


def filters(panel: Requests) -> list:
    return panel.content["filters"][:3]


def send_again(panel: Requests) -> None:
    press(panel, "send_again", exchange=panel.content["opened"]["id"])


def edit(panel: Requests) -> None:
    press(panel, "edit", exchange=panel.content["opened"]["id"])


def send(panel: Requests, **fields: str) -> None:
    """Send the request in the editor, with these fields changed."""
    press(panel, "send", **{name: panel.content["editor"][name] for name in FIELDS} | fields)


def correct(panel: Requests) -> None:
    edit(panel)
    attributes = json.dumps({"selected_language": "es"})
    send(panel, form=json.dumps({"Attributes": attributes, "Priority": "1"}))


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


def test_request_to_taskrouter_can_be_sent_again(lab, panel):
    created = lab.workspace.tasks.create(
        attributes='{"selected_language": "es"}', workflow_sid=lab.workflow_sid
    )
    select(panel, lab.session.requests[-1])
    send_again(panel)
    assert panel.content["outcome"] == "POST was sent; the answer has the status 201."
    assert len(lab.workspace.tasks.list()) == 2
    assert created.sid != lab.workspace.tasks.list()[-1].sid
    assert panel.state.call.python.startswith('client.request("POST", "http://127.0.0.1:')
    assert lab.session.auth_token not in str(panel.state.call)


def test_values_that_are_not_text_are_sent_as_json(lab, panel):
    attributes = '{"selected_language": "es", "name": "José"}'
    lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)
    select(panel, lab.session.requests[-1])
    edit(panel)
    assert "José" in panel.content["editor"]["form"]
    attributes = {"selected_language": "es", "vip": True}
    given = {"WorkflowSid": lab.workflow_sid, "Attributes": attributes, "Priority": 3}
    send(panel, form=json.dumps(given))
    task = lab.workspace.tasks.list()[-1]
    assert (json.loads(task.attributes), task.priority) == (attributes, 3)


def test_sent_request_is_listed_and_selected_under_the_lock(lab, panel):
    lab.workspace.tasks.list()
    select(panel, lab.session.requests[-1])
    panel.state.lock = lock = SpyLock()
    held: list[int] = []
    panel.state.observe(lambda _: held.append(lock.held), ["lines", "opened"])
    send_again(panel)
    assert held and all(held)


def test_callback_is_sent_again_with_a_new_signature(lab, panel, server):
    select(panel, received(server, lab))
    send_again(panel)
    again = lab.session.requests.received()[-1]
    assert json.loads(again.response_body) == {"genuine": True}
    assert again.parameters == {"TaskSid": "WT1", "TaskAttributes": '{"a": 1}'}
    assert panel.content["opened"]["id"] == str(id(again))
    assert "X-Twilio-Signature" in panel.state.call.curl


def test_edited_callback_gets_a_new_signature(lab, panel, server):
    select(panel, received(server, lab))
    edit(panel)
    send(panel, form='{"TaskSid": "WT2"}')
    again = lab.session.requests.received()[-1]
    assert json.loads(again.response_body) == {"genuine": True}
    assert again.parameters == {"TaskSid": "WT2"}


def test_timeout_of_the_server_shows_an_error(lab, panel, monkeypatch):
    monkeypatch.setattr(replay, "_SECONDS", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        select(panel, lab.session.requests.record(Exchange("sent", "GET", f"http://{address}/x")))
        send_again(panel)
    assert panel.content["error"] == f"{address} did not answer within 0.01 seconds."


def test_request_that_held_a_secret_is_not_sent_again(lab, panel):
    exchange = Exchange("sent", "POST", f"{lab.session.address}/v1", form=[("a", "1")])
    for held in (replace(exchange, form=[("a", MASK)]), replace(exchange, url=f"x://{MASK}")):
        with pytest.raises(ReplayError, match="held a secret"):
            draft_of(held)
    select(panel, lab.session.requests.record(replace(exchange, form=[("a", MASK)])))
    send_again(panel)
    assert panel.content["error"].startswith("This request held a secret")


def test_unsupported_method_shows_an_error(lab, panel, server):
    url = server.url_for("/assignment_callback")
    select(panel, lab.session.requests.record(Exchange("received", "PATCH", url, status=405)))
    for action in (send_again, edit):
        action(panel)
        assert panel.content["error"] == "A PATCH request cannot be sent from here."
    assert panel.content["editor"] is None


def test_refused_connection_shows_an_error(lab, panel):
    select(panel, lab.session.requests.record(Exchange("sent", "GET", "http://127.0.0.1:1/x")))
    send_again(panel)
    assert panel.content["error"] == "Nothing answers at 127.0.0.1:1. Is the server running?"


def test_failed_request_clears_the_previous_outcome(lab, panel):
    lab.workspace.tasks.list()
    select(panel, lab.session.requests[-1])
    send_again(panel)
    assert panel.content["outcome"].endswith("status 200.")
    select(panel, lab.session.requests.record(Exchange("sent", "GET", "http://127.0.0.1:1/x")))
    send_again(panel)
    assert panel.content["outcome"] == ""


def test_sent_request_is_selected_and_resets_filters_that_hide_it(lab, panel, refused):
    correct(panel)
    assert shown(panel) is lab.session.requests[-1]
    assert (shown(panel).status, panel.content["opened"]["id"]) == (201, panel.state.chosen)
    assert filters(panel) == NO_FILTERS
    assert panel.content["outcome"] == (
        "POST was sent; the answer has the status 201. "
        "The filters would hide it, so they are reset."
    )


def test_filters_that_show_the_sent_request_stay(lab, panel, refused):
    send_again(panel)
    assert shown(panel) is lab.session.requests[-1] is not refused
    assert filters(panel) == ["", "all", True]
    assert panel.content["outcome"] == "POST was sent; the answer has the status 400."


def test_callback_recorded_meanwhile_is_not_selected(lab, panel, refused):
    record = lab.session.requests.record
    callback = Exchange("received", "POST", "http://127.0.0.1:5050/assignment_callback", 400)
    lab.session.requests.record = lambda one: (record(one), record(callback))[0]
    send_again(panel)
    assert shown(panel) is lab.session.requests[-2]
    assert shown(panel).path.endswith("/Tasks")


def test_sent_request_is_found_by_its_encoded_path(lab, panel, server):
    at = Exchange("received", "GET", f"{server.url}/ñ x", 404)
    select(panel, lab.session.requests.record(at))
    send_again(panel)
    assert shown(panel) is lab.session.requests[-1] is not at


def test_request_to_another_server_is_described_as_not_listed(lab, panel):
    class OtherServer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), OtherServer) as http:
        threading.Thread(target=http.handle_request, daemon=True).start()
        exchange = Exchange("sent", "GET", f"http://127.0.0.1:{http.server_address[1]}/x", 500)
        select(panel, lab.session.requests.record(exchange))
        send_again(panel)
    assert panel.content["outcome"].startswith(
        "GET was sent; the answer has the status 204. It went"
    )
    assert panel.content["outcome"].endswith("so it is not in the list.")


def test_selecting_another_request_clears_the_outcome(lab, panel, refused):
    send_again(panel)
    select(panel, refused)
    assert shown(panel) is refused
    assert (panel.content["outcome"], panel.content["call"]) == ("", None)


def test_selecting_another_request_clears_the_error(lab, panel, refused):
    select(panel, lab.session.requests.record(Exchange("sent", "GET", "http://127.0.0.1:1/x", 400)))
    send_again(panel)
    assert panel.content["error"]
    select(panel, refused)
    assert panel.content["error"] == ""


def test_editing_clears_the_previous_outcome(lab, panel, refused):
    send_again(panel)
    edit(panel)
    assert (panel.content["outcome"], panel.content["call"]) == ("", None)


@pytest.mark.parametrize("form", ["{", "[1]"])
def test_invalid_form_clears_the_previous_outcome(lab, panel, refused, form):
    edit(panel)
    send(panel)
    assert panel.content["outcome"] and panel.content["call"]
    send(panel, form=form)
    assert panel.content["error"].startswith("Nothing was sent")
    assert (panel.content["outcome"], panel.content["call"]) == ("", None)


def test_outcome_stays_when_other_requests_come(lab, panel, refused):
    correct(panel)
    outcome = panel.content["outcome"]
    lab.workspace.tasks.list()
    panel.state.on_update(panel.state.poller.latest)
    assert (panel.content["outcome"], panel.content["call"] != "") == (outcome, True)


def test_get_is_sent_with_its_edited_parameters(lab, panel):
    lab.workspace.workers.list(page_size=50)
    select(panel, lab.session.requests[-1])
    edit(panel)
    send(panel, form='{"FriendlyName": "Alice", "PageSize": 1}')
    sent = shown(panel)
    assert (sent.parameters, sent.form) == ({"FriendlyName": "Alice", "PageSize": "1"}, [])
    assert [one["friendly_name"] for one in json.loads(sent.response_body)["workers"]] == ["Alice"]
    assert panel.content["opened"]["parameters"] == sent.parameters


def test_list_repeats_a_parameter(lab, panel, server):
    url = server.url_for("/echo")
    select(panel, lab.session.requests.record(Exchange("received", "POST", url, 200)))
    edit(panel)
    send(panel, form='{"a": ["1", 2], "b": {"c": true}}')
    assert shown(panel).form == [("a", "1"), ("a", "2"), ("b", '{"c": true}')]
    edit(panel)
    assert json.loads(panel.content["editor"]["form"]) == {"a": ["1", "2"], "b": '{"c": true}'}


def test_unparsable_url_shows_an_error(lab, panel, refused):
    edit(panel)
    send(panel, url="http://[bad")
    assert panel.content["error"] == "This is not a valid request: POST http://[bad"
    assert panel.content["call"] is None


def test_editor_keeps_its_request_when_another_is_chosen(lab, panel, refused):
    edit(panel)
    editor = panel.content["editor"]
    assert editor["line"] == "POST Tasks"
    press(panel, "toggle_failed")
    select(panel, lab.session.requests[-1])
    assert panel.content["editor"] == editor
    edit(panel)
    assert panel.content["editor"]["line"] == "GET Tasks"
    assert panel.content["editor"]["key"] != editor["key"]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("[1, 2]", "Parameters are a JSON object"),
        ('{"a": 1e999}', "Line 1, character 7: This number is too large."),
        (r'{"a": "\ud800"}', "Line 1, character 7: This text holds half a character."),
        ("[" * 2000 + "]" * 2000, "Line 1, character 101: More than 100 brackets"),
    ],
)
def test_unsendable_parameters_send_nothing(lab, panel, refused, form, message):
    edit(panel)
    press(panel, "write", form=form)
    assert panel.content["problem"].startswith(message)
    before = len(lab.session.requests)
    send(panel, form=form)
    assert panel.content["error"] == "Nothing was sent: correct the parameters above."
    assert len(lab.session.requests) == before
