"""How an emulator shows that it knows the auth token, before anybody tells it the token.

On a shared host another user can take the port of an emulator that was killed. So each new
connection begins with `GET /emulator/hello?nonce=…`, without credentials; the answer is an HMAC of
the nonce and of the port. The port is in it so that nobody can answer with what an emulator that
has moved to another port says.
"""

import hmac
import secrets
import socket
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection as PooledConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NewConnectionError

PATH = "/emulator/hello"
NONCE = "[0-9a-f]{32}"
SECONDS = 2.0
_LARGEST = 1_000


class Impostor(ConnectionError):
    """Who listens there does not know the token; it was told nothing."""


def proof(token: str, nonce: str, port: int | str) -> str:
    """What the emulator on `port` whose token this is answers to `nonce`: 64 hex digits."""
    return hmac.new(token.encode(), f"taskrouter {port} {nonce}".encode(), "sha256").hexdigest()


def verify(sock: socket.socket, host: str, port: int, token: str) -> None:
    """Ask who is at the other end of a new connection, which can be used on afterwards.

    Raises Impostor.
    """
    nonce, patience = secrets.token_hex(16), sock.gettimeout()
    asking = HTTPConnection(host, port)
    asking.sock = sock
    asking.auto_open = 0
    sock.settimeout(SECONDS)
    try:
        asking.request("GET", f"{PATH}?nonce={nonce}")
        with asking.getresponse() as response:
            said = response.read(_LARGEST)
            goes_on = response.status == 200 and not response.will_close
    except (OSError, HTTPException) as fault:
        raise Impostor(f"no proof came from {host}:{port}: {fault}") from None
    if not (goes_on and hmac.compare_digest(said, proof(token, nonce, port).encode())):
        raise Impostor(f"{host}:{port} is not the TaskRouter that was there before")
    sock.settimeout(patience)


class VerifiedAdapter(HTTPAdapter):
    """For `Session.mount`: nothing is sent on a connection whose other end has not proved that it
    knows `token()`. To the caller an impostor is as good as nobody: NewConnectionError.

    A copy (`copy.copy`) does the same, with connections of its own.
    """

    __attrs__ = (*HTTPAdapter.__attrs__, "_token")  # what a copy keeps

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token
        super().__init__()

    def init_poolmanager(self, *args: object, **more: object) -> None:
        super().init_poolmanager(*args, **more)
        token = self._token

        class Connection(PooledConnection):
            def connect(self) -> None:
                super().connect()
                try:
                    verify(self.sock, self.host, self.port, token())
                except Impostor as fault:
                    self.close()
                    raise NewConnectionError(self, str(fault)) from None

        class Pool(HTTPConnectionPool):
            ConnectionCls = Connection

        self.poolmanager.pool_classes_by_scheme = {"http": Pool}
