import socket
import threading
from types import SimpleNamespace

import pytest
import requests
from flask import Flask, Response, request
from twilio.request_validator import RequestValidator

from helpers.session.request_log import MASK, RequestLog
from helpers.webhooks import server
from helpers.webhooks.server import PortTaken, serve

FORM = {"TaskAge": "3", "TaskAttributes": '{"selected_language":"ñ"}', "Empty": ""}


@pytest.fixture
def session():
    yield SimpleNamespace(target="local", requests=RequestLog(), auth_token="token")
    server.stop_all()


@pytest.fixture
def app():
    app = Flask(__name__)

    @app.route("/assignment_callback", methods=["GET", "POST"])
    def assignment_callback():
        return Response("{}", mimetype="application/json")

    @app.route("/echo", methods=["POST"])
    def echo():
        return request.form.to_dict()

    @app.route("/broken")
    def broken():
        return str(1 / 0)

    return app


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_the_learners_app_answers_and_the_exchange_is_recorded(app, session):
    server = serve(app, session)
    answer = requests.post(f"{server.url_for('/assignment_callback')}?a=1", data=FORM)
    [exchange] = server.received("/assignment_callback")
    assert (answer.status_code, answer.text) == (200, "{}")
    assert (exchange.direction, exchange.method, exchange.status) == ("received", "POST", 200)
    assert exchange.url == f"{server.url}/assignment_callback?a=1"
    assert exchange.parameters == {"a": "1", **FORM}
    assert exchange.request_headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert exchange.response_headers["Content-Type"] == "application/json"
    assert exchange.response_body == "{}"
    assert exchange.error is None
    assert session.requests.received() == [exchange]


def test_the_app_still_gets_the_body_that_was_recorded(app, session):
    assert requests.post(serve(app, session).url_for("echo"), data=FORM).json() == FORM


def test_the_record_is_enough_to_verify_a_signature(app, session):
    server = serve(app, session)
    url = server.url_for("/assignment_callback")
    signature = RequestValidator("token").compute_signature(url, FORM)
    requests.post(url, data=FORM, headers={"X-Twilio-Signature": signature})
    [exchange] = server.received()
    signed = exchange.request_headers["X-Twilio-Signature"]
    assert RequestValidator("token").validate(exchange.url, exchange.parameters, signed)


def test_an_exception_in_a_view_is_a_500_of_one_sentence_with_the_traceback_recorded(
    app, session, capfd
):
    server = serve(app, session)
    answer = requests.get(server.url_for("/broken"))
    [exchange] = server.received("/broken")
    assert answer.status_code == exchange.status == 500
    assert answer.text.endswith(" of broken failed with ZeroDivisionError: division by zero")
    assert answer.text.startswith("Line ")
    assert exchange.error.startswith("Traceback")
    assert "return str(1 / 0)" in exchange.error
    assert capfd.readouterr() == ("", "")


def test_a_page_that_does_not_exist_is_recorded_too(app, session):
    server = serve(app, session)
    assert requests.get(server.url_for("/nothing")).status_code == 404
    assert [exchange.status for exchange in server.received()] == [404]


def test_an_app_without_flask_is_served_as_well(session):
    def app(environ, start_response):
        start_response("204 No Content", [])
        return []

    assert requests.get(serve(app, session).url).status_code == 204


def test_an_app_that_never_starts_its_answer_is_a_500(session):
    server = serve(lambda environ, start_response: [b"x"], session)
    assert requests.get(server.url).status_code == 500


def test_a_repeated_parameter_is_joined_and_a_json_body_has_none(app, session):
    server = serve(app, session)
    requests.get(f"{server.url}/assignment_callback?a=1&a=2")
    requests.post(server.url_for("/assignment_callback"), json={"a": 1})
    assert [exchange.parameters for exchange in server.received()] == [{"a": "1,2"}, {}]


def test_a_host_that_makes_no_url_spoils_nothing(app, session):
    server = serve(app, session, port=None)
    requests.post(f"{server.url}/echo", headers={"Host": "[bad"}, data=FORM, timeout=10)
    [one] = session.requests.received()
    assert one.path.endswith("/echo")
    assert one.parameters == FORM


def test_credentials_in_a_received_request_are_masked(app, session):
    requests.get(serve(app, session).url, auth=("me", "very secret"))
    assert session.requests[0].request_headers["Authorization"] == MASK


def threads_of_servers():
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith("callback-server-")]


def test_running_the_cell_again_takes_over_the_same_port(app, session):
    first = serve(app, session)
    port = first.port
    with requests.Session() as browser:  # keeps a connection to the first server open
        browser.get(first.url)
        second = serve(Flask("other"), session)
    assert second.port == port
    assert requests.get(second.url_for("/assignment_callback")).status_code == 404
    assert threads_of_servers() == [f"callback-server-{port}"]


def test_a_given_port_is_used_and_taken_over_again(app, session, taken_then_free):
    serve(app, session, port=taken_then_free)
    second = serve(app, session, port=taken_then_free)
    assert second.port == taken_then_free
    assert threads_of_servers() == [f"callback-server-{second.port}"]
    assert requests.get(second.url_for("/assignment_callback")).status_code == 200


@pytest.fixture
def taken_then_free():
    with socket.create_server(("127.0.0.1", 0)) as other:
        return other.getsockname()[1]


def test_a_server_on_a_given_port_lives_beside_the_default_one(app, session, taken_then_free):
    given, default = serve(app, session, port=taken_then_free), serve(app, session)
    again = serve(app, session)
    assert again.port == default.port != given.port
    assert requests.get(given.url_for("/assignment_callback")).status_code == 200


def test_a_given_port_that_is_taken_is_a_sentence(app, session, taken):
    with pytest.raises(PortTaken, match=f"Port {taken} is taken by another program") as refused:
        serve(app, session, port=taken)
    assert refused.value._render_traceback_() == [f"PortTaken: {refused.value}"]


def test_a_preferred_port_that_is_taken_gives_way(app, session, taken, monkeypatch):
    monkeypatch.setattr(server, "PREFERRED_PORT", taken)
    running = serve(app, session)
    assert running.port != taken
    assert requests.get(running.url_for("/assignment_callback")).status_code == 200


def test_a_stopped_server_no_longer_listens_and_stops_only_once(app, session):
    server = serve(app, session)
    server.stop()
    server.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url)


def test_what_is_no_app_is_refused(session):
    with pytest.raises(TypeError, match="needs a web app such as Flask"):
        serve("app", session)


def test_locally_taskrouter_calls_the_loopback_address(app, session, monkeypatch):
    monkeypatch.setenv("TASKROUTER_PUBLIC_URL", "https://example.org")
    server = serve(app, session)
    assert server.url_for("x") == server.url_for("/x") == f"http://127.0.0.1:{server.port}/x"
    assert server.note == f"The local TaskRouter calls this server at {server.url}."
    assert repr(server) == f"Your server at {server.url}"


def test_live_without_a_public_url_says_that_the_notebook_polls(app, session, monkeypatch):
    monkeypatch.delenv("TASKROUTER_PUBLIC_URL", raising=False)
    session.target = "live"
    server = serve(app, session)
    assert server.url_for("/assignment_callback") == ""
    assert "TASKROUTER_PUBLIC_URL" in server.note
    assert "asks TaskRouter from time to time" in server.note


def test_live_with_a_public_url_records_requests_under_it(app, session, monkeypatch):
    monkeypatch.setenv("TASKROUTER_PUBLIC_URL", "https://example.org/")
    session.target = "live"
    server = serve(app, session)
    assert server.url_for("/assignment_callback") == "https://example.org/assignment_callback"
    assert server.note.startswith("Twilio calls this server at https://example.org, ")
    assert f"leads to port {server.port}. " in server.note
    here = f"{server.url}/assignment_callback"
    requests.post(here)
    requests.post(here.replace(server.url, f"http://127.0.0.1:{server.port}"))
    public = "https://example.org/assignment_callback"
    assert [exchange.url for exchange in server.received()] == [here, public]
