"""A proxy on the loopback address with one destination: the local TaskRouter, over TLS.

A client requests a tunnel to port 443 of one of HOSTNAMES (CONNECT, RFC 9110, section 9.3.6), which
ends at the local TaskRouter: the server speaks TLS and HTTP on the same connection. The proxy refuses
any other request with the reason, and sends nothing to another machine. `Https` serves clients that
use no proxy, and find this machine under one of those names.
"""

import asyncio
import logging
import os
import socket
import ssl
from collections.abc import Coroutine
from typing import Any, Protocol, Self

import h11

from local_taskrouter.transparent.hostname import HOSTNAMES

HOST = "127.0.0.1"
_ALLOWED = f"port 443 of {' and '.join(HOSTNAMES)}"
_HANDSHAKE_SECONDS = 10.0
_RETRY_SECONDS = 1.0
_CHUNK = 1 << 16
log = logging.getLogger(__name__)


class Connections(Protocol):
    """The connections of a server, which has room for some only."""

    def add(self, client: Any) -> None:
        """Add a client with a method `drop`, which is called when another one needs the room."""
        ...

    def remove(self, client: Any) -> None:
        """Forget a client that has disconnected."""
        ...

    def make_room(self) -> None:
        """Drop some clients that wait."""
        ...


class Server(Protocol):
    """What the proxy needs of the server in which its tunnels end."""

    loop: asyncio.AbstractEventLoop

    @property
    def connections(self) -> Connections:
        """Its connections; tunnels are among them."""
        ...

    def new_connection(self) -> asyncio.Protocol:
        """The protocol of a new connection."""
        ...

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Run a coroutine in the event loop until the server stops."""
        ...


class Https:
    """Serve `server` over TLS at `port` of the loopback address.

    `context` has a certificate for HOSTNAMES. `start` serves in the event loop of `server`, until
    `stop` closes the port or `server` stops. Open connections are connections of `server`.
    Raises OSError and OverflowError if the port cannot be used.
    """

    def __init__(self, port: int, context: ssl.SSLContext, server: Server) -> None:
        self._context, self._server = context, server
        self._socket = _listen(port)
        self.port: int = self._socket.getsockname()[1]

    def start(self) -> Self:
        """Serve in the background; returns itself."""
        self._server.loop.call_soon_threadsafe(self._start)
        return self

    def stop(self) -> None:
        """Close the port. A second call does nothing."""
        if self._server.loop.is_running():
            asyncio.run_coroutine_threadsafe(self._stop(), self._server.loop).result()
        self._socket.close()

    def _start(self) -> None:
        self._accepting = self._server.spawn(self._accept())

    async def _stop(self) -> None:
        self._accepting.cancel()
        await asyncio.wait([self._accepting])

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        with self._socket:
            while True:
                try:
                    client, _ = await loop.sock_accept(self._socket)
                except OSError:  # too many files are open
                    self._server.connections.make_room()
                    await asyncio.sleep(_RETRY_SECONDS)
                else:
                    serving = self._server.spawn(self._serve(client))
                    serving.add_done_callback(lambda _, client=client: client.close())

    async def _serve(self, client: socket.socket) -> None:
        """Serve one connection."""
        connections, waiting = self._server.connections, _Waiting(asyncio.current_task())
        connections.add(waiting)
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                if await self._is_wanted(client):
                    await self._server.loop.connect_accepted_socket(
                        self._server.new_connection, _detach(client), ssl=self._context
                    )
        except OSError as fault:  # also what ssl raises, and a timeout
            log.debug("A connection ended: %s", fault)
        finally:
            connections.remove(waiting)

    async def _is_wanted(self, client: socket.socket) -> bool:
        return True


class Proxy(Https):
    """Tunnels from `port` of the loopback address, or a free one if it cannot be used."""

    def __init__(self, port: int, context: ssl.SSLContext, server: Server) -> None:
        try:
            super().__init__(port, context, server)
        except (OSError, OverflowError):
            super().__init__(0, context, server)
        self.url = f"http://{HOST}:{self.port}"

    async def _is_wanted(self, client: socket.socket) -> bool:
        return await _accept_tunnel(client)


def _detach(client: socket.socket) -> socket.socket:
    """The same connection as a new object, which asyncio closes."""
    family, kind, protocol = client.family, client.type, client.proto
    detached = socket.socket(family, kind, protocol, client.detach())
    detached.setblocking(False)
    return detached


class _Waiting:
    """A client that has not completed the handshake."""

    def __init__(self, task: "asyncio.Task[None] | None") -> None:
        self._task = task

    def drop(self) -> None:
        """Close the connection."""
        if self._task is not None:
            self._task.cancel()


def _listen(port: int) -> socket.socket:
    # With the protocol, asyncio sets TCP_NODELAY.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # on Windows it would let two programs share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen(1024)
        listening.setblocking(False)
    except (OSError, OverflowError):
        listening.close()
        raise
    return listening


async def _accept_tunnel(client: socket.socket) -> bool:
    """Read the request to the proxy and respond; return whether to open the tunnel."""
    http, loop = h11.Connection(h11.SERVER), asyncio.get_running_loop()
    try:
        while (request := http.next_event()) is h11.NEED_DATA:
            http.receive_data(await loop.sock_recv(client, _CHUNK))
    except h11.RemoteProtocolError as fault:
        status, sentence = fault.error_status_hint, f"This is not an HTTP request: {fault}"
    else:
        if not isinstance(request, h11.Request):
            return False  # the client closed the connection
        status, sentence = _decide(request)
    # Most clients show the reason phrase of a refusal, not its body.
    reason = sentence.encode()
    if status == 200:
        opened = h11.Response(status_code=200, headers=[], reason=reason)
        await loop.sock_sendall(client, http.send(opened) or b"")
        # no tunnel for a client that does not wait for the response
        return not http.trailing_data[0]
    body = reason + b"\n"
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]
    refusal = h11.Response(status_code=status, headers=headers, reason=reason)
    for event in (refusal, h11.Data(data=body), h11.EndOfMessage()):
        await loop.sock_sendall(client, http.send(event) or b"")
    return False


def _decide(request: h11.Request) -> tuple[int, str]:
    """The status and the reason of the response to a request."""
    target = request.target.decode("ascii", "replace")[:100]
    if request.method != b"CONNECT":
        sentence = f"This proxy makes tunnels to {_ALLOWED} and does nothing else"
        return 403, f"{sentence}; it does not forward {request.method.decode()} {target}"
    host, _, port = target.lower().rpartition(":")
    if host not in HOSTNAMES or port != "443":
        return 403, f"This proxy leads to {_ALLOWED} and nowhere else, not to {target}"
    return 200, "Connection established"  # the PHP SDK accepts no other phrase
