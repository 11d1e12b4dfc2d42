"""HTTP whose time limit is one for the whole answer.

A timeout of `requests` counts anew with every byte that arrives, so a server that sends its headers
bit by bit could keep us as long as it likes. Here every wait for bytes gets what is left.
"""

import io
import socket
from http.client import HTTPResponse
from time import monotonic
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class DeadlineAdapter(HTTPAdapter):
    """For `Session.mount`: the read timeout of a request is the limit of its whole answer."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class _Reader(io.RawIOBase):
    """The bytes of a socket, until `deadline` on the clock of `monotonic`."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline
        self._raw = sock.makefile("rb", buffering=0)  # keeps the socket open once it is let go

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the answer comes too slowly")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Limited:
    """What `http.client` wants of a socket, whose timeout is the limit from now on."""

    def __init__(self, sock: socket.socket) -> None:
        seconds = sock.gettimeout()
        assert seconds is not None
        self._reader = _Reader(sock, monotonic() + seconds)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader)


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **more: Any) -> None:
        super().__init__(_Limited(sock), *args, **more)  # type: ignore[arg-type]


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
