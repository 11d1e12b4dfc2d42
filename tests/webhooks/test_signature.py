import json
import socket
from hashlib import sha256
from types import SimpleNamespace

import pytest
import requests
from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from helpers.session.request_log import RequestLog
from helpers.webhooks import server
from helpers.webhooks.server import NoPublicUrl, serve

PUBLIC = "https://example.org"
FORM = {"TaskSid": "WT1", "Labels": ["a", "b"], "Empty": ""}
TUNNEL = {"X-Forwarded-For": "192.0.2.1"}


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setenv("TASKROUTER_PUBLIC_URL", PUBLIC)
    yield SimpleNamespace(target="live", requests=RequestLog(), auth_token="the token")
    server.stop_all()


@pytest.fixture
def app():
    app = Flask(__name__)

    @app.route("/assignment_callback", methods=["GET", "POST"])
    def assignment_callback():
        return {"instruction": "accept"}

    return app


def signed(form, token="the token", query=""):
    url = f"{PUBLIC}/assignment_callback{query}"
    signature = RequestValidator(token).compute_signature(url, MultiDict(form))
    return {"X-Twilio-Signature": signature}


def post(server, headers, form=FORM, query=""):
    """A request that came by the public URL; a tunnel ends at the server's port."""
    return requests.post(
        f"http://127.0.0.1:{server.port}/assignment_callback{query}",
        data=form,
        headers=headers,
        timeout=10,
    )


def status_of(server, target, *headers):
    """Return what the server's port answers to a raw request."""
    lines = [f"POST {target} HTTP/1.1", *headers, "Content-Length: 0", "Connection: close", "", ""]
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall("\r\n".join(lines).encode())
        return int(raw.makefile("rb").readline().split()[1])


@pytest.mark.parametrize("arrived", [TUNNEL, {"Host": "example.org"}])
def test_what_twilio_signed_is_answered(app, session, arrived):
    server = serve(app, session)
    for query in ("", "?a=1"):
        answer = post(server, {**arrived, **signed(FORM, query=query)}, query=query)
        assert (answer.status_code, answer.json()) == (200, {"instruction": "accept"})


@pytest.mark.parametrize("arrived", [TUNNEL, {"Host": "example.org"}])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        signed(FORM, token="another"),
        signed({**FORM, "TaskSid": "WT2"}),
        signed(FORM, query="?a=1"),
    ],
)
def test_what_comes_to_the_public_url_without_a_good_signature_is_refused(
    app, session, arrived, headers
):
    server = serve(app, session)
    answer = post(server, {**arrived, **headers})
    assert answer.status_code == 403 and "signature of Twilio" in answer.text
    [exchange] = server.received("/assignment_callback")
    assert (exchange.status, exchange.parameters["TaskSid"]) == (403, "WT1")


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/assignment_callback", ["Host: 127.0.0.1:{port}"]),
        ("/assignment_callback", ["Host: localhost:{port}", "Forwarded: for=192.0.2.1"]),
        ("http://127.0.0.1:{port}/assignment_callback", ["Host: example.org"]),
        ("http://127.0.0.1:x/assignment_callback", ["Host: example.org", "X-Twilio-Signature: a"]),
        ("assignment_callback", ["Host: example.org"]),
        ("/assignment_callback", ["Host: example.org", "Content-Type: application/json"]),
    ],
)
def test_nobody_is_let_in_for_what_the_request_says_of_itself(app, session, target, headers):
    server = serve(app, session)
    said = [header.format(port=server.port) for header in headers]
    assert status_of(server, target.format(port=server.port), *said) == 403


def test_json_without_its_hash_in_the_url_is_refused(app, session):
    headers = {**TUNNEL, **signed({}), "Content-Type": "application/json"}
    assert post(serve(app, session), headers, "{}").status_code == 403


def test_the_learner_may_try_the_server_from_this_computer(app, session):
    server = serve(app, session)
    here = f"{server.url}/assignment_callback"
    assert requests.post(here, data=FORM, timeout=10).status_code == 200
    badly = requests.post(here, data=FORM, headers=signed(FORM, token="another"), timeout=10)
    assert badly.status_code == 403
    assert [exchange.url for exchange in server.received()] == [here, here]
    assert f"{server.url}." in server.note and server.url != f"http://127.0.0.1:{server.port}"


def test_both_doors_close(app, session):
    server = serve(app, session)
    ports = (server.port, int(server.url.rpartition(":")[2]))
    again = serve(app, session)
    assert again.port == server.port
    again.stop()
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=10)


@pytest.mark.parametrize(
    "named", ["example.org", "ftp://example.org", "https://", "https://a/?b=1"]
)
def test_what_twilio_cannot_call_is_refused_in_a_sentence(app, session, monkeypatch, named):
    monkeypatch.setenv("TASKROUTER_PUBLIC_URL", named)
    with pytest.raises(NoPublicUrl, match="which Twilio cannot call: it must be like https://"):
        serve(app, session)


def test_a_json_body_is_judged_by_its_hash(app, session):
    server = serve(app, session)
    body = json.dumps({"TaskSid": "WT1"})
    query = f"?bodySHA256={sha256(body.encode()).hexdigest()}"
    headers = {**TUNNEL, **signed({}, query=query), "Content-Type": "application/json"}
    assert post(server, headers, body, query).status_code == 200
    assert post(server, headers, body.replace("1", "2"), query).status_code == 403


def test_with_an_api_key_alone_nobody_is_called_and_nobody_is_believed(app, session):
    session.auth_token = None
    server = serve(app, session)
    assert server.url_for("/assignment_callback") == ""
    assert "needs TWILIO_AUTH_TOKEN" in server.note and "from time to time" in server.note
    for token in ("", "None", "the token"):
        assert post(server, {**TUNNEL, **signed(FORM, token=token)}).status_code == 403


def test_the_local_taskrouters_callbacks_are_left_to_the_lesson(app, session):
    session.target = "local"
    assert post(serve(app, session), TUNNEL).status_code == 200
    assert post(serve(app, session), signed(FORM, token="another")).status_code == 200
