from copy import copy
from dataclasses import replace

import pytest

from helpers.controls.replay import ReplayError, call_of, draft_of, send
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.request_log import Exchange


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


def received(server, lab: PreparedWorkspace) -> Exchange:
    url = server.url_for("/assignment_callback")
    return lab.session.requests.record(
        Exchange("received", "POST", url, status=200, form=[("TaskSid", "WT1")])
    )


def test_credentials_go_to_taskrouter_only(lab, server):
    seen = []
    sent = Exchange("sent", "POST", server.url_for("/assignment_callback"), form=[("a", "1")])
    send(lab.session, draft_of(sent))
    seen = lab.session.requests.received()[-1].request_headers
    assert "Authorization" not in seen and "X-Twilio-Signature" not in seen


def test_a_callback_is_sent_unsigned_when_nobody_knows_the_token(lab, server):
    session = copy(lab.session)
    session.auth_token = None
    draft = draft_of(received(server, lab))
    assert send(session, draft) == 200
    assert "X-Twilio-Signature" not in lab.session.requests.received()[-1].request_headers
    assert "X-Twilio-Signature" not in call_of(session, draft).curl


def test_no_proxy_stands_between_the_notebook_and_the_server(lab, server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert send(lab.session, draft_of(received(server, lab))) == 200


def test_an_answer_that_leads_elsewhere_is_the_answer(lab, server):
    exchange = Exchange("sent", "GET", server.url_for("/elsewhere"))
    assert send(lab.session, draft_of(exchange)) == 302


@pytest.mark.parametrize("size", ["5", ""])
def test_what_stands_in_the_url_is_not_sent_twice(size):
    exchange = Exchange("sent", "GET", f"http://127.0.0.1/v1/x?PageSize={size}")
    assert exchange.parameters == {"PageSize": size}
    assert draft_of(exchange).data == {}


@pytest.mark.parametrize(
    "url",
    ["", "file:///etc/passwd", "//x", "ftp://x/y", "http:///x", "http://127.0.0.1:99999/x"],
)
def test_what_is_no_request_is_refused(lab, url):
    draft = replace(draft_of(Exchange("sent", "GET", "http://127.0.0.1/")), url=url)
    with pytest.raises(ReplayError, match="This is no request"):
        send(lab.session, draft)
