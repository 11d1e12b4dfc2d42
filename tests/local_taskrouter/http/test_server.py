import socket
import threading
from contextlib import suppress
from http.client import HTTPConnection

import pytest
from local_taskrouter.http import server
from local_taskrouter.http.server import EmulatorServer, LastUse
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.process.launch import Running, send_control
from local_taskrouter.service import TaskRouter
from timeout import eventually


def of(emulator):
    taskrouter = emulator.taskrouter
    return Running(emulator.url, 0, taskrouter.account_sid, taskrouter.auth_token, "")


@pytest.fixture
def service():
    service = TaskRouter(":memory:", ACCOUNT_SID, "token")
    yield service
    service.close()


@pytest.fixture
def serve(service, monkeypatch):
    """Serve this WSGI app instead of the emulator's."""
    servers = []

    def start(app, **options):
        monkeypatch.setattr(server, "create_app", lambda _: app)
        servers.append(EmulatorServer(service, **options).start())
        return servers[-1]

    yield start
    for one in servers:
        one.stop()


def hello(environ, start_response):
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]


def refuses_connections(port):
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) != 0


def test_it_answers_at_its_url(emulator):
    assert emulator.url == f"http://127.0.0.1:{emulator.port}"
    assert {"version", "pid", "now"} <= set(send_control(of(emulator), "GET", "/emulator"))


def test_it_stops_when_told_to_and_can_be_told_twice(taskrouter):
    taskrouter.server.stop()
    taskrouter.server.stop()
    assert refuses_connections(taskrouter.server.port)


def test_it_answers_the_request_that_stops_it(taskrouter):
    assert send_control(of(taskrouter.server), "POST", "/emulator/stop") is not None
    eventually("it stops", lambda: refuses_connections(taskrouter.server.port))


def test_a_connection_serves_many_requests_unless_asked_to_close(serve):
    port = serve(hello).port
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    for _ in range(2):
        connection.request("GET", "/")
        response = connection.getresponse()
        assert response.read() == b"hello"
    assert not response.will_close and connection.sock is not None
    assert response.getheader("Server") is None
    connection.request("GET", "/", headers={"Connection": "close"})
    response = connection.getresponse()
    assert response.read() == b"hello" and response.will_close
    connection.close()


def test_a_request_under_way_is_finished_before_it_stops(serve):
    arrived, go_on, answers = threading.Event(), threading.Event(), []

    def slow(environ, start_response):
        arrived.set()
        go_on.wait(5)
        return hello(environ, start_response)

    running = serve(slow)

    def request():
        connection = HTTPConnection("127.0.0.1", running.port, timeout=10)
        connection.request("GET", "/")
        answers.append(connection.getresponse().read())
        connection.close()

    asking = threading.Thread(target=request)
    asking.start()
    assert arrived.wait(5)
    stopping = threading.Thread(target=running.stop)
    stopping.start()
    go_on.set()
    stopping.join(10)
    asking.join(10)
    assert answers == [b"hello"]


def test_it_stops_also_when_its_loop_wakes_at_that_very_moment(serve):
    running = serve(hello)
    trigger = running._server.trigger
    write, closed = trigger._physical_pull, threading.Event()
    close = trigger._close

    def write_after_the_loop_had_its_chance():
        write()
        closed.wait(0.2)
        write()

    trigger._physical_pull = write_after_the_loop_had_its_chance
    trigger._close = lambda: (close(), closed.set())
    running.stop()
    assert closed.is_set() and refuses_connections(running.port)


def test_an_open_connection_does_not_keep_it_from_stopping(serve):
    running = serve(hello)
    with socket.create_connection(("127.0.0.1", running.port), timeout=5) as idle:
        running.stop()
        with suppress(ConnectionResetError):  # it had not been accepted yet
            assert idle.recv(1) == b""


def test_a_taken_port_is_refused(service):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError):
        EmulatorServer(service, port=taken.getsockname()[1])


def test_it_stops_by_itself_when_nobody_asks_anything(serve, monkeypatch):
    monkeypatch.setattr(server, "_POLL_SECONDS", 0.01)
    forgotten = serve(hello, idle_hours=0)
    eventually("it stops", lambda: refuses_connections(forgotten.port))


def test_a_request_counts_as_use(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(server, "monotonic", lambda: now[0])
    app = LastUse(hello)
    now[0] += 60
    assert app.seconds_ago() == 60
    app({}, lambda status, headers: None)
    assert app.seconds_ago() == 0


@pytest.mark.parametrize(
    ("host", "written"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("localhost", "localhost")],
)
def test_its_url_is_one_that_this_machine_can_ask(serve, host, written):
    running = serve(hello, host=host)
    assert running.url == f"http://{written}:{running.port}"
    connection = HTTPConnection(written, running.port, timeout=5)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    connection.close()


def test_many_connections_are_served_at_once(serve):
    together = threading.Barrier(8)

    def meet(environ, start_response):
        together.wait(10)
        return hello(environ, start_response)

    port = serve(meet).port
    connections = [HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(8)]
    for connection in connections:
        connection.request("GET", "/")
    assert [connection.getresponse().read() for connection in connections] == [b"hello"] * 8
    for connection in connections:
        connection.close()
