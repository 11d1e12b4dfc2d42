"""The HTTP server: start, stop, idle time, connections."""

import asyncio
import gc
import socket
import threading
import warnings
from contextlib import suppress
from http.client import HTTPConnection

import pytest
from local_taskrouter.http import server
from local_taskrouter.http.server import EmulatorServer, LastUse
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.process.launch import Running, send_control
from local_taskrouter.service import TaskRouter
from starlette.concurrency import run_in_threadpool
from timeout import eventually


def described(emulator):
    """The emulator in this process, as a control request needs it."""
    taskrouter = emulator.taskrouter
    return Running(emulator.url, 0, taskrouter.account_sid, taskrouter.auth_token, "")


@pytest.fixture
def service():
    service = TaskRouter(":memory:", ACCOUNT_SID, "token")
    yield service
    service.close()


@pytest.fixture
def serve(service, monkeypatch):
    """Serve a ASGI app instead of the emulator's."""
    servers = []

    def start(app, **options):
        monkeypatch.setattr(server, "Application", lambda _: app)
        servers.append(EmulatorServer(service, **options).start())
        return servers[-1]

    yield start
    for running_server in servers:
        running_server.stop()


async def hello(scope, receive, send):
    headers = [(b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


def refuses_connections(port):
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) != 0


def test_server_answers_at_its_url(emulator):
    assert emulator.url == f"http://127.0.0.1:{emulator.port}"
    assert {"version", "pid", "now"} <= set(
        send_control(described(emulator), "GET", "/emulator") or {}
    )


def test_stop_closes_the_port_and_can_be_repeated(taskrouter):
    taskrouter.server.stop()
    taskrouter.server.stop()
    assert refuses_connections(taskrouter.server.port)


def test_stop_request_gets_a_response(taskrouter):
    assert send_control(described(taskrouter.server), "POST", "/emulator/stop") is not None
    eventually("it stops", lambda: refuses_connections(taskrouter.server.port))


def test_connection_is_kept_open_until_client_closes_it(serve):
    port = serve(hello).port
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    for _ in range(2):
        connection.request("GET", "/")
        response = connection.getresponse()
        assert response.read() == b"hello" and response.getheader("Server") is None
        assert not response.will_close and connection.sock is not None
    connection.request("GET", "/", headers={"Connection": "close"})
    response = connection.getresponse()
    assert response.read() == b"hello" and response.will_close
    connection.close()


def test_stop_finishes_the_current_request(serve):
    arrived, go_on, answers = threading.Event(), threading.Event(), []

    async def slow(*request):
        arrived.set()
        await run_in_threadpool(go_on.wait, 5)
        await hello(*request)

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


def test_stop_leaves_no_socket_of_a_connection_that_is_being_accepted():
    def connect_until_refused(port):
        while not refuses_connections(port):
            pass

    with warnings.catch_warnings(record=True) as leaks:
        warnings.simplefilter("always", ResourceWarning)
        for _ in range(10):
            running = EmulatorServer(TaskRouter(":memory:", ACCOUNT_SID, "token")).start()
            arguments = (running.port,)
            clients = [threading.Thread(target=connect_until_refused, args=arguments) for _ in "ab"]
            for client in clients:
                client.start()
            running.stop()
            for client in clients:
                client.join()
        gc.collect()
    assert [str(leak.message) for leak in leaks] == []


def test_stop_succeeds_with_an_open_connection(serve):
    running = serve(hello)
    with socket.create_connection(("127.0.0.1", running.port), timeout=5) as idle:
        running.stop()
        with suppress(ConnectionResetError):  # it had not been accepted yet
            assert idle.recv(1) == b""


def test_taken_port_raises(service):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError):
        EmulatorServer(service, port=taken.getsockname()[1])


def test_idle_server_stops(serve, monkeypatch):
    monkeypatch.setattr(server, "_POLL_SECONDS", 0.01)
    forgotten = serve(hello, idle_hours=0)
    eventually("it stops", lambda: refuses_connections(forgotten.port))


def test_request_resets_the_idle_time(monkeypatch):
    async def receive():
        return {}

    async def send(message):
        pass

    now = [1000.0]
    monkeypatch.setattr(server, "monotonic", lambda: now[0])
    app = LastUse(hello)
    now[0] += 60
    assert app.seconds_ago() == 60
    asyncio.run(app({"type": "http"}, receive, send))
    assert app.seconds_ago() == 0


@pytest.mark.parametrize(
    ("host", "written"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("localhost", "localhost")],
)
def test_url_is_reachable_from_this_machine(serve, host, written):
    running = serve(hello, host=host)
    assert running.url == f"http://{written}:{running.port}"
    connection = HTTPConnection(written, running.port, timeout=5)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    connection.close()


def test_connections_are_served_concurrently(serve):
    together = threading.Barrier(8)

    async def meet(*request):
        await run_in_threadpool(together.wait, 10)
        await hello(*request)

    port = serve(meet).port
    connections = [HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(8)]
    for connection in connections:
        connection.request("GET", "/")
    assert [connection.getresponse().read() for connection in connections] == [b"hello"] * 8
    for connection in connections:
        connection.close()
