"""A channel's handshake, heartbeat and end."""

import asyncio
import json

import pytest
import websocket
from local_taskrouter.event_bridge import channels, session
from local_taskrouter.event_bridge.access import Token
from local_taskrouter.event_bridge.channels import Channels
from starlette.websockets import WebSocket
from timeout import becomes


def refusal(connect, *arguments, **query):
    """The status with which a handshake is refused."""
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        connect(*arguments, **query)
    return refused.value.status_code


def test_bad_tokens_open_no_channel(connect, token_for, alice, built):
    assert refusal(connect, "") == 401
    assert refusal(connect, "no.jwt.here") == 401
    assert refusal(connect, token_for(alice.sid, secret="x" * 32)) == 401
    assert refusal(connect, token_for(alice.sid, key="SK" + "f" * 32)) == 401
    assert refusal(connect, token_for(alice.sid, ttl=-1)) == 401
    assert refusal(connect, token_for("WK" + "0" * 32)) == 403
    assert refusal(connect, token_for(alice.sid, workspace_sid="WS" + "0" * 32)) == 403


def test_worker_of_another_workspace_opens_no_channel(connect, token_for, client, alice):
    other = client.taskrouter.v1.workspaces.create("Another")
    assert refusal(connect, token_for(alice.sid, workspace_sid=other.sid)) == 403


def test_heartbeat_is_white_space(connect, token_for, alice, monkeypatch):
    monkeypatch.setattr(session, "HEARTBEAT_SECONDS", 0.01)
    page = connect(token_for(alice.sid))
    assert page.socket.recv() == " "


def test_channel_ends_with_its_token():
    """The page is told why, and how long its token was to live."""
    token = Token("AC", "WS", "WK", "WK", "worker", None, ends=1000.0)
    times = iter([999.5, 999.99])
    sent = []

    async def receive():
        if not sent:
            return {"type": "websocket.connect"}
        await until_closed.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message):
        sent.append(message)
        if message["type"] == "websocket.close":
            until_closed.set()

    async def open_and_wait():
        scope = {"type": "websocket", "query_string": b"", "headers": []}
        websocket = WebSocket(scope, receive, send)
        await session.serve(
            websocket, Channels(None, most=1), token, lambda: next(times, 1000.0), lambda: None
        )

    until_closed = asyncio.Event()
    asyncio.run(open_and_wait())
    kinds = [message["type"] for message in sent]
    assert kinds == ["websocket.accept", "websocket.send", "websocket.close"]
    assert json.loads(sent[1]["text"])["payload"]["token_lifetime"] == 500
    assert sent[2]["reason"] == session.EXPIRED


def test_page_that_says_something_is_heard_out_and_one_that_says_much_is_closed(
    connect, token_for, alice, built
):
    page, loud = connect(token_for(alice.sid)), connect(token_for(alice.sid))
    page.socket.send("anything")
    page.socket.send_bytes(b"\x00")
    loud.socket.send("x" * 70_000)
    assert loud.next()[1]["code"] == 1009
    built.workspace.workers(alice.sid).update(attributes="{}")
    assert page.next()[0] == "worker.attributes.update"


def test_malformed_frame_closes_its_channel_alone(connect, token_for, alice, built):
    page, broken = connect(token_for(alice.sid)), connect(token_for(alice.sid))
    broken.socket.sock.sendall(b"\xff\xff\xff\xff")
    assert broken.next()[0] == "closed"
    built.workspace.workers(alice.sid).update(attributes="{}")
    assert page.next()[0] == "worker.attributes.update"


def test_no_more_channels_are_opened_than_allowed(connect, token_for, alice, emulator, monkeypatch):
    bridge = emulator._app._app.bridge
    monkeypatch.setattr(bridge.channels, "most", bridge.channels.count() + 1)
    connect(token_for(alice.sid))
    assert refusal(connect, token_for(alice.sid)) == 429


def test_page_that_reads_nothing_is_dropped(connect, token_for, alice, built, monkeypatch):
    monkeypatch.setattr(channels, "MOST_WAITING", 0)
    page = connect(token_for(alice.sid))
    built.workspace.workers(alice.sid).update(attributes="{}")
    assert page.next() == ("closed", {})


def test_new_page_closes_the_others_once(connect, token_for, alice):
    """The closed page connects again with the same token and wish, and closes nobody."""
    first_token, second_token = token_for(alice.sid, ttl=3600), token_for(alice.sid, ttl=3500)
    first = connect(first_token, closeExistingSessions="true")
    second = connect(second_token, closeExistingSessions="true")
    assert first.next()[0] == "closed"
    again = connect(first_token, closeExistingSessions="true")
    third = connect(token_for(alice.sid, ttl=3400), closeExistingSessions="true")
    assert [second.next()[0], again.next()[0]] == ["closed", "closed"]
    assert third.init[0] == "init"


def test_worker_goes_offline_with_its_last_page_if_that_asks_for_it(
    connect, token_for, alice, built, monkeypatch
):
    monkeypatch.setattr(channels, "AWAY_SECONDS", 0.01)
    token = token_for(alice.sid)
    pages = [connect(token, setWorkerOfflineIfDisconnected="true") for _ in range(2)]
    for page in pages:
        page.socket.close()
    becomes("Offline", lambda: built.workspace.workers(alice.sid).fetch().activity_name)


def test_worker_stays_if_its_page_does_not_ask(connect, token_for, alice, built, monkeypatch):
    monkeypatch.setattr(channels, "AWAY_SECONDS", 0.0)
    connect(token_for(alice.sid)).socket.close()
    bob = built.worker("Bob")
    connect(token_for(bob.sid), setWorkerOfflineIfDisconnected="true").socket.close()
    becomes("Offline", lambda: built.workspace.workers(bob.sid).fetch().activity_name)
    assert built.workspace.workers(alice.sid).fetch().activity_name == "Available"


def test_pages_connect_again_after_the_state_was_replaced(connect, token_for, alice, emulator):
    page = connect(token_for(alice.sid))
    emulator.taskrouter.import_state(emulator.taskrouter.export_state())
    assert page.next()[0] == "closed"
    assert connect(token_for(alice.sid)).init[0] == "init"


def test_only_the_event_bridge_has_websockets(connect, token_for, alice):
    assert refusal(connect, token_for(alice.sid), path="/v1/Workspaces") == 404
