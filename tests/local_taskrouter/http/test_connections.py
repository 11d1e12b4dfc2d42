"""The connections of a server: which it closes, and when."""

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from http.client import HTTPResponse
from pathlib import Path

import pytest
from local_taskrouter.http import connections
from local_taskrouter.http.connections import CLIENT_SECONDS, IDLE_SECONDS, Connections
from local_taskrouter.process.server_identity import PATH
from timeout import SECONDS, eventually

REQUEST = f"GET {PATH}?nonce={'a' * 32} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
PACKAGE = Path(connections.__file__).parents[2]


class Client:
    """A client that records whether it has been dropped."""

    def __init__(self):
        self.dropped = False

    def drop(self):
        self.dropped = True


@pytest.fixture
def now():
    return [1000.0]


@pytest.fixture
def three(now):
    """The connections of a server for three clients."""
    return Connections(lambda: now[0], most=3)


def connected(server, count=3):
    clients = [Client() for _ in range(count)]
    for client in clients:
        server.add(client)
    return clients


def dropped(clients):
    return [client.dropped for client in clients]


def test_new_connection_takes_the_place_of_the_one_that_has_been_idle_longest(three):
    clients = connected(three)
    three.busy(clients[0])
    three.idle(clients[0])
    clients += connected(three, 1)
    assert dropped(clients) == [False, True, False, False] and three.count() == 3


def test_connections_in_use_are_kept_and_a_slow_one_is_closed_after_the_idle_ones(three):
    clients = connected(three)
    three.busy(clients[0])
    three.wait_for(clients[1])
    more = connected(three, 2)
    assert dropped([*clients, *more]) == [False, False, True, True, False]
    three.busy(more[1])
    connected(three, 1)
    assert dropped([*clients, *more]) == [False, True, True, True, False]


def test_new_connection_is_closed_if_all_others_have_a_request_in_progress(three):
    clients = connected(three)
    for client in clients:
        three.busy(client)
    assert dropped([*clients, *connected(three, 1)]) == [False, False, False, True]


def test_idle_and_slow_connections_are_closed_after_their_time(three, now):
    busy, _, slow = clients = connected(three)
    three.busy(busy)
    three.wait_for(slow)
    now[0] += CLIENT_SECONDS - 1
    three.wait_for(slow)  # another byte
    three.drop_overdue()
    assert dropped(clients) == [False, False, False]
    now[0] += 1
    three.drop_overdue()
    assert dropped(clients) == [False, False, True]
    now[0] += IDLE_SECONDS
    three.drop_overdue()
    assert dropped(clients) == [False, True, True] and three.count() == 1


def test_failure_to_accept_makes_room_once_a_second_and_is_logged_once(now, caplog):
    server = Connections(lambda: now[0], most=1000)
    clients = connected(server, 100)
    for _ in range(1000):
        server.on_loop_error(None, {"message": "socket.accept() out of system resource"})
    assert dropped(clients) == [True] * 16 + [False] * 84
    now[0] += 1
    server.make_room()
    assert dropped(clients) == [True] * 32 + [False] * 68
    assert len(caplog.messages) == 1


def waits(emulator, *states):
    """Whether the one client of the emulator is in one of these states."""
    server = emulator.connections
    return [name for name in ("_idle", "_slow") if getattr(server, name)] == list(states)


@pytest.fixture
def client(taskrouter, emulator):
    """A connection to an emulator of this test's own, which no other client knows."""
    with socket.create_connection(emulator.address, timeout=SECONDS) as client:
        yield client


def test_connection_is_idle_before_and_after_each_request(emulator, client):
    for _ in range(2):
        eventually("it is idle", lambda: waits(emulator, "_idle"))
        client.sendall(REQUEST)
        with HTTPResponse(client) as response:
            response.begin()
            assert response.status == 200 and response.read()


@pytest.mark.parametrize(
    "sent",
    [
        REQUEST[:-1],
        b"POST /emulator/state HTTP/1.1\r\nContent-Length: 9\r\n\r\nx",
        REQUEST + REQUEST[:9],
    ],
)
def test_incomplete_request_is_dropped_after_its_time(emulator, client, monkeypatch, sent):
    client.sendall(sent)
    eventually("it is slow", lambda: waits(emulator, "_slow"))
    monkeypatch.setattr(connections, "CLIENT_SECONDS", 0)
    received = b"."
    try:
        while received:
            received = client.recv(65536)
    except ConnectionResetError:
        pass
    eventually("it is gone", lambda: not emulator.connections.count())


def test_response_that_the_client_does_not_read_is_dropped_after_its_time(
    emulator, client, monkeypatch
):
    client.sendall(REQUEST * 100_000)
    eventually("it is slow", lambda: waits(emulator, "_slow"))
    monkeypatch.setattr(connections, "CLIENT_SECONDS", 0)
    eventually("it is gone", lambda: not emulator.connections.count())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize(("limit", "idle"), [(64, 200), (256, 600)])
def test_idle_connections_beyond_the_limit_of_files_lock_no_client_out(tmp_path, limit, idle):
    program = (
        f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({limit}, {limit}))\n"
        "from local_taskrouter.__main__ import main; main()"
    )
    arguments = ["--home", str(tmp_path / "home"), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        running = json.loads((tmp_path / "home" / "emulator.json").read_text())
        address = "127.0.0.1", int(running["url"].rpartition(":")[2])
        with ExitStack() as stack:
            for _ in range(idle):
                stack.enter_context(socket.create_connection(address, timeout=SECONDS))
            client = stack.enter_context(socket.create_connection(address, timeout=SECONDS))
            client.sendall(REQUEST)
            assert client.recv(12) == b"HTTP/1.1 200"
        process.terminate()
        assert len(process.stderr.read()) < 1_000
