import json
import shutil
import subprocess
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
from flask import Flask, request
from free_port import free_port

from helpers.curl_command import send
from helpers.curl_command.send import CurlError, CurlFailed, curl
from helpers.session.request_log import RequestLog
from helpers.webhooks.server import serve, stop_all

SID, TOKEN = "AC" + "0" * 32, 'a"secret\\token'
CREDENTIALS = "-u $TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"

needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
by_curl = pytest.param("curl", marks=needs_curl)


@pytest.fixture
def app():
    app = Flask(__name__)

    @app.route("/v1/Tasks", methods=["GET", "POST"])
    def tasks():
        if not request.authorization:
            return {"code": 20003, "message": "Authenticate", "status": 401}, 401
        echo = {
            "body": request.get_data(as_text=True),
            "token": request.authorization.password,
        }
        return {"sid": "WT1", "priority": 0, "attributes": json.dumps(echo), "age": 7}, 201

    @app.route("/v1/Tasks/WT1", methods=["DELETE"])
    def delete():
        return "", 204

    @app.route("/page")
    def page():
        return "<p>hello</p>"

    return app


@pytest.fixture
def session(app):
    client = SimpleNamespace(username=SID, password=TOKEN)
    session = SimpleNamespace(
        target="other",
        requests=RequestLog(),
        client=client,
        auth_token=TOKEN,
        address="",
        ensure_running=lambda: None,
    )
    server = serve(app, session)
    session.address = server.url
    yield session
    stop_all()


@pytest.fixture(params=[by_curl, "requests"])
def sender(request, monkeypatch):
    if request.param == "requests":
        monkeypatch.setattr(shutil, "which", lambda program: None)
    return request.param


def create(session, extra=""):
    return (
        f"curl -X POST {session.address}/v1/Tasks \\\n"
        f"""  --data-urlencode 'Attributes={{"selected_language": "es & ñ"}}' \\\n"""
        f"  -d Priority=3 {extra} {CREDENTIALS}"
    )


def test_request_is_sent_and_its_answer_returned(session, sender):
    answer = curl(session, create(session))
    assert (answer.status, answer.sent_by) == (201, sender)
    echo = json.loads(answer.json()["attributes"])
    assert parse_qsl(echo["body"]) == [
        ("Attributes", '{"selected_language": "es & ñ"}'),
        ("Priority", "3"),
    ]
    assert echo["token"] == TOKEN


def test_output_contains_stable_fields_and_no_secret(session, sender, capsys):
    session.client.password = "plain"
    curl(session, f"curl {session.address}/v1/Tasks -u {SID}:plain")
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == f"$ curl {session.address}/v1/Tasks -u {SID}:$TWILIO_AUTH_TOKEN"
    assert printed[1] == "HTTP 201"
    assert [line.split(":")[0].strip() for line in printed[2:5]] == [
        "sid",
        "attributes",
        "priority",
    ]
    assert printed[5] == send._NOTE
    assert len(printed) == 6


@needs_curl
@pytest.mark.parametrize(
    "command",
    [
        "curl {url}/v1/Tasks",
        "curl {url}/v1/Tasks -d a=1 -s",
        "curl -XDELETE {url}/v1/Tasks/WT1",
        "curl {url}/page",
        "curl {url}/none",
        f"curl {{url}}/v1/Tasks -d a=1 {CREDENTIALS}",
        f"curl {{url}}/v1/Tasks?a=[1] {CREDENTIALS}",
    ],
)
def test_output_and_answer_are_the_same_without_curl(session, command, capsys, monkeypatch):
    with_curl = curl(session, command.format(url=session.address))
    printed = capsys.readouterr().out
    monkeypatch.setattr(shutil, "which", lambda program: None)
    without = curl(session, command.format(url=session.address))
    assert capsys.readouterr().out == printed
    assert (without.status, without.text) == (with_curl.status, with_curl.text)
    assert without.content_type == with_curl.content_type
    assert repr(without) == repr(with_curl) == f"HTTP {without.status}"
    assert without.sent_by != with_curl.sent_by
    by_curl, by_python = session.requests.received()
    assert by_python.parameters == by_curl.parameters


def test_exchange_is_in_the_request_log(session, sender):
    curl(session, create(session))
    [sent] = session.requests.sent()
    assert (sent.method, sent.path, sent.status) == ("POST", "/v1/Tasks", 201)
    assert sent.parameters == {"Attributes": '{"selected_language": "es & ñ"}', "Priority": "3"}
    assert sent.sent_by == sender
    assert TOKEN not in repr(vars(sent))


@needs_curl
def test_token_is_not_in_the_arguments_of_the_process(session, monkeypatch):
    started = []
    run = subprocess.run
    monkeypatch.setattr(
        subprocess, "run", lambda words, **more: started.extend(words) or run(words, **more)
    )
    assert curl(session, create(session)).status == 201
    assert started
    assert not any(TOKEN in word for word in started)


def test_command_without_credentials_sends_none(session, sender, capsys):
    assert curl(session, f"curl {session.address}/v1/Tasks").status == 401
    assert "  code: 20003\n  message: Authenticate\n" in capsys.readouterr().out


def test_credentials_are_not_sent_to_another_server(session, app, sender):
    other = serve(app, session, port=free_port())
    assert curl(session, f"curl {other.url}/page").text == "<p>hello</p>"
    with pytest.raises(CurlError, match="sends credentials only to TaskRouter at"):
        curl(session, f"curl {other.url}/page {CREDENTIALS}")


def test_token_in_a_url_or_a_form_is_not_sent_to_another_server(session, app, sender):
    other = serve(app, session, port=free_port())
    session.client.password = "plain+token"
    for extra in (
        *("?t=plain%2Btoken", " -d t=plain%2Btoken", " -X GET -d plain+token"),
        *(" --data-urlencode 'a=$TWILIO_AUTH_TOKEN'", " -d plain'+'token"),
    ):
        with pytest.raises(CurlError, match="sends credentials only to TaskRouter at"):
            curl(session, f"curl {other.url}/page{extra}")


def test_error_masks_the_token(session):
    session.client.password = "plain"
    with pytest.raises(CurlError) as caught:
        curl(session, f"curl http://{SID}:plain@127.0.0.1/")
    assert "plain" not in str(caught.value) and "$TWILIO_AUTH_TOKEN" in str(caught.value)


def test_token_in_an_answer_is_masked(session, capsys):
    session.client.password = session.auth_token = "plain"
    curl(session, f"curl {session.address}/v1/Tasks -d a=1 {CREDENTIALS}")
    printed = capsys.readouterr().out
    assert '"token": "$TWILIO_AUTH_TOKEN"' in printed and "plain" not in printed


def test_credentials_of_the_netrc_file_are_not_sent(session, sender, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("default login a password b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(send, "_is_loopback", lambda command: False)
    assert curl(session, f"curl {session.address}/v1/Tasks").status == 401


def test_address_without_a_server_raises_curl_failed(session, sender):
    with pytest.raises(CurlFailed, match="No server answered at http://127.0.0.1:1 "):
        curl(session, "curl http://127.0.0.1:1/v1")


def test_stopped_local_taskrouter_is_started_again(app, sender):
    started = []
    client = SimpleNamespace(username=SID, password=TOKEN)
    session = SimpleNamespace(target="local", client=client, auth_token=TOKEN)
    session.requests, session.address = RequestLog(), "http://127.0.0.1:1"

    def start():
        started.append(serve(app, session))
        session.address = started[0].url

    session.ensure_running = start
    try:
        assert curl(session, create(session)).status == 201
        assert len(started) == 1
        assert len(session.requests.received()) == 1
    finally:
        stop_all()


@needs_curl
def test_curl_settings_of_the_user_are_ignored(session, tmp_path, monkeypatch):
    (tmp_path / ".curlrc").write_text("head\n")
    monkeypatch.setenv("CURL_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert curl(session, f"curl {session.address}/page").text == "<p>hello</p>"


def test_loopback_request_ignores_proxies(session, sender, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert curl(session, f"curl {session.address}/page").status == 200
