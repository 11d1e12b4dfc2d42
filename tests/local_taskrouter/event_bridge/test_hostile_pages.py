"""Pages that send what the SDK never does: refused, nothing is lost, and other pages keep being served."""

import json
import socket
import struct
from itertools import count

import jwt
import pytest
import requests
import websocket
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from local_taskrouter.event_bridge import channels
from local_taskrouter.http.forms import LARGEST_BODY
from local_taskrouter.http.server import LARGEST_MESSAGE
from timeout import becomes

few = settings(max_examples=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
RESERVED = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}


@pytest.fixture
def own(built, alice) -> str:
    return f"Workspaces/{built.workspace_sid}/Workers/{alice.sid}"


@pytest.fixture
def token(token_for, alice) -> str:
    return token_for(alice.sid)


@pytest.fixture
def is_served(connect, token, built, alice, monkeypatch):
    """Whether a page that was open before hears what happens next, and nothing else."""
    monkeypatch.setattr(channels, "DELAY", 0)
    page, numbers = connect(token), count()

    def hears_next() -> bool:
        attributes = json.dumps({"n": next(numbers)}, separators=(",", ":"))
        built.workspace.workers(alice.sid).update(attributes=attributes)
        event, payload = page.next()
        return (event, payload["attributes"]) == ("worker.attributes.update", attributes)

    return hears_next


@pytest.fixture
def post(emulator):
    """Send these bytes as the body of a request; return the status, and check an error's shape."""
    with requests.Session() as http:
        http.trust_env = False

        def send(body: bytes, **query: str) -> int:
            address = f"{emulator.url}/v1/wschannels"
            answer = http.post(address, data=body, params=query, timeout=20)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"  # a page may read it
            if answer.status_code != 200:
                assert answer.json()["status"] == answer.status_code
                assert set(answer.json()) == {"code", "message", "more_info", "status"}
            return answer.status_code

        yield send


def frame(fin: bool, reserved: int, opcode: int, masked: bool, payload: bytes) -> bytes:
    """A frame of RFC 6455, section 5.2; masked by zeros, so that the payload is readable."""
    first = fin << 7 | reserved << 4 | opcode
    size, length = len(payload), b""
    if size > 125:
        size, length = 126, struct.pack("!H", len(payload))
    return bytes([first, masked << 7 | size]) + length + bytes(4 * masked) + payload


def is_malformed(fin: bool, reserved: int, opcode: int, masked: bool, payload: bytes) -> bool:
    """Whether RFC 6455 lets the server fail the connection with 1002, for a channel's first frame."""
    is_control = opcode >= CLOSE
    return (
        bool(reserved)
        or not masked
        or opcode in RESERVED | {0}
        or (is_control and (not fin or len(payload) > 125))
    )


def is_text(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True


def ends(page) -> int | None:
    """The code with which the channel ends; None if it is alive and answers a ping."""
    page.socket.sock.sendall(frame(True, 0, PING, True, b"alive?"))
    while True:
        received = page.socket.recv_frame()
        if received.opcode == CLOSE:
            return int.from_bytes(received.data[:2])
        if (received.opcode, received.data) == (PONG, b"alive?"):
            return None


def test_frame_is_dropped_or_ends_its_channel_alone_with_the_code_of_its_fault(
    connect, token, is_served, emulator
):
    @few
    @given(
        st.booleans(),
        st.just(0) | st.integers(0, 7),
        st.integers(0, 15),
        st.booleans() | st.just(True),
        st.binary(max_size=130) | st.text(max_size=40).map(str.encode),
    )
    @example(True, 0, TEXT, True, b"\xff")
    @example(True, 0, TEXT, True, b'{"event_type": "reservation.accepted"}')
    @example(True, 0, PING, True, bytes(126))
    def send(fin, reserved, opcode, masked, payload):
        assume(opcode != CLOSE)
        page = connect(token)
        page.socket.sock.sendall(frame(fin, reserved, opcode, masked, payload))
        code = ends(page)
        if is_malformed(fin, reserved, opcode, masked, payload):
            assert code == 1002
        elif opcode == TEXT and fin and not is_text(payload):
            assert code == 1007
        elif opcode == TEXT and not is_text(payload):
            assert code in (None, 1007)  # the rest of the last character may follow
        else:
            assert code is None
        page.socket.sock.close()

    send()
    assert is_served()
    becomes(1, emulator._app._app.bridge.channels.count)


def test_bytes_that_are_no_frames_end_no_other_channel(connect, token, is_served, emulator):
    @few
    @given(st.binary(min_size=1, max_size=60))
    def send(sent):
        page = connect(token)
        page.socket.sock.sendall(sent)
        page.socket.sock.close()
        assert is_served()

    send()
    becomes(1, emulator._app._app.bridge.channels.count)


def test_message_in_many_frames_that_is_too_large_ends_its_channel(connect, token, is_served):
    page = connect(token)
    part = bytes(60_000)
    page.socket.sock.sendall(frame(False, 0, 2, True, part) + frame(False, 0, 0, True, part))
    assert 2 * len(part) > LARGEST_MESSAGE
    assert ends(page) == 1009
    assert is_served()


def test_body_that_is_no_request_changes_nothing(post, token, own, built, is_served, emulator):
    whole = {"url": own, "method": "POST", "params": {"Attributes": {"n": "lost"}}, "token": token}
    text = json.dumps(whole).encode()

    @few
    @given(st.binary(max_size=200) | st.integers(0, len(text) - 1).map(lambda end: text[:end]))
    def send(body):
        assert post(body) == 400

    before = emulator.taskrouter.export_state()
    send()
    assert post(text + bytes([32]) * LARGEST_BODY) == 413
    assert emulator.taskrouter.export_state() == before
    assert is_served()


def test_request_of_other_types_is_refused_or_means_what_it_says(
    post, token, own, built, is_served, emulator
):
    right = {"url": own, "method": "POST", "params": {}, "token": token}
    activities = built.activities

    @few
    @given(st.sampled_from([*right]), JSON)
    @example("token", None)
    @example("url", "")
    def replace_one(name, value):
        status = post(json.dumps({**right, name: value}).encode())
        expected = {"token": (401,), "method": (200, 400), "url": (400, 403, 404)}
        assert status in expected.get(name, (200, 400))

    @few
    @given(
        st.dictionaries(
            st.sampled_from(
                ["ActivitySid", "FriendlyName", "RejectPendingReservations", "Ünknown"]
            ),
            JSON,
        )
    )
    @example({"ActivitySid": [None]})  # no value: not given
    def other_params(params):
        status = post(json.dumps({**right, "params": params}).encode())
        sid = params.get("ActivitySid")
        given_sids = [one for one in (sid if isinstance(sid, list) else [sid]) if one]
        assert status in ((400,) if given_sids else (200, 400))

    replace_one()
    other_params()
    [worker] = built.workspace.workers.list()
    assert worker.activity_sid == activities["Available"]
    assert is_served()


def handshake(connect, token: str) -> int:
    """The status of a handshake."""
    try:
        connect(token).socket.sock.close()
    except websocket.WebSocketBadStatusException as refused:
        return refused.status_code
    return 101


def test_token_with_one_other_character_is_refused(connect, post, token, own, is_served):
    body = {"url": own, "method": "GET"}

    @few
    @given(st.integers(0, len(token) - 1), st.sampled_from("Aa0-_.é "))
    def change(place, character):
        forged = token[:place] + character + token[place + 1 :]
        try:  # the last character of a part has bits that mean nothing
            assume(jwt.decode(forged, "s" * 32, algorithms=["HS256"], options={}) is None)
        except jwt.InvalidTokenError:
            pass
        assert post(json.dumps({**body, "token": forged}).encode()) == 401
        assert handshake(connect, forged) == 401

    change()
    assert is_served()


def test_expired_forged_and_foreign_tokens_are_refused(
    connect, post, token_for, built, client, alice, own, is_served
):
    other = client.taskrouter.v1.workspaces.create("Another")
    claims = jwt.decode(token_for(alice.sid), options={"verify_signature": False})
    tokens = {
        token_for(alice.sid, ttl=-1): 401,
        token_for(alice.sid, secret="x" * 32): 401,
        token_for(alice.sid, key="SK" + "f" * 32): 401,
        jwt.encode(claims, None, algorithm="none"): 401,
        jwt.encode({**claims, "sub": "AC" + "0" * 32}, "s" * 32): 401,
        jwt.encode({**claims, "nbf": claims["exp"]}, "s" * 32): 401,
        token_for(alice.sid, workspace_sid=other.sid): 403,
        token_for("WK" + "0" * 32): 403,
    }
    for token, status in tokens.items():
        body = {"url": own, "method": "POST", "params": {"ActivitySid": "x"}, "token": token}
        assert post(json.dumps(body).encode()) == status
        assert handshake(connect, token) == status
        del body["token"]
        assert post(json.dumps(body).encode(), token=token) == status
    assert is_served()


def test_request_that_ends_before_its_body_changes_nothing(token, own, is_served, emulator):
    body = json.dumps(
        {"url": own, "method": "POST", "params": {"Attributes": {}}, "token": token}
    ).encode()
    before = emulator.taskrouter.export_state()
    for length in (len(body) + 1, 1 << 60):
        head = f"POST /v1/wschannels HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
        with socket.create_connection(emulator.address, timeout=20) as connection:
            connection.sendall(head.encode() + body)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(10_000)
    assert emulator.taskrouter.export_state() == before
    assert is_served()
