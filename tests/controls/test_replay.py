import json
import shlex
import shutil
import subprocess
from copy import copy
from dataclasses import replace

import pytest
import requests

from helpers.controls.replay import Draft, ReplayError, call_of, draft_of, in_query, send
from helpers.curl_command.parse import parse
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.request_log import Exchange

JSON = '{"event": "ñ", "it\'s": [1, 2]}'


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


def received(server, lab: PreparedWorkspace) -> Exchange:
    url = server.url_for("/assignment_callback")
    return lab.session.requests.record(
        Exchange("received", "POST", url, status=200, form=[("TaskSid", "WT1")])
    )


def test_only_taskrouter_gets_the_credentials(lab, server):
    seen = []
    sent = Exchange("sent", "POST", server.url_for("/assignment_callback"), form=[("a", "1")])
    send(lab.session, draft_of(sent))
    seen = lab.session.requests.received()[-1].request_headers
    assert "Authorization" not in seen and "X-Twilio-Signature" not in seen


def test_callback_is_unsigned_without_an_auth_token(lab, server):
    session = copy(lab.session)
    session.auth_token = None
    draft = draft_of(received(server, lab))
    assert send(session, draft) == 200
    assert "X-Twilio-Signature" not in lab.session.requests.received()[-1].request_headers
    assert "X-Twilio-Signature" not in call_of(session, draft).curl


def test_proxy_is_not_used_for_the_learners_server(lab, server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert send(lab.session, draft_of(received(server, lab))) == 200


def test_redirect_is_not_followed(lab, server):
    exchange = Exchange("sent", "GET", server.url_for("/elsewhere"))
    assert send(lab.session, draft_of(exchange)) == 302


@pytest.mark.parametrize("size", ["5", ""])
def test_query_parameters_are_not_sent_twice(size):
    exchange = Exchange("sent", "GET", f"http://127.0.0.1/v1/x?PageSize={size}")
    assert exchange.parameters == {"PageSize": size}
    assert draft_of(exchange).data == {}


@pytest.mark.parametrize(
    "url",
    ["", "file:///etc/passwd", "//x", "ftp://x/y", "http:///x", "http://127.0.0.1:99999/x"],
)
def test_invalid_url_is_refused(lab, url):
    draft = replace(draft_of(Exchange("sent", "GET", "http://127.0.0.1/")), url=url)
    with pytest.raises(ReplayError, match="This is not a valid request"):
        send(lab.session, draft)


def again(lab: PreparedWorkspace) -> dict[str, object]:
    """Send the latest received request again; return the server's answer."""
    draft = draft_of(lab.session.requests.received()[-1])
    call_of(lab.session, draft)
    assert send(lab.session, draft) == 200
    return json.loads(lab.session.requests.received()[-1].response_body)


def as_python_sends_it(python: str, monkeypatch) -> tuple[tuple, dict[str, object]]:
    calls = []
    monkeypatch.setattr(requests, "request", lambda *given, **named: calls.append((given, named)))
    exec(python, {})  # noqa: S102
    return calls[0]


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain; charset=utf-8", "multipart/form-data"]
)
def test_body_that_is_not_a_form_is_sent_unchanged(lab, server, content_type):
    headers = {"Content-Type": content_type}
    requests.post(server.url_for("/echo"), data=JSON.encode(), headers=headers)
    assert again(lab) == {"type": content_type, "body": JSON, "signed": False}
    first, second = lab.session.requests.received()
    assert first.request_body == second.request_body == JSON


def test_body_without_a_content_type_is_sent_without_one(lab, server):
    requests.post(server.url_for("/echo"), data=b"a=1")
    assert again(lab) == {"type": None, "body": "a=1", "signed": False}
    call = call_of(lab.session, draft_of(lab.session.requests[-1]))
    assert "-H 'Content-Type: '" in call.curl


def test_body_is_signed_when_the_url_has_its_hash(lab, server):
    url = server.url_for("/echo?bodySHA256=ab")
    requests.post(url, json={"a": 1})
    assert again(lab)["signed"]


def test_shown_python_call_sends_the_body(lab, server, monkeypatch):
    url = server.url_for("/echo")
    requests.post(url, data=JSON.encode(), headers={"Content-Type": "application/json"})
    call = call_of(lab.session, draft_of(lab.session.requests[-1]))
    assert as_python_sends_it(call.python, monkeypatch) == (
        ("POST", url),
        {"data": JSON.encode(), "headers": {"Content-Type": "application/json"}},
    )
    assert "-H 'Content-Type: application/json'" in call.curl
    assert '--data-raw \'{"event": "ñ"' in call.curl


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
@pytest.mark.parametrize("headers", [{"Content-Type": "application/json"}, {}])
def test_shown_curl_command_sends_the_body(lab, server, headers):
    requests.post(server.url_for("/echo"), data=JSON.encode(), headers=headers)
    call = call_of(lab.session, draft_of(lab.session.requests[-1]))
    command = shlex.split(call.curl.replace("\\\n", ""))
    done = subprocess.run([*command, "-s", "--noproxy", "*"], capture_output=True, check=True)
    answer = {"type": headers.get("Content-Type"), "body": JSON, "signed": False}
    assert json.loads(done.stdout) == answer


def test_repeated_fields_are_repeated_and_signed(lab, server):
    form = [("a", "2"), ("a", "1"), ("b", "")]
    requests.post(server.url_for("/assignment_callback"), data=form)
    assert again(lab) == {"genuine": True}
    assert lab.session.requests.received()[-1].form == form
    call = call_of(lab.session, draft_of(lab.session.requests[-1]))
    assert "--data-urlencode a=2 \\\n  --data-urlencode a=1" in call.curl
    assert '{"a": ["2", "1"], "b": ""}' in call.python


def test_field_that_is_also_in_the_query_is_sent(lab, server):
    requests.post(server.url_for("/echo?a=1"), data={"a": "2"})
    assert again(lab)["body"] == "a=2"


def test_body_that_is_not_text_is_refused(lab, server):
    requests.post(server.url_for("/echo"), data=b"\xff\x00")
    with pytest.raises(ReplayError, match="is not text"):
        draft_of(lab.session.requests[-1])


def test_body_that_held_a_secret_is_masked_and_refused(lab, server):
    lab.session.requests.hide("very secret")
    requests.post(server.url_for("/echo"), json={"password": "very secret"})
    assert "very secret" not in lab.session.requests[-1].request_body
    with pytest.raises(ReplayError, match="held a secret"):
        draft_of(lab.session.requests[-1])


def test_body_for_taskrouter_is_refused(lab):
    draft = Draft("sent", "POST", f"{lab.session.address}/v1/Workspaces", {}, body="{}")
    for do in (call_of, send):
        with pytest.raises(ReplayError, match="TaskRouter takes forms only"):
            do(lab.session, draft)


def test_get_parameters_replace_those_in_the_query(lab, monkeypatch):
    url = f"{lab.session.address}/v1/Workspaces/{lab.workspace_sid}/Workers?PageSize=1&Page=0"
    data = {"PageSize": "2", "ActivityName": ["Idle", "Off line"]}
    draft = in_query(Draft("sent", "GET", url, data))
    wanted = url.replace("PageSize=1&Page=0", "Page=0&PageSize=2") + (
        "&ActivityName=Idle&ActivityName=Off+line"
    )
    assert send(lab.session, draft) == 200
    assert (lab.session.requests[-1].url, lab.session.requests[-1].form) == (wanted, [])
    call = call_of(lab.session, draft)
    assert call.python == f'client.request("GET", "{wanted}")'
    assert (parse(call.curl).url, parse(call.curl).body) == (wanted, None)


def test_get_parameters_to_the_server_are_in_the_query(lab, server):
    draft = in_query(Draft("received", "GET", server.url_for("/echo"), {"a": "ñ & b"}))
    assert send(lab.session, draft) == 200
    received = lab.session.requests.received()[-1]
    assert (received.parameters, received.form, received.request_body) == ({"a": "ñ & b"}, [], "")
    assert "--data" not in call_of(lab.session, draft).curl


def test_in_query_leaves_other_drafts_unchanged():
    for draft in (
        Draft("sent", "POST", "http://x/?a", {"a": "1"}),
        Draft("sent", "GET", "x?a", {}),
    ):
        assert in_query(draft) is draft


@pytest.mark.parametrize("url", ["http://[bad", "http://a]/x", "http://\u2100/x"])
@pytest.mark.parametrize("do", [send, call_of, lambda _, draft: in_query(draft)])
def test_unparsable_url_is_refused(lab, url, do):
    draft = replace(draft_of(Exchange("sent", "GET", "http://x/", form=[("a", "1")])), url=url)
    with pytest.raises(ReplayError) as refused:
        do(lab.session, draft)
    assert str(refused.value) == f"This is not a valid request: GET {url}"
