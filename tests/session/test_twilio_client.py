"""connect("live"), with an emulator in Twilio's place or with the answers that Twilio would give."""

import logging
from traceback import TracebackException

import pytest
from fake_twilio import ACCOUNT_SID, AUTH_TOKEN, standing_in
from requests.exceptions import ConnectionError as NoAnswer
from requests.exceptions import ReadTimeout
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from helpers import tables
from helpers.lessons.workspace import prepare
from helpers.session import twilio_client
from helpers.session.connect import ConnectionFailed, connect
from helpers.session.request_log import MASK, Exchange, RequestLog
from helpers.session.twilio_client import LiveHttpClient

LIVE = {"TWILIO_ACCOUNT_SID": "AC" + "3" * 32, "TWILIO_AUTH_TOKEN": "not-a-real-token"}
FINE = Response(200, '{"workspaces": [], "meta": {}}')
SLOW_DOWN = Response(429, '{"code": 20429}')
URL = "https://taskrouter.twilio.com/v1/Workspaces"


@pytest.fixture
def twilio(monkeypatch, home, tmp_path):
    """Credentials in the environment; the answers that Twilio will give, and the requests it got."""
    asked, answers = [], [FINE]

    def request(self, method, url, params=None, data=None, headers=None, auth=None, *rest):
        asked.append((method, url, params, auth))
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(TwilioHttpClient, "request", request)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in LIVE.items():
        monkeypatch.setenv(name, value)
    return answers, asked


@pytest.fixture
def waits(monkeypatch):
    """The waits that the client asked for, without sleeping."""
    waited = []
    made = LiveHttpClient.__init__
    monkeypatch.setattr(
        LiveHttpClient,
        "__init__",
        lambda self, log: made(self, log, sleep=waited.append, spread=lambda: 0.0),
    )
    return waited


@pytest.fixture
def stand_in(home, tmp_path, monkeypatch):
    """An emulator in Twilio's place; this process has the environment that leads to it."""
    with standing_in(tmp_path) as (server, environment):
        for name, value in environment.items():
            if name not in ("TASKROUTER_HOME", "IPYTHONDIR", "NO_PROXY", "HTTP_PROXY"):
                monkeypatch.setenv(name, value)
        yield server


@pytest.mark.parametrize("missing", LIVE)
def test_without_credentials_it_says_what_to_set(home, monkeypatch, missing):
    for name in LIVE.keys() - {missing}:
        monkeypatch.setenv(name, LIVE[name])
    monkeypatch.setenv("TASKROUTER_TARGET", "live")
    monkeypatch.setenv("TWILIO_CONFIG_DIR", "nowhere")
    with pytest.raises(ConnectionFailed, match=f"{missing} is not set"):
        connect()
    assert not home.folder.exists()


def test_the_credentials_are_verified_with_one_request_that_reads_no_other_workspace(twilio):
    session = connect("live")
    [(method, url, params, auth)] = twilio[1]
    assert (method, url, auth) == ("GET", URL, tuple(LIVE.values()))
    assert params["FriendlyName"] == "TaskRouter Tutorial"
    assert (session.target, session.address) == ("live", "https://taskrouter.twilio.com")
    assert session.auth_token == LIVE["TWILIO_AUTH_TOKEN"] and len(session.requests) == 0
    assert session.account_sid in repr(session)


def test_an_api_key_is_taken(twilio, monkeypatch):
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
        (Response(503, "Oh"), "has a fault of its own .status 503.. Try again later"),
        (NoAnswer(), "cannot be reached.*run this cell again"),
        (OSError("no file /a.pem"), "cannot be reached.*no file /a.pem.*JupyterLab again"),
    ],
)
def test_what_is_wrong_is_said_plainly(twilio, waits, answer, sentence):
    twilio[0][0] = answer
    with pytest.raises(ConnectionFailed, match=sentence) as caught:
        connect("live")
    assert LIVE["TWILIO_AUTH_TOKEN"] not in str(caught.value)
    assert caught.value._render_traceback_() == [f"ConnectionFailed: {caught.value}"]


def test_when_asked_to_slow_down_it_waits_longer_each_time(twilio, waits):
    twilio[0][:] = [SLOW_DOWN] * 4 + [FINE]
    connect("live")
    assert waits == [0.5, 1.0, 2.0, 4.0]
    assert len(twilio[1]) == 5


def test_it_waits_as_long_as_twilio_asks_but_not_forever(twilio, waits):
    asks = [Response(429, "", {"Retry-After": value}) for value in ("7", "900", "tomorrow", "0")]
    twilio[0][:] = [*asks, FINE]
    connect("live")
    assert waits == [7.0, 30.0, 2.0, 4.0]


def test_waits_are_spread_so_that_not_everybody_comes_back_at_once(twilio):
    waited = []
    client = LiveHttpClient(RequestLog(), sleep=waited.append, spread=lambda: 0.5)
    twilio[0][:] = [SLOW_DOWN, FINE]
    client.request("POST", URL)
    assert waited == [0.525]


def test_when_it_does_not_help_a_sentence_says_so(twilio, waits):
    twilio[0][0] = SLOW_DOWN
    with pytest.raises(ConnectionFailed, match="slow down.*6 attempts.*nothing was done"):
        connect("live")
    assert len(waits) == 5


def test_every_attempt_is_in_the_request_log(stand_in, waits):
    session = connect("live")
    stand_in.taskrouter.faults.set_requests(429, 2)
    session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    assert [exchange.status for exchange in session.requests] == [429, 429, 201]


def test_a_request_that_reads_is_sent_once_more_when_the_network_fails(twilio, waits):
    twilio[0][:] = [ReadTimeout(), FINE]
    connect("live")
    assert len(twilio[1]) == 2 and waits == [0.5]


def test_a_request_that_changes_something_is_not(twilio, waits):
    session = connect("live")
    twilio[0][0] = ReadTimeout()
    with pytest.raises(ConnectionFailed, match="POST /v1/Workspaces got no answer.*look before"):
        session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    assert len(twilio[1]) == 2 and waits == []


@pytest.mark.parametrize("harm", ["no proxy there", "no certificate", "no trust"])
def test_a_change_that_never_left_is_sent_once_more(stand_in, waits, monkeypatch, harm):
    session = connect("live")
    session.client.http_client.session.close()  # the next request needs a new connection
    session.client.http_client.proxy.clear()  # and looks for a proxy again
    if harm == "no proxy there":
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    elif harm == "no certificate":
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    else:
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        monkeypatch.delenv("CURL_CA_BUNDLE")
    with pytest.raises(ConnectionFailed, match="POST /v1/Workspaces.* Nothing was done") as caught:
        session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    assert waits == [0.5] and ("certificate" in str(caught.value)) == (harm != "no proxy there")


def test_the_secret_is_in_no_output_log_table_widget_or_error(stand_in, caplog, capsys):
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


def everything_about(error):
    """The traceback with all local variables, as pytest's --showlocals and others show them."""
    return "".join(TracebackException.from_exception(error, capture_locals=True).format())


def test_nor_does_python_show_it_where_it_shows_values(stand_in, waits):
    session = connect("live")
    with pytest.raises(Exception, match="404") as refused:
        session.client.taskrouter.v1.workspaces("WS" + "0" * 32).fetch()
    stand_in.stop()
    with pytest.raises(ConnectionFailed) as lost:
        session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    shown = [
        everything_about(refused.value),
        everything_about(lost.value),
        repr(vars(session)),
        repr(vars(session.client)),
    ]
    assert "auth = " in shown[1] and not any(AUTH_TOKEN in text for text in shown)


def test_an_emulator_in_twilios_place_is_believed_to_be_twilio(stand_in):
    session = connect("live")
    assert repr(session) == (
        f"Connected to real Twilio at https://taskrouter.twilio.com, account {ACCOUNT_SID}"
    )
    made = session.client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    assert made.url == f"{URL}/{made.sid}"
    assert session.requests[-1].url == URL


def test_wrong_credentials_are_refused_by_what_stands_in(stand_in, monkeypatch):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "wrong")
    with pytest.raises(ConnectionFailed, match="does not accept these credentials"):
        connect("live")


def test_there_is_no_stand_in_any_more(stand_in, waits):
    session = connect("live")
    stand_in.stop()
    with pytest.raises(ConnectionFailed, match="GET /v1/Workspaces got no answer"):
        session.client.taskrouter.v1.workspaces.list()
    assert twilio_client.HOW_TO_GO_LOCAL.startswith('connect("local")')


def test_the_token_beside_an_api_key_is_masked_too(twilio, monkeypatch):
    monkeypatch.setenv("TWILIO_API_KEY", "SK" + "4" * 32)
    monkeypatch.setenv("TWILIO_API_SECRET", "the-secret-of-the-key")
    session = connect("live")
    for secret in (LIVE["TWILIO_AUTH_TOKEN"], "the-secret-of-the-key"):
        said = Exchange("received", "POST", "http://127.0.0.1/", response_body=secret)
        assert session.requests.record(said).response_body == MASK
