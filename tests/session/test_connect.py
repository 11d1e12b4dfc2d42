import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest
import requests
from local_taskrouter.http.serve_home import USUAL_PORT
from local_taskrouter.process import launch, server_identity
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.process.launch import ensure_running, find_running
from requests import Request
from requests import Session as HttpSession
from requests.exceptions import ConnectionError as NoAnswer
from requests.exceptions import ProxyError
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from helpers.session.api_errors import ConnectionFailed
from helpers.session.connect import connect

LIVE = {"TWILIO_ACCOUNT_SID": "AC" + "3" * 32, "TWILIO_AUTH_TOKEN": "not-a-real-token"}


@pytest.fixture
def local(running_home):
    session = connect()
    yield session
    session.client.http_client.session.close()


def workspaces(session):
    return [w.friendly_name for w in session.client.taskrouter.v1.workspaces.list()]


def kill(home):
    os.kill(home.running().pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    with home.serving_lock(timeout=10):
        assert find_running(home) is None


def test_default_target_is_the_local_taskrouter(local, running_home):
    running = find_running(running_home)
    assert (local.target, local.address) == ("local", running.url)
    assert (local.account_sid, local.auth_token) == (ACCOUNT_SID, running.auth_token)
    assert workspaces(local) == []


def test_repr_of_a_session_contains_no_secret(local):
    assert repr(local) == f"Connected to the local TaskRouter at {local.address}"
    workspaces(local)
    assert local.auth_token not in f"{local!r} {list(local.requests)} {vars(local.requests[0])}"
    assert local.auth_token not in f"{vars(local)} {vars(local.client)}"


def test_request_log_starts_empty_and_records_every_exchange(local):
    assert len(local.requests) == 0
    workspaces(local)
    assert [exchange.path for exchange in local.requests.sent()] == ["/v1/Workspaces"]


def test_twilio_variables_alone_do_not_connect_to_twilio(running_home, monkeypatch):
    for name, value in LIVE.items():
        monkeypatch.setenv(name, value)
    session = connect()
    assert (session.target, session.account_sid) == ("local", ACCOUNT_SID)
    assert session.client.auth == (ACCOUNT_SID, session.auth_token)


def test_edge_and_region_do_not_change_the_local_address(running_home, monkeypatch):
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    session = connect()
    assert workspaces(session) == []
    [exchange] = session.requests
    assert exchange.url.startswith(session.address)


def test_local_requests_ignore_proxies(running_home, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    session = connect()
    assert workspaces(session) == []
    with pytest.raises(ProxyError):
        requests.get(session.address, timeout=5)


def test_local_request_is_what_requests_would_send(local):
    request = Request(
        "POST",
        f"{local.address}/v1/a b",
        headers={"User-Agent": "twilio-python", "Accept": "application/json"},
        params={"Page": 1},
        data={"a": ["ñ", 2], "b": "x y&z", "No": None},
        auth=("AC", "token"),
    )
    ours = local.client.http_client.session.prepare_request(request)
    theirs = HttpSession().prepare_request(request)
    assert (ours.method, ours.url, ours.body) == (theirs.method, theirs.url, theirs.body.encode())
    assert ours.headers == theirs.headers


def test_unknown_target_raises_with_the_valid_ones(home, monkeypatch):
    with pytest.raises(ValueError, match='"local".*"live"'):
        connect("production")
    monkeypatch.setenv("TASKROUTER_TARGET", "lvie")
    with pytest.raises(ValueError, match="lvie"):
        connect()


def test_wrong_credentials_get_401(local):
    client = Client(ACCOUNT_SID, "wrong")
    client.taskrouter.base_url = local.address
    client.http_client.session.trust_env = False
    with pytest.raises(TwilioRestException) as caught:
        client.taskrouter.v1.workspaces.create(friendly_name="Mine")
    client.http_client.session.close()
    assert (caught.value.status, caught.value.code) == (401, 20003)


def test_killed_emulator_is_restarted_with_its_state(local, running_home):
    local.client.taskrouter.v1.workspaces.create(friendly_name="Kept")
    before = find_running(running_home)
    kill(running_home)
    local.client.taskrouter.v1.workspaces.create(friendly_name="Next")
    assert workspaces(local) == ["Kept", "Next"]
    assert find_running(running_home).pid != before.pid


def test_session_follows_an_emulator_to_another_port(local, running_home, monkeypatch):
    for module, name in ((launch, "ANSWER_SECONDS"), (server_identity, "SECONDS")):
        monkeypatch.setattr(module, name, 0.5)  # the other program on the port does not answer
    local.client.taskrouter.v1.workspaces.create(friendly_name="Kept")
    before = local.address
    kill(running_home)
    with socket.create_server(("127.0.0.1", int(before.rpartition(":")[2]))):
        moved = ensure_running(running_home)  # from another notebook, while the port is taken
    assert workspaces(local) == ["Kept"]
    assert local.address == local.client.taskrouter.base_url == moved.url != before
    assert workspaces(local) == ["Kept"]


def test_session_uses_the_new_token_after_a_restart(local, running_home):
    kill(running_home)
    running_home.settings_file.unlink()
    local.client.taskrouter.v1.workspaces.create(friendly_name="New")
    assert local.auth_token == find_running(running_home).auth_token


@pytest.fixture
def hanging_up(local):
    """Send the session's requests to a server that reads part of one, then hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads = []

    def cut(arrived, read):
        accepted, _ = listening.accept()
        with accepted:
            nonce = accepted.recv(65536).partition(b"nonce=")[2][:32].decode()
            proof = server_identity.proof(local.auth_token, nonce, listening.getsockname()[1])
            accepted.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n" + proof.encode())
            while arrived not in accepted.recv(65536, socket.MSG_PEEK):
                pass
            accepted.recv(read)

    def redirect(arrived, read=65536):
        threads.append(threading.Thread(target=cut, args=[arrived, read]))
        threads[-1].start()
        local.client.taskrouter.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield redirect
    listening.close()
    for thread in threads:
        thread.join(10)


def test_write_that_may_have_taken_effect_is_not_repeated(local, hanging_up):
    hanging_up(b"FriendlyName=Once")
    with pytest.raises(
        ConnectionFailed, match="before it answered POST /v1/Workspaces.*Check before"
    ):
        local.client.taskrouter.v1.workspaces.create(friendly_name="Once")
    assert workspaces(connect()) == []


@pytest.mark.skipif(os.name != "posix", reason="there a reset connection proves nothing")
def test_write_that_was_not_read_is_repeated(local, hanging_up):
    hanging_up(b"FriendlyName=Once", read=4)
    local.client.taskrouter.v1.workspaces.create(friendly_name="Once")
    assert workspaces(local) == ["Once"]


def test_get_without_an_answer_is_repeated(local, hanging_up):
    hanging_up(b"\r\n\r\n")
    assert workspaces(local) == []
    assert [exchange.status for exchange in local.requests] == [None, 200]


def test_emulator_that_cannot_start_raises_with_advice(home):
    session = connect()
    kill(home)
    home.delete_database()
    home.database.write_text("no database " * 500)
    with pytest.raises(ConnectionFailed, match="reset --home .* deletes every"):
        workspaces(session)


@pytest.fixture
def alone(running_home):
    session = connect("local", alone=True)
    yield session
    session.close()


def test_separate_taskrouter_shares_no_state_clock_or_port(local, alone, running_home):
    alone.client.taskrouter.v1.workspaces.create(friendly_name="mine")
    clock = f"{alone.address}/emulator/clock"
    assert alone.client.request("POST", clock, data={"advance": "86400"}).status_code == 200

    assert workspaces(alone) == ["mine"]
    assert workspaces(local) == []
    now = [s.client.request("GET", f"{s.address}/emulator").text for s in (local, alone)]
    assert len({json.loads(text)["now"][:10] for text in now}) == 2
    assert find_running(running_home).url == local.address != alone.address
    assert urlsplit(alone.address).port != USUAL_PORT


def test_close_stops_a_separate_taskrouter_and_deletes_its_folder(home):
    session = connect("local", alone=True)
    folder = session.client.http_client.home.folder
    running = find_running(launch.Home(folder))
    session.close()
    session.close()

    assert not folder.exists()
    assert launch.send_control(running, "GET", "/emulator") is None
    with pytest.raises(ConnectionFailed, match="was closed.*Run the notebook from its first cell"):
        workspaces(session)
    assert not folder.exists(), "nothing was started again"


def test_separate_taskrouter_stops_when_its_process_exits(home):
    code = (
        "from helpers import connect; session = connect('local', alone=True);"
        "print(session.client.http_client.home.folder, session.address)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    folder, address = done.stdout.split()
    assert not os.path.exists(folder)
    with pytest.raises(NoAnswer):
        requests.get(address, timeout=5)


def test_separate_taskrouter_stops_when_its_process_is_killed(home):
    code = (
        "from helpers import connect; session = connect('local', alone=True);"
        "print(session.client.http_client.home.folder, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as kernel:
        own = launch.Home(kernel.stdout.readline().strip())
        assert find_running(own)
        kernel.kill()
    with own.serving_lock(timeout=20):
        assert not own.running_file.exists()
    shutil.rmtree(own.folder)


def test_close_does_not_stop_the_shared_taskrouter(local, running_home):
    local.close()
    assert workspaces(local) == []
    assert find_running(running_home).url == local.address


def test_alone_with_live_target_raises(home, monkeypatch):
    monkeypatch.setenv("TASKROUTER_TARGET", "live")
    with pytest.raises(ValueError, match=r'use connect\("local", alone=True\)'):
        connect(alone=True)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_home_that_others_can_change_raises_one_sentence(home):
    home.create()
    home.folder.chmod(0o777)
    for _ in range(2):
        with pytest.raises(ConnectionFailed, match="Other users can change .* Run `chmod 700 "):
            connect()
    home.folder.chmod(0o700)
    session = connect()
    home.folder.chmod(0o777)
    with pytest.raises(ConnectionFailed, match="Other users can change"):
        session.rediscover()
    home.folder.chmod(0o700)
    assert workspaces(session) == []


@pytest.mark.skipif(os.name != "posix", reason="the limit of a file's size is POSIX")
def test_full_disk_raises_one_sentence(home):
    import resource  # Windows has none

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with pytest.raises(ConnectionFailed, match="Free some space on its disk and try again"):
            connect()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert workspaces(connect()) == []


def test_credential_that_http_cannot_carry_raises_one_sentence(home, monkeypatch):
    monkeypatch.setenv("TASKROUTER_AUTH_TOKEN", "t\u00f6k")
    with pytest.raises(ConnectionFailed, match="TASKROUTER_AUTH_TOKEN contains a character"):
        connect()


def test_live_reads_the_environment_that_is_passed():
    half = {"TASKROUTER_TARGET": "live", "TWILIO_ACCOUNT_SID": "AC123"}
    with pytest.raises(ConnectionFailed, match="TWILIO_AUTH_TOKEN is not set"):
        connect(environment=half)
