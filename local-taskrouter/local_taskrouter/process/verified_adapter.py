"""Verify the server of each connection of a `requests.Session`. The server does not load this."""

from collections.abc import Callable
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection as PooledConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NewConnectionError

from local_taskrouter.process.server_identity import WrongServer, verify


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
