"""connect("live"), with an emulator in Twilio's place or with prepared answers."""

import logging
from traceback import TracebackException

import pytest
from fake_twilio import ACCOUNT_SID, AUTH_TOKEN, fake_twilio
from local_taskrouter.faults import Fault
from requests.exceptions import ConnectionError as NoAnswer
from requests.exceptions import ReadTimeout
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from helpers import tables
from helpers.lessons.workspace import prepare
from helpers.session import twilio_client
from helpers.session.api_errors import ConnectionFailed
from helpers.session.connect import connect
from helpers.session.request_log import MASK, Exchange, RequestLog
from helpers.session.twilio_client import LiveHttpClient

LIVE = {"TWILIO_ACCOUNT_SID": "AC" + "3" * 32, "TWILIO_AUTH_TOKEN": "not-a-real-token"}
FINE = Response(200, '{"workspaces": [], "meta": {}}')
SLOW_DOWN = Response(429, '{"code": 20429}')
URL = "https://taskrouter.twilio.com/v1/Workspaces"


@pytest.fixture
def twilio(monkeypatch, home, tmp_path):
    """Set credentials; return the answers that Twilio will give, and the requests it received."""
    received, answers = [], [FINE]

    def request(self, method, url, params=None, data=None, headers=None, auth=None, *rest):
        received.append((method, url, params, auth))
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(TwilioHttpClient, "request", request)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in LIVE.items():
        monkeypatch.setenv(name, value)
    return answers, received


@pytest.fixture
def delays(monkeypatch):
    """The delays that the client requested, without sleeping."""
    delays = []
    original = LiveHttpClient.__init__
    monkeypatch.setattr(
        LiveHttpClient,
        "__init__",
        lambda self, log: original(self, log, sleep=delays.append, jitter=lambda: 0.0),
    )
    return delays


@pytest.fixture
def fake_server(home, tmp_path, monkeypatch):
    """An emulator in Twilio's place; the environment of this process leads to it."""
    with fake_twilio(tmp_path) as (server, environment):
        for name, value in environment.items():
            if name not in ("TASKROUTER_HOME", "IPYTHONDIR", "NO_PROXY", "HTTP_PROXY"):
                monkeypatch.setenv(name, value)
        yield server


@pytest.mark.parametrize("missing", LIVE)
def test_missing_credentials_raise_with_the_variable_to_set(home, monkeypatch, missing):
    for name in LIVE.keys() - {missing}:
        monkeypatch.setenv(name, LIVE[name])
    monkeypatch.setenv("TASKROUTER_TARGET", "live")
    monkeypatch.setenv("TWILIO_CONFIG_DIR", "nowhere")
    with pytest.raises(ConnectionFailed, match=f"{missing} is not set"):
        connect()
    assert not home.folder.exists()


def test_connect_verifies_credentials_with_one_request(twilio):
    session = connect("live")
    [(method, url, params, auth)] = twilio[1]
    assert (method, url, auth) == ("GET", URL, tuple(LIVE.values()))
    assert params["FriendlyName"] == "TaskRouter Tutorial"
    assert (session.target, session.address) == ("live", "https://taskrouter.twilio.com")
    assert session.auth_token == LIVE["TWILIO_AUTH_TOKEN"] and len(session.requests) == 0
    assert session.account_sid in repr(session)


def test_api_key_is_used(twilio, monkeypatch):
    monkeypatch.setenv("TWILIO_API_KEY", "SK" + "4" * 32)
    monkeypatch.setenv("TWILIO_API_SECRET", "secret")
    monkeypatch.delenv("TWILIO_AUTH_TOKEN")
    session = connect("live")
    assert twilio[1][0][3] == ("SK" + "4" * 32, "secret")
    assert (session.account_sid, session.auth_token) == (LIVE["TWILIO_ACCOUNT_SID"], None)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Response(401, '{"code": 20003}'), "does not accept these credentials"),
        (Response(403, '{"code": 20008}'), "These are test credentials.*Auth Token from the"),
        (Response(401, '{"code": 20008}'), "These are test credentials"),
        (Response(401, '{"code": 20003}'), "test credentials, a suspended account"),
        (Response(401, '{"code": 20005}'), "AC3{32} is not active .error 20005.: it is suspended"),
        (Response(403, '{"code": 70051}'), "no permission to use TaskRouter .error 70051."),
        (Response(403, "no"), "no permission to use TaskRouter"),
        (Response(404, "Oh"), "refused the connection, status 404: Oh"),
        (Response(503, "Oh"), "failed with status 503. Try again later"),
        (NoAnswer(), "cannot be reached.*run this cell again"),
        (OSError("no file /a.pem"), "cannot be reached.*no file /a.pem.*JupyterLab again"),
    ],
)
def test_failed_verification_raises_with_the_reason(twilio, delays, answer, sentence):
    twilio[0][0] = answer
    with pytest.raises(ConnectionFailed, match=sentence) as caught:
        connect("live")
    assert LIVE["TWILIO_AUTH_TOKEN"] not in str(caught.value)


def test_429_is_retried_with_growing_delays(twilio, delays):
    twilio[0][:] = [SLOW_DOWN] * 4 + [FINE]
    connect("live")
    assert delays == [0.5, 1.0, 2.0, 4.0]
    assert len(twilio[1]) == 5


def test_retry_after_is_respected_up_to_a_limit(twilio, delays):
    asks = [Response(429, "", {"Retry-After": value}) for value in ("7", "900", "tomorrow", "0")]
    twilio[0][:] = [*asks, FINE]
    connect("live")
    assert delays == [7.0, 30.0, 2.0, 4.0]


def test_delays_have_jitter(twilio):
    delays = []
    client = LiveHttpClient(RequestLog(), sleep=delays.append, jitter=lambda: 0.5)
    twilio[0][:] = [SLOW_DOWN, FINE]
    client.request("POST", URL)
    assert delays == [0.525]


def test_429_after_every_attempt_raises(twilio, delays):
    twilio[0][0] = SLOW_DOWN
    with pytest.raises(ConnectionFailed, match="slow down.*6 attempts.*Nothing was changed"):
        connect("live")
    assert len(delays) == 5


def test_every_attempt_is_in_the_request_log(fake_server, delays):
    session = connect("live")
    fake_server.taskrouter.faults.add(Fault(status=429, count=2))
    session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    assert [exchange.status for exchange in session.requests] == [429, 429, 201]


def test_get_is_repeated_once_after_a_network_error(twilio, delays):
    twilio[0][:] = [ReadTimeout(), FINE]
    connect("live")
    assert len(twilio[1]) == 2 and delays == [0.5]


def test_post_is_not_repeated_after_a_timeout(twilio, delays):
    session = connect("live")
    twilio[0][0] = ReadTimeout()
    with pytest.raises(ConnectionFailed, match="POST /v1/Workspaces got no answer.*check first"):
        session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    assert len(twilio[1]) == 2 and delays == []


@pytest.mark.parametrize("obstacle", ["no proxy", "no certificate", "no trust"])
def test_post_that_never_left_is_repeated_once(fake_server, delays, monkeypatch, obstacle):
    session = connect("live")
    session.client.http_client.session.close()  # the next request needs a new connection
    session.client.http_client.proxy.clear()  # and reads the proxy settings again
    if obstacle == "no proxy":
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    elif obstacle == "no certificate":
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    else:
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        monkeypatch.delenv("CURL_CA_BUNDLE")
    with pytest.raises(
        ConnectionFailed, match="POST /v1/Workspaces.* Nothing was changed"
    ) as caught:
        session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    assert delays == [0.5] and ("certificate" in str(caught.value)) == (obstacle != "no proxy")


def test_no_output_log_table_widget_or_error_contains_the_secret(fake_server, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    session = connect("live")
    lab = prepare(session, "task waiting")
    from helpers import controls, curl

    curl(session, f"curl {session.address}/v1/Workspaces -u $TWILIO_ACCOUNT_SID:{AUTH_TOKEN}")
    with pytest.raises(Exception, match="404") as caught:
        lab.workspace.tasks("WT" + "0" * 32).fetch()
    panel = controls.requests(lab)
    shown = [
        repr(session),
        repr(lab),
        str(session.client),
        repr(vars(session.client.http_client.log)["_exchanges"]),
        *(repr(vars(exchange)) for exchange in session.requests),
        repr(tables.requests(lab)),
        tables.requests(lab)._repr_html_(),
        repr(panel),
        str(caught.value),
        caplog.text,
        "".join(capsys.readouterr()),
    ]
    assert "taskrouter.twilio.com" in caplog.text + "".join(shown)
    assert MASK in repr([vars(exchange) for exchange in session.requests])
    assert not any(AUTH_TOKEN in text for text in shown)


def traceback_with_locals(error):
    """The traceback with all local variables, as pytest's --showlocals and others show them."""
    return "".join(TracebackException.from_exception(error, capture_locals=True).format())


def test_no_traceback_with_locals_contains_the_secret(fake_server, delays):
    session = connect("live")
    with pytest.raises(Exception, match="404") as refused:
        session.client.taskrouter.v1.workspaces("WS" + "0" * 32).fetch()
    fake_server.stop()
    with pytest.raises(ConnectionFailed) as lost:
        session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    shown = [
        traceback_with_locals(refused.value),
        traceback_with_locals(lost.value),
        repr(vars(session)),
        repr(vars(session.client)),
    ]
    assert "auth = " in shown[1] and not any(AUTH_TOKEN in text for text in shown)


def test_session_with_fake_twilio_reports_twilios_address(fake_server):
    session = connect("live")
    assert repr(session) == (
        f"Connected to real Twilio at https://taskrouter.twilio.com, account {ACCOUNT_SID}"
    )
    made = session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    assert made.url == f"{URL}/{made.sid}"
    assert session.requests[-1].url == URL


def test_fake_twilio_refuses_wrong_credentials(fake_server, monkeypatch):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "wrong")
    with pytest.raises(ConnectionFailed, match="does not accept these credentials"):
        connect("live")


def test_stopped_fake_twilio_raises_connection_failed(fake_server, delays):
    session = connect("live")
    fake_server.stop()
    with pytest.raises(ConnectionFailed, match="GET /v1/Workspaces got no answer"):
        session.client.taskrouter.v1.workspaces.list()
    assert twilio_client.HOW_TO_GO_LOCAL.startswith('connect("local")')


def test_auth_token_beside_an_api_key_is_masked(twilio, monkeypatch):
    monkeypatch.setenv("TWILIO_API_KEY", "SK" + "4" * 32)
    monkeypatch.setenv("TWILIO_API_SECRET", "the-secret-of-the-key")
    session = connect("live")
    for secret in (LIVE["TWILIO_AUTH_TOKEN"], "the-secret-of-the-key"):
        exchange = Exchange("received", "POST", "http://127.0.0.1/", response_body=secret)
        assert session.requests.record(exchange).response_body == MASK
