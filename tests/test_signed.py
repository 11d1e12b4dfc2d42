import json
from hashlib import sha256
from types import SimpleNamespace

import pytest
import requests
from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from helpers import callback_server
from helpers.callback_server import serve
from helpers.request_log import RequestLog

PUBLIC = "https://example.org"
FORM = {"TaskSid": "WT1", "Labels": ["a", "b"], "Empty": ""}
TUNNEL = {"X-Forwarded-For": "192.0.2.1"}


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setenv("TASKROUTER_PUBLIC_URL", PUBLIC)
    yield SimpleNamespace(target="live", requests=RequestLog(), auth_token="the token")
    callback_server._stop_all()


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
    return requests.post(
        f"{server.url}/assignment_callback{query}", data=form, headers=headers, timeout=10
    )


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


def test_the_learner_may_try_the_server_from_this_computer(app, session):
    server = serve(app, session)
    assert post(server, {}).status_code == 200
    assert post(server, signed(FORM, token="another")).status_code == 403


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
