import socket
import threading
from types import SimpleNamespace

import pytest
import requests
from flask import Flask, Response, request
from local_taskrouter.http.cross_site import REFUSAL
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


def test_exchange_with_the_learners_app_is_recorded(app, session):
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


def test_app_can_read_the_recorded_body(app, session):
    assert requests.post(serve(app, session).url_for("echo"), data=FORM).json() == FORM


def test_recorded_exchange_verifies_with_its_signature(app, session):
    server = serve(app, session)
    url = server.url_for("/assignment_callback")
    signature = RequestValidator("token").compute_signature(url, FORM)
    requests.post(url, data=FORM, headers={"X-Twilio-Signature": signature})
    [exchange] = server.received()
    signed = exchange.request_headers["X-Twilio-Signature"]
    assert RequestValidator("token").validate(exchange.url, exchange.parameters, signed)


def test_exception_in_a_view_gives_a_readable_500_and_a_recorded_traceback(app, session, capfd):
    server = serve(app, session)
    answer = requests.get(server.url_for("/broken"))
    [exchange] = server.received("/broken")
    assert answer.status_code == exchange.status == 500
    assert answer.text.endswith(" of broken failed with ZeroDivisionError: division by zero")
    assert answer.text.startswith("Line ")
    assert exchange.error.startswith("Traceback")
    assert "return str(1 / 0)" in exchange.error
    assert capfd.readouterr() == ("", "")


def test_request_for_an_unknown_page_is_recorded(app, session):
    server = serve(app, session)
    assert requests.get(server.url_for("/nothing")).status_code == 404
    assert [exchange.status for exchange in server.received()] == [404]


def test_wsgi_app_without_flask_is_served(session):
    def app(environ, start_response):
        start_response("204 No Content", [])
        return []

    assert requests.get(serve(app, session).url).status_code == 204


def test_app_that_never_starts_a_response_gives_500(session):
    server = serve(lambda environ, start_response: [b"x"], session)
    assert requests.get(server.url).status_code == 500


def test_repeated_parameters_are_joined_and_json_has_none(app, session):
    server = serve(app, session)
    requests.get(f"{server.url}/assignment_callback?a=1&a=2")
    requests.post(server.url_for("/assignment_callback"), json={"a": 1})
    assert [exchange.parameters for exchange in server.received()] == [{"a": "1,2"}, {}]


def test_malformed_host_header_is_recorded(app, session):
    server = serve(app, session, port=None)
    requests.post(f"{server.url}/echo", headers={"Host": "[bad"}, data=FORM, timeout=10)
    [exchange] = session.requests.received()
    assert exchange.path.endswith("/echo")
    assert exchange.parameters == FORM


def test_credentials_in_a_received_request_are_masked(app, session):
    requests.get(serve(app, session).url, auth=("me", "very secret"))
    assert session.requests[0].request_headers["Authorization"] == MASK


def server_threads():
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith("callback-server-")]


def test_second_serve_takes_over_the_port(app, session):
    first = serve(app, session)
    port = first.port
    with requests.Session() as browser:  # keeps a connection to the first server open
        browser.get(first.url)
        second = serve(Flask("other"), session)
    assert second.port == port
    assert requests.get(second.url_for("/assignment_callback")).status_code == 404
    assert server_threads() == [f"callback-server-{port}"]


def test_second_serve_on_a_given_port_takes_it_over(app, session, taken_then_free):
    serve(app, session, port=taken_then_free)
    second = serve(app, session, port=taken_then_free)
    assert second.port == taken_then_free
    assert server_threads() == [f"callback-server-{second.port}"]
    assert requests.get(second.url_for("/assignment_callback")).status_code == 200


@pytest.fixture
def taken_then_free():
    with socket.create_server(("127.0.0.1", 0)) as other:
        return other.getsockname()[1]


def test_server_on_a_given_port_runs_beside_the_default_one(app, session, taken_then_free):
    given, default = serve(app, session, port=taken_then_free), serve(app, session)
    again = serve(app, session)
    assert again.port == default.port != given.port
    assert requests.get(given.url_for("/assignment_callback")).status_code == 200


def test_taken_port_raises_port_taken(app, session, taken):
    with pytest.raises(PortTaken, match=f"Port {taken} is taken by another program"):
        serve(app, session, port=taken)


def test_taken_default_port_is_replaced_by_a_free_one(app, session, taken, monkeypatch):
    monkeypatch.setattr(server, "PREFERRED_PORT", taken)
    running = serve(app, session)
    assert running.port != taken
    assert requests.get(running.url_for("/assignment_callback")).status_code == 200


def test_second_stop_does_nothing(app, session):
    server = serve(app, session)
    server.stop()
    server.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url)


def test_serve_without_an_app_raises(session):
    with pytest.raises(TypeError, match="needs a web app such as Flask"):
        serve("app", session)


def test_local_target_uses_the_loopback_address(app, session, monkeypatch):
    monkeypatch.setenv("TASKROUTER_PUBLIC_URL", "https://example.org")
    server = serve(app, session)
    assert server.url_for("x") == server.url_for("/x") == f"http://127.0.0.1:{server.port}/x"
    assert server.note == f"The local TaskRouter calls this server at {server.url}."
    assert repr(server) == f"Your server at {server.url}"


def test_live_target_without_public_url_polls(app, session, monkeypatch):
    monkeypatch.delenv("TASKROUTER_PUBLIC_URL", raising=False)
    session.target = "live"
    server = serve(app, session)
    assert server.url_for("/assignment_callback") == ""
    assert "TASKROUTER_PUBLIC_URL" in server.note
    assert "polls TaskRouter" in server.note


def test_live_target_records_requests_under_the_public_url(app, session, monkeypatch):
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


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8888", "https://example.org", "null"])
def test_form_of_a_page_of_another_site_is_refused(app, session, origin):
    server = serve(app, session)
    answer = requests.post(f"{server.url}/echo", {"a": "1"}, headers={"Origin": origin})
    assert (answer.status_code, answer.text) == (403, REFUSAL)
    assert [exchange.status for exchange in server.received("/echo")] == [403]
    answer = requests.post(f"{server.url}/echo", {"a": "1"}, headers={"Origin": server.url})
    assert (answer.status_code, answer.json()) == (200, {"a": "1"})


def test_link_in_a_page_of_another_site_opens(app, session):
    url = serve(app, session).url_for("/assignment_callback")
    assert requests.get(url, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_view_of_a_public_server_that_fails_is_explained(app, session, monkeypatch):
    monkeypatch.setenv("TASKROUTER_PUBLIC_URL", "https://example.org")
    session.target = "live"
    answer = requests.get(f"{serve(app, session).url}/broken")
    assert answer.text.endswith(" of broken failed with ZeroDivisionError: division by zero")
