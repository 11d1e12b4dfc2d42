import json
from datetime import UTC, datetime

import pytest
import requests
from press import press
from spy_lock import SpyLock

from helpers import controls
from helpers.controls.requests import MOST, Requests
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.request_log import Exchange
from helpers.webhooks.server import CallbackServer

FIELDS = ("method", "url", "form")


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


@pytest.fixture
def panel(lab) -> Requests:
    return controls.requests(lab)


def descriptions(panel: Requests) -> list[str]:
    return [
        f"{one['direction']} {one['method']} {one['attempts'][0]['status']} {one['title']}"
        for one in panel.content["lines"]
    ]


def update(panel: Requests) -> None:
    panel.state.on_update(panel.state.poller.latest)


def select(panel: Requests, exchange: Exchange) -> None:
    update(panel)
    press(panel, "choose", exchange=str(id(exchange)))


def send(panel: Requests, **fields: str) -> None:
    press(panel, "send", **{name: panel.content["editor"][name] for name in FIELDS} | fields)


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


@pytest.mark.parametrize(
    "text", ["delete", "/other", "color=red", "cannot go", "reset by peer", "no answer"]
)
def test_search_looks_at_method_path_form_body_status_and_error(lab, panel, text):
    url, form = "http://127.0.0.1:1/other", [("Color", "red")]
    body, error = "It cannot go.", "Connection reset by peer"
    lab.session.requests.record(
        Exchange("sent", "DELETE", url, form=form, response_body=body, error=error)
    )
    press(panel, "search", text=text)
    assert len(descriptions(panel)) == 1


def test_search_for_none_does_not_find_a_request_without_an_error(lab, panel):
    lab.workspace.workers(lab.bob_sid).fetch()
    press(panel, "search", text="none")
    assert descriptions(panel) == []
    assert panel.content["opened"] is None


def test_line_says_what_was_sent_and_what_came_of_it(lab, panel):
    lab.session.requests.clear()
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    lab.session.requests.record(
        Exchange("received", "POST", "http://127.0.0.1:1/x", 404, at=at, duration=0.5)
    )
    update(panel)
    [line] = panel.content["lines"]
    assert line == {
        "id": line["id"],
        "direction": "received",
        "at": at.timestamp(),
        "method": "POST",
        "title": "/x",
        "note": "",
        "failed": True,
        "attempts": [{"status": 404, "seconds": 0.5}],
    }


def test_only_the_newest_requests_are_listed(lab, panel):
    lab.session.requests.clear()
    for number in range(MOST + 1):
        lab.session.requests.record(Exchange("sent", "GET", f"http://127.0.0.1:1/{number}", 200))
    update(panel)
    assert len(descriptions(panel)) == MOST
    assert descriptions(panel)[0] == f"sent GET 200 /{MOST}"
    assert descriptions(panel)[-1] == "sent GET 200 /1"
    assert panel.content["title"] == f"{MOST + 1} requests, the newest {MOST} are listed"


def test_newest_request_is_first_and_following_sends_nothing(lab, panel):
    lab.workspace.fetch()
    panel.state.poller.refresh()
    before = len(lab.session.requests)
    lab.workspace.tasks.list()
    update(panel)
    assert descriptions(panel)[0] == "sent GET 200 Tasks"
    assert len(lab.session.requests) == before + 1
    assert panel.content["title"] == f"{before + 1} requests"


def test_filters_select_the_listed_requests(lab, panel, server):
    received(server, lab)
    press(panel, "show_direction", direction="received")
    assert len(descriptions(panel)) == 1
    press(panel, "toggle_failed")
    assert descriptions(panel) == []
    assert panel.content["title"].startswith("0 of ")
    press(panel, "toggle_failed")
    press(panel, "show_direction", direction="all")
    press(panel, "search", text="taskATTRIBUTES")
    assert len(descriptions(panel)) == 1
    press(panel, "search", text="no such thing")
    assert descriptions(panel) == []


@pytest.mark.parametrize(("status", "failed"), [(200, 0), (302, 0), (404, 1), (500, 1), (None, 1)])
def test_refusal_and_missing_answer_count_as_failed(lab, panel, status, failed):
    lab.session.requests.clear()
    lab.session.requests.record(Exchange("sent", "GET", "http://127.0.0.1:1/x", status))
    press(panel, "toggle_failed")
    assert len(descriptions(panel)) == failed
    press(panel, "toggle_failed")
    assert panel.content["title"] == ("1 request, 1 failed" if failed else "1 request")


def test_newest_request_is_open_until_another_is_chosen(lab, panel):
    lab.workspace.tasks.list()
    update(panel)
    assert panel.content["opened"]["id"] == panel.content["lines"][0]["id"]
    lab.workspace.workers.list()
    update(panel)
    assert panel.content["opened"]["title"] == "Workers"


def test_open_request_shows_explained_parameters(lab, panel, server):
    select(panel, received(server, lab))
    opened = panel.content["opened"]
    assert opened["uses"]["TaskSid"] == "to look the Task up, update, cancel or complete it"
    assert opened["sender"] == "received by your server"
    assert opened["parameters"] == {"TaskSid": "WT1", "TaskAttributes": '{\n  "a": 1\n}'}


def test_chosen_request_stays_open_when_others_come(lab, panel, server):
    exchange = received(server, lab)
    select(panel, exchange)
    lab.workspace.tasks.list()
    update(panel)
    assert panel.content["opened"]["id"] == str(id(exchange)) != panel.content["lines"][0]["id"]


def test_newest_request_is_open_when_a_filter_hides_the_chosen_one(lab, panel, server):
    lab.workspace.tasks.list()
    select(panel, received(server, lab))
    press(panel, "show_direction", direction="sent")
    assert panel.content["opened"]["direction"] == "sent"


@pytest.mark.parametrize("action", ["send_again", "edit"])
def test_request_that_left_the_list_is_not_sent(lab, panel, action):
    before = len(lab.session.requests)
    press(panel, action, exchange="1")
    assert panel.content["error"] == (
        "This request is not in the list any more. Choose another one."
    )
    assert len(lab.session.requests) == before
    assert panel.content["editor"] is None


def test_paths_have_names_for_sids(lab, panel):
    lab.workspace.workers(lab.bob_sid).fetch()
    lab.session.client.taskrouter.v1.workspaces(lab.workspace_sid).fetch()
    update(panel)
    ends = f"{lab.bob_sid[:2]}…{lab.bob_sid[-6:]}"
    workspace = f"Workspaces/WS…{lab.workspace_sid[-6:]}".replace("/", " / ")
    assert descriptions(panel)[:2] == [
        f"sent GET 200 {workspace}",
        f"sent GET 200 Workers / {ends}",
    ]
    panel.state.poller.refresh()
    assert descriptions(panel)[1] == "sent GET 200 Workers / Bob"


def test_edited_request_is_sent(lab, panel):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    select(panel, lab.session.requests[-1])
    assert panel.content["editor"] is None
    press(panel, "edit", exchange=panel.content["opened"]["id"])
    editor = panel.content["editor"]
    assert json.loads(editor["form"]) == {"ActivitySid": lab.offline_sid}
    assert editor["line"] == f"POST Workers / WK…{lab.bob_sid[-6:]}"
    assert editor["before"].startswith("200  {")
    send(panel, form=json.dumps({"ActivitySid": lab.idle_sid}))
    assert lab.workspace.workers(lab.bob_sid).fetch().activity_name == "Idle"
    assert '"Idle"' in panel.content["editor"]["after"] not in editor["before"]
    press(panel, "close_editor", form="{")
    assert panel.content["editor"] is None


@pytest.mark.parametrize("action", ["send_again", "send"])
def test_double_click_sends_one_request(lab, panel, action):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    exchange = lab.session.requests[-1]
    select(panel, exchange)
    press(panel, "edit", exchange=str(id(exchange)))
    editor = panel.content["editor"]
    fields = {name: editor[name] for name in FIELDS}
    values = {"exchange": str(id(exchange))} if action == "send_again" else fields
    panel.state.observe(lambda _: press(panel, action, **values), "call")
    before = len(lab.session.requests)
    press(panel, action, **values)
    assert len(lab.session.requests) == before + 1


def test_invalid_json_points_at_the_place_and_sends_nothing(lab, panel):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    select(panel, lab.session.requests[-1])
    press(panel, "edit", exchange=panel.content["opened"]["id"])
    press(panel, "write", form='{"ActivitySid": }')
    assert panel.content["problem"].startswith("Line 1, character 17")
    before = len(lab.session.requests)
    send(panel, form='{"ActivitySid": }')
    assert panel.content["error"] == "Nothing was sent: correct the parameters above."
    assert len(lab.session.requests) == before
    send(panel, form="{}")
    assert panel.content["problem"] == ""
    assert len(lab.session.requests) == before + 1


def test_panel_opens_without_requests(lab):
    lab.session.requests.clear()
    panel = controls.requests(lab)
    assert (panel.content["title"], panel.content["opened"]) == ("0 requests", None)


def test_method_and_url_can_be_edited(lab, panel):
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    select(panel, lab.session.requests[-1])
    press(panel, "edit", exchange=panel.content["opened"]["id"])
    editor = panel.content["editor"]
    assert (editor["method"], editor["url"][-34:]) == ("POST", lab.bob_sid)
    url = editor["url"].replace(lab.bob_sid, lab.alice_sid)
    send(panel, method="GET", url=f" {url} ", form="")
    sent = lab.session.requests[-1]
    assert (sent.method, sent.url[-34:], sent.status) == ("GET", lab.alice_sid, 200)


def test_unchanged_log_is_not_listed_again(lab, panel):
    lab.workspace.tasks.list()
    before = panel.content["lines"]
    update(panel)
    listed = panel.state.lines
    assert len(listed) == len(before) + 1
    update(panel)
    assert panel.state.lines is listed


def test_text_shows_the_received_requests(lab, panel, server):
    first = "Request inspector. Your server received, newest first:"
    assert repr(panel).splitlines() == [first, "  nothing yet"]
    received(server, lab)
    assert repr(panel).splitlines() == [first, "  POST /assignment_callback · 200"]


def test_body_that_is_not_a_form_is_shown_and_found_but_not_edited(lab, panel, server):
    requests.post(server.url_for("/echo"), json={"event": "<b>"})
    select(panel, lab.session.requests[-1])
    assert panel.content["opened"]["body"] == '{\n  "event": "<b>"\n}'
    press(panel, "search", text='"EVENT"')
    assert len(descriptions(panel)) == 1
    press(panel, "edit", exchange=panel.content["opened"]["id"])
    assert panel.content["error"] == (
        "The body is not a form, so you can send it again but not edit it."
    )
    assert panel.content["editor"] is None


def test_parameters_in_the_url_are_shown(lab, panel):
    lab.workspace.workers.get_page(
        f"{lab.session.address}/v1/Workspaces/{lab.workspace_sid}/Workers?PageSize=1&Page=0"
    )
    update(panel)
    assert panel.content["opened"]["parameters"] == {"PageSize": "1", "Page": "0"}


def test_chosen_request_waits_for_the_lock(lab, panel):
    lab.workspace.fetch()
    update(panel)
    panel.state.lock = lock = SpyLock()
    held: list[int] = []
    panel.state.observe(lambda _: held.append(lock.held), "chosen")
    press(panel, "choose", exchange=panel.content["lines"][-1]["id"])
    assert held and all(held)
