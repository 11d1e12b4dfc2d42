"""Fixtures: the pages of Workers, as the SDK connects them."""

import json
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
import requests
import websocket
from local_taskrouter.process.home import ACCOUNT_SID
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import TaskRouterGrant

KEY, SECRET = "SK" + "0" * 32, "s" * 32


@pytest.fixture
def token_for(emulator, built, monkeypatch) -> Callable[..., str]:
    """Make an access token for a Worker's SID, or for none."""
    monkeypatch.setitem(emulator.taskrouter.credentials, KEY, SECRET)

    def make(worker_sid=None, role=None, ttl=3600, secret=SECRET, workspace_sid=None, key=KEY):
        token = AccessToken(ACCOUNT_SID, key, secret, identity="somebody", ttl=ttl)
        grant = TaskRouterGrant(
            workspace_sid=workspace_sid or built.workspace_sid, worker_sid=worker_sid, role=role
        )
        token.add_grant(grant)
        return token.to_jwt()

    return make


@pytest.fixture
def bridge(emulator) -> Callable[..., requests.Response]:
    """Send a request as the SDK does."""
    with requests.Session() as http:
        http.trust_env = False

        def send(token, method, url, params=None, if_match=None):
            body = {"url": url, "method": method, "params": params or {}, "token": token}
            headers = {"Content-Type": "text/plain;charset=UTF-8", "apiVersion": "v1"}
            if if_match is not None:
                headers["If-Match"] = str(if_match)
            address = f"{emulator.url}/v1/wschannels"
            return http.post(address, data=json.dumps(body), headers=headers, timeout=10)

        yield send


class Channel:
    """An open channel."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self.socket = socket

    def next(self) -> tuple[str, dict]:
        """The type and payload of the next message that is no heartbeat; ("closed", …) at the end."""
        while True:
            try:
                opcode, data = self.socket.recv_data()
            except (websocket.WebSocketConnectionClosedException, ConnectionError):
                return "closed", {}
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return "closed", {"code": int.from_bytes(data[:2]), "reason": data[2:].decode()}
            if data.strip():
                message = json.loads(data)
                return message["event_type"], message["payload"]

    def until(self, kind: str) -> dict:
        """The payload of the next message of a type."""
        while True:
            found, payload = self.next()
            if found == kind:
                return payload
            assert found != "closed", payload


@pytest.fixture
def connect(emulator) -> Iterator[Callable[..., Channel]]:
    """Open a channel with a token; its `init` has been read."""
    opened = []

    def open_channel(token, path="/v1/wschannels", **query):
        given = urlencode({"token": token, "closeExistingSessions": "false", **query})
        connection = socket.create_connection(emulator.address, timeout=20)
        opened.append(connection)
        address = f"ws://{emulator.address[0]}:{emulator.port}{path}?{given}"
        channel = Channel(websocket.create_connection(address, socket=connection))
        channel.init = channel.next()
        return channel

    yield open_channel
    for connection in opened:
        connection.close()
