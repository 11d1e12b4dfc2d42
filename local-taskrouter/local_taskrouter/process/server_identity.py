"""Verify that a server has the auth token, before any credentials are sent to it.

On a shared host, another user can take the port of an emulator that was killed. So each new
connection starts with `GET /emulator/hello?nonce=…`, without credentials; the response is an HMAC of
the nonce and the port. The port is in it so that a server on the old port cannot relay the proof of
an emulator that has moved to a new one.
"""

import hmac
import secrets
import socket
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection as PooledConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NewConnectionError

PATH = "/emulator/hello"
NONCE = "[0-9a-f]{32}"
SECONDS = 2.0
_LARGEST_RESPONSE = 1_000


class WrongServer(ConnectionError):
    """The server did not prove that it has the auth token. It received no credentials."""


def proof(token: str, nonce: str, port: int | str) -> str:
    """The response of an emulator on `port` with this auth token to `nonce`: 64 hex digits."""
    return hmac.new(token.encode(), f"taskrouter {port} {nonce}".encode(), "sha256").hexdigest()


def verify(sock: socket.socket, host: str, port: int, token: str) -> None:
    """Verify the server at the other end of a new connection, and leave the connection usable.

    Raises WrongServer.
    """
    nonce, timeout = secrets.token_hex(16), sock.gettimeout()
    connection = HTTPConnection(host, port)
    connection.sock = sock
    connection.auto_open = 0
    sock.settimeout(SECONDS)
    try:
        connection.request("GET", f"{PATH}?nonce={nonce}")
        with connection.getresponse() as response:
            body = response.read(_LARGEST_RESPONSE)
            usable = response.status == 200 and not response.will_close
    except (OSError, HTTPException) as fault:
        raise WrongServer(f"no proof came from {host}:{port}: {fault}") from None
    if not (usable and hmac.compare_digest(body, proof(token, nonce, port).encode())):
        raise WrongServer(f"{host}:{port} is not the TaskRouter that was there before")
    sock.settimeout(timeout)


class VerifiedAdapter(HTTPAdapter):
    """For `Session.mount`: verify the server of each new connection, against `token()`.

    A server that fails verification counts as not running: raises NewConnectionError. A copy
    (`copy.copy`) does the same, with separate connections.
    """

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token
        super().__init__()

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_token": self._token}

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        token = self._token

        class Connection(PooledConnection):
            """Verifies its server, and sends a request's head and body in one piece."""

            parts: list[bytes] | None = None

            def request(self, *args: Any, **options: Any) -> None:
                self.parts = []
                try:
                    super().request(*args, **options)
                    data = b"".join(self.parts)
                finally:
                    self.parts = None
                self.send(data)

            def send(self, data: Any) -> None:
                if self.parts is None:
                    super().send(data)
                else:
                    self.parts.append(data)

            def connect(self) -> None:
                super().connect()
                try:
                    verify(self.sock, self.host, self.port, token())
                except WrongServer as fault:
                    self.close()
                    raise NewConnectionError(self, str(fault)) from None

        class Pool(HTTPConnectionPool):
            ConnectionCls: Any = Connection  # urllib3's own class does not satisfy its protocol

        self.poolmanager.pool_classes_by_scheme = {"http": Pool}
