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
    """Send a request as a tunnel from the public URL does: to the server's port."""
    return requests.post(
        f"http://127.0.0.1:{server.port}/assignment_callback{query}",
        data=form,
        headers=headers,
        timeout=10,
    )


def status_of(server, target, *headers):
    """Send a raw request to the server's port; return the status."""
    lines = [f"POST {target} HTTP/1.1", *headers, "Content-Length: 0", "Connection: close", "", ""]
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall("\r\n".join(lines).encode())
        return int(raw.makefile("rb").readline().split()[1])


@pytest.mark.parametrize("arrived", [TUNNEL, {"Host": "example.org"}])
def test_signed_request_is_answered(app, session, arrived):
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
def test_request_to_the_public_url_without_valid_signature_gets_403(app, session, arrived, headers):
    server = serve(app, session)
    answer = post(server, {**arrived, **headers})
    assert answer.status_code == 403 and "Twilio's signature" in answer.text
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
def test_forged_host_or_headers_get_403(app, session, target, headers):
    server = serve(app, session)
    raw_headers = [header.format(port=server.port) for header in headers]
    assert status_of(server, target.format(port=server.port), *raw_headers) == 403


def test_json_without_its_hash_in_the_url_gets_403(app, session):
    headers = {**TUNNEL, **signed({}), "Content-Type": "application/json"}
    assert post(serve(app, session), headers, "{}").status_code == 403


def test_unsigned_local_request_is_answered(app, session):
    server = serve(app, session)
    here = f"{server.url}/assignment_callback"
    assert requests.post(here, data=FORM, timeout=10).status_code == 200
    forged = requests.post(here, data=FORM, headers=signed(FORM, token="another"), timeout=10)
    assert forged.status_code == 403
    assert [exchange.url for exchange in server.received()] == [here, here]
    assert f"{server.url}." in server.note and server.url != f"http://127.0.0.1:{server.port}"


def test_stop_closes_both_listeners(app, session):
    server = serve(app, session)
    ports = (server.port, int(server.url.rpartition(":")[2]))
    again = serve(app, session)
    assert again.port == server.port
    again.stop()
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=10)


@pytest.mark.parametrize("url", ["example.org", "ftp://example.org", "https://", "https://a/?b=1"])
def test_invalid_public_url_raises(app, session, monkeypatch, url):
    monkeypatch.setenv("TASKROUTER_PUBLIC_URL", url)
    with pytest.raises(NoPublicUrl, match="which Twilio cannot call: it must look like https://"):
        serve(app, session)


def test_json_body_is_verified_by_its_hash(app, session):
    server = serve(app, session)
    body = json.dumps({"TaskSid": "WT1"})
    query = f"?bodySHA256={sha256(body.encode()).hexdigest()}"
    headers = {**TUNNEL, **signed({}, query=query), "Content-Type": "application/json"}
    assert post(server, headers, body, query).status_code == 200
    assert post(server, headers, body.replace("1", "2"), query).status_code == 403


def test_without_auth_token_no_signature_is_accepted(app, session):
    session.auth_token = None
    server = serve(app, session)
    assert server.url_for("/assignment_callback") == ""
    assert "needs TWILIO_AUTH_TOKEN" in server.note and "polls TaskRouter" in server.note
    for token in ("", "None", "the token"):
        assert post(server, {**TUNNEL, **signed(FORM, token=token)}).status_code == 403


def test_local_target_accepts_unsigned_callbacks(app, session):
    session.target = "local"
    assert post(serve(app, session), TUNNEL).status_code == 200
    assert post(serve(app, session), signed(FORM, token="another")).status_code == 200
