"""The proxy of transparent mode."""

import errno
import gc
import json
import logging
import socket
import ssl
import warnings
from base64 import b64encode
from contextlib import suppress
from http.client import HTTPSConnection
from urllib.parse import urlencode

import pytest
import requests
import websocket
from local_taskrouter.client import client_of
from local_taskrouter.clock import SystemClock
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.transparent import proxy as proxy_module
from local_taskrouter.transparent.authority import Authority
from local_taskrouter.transparent.hostname import HOSTNAME
from local_taskrouter.transparent.proxy import Https, Proxy
from local_taskrouter.worker_token import worker_token
from timeout import eventually

TWILIO = f"https://{HOSTNAME}"
WORKSPACES = f"{TWILIO}/v1/Workspaces"
CONNECT = f"CONNECT {HOSTNAME}:443 HTTP/1.1\r\nHost: {HOSTNAME}:443\r\n\r\n".encode()


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "transparent", SystemClock().now())


@pytest.fixture
def proxy(authority, emulator):
    proxy = Proxy(0, authority.server_context(), emulator).start()
    yield proxy
    proxy.stop()


@pytest.fixture
def http(proxy, authority, emulator):
    with requests.Session() as http:
        http.trust_env = False
        http.proxies = {"https": proxy.url, "http": proxy.url}
        http.verify = str(authority.certificate_file)
        http.auth = (ACCOUNT_SID, emulator.taskrouter.auth_token)
        yield http


class StrictConnection(HTTPSConnection):
    """As the PHP SDK, which accepts no other response to CONNECT than this head."""

    def __init__(self, proxy, authority):
        context = ssl.create_default_context(cafile=authority.certificate_file)
        super().__init__(HOSTNAME, context=context, timeout=10)
        self.proxy = proxy

    def connect(self):
        plain = connect(self.proxy)
        plain.sendall(CONNECT)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += plain.recv(1)
        assert head == b"HTTP/1.1 200 Connection established\r\n\r\n"
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


def connect(proxy):
    return socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2])), timeout=10)


def response_to(proxy, *chunks):
    """Send these bytes; return the response of the proxy until it closes the connection."""
    answer = b""
    with connect(proxy) as client, suppress(ConnectionResetError):
        for chunk in chunks:
            client.sendall(chunk)
        while more := client.recv(65536):
            answer += more
    return answer.decode()


def test_tunnel_to_twilios_address_ends_at_the_local_taskrouter(http, client):
    client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    [found] = http.get(WORKSPACES).json()["workspaces"]
    assert found["friendly_name"] == "Mine"
    assert found["url"] == f"{WORKSPACES}/{found['sid']}"


def test_next_page_url_is_at_twilios_address(http, client):
    for name in ("One", "Two"):
        client.taskrouter.v1.workspaces.create(friendly_name=name)
    meta = http.get(WORKSPACES, params={"PageSize": 1}).json()["meta"]
    assert meta["next_page_url"].startswith(f"{WORKSPACES}?")
    assert http.get(meta["next_page_url"]).json()["workspaces"][0]["friendly_name"] == "Two"


def test_stale_etag_is_rejected_through_the_tunnel(http, client):
    made = client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    worker = client.taskrouter.v1.workspaces(made.sid).workers.create(friendly_name="Alice")
    url = f"{WORKSPACES}/{made.sid}/Workers/{worker.sid}"
    etag = http.get(url).headers["ETag"]
    change = {"FriendlyName": "Alicia"}
    assert http.post(url, data=change, headers={"If-Match": etag}).status_code == 200
    assert http.post(url, data=change, headers={"If-Match": etag}).status_code == 412


def test_wrong_credentials_are_rejected_through_the_tunnel(http):
    assert http.get(WORKSPACES, auth=(ACCOUNT_SID, "wrong")).status_code == 401


def test_large_bodies_pass_both_ways_on_one_connection(http, client, caplog):
    caplog.set_level(logging.DEBUG, logger="urllib3.connectionpool")
    made = client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    many = {"FriendlyName": "x" * 60, "Ignored": "y" * 3_000_000}
    assert http.post(f"{WORKSPACES}/{made.sid}", data=many).status_code == 200
    for n in range(30):
        client.taskrouter.v1.workspaces(made.sid).task_queues.create(
            friendly_name="z" * 50 + str(n)
        )
    state = http.get(f"{TWILIO}/emulator/state")
    assert len(state.content) > 20_000 and json.loads(state.content)
    connecting = ("Starting new HTTPS connection", f"Resetting dropped connection: {HOSTNAME}")
    assert sum(message.startswith(connecting) for message in caplog.messages) == 1


def test_when_a_client_insists_on_the_usual_phrase_then_it_can_create_and_accept_a_task(
    proxy, authority, emulator, built
):
    built.workflow(default=built.queue())
    built.worker("Alice")
    account = f"{ACCOUNT_SID}:{emulator.taskrouter.auth_token}".encode()
    headers = {
        "Authorization": f"Basic {b64encode(account).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = StrictConnection(proxy, authority)

    def send(method, path, **form):
        connection.request(method, path, urlencode(form), headers)
        return json.load(connection.getresponse())

    tasks = f"/v1/Workspaces/{built.workspace.fetch().sid}/Tasks"
    task = send("POST", tasks, Attributes="{}")
    [reservation] = send("GET", f"{tasks}/{task['sid']}/Reservations")["reservations"]
    path = f"{tasks}/{task['sid']}/Reservations/{reservation['sid']}"
    accepted = send("POST", path, ReservationStatus="accepted")
    connection.close()
    assert accepted["reservation_status"] == "accepted"


def test_when_a_client_reads_its_account_then_the_local_taskrouter_answers(http):
    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}.json"
    assert http.get(url).json()["status"] == "active"


def test_when_the_hosts_file_names_this_machine_then_no_proxy_is_needed(authority, emulator):
    https = Https(0, authority.server_context(), emulator).start()
    context = ssl.create_default_context(cafile=authority.certificate_file)
    try:
        plain = socket.create_connection(("127.0.0.1", https.port), timeout=10)
        with context.wrap_socket(plain, server_hostname=HOSTNAME) as client:
            client.sendall(f"GET /v1/Workspaces HTTP/1.1\r\nHost: {HOSTNAME}\r\n\r\n".encode())
            assert client.recv(12) == b"HTTP/1.1 401"
    finally:
        https.stop()


def test_when_a_page_opens_a_channel_at_twilios_address_then_it_is_here(authority, emulator, built):
    """Through the hosts file, as a browser, which uses no proxy of the environment."""
    built.worker("Alice")
    with client_of(emulator.url, ACCOUNT_SID, emulator.taskrouter.auth_token) as client:
        token = worker_token(client, emulator.taskrouter.auth_token, "Alice")
    https = Https(0, authority.server_context(), emulator).start()
    context = ssl.create_default_context(cafile=authority.certificate_file)
    plain = socket.create_connection(("127.0.0.1", https.port), timeout=10)
    with context.wrap_socket(plain, server_hostname="event-bridge.twilio.com") as secure:
        address = f"wss://event-bridge.twilio.com/v1/wschannels?token={token}"
        channel = websocket.create_connection(address, socket=secure)
        assert json.loads(channel.recv())["event_type"] == "init"
    https.stop()


@pytest.mark.parametrize(
    ("request_line", "reason_part"),
    [
        (b"CONNECT video.twilio.com:443 HTTP/1.1", "nowhere else, not to video.twilio.com:443"),
        (b"CONNECT taskrouter.twilio.com:80 HTTP/1.1", "not to taskrouter.twilio.com:80"),
        (b"CONNECT taskrouter.twilio.com HTTP/1.1", "nowhere else"),
        (b"CONNECT 127.0.0.1:22 HTTP/1.1", "nowhere else, not to 127.0.0.1:22"),
        (b"CONNECT taskrouter.twilio.com.evil.org:443 HTTP/1.1", "nowhere else"),
        (b"GET http://example.org/ HTTP/1.1", "does not forward GET http://example.org/"),
        (b"GET http://taskrouter.twilio.com/v1/Workspaces HTTP/1.1", "does not forward GET"),
        (b"POST https://taskrouter.twilio.com/v1/Workspaces HTTP/1.1", "does not forward POST"),
        (b"GET / HTTP/1.1", "does nothing else"),
    ],
)
def test_other_requests_get_403_with_the_reason(proxy, request_line, reason_part):
    answer = response_to(proxy, request_line, b"\r\nHost: somewhere\r\n\r\n")
    head, _, body = answer.partition("\r\n\r\n")
    reason = head.splitlines()[0]
    assert reason.startswith("HTTP/1.1 403 This proxy ")
    assert reason_part in reason and body == reason.removeprefix("HTTP/1.1 403 ") + "\n"


@pytest.mark.parametrize(
    ("bytes_", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", "400"),
        (b"CONNECT\r\n\r\n", "400"),
        (b"CONNECT taskrouter.twilio.com:443 HTTP/1.1\r\nX: " + b"y" * 20_000, "431"),
    ],
)
def test_malformed_request_is_rejected(proxy, bytes_, status):
    assert response_to(proxy, bytes_).startswith(f"HTTP/1.1 {status} This is not an HTTP request")


def test_requests_shows_the_reason(http):
    with pytest.raises(
        requests.exceptions.ProxyError, match="nowhere else, not to video.twilio.com"
    ):
        http.get("https://video.twilio.com/2010-04-01/Accounts.json")


def test_other_name_inside_the_tunnel_is_rejected(proxy, authority):
    with connect(proxy) as raw:
        raw.sendall(CONNECT)
        assert raw.recv(1000).startswith(b"HTTP/1.1 200 ")
        trusting = ssl.create_default_context(cafile=authority.certificate_file)
        with pytest.raises(ssl.SSLCertVerificationError):
            trusting.wrap_socket(raw, server_hostname="video.twilio.com")


def test_plain_text_inside_the_tunnel_gets_no_response(proxy, http):
    answer = response_to(proxy, CONNECT, b"GET /v1/Workspaces HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith("HTTP/1.1 200 ") and "workspaces" not in answer
    assert http.get(WORKSPACES).status_code == 200


def test_silent_client_is_disconnected(proxy, http, monkeypatch):
    monkeypatch.setattr(proxy_module, "_HANDSHAKE_SECONDS", 0.05)
    assert response_to(proxy) == ""
    assert response_to(proxy, CONNECT).startswith("HTTP/1.1 200 ")
    assert http.get(WORKSPACES).status_code == 200


def test_client_that_disconnects_early_does_no_harm(proxy, http):
    for sent in (b"", b"CONNECT taskr", CONNECT):
        with connect(proxy) as client:
            client.sendall(sent)
    assert http.get(WORKSPACES).status_code == 200


def test_reset_before_the_handshake_leaves_no_open_socket(taskrouter, proxy, emulator):
    with warnings.catch_warnings(record=True) as leaks:
        warnings.simplefilter("always", ResourceWarning)
        for _ in range(10):
            with connect(proxy) as client:
                client.sendall(CONNECT)
                assert client.recv(1) == b"H"  # closing with the rest unread resets the connection
        eventually("all are closed", lambda: not emulator.connections.count())
        proxy.stop()
        gc.collect()
    assert [str(leak.message) for leak in leaks] == []


def test_idle_tunnels_make_room_for_new_ones(proxy, http, emulator, monkeypatch):
    monkeypatch.setattr(emulator.connections, "most", 3)
    tunnels = [connect(proxy) for _ in range(3)]
    for tunnel in tunnels:
        tunnel.sendall(CONNECT)
        assert tunnel.recv(12) == b"HTTP/1.1 200"
    assert http.get(WORKSPACES).status_code == 200
    with suppress(ConnectionResetError):  # the response to CONNECT has not been read
        while tunnels[0].recv(100):
            pass
    for tunnel in tunnels:
        tunnel.close()


def test_failure_to_accept_makes_room_and_is_tried_again(proxy, http, emulator, monkeypatch):
    made_room, accept = [], emulator.loop.sock_accept

    async def too_many_files_once(listening):
        if made_room:
            return await accept(listening)
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(proxy_module, "_RETRY_SECONDS", 0)
    monkeypatch.setattr(emulator.connections, "make_room", lambda: made_room.append(True))
    monkeypatch.setattr(emulator.loop, "sock_accept", too_many_files_once)
    assert response_to(proxy, b"CONNECT taskr\r\n\r\n")
    assert http.get(WORKSPACES).status_code == 200 and made_room == [True]


def test_taken_port_leads_to_a_free_one(authority, emulator):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        proxy = Proxy(taken.getsockname()[1], authority.server_context(), emulator)
        assert proxy.url != f"http://127.0.0.1:{taken.getsockname()[1]}"
    proxy.start().stop()


def test_proxy_stops_with_open_tunnel_and_partial_request(proxy, http, taskrouter):
    assert http.get(WORKSPACES).status_code == 200
    with connect(proxy) as client:
        client.sendall(b"CONNECT taskr")
        taskrouter.server.stop()
        proxy.stop()
        with pytest.raises(requests.ConnectionError):
            http.get(WORKSPACES)
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)
