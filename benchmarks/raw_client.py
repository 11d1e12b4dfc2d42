"""A client for `peers.py` that costs little: raw requests over keep-alive connections."""

import re
import selectors
import socket
from base64 import b64encode
from collections.abc import Callable
from time import monotonic

from api import ACCOUNT_SID, AUTH_TOKEN

BASIC = b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
Request = Callable[[], bytes]
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)


class Connection:
    """A keep-alive connection: send a request, and call `receive` until it returns the response."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.closes = False
        self._received = b""

    def receive(self) -> bytes | None:
        """Read what has arrived; return the response's body if it is complete, else None."""
        data = self.socket.recv(1 << 20)
        assert data, "the server closed the connection"
        self._received += data
        head, blank, body = self._received.partition(b"\r\n\r\n")
        if not blank:
            return None
        length = _LENGTH.search(head + b"\r\n")
        if len(body) < int(length[1]) if length else not body.endswith(b"0\r\n\r\n"):
            return None
        assert head[9:10] == b"2", self._received[:2_000]
        self._received = b""
        self.closes = b"\r\nconnection: close" in head.lower()
        return body


def answer(port: int, request: bytes) -> str:
    """Send one request and return the body of the response."""
    connection = Connection(port)
    with connection.socket:
        connection.socket.sendall(request)
        while (body := connection.receive()) is None:
            pass
        return body.decode()


def load(port: int, request: Request, connections: int, seconds: float) -> int:
    """Keep this many connections busy; return how many requests were answered in the time."""
    answered, end = 0, monotonic() + seconds
    with selectors.DefaultSelector() as selector:

        def connect() -> Connection:
            connection = Connection(port)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            return connection

        def disconnect(connection: Connection) -> None:
            selector.unregister(connection.socket)
            connection.socket.close()

        for _ in range(connections):
            connect().socket.sendall(request())
        while monotonic() < end:
            for key, _ in selector.select(1):
                connection: Connection = key.data
                if connection.receive() is None:
                    continue
                answered += 1
                if connection.closes:
                    disconnect(connection)
                    connection = connect()
                connection.socket.sendall(request())
        for key in list(selector.get_map().values()):
            disconnect(key.data)
    return answered


def http_request(method: str, path: str, body: str = "", **headers: str) -> bytes:
    """A request with our credentials; a body is a form unless `Content_Type` says otherwise."""
    headers = {"Host": "127.0.0.1", "Authorization": f"Basic {BASIC}"} | headers
    if body:
        headers = {"Content_Type": "application/x-www-form-urlencoded"} | headers
        headers["Content_Length"] = str(len(body))
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", body]).encode()
