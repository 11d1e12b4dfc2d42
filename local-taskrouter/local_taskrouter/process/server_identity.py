"""Verify that a server has the auth token, before any credentials are sent to it.

On a shared host, another user can take the port of an emulator that was killed. So each new
connection starts with `GET /emulator/hello?nonce=…`, without credentials; the response is an HMAC of
the nonce and the port. The port is in it so that a server on the old port cannot relay the proof of
an emulator that has moved to a new one.
"""

import hmac
import secrets
import socket
from http.client import HTTPConnection, HTTPException

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
