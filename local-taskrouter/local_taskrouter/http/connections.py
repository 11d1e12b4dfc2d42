"""The open connections of a server: a limit to their number and to the time that each may take.

The server closes the connection that has been idle longest when it needs room for a new one, so idle
connections never lock others out.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from local_taskrouter import descriptors
from local_taskrouter.http.sending import OnePiece

IDLE_SECONDS = 600.0
CLIENT_SECONDS = 60.0
"""How long a client may take to send a request, or to read a part of a response."""
DROP = "local_taskrouter.drop"
"""The extension of the ASGI scope whose function `now` closes the connection, without a response."""
_AT_ONCE = 16
log = logging.getLogger(__name__)


class Client(Protocol):
    """The other end of a connection."""

    def drop(self) -> None:
        """Close the connection soon, whatever its state."""


class Connections:
    """Which clients are connected, and since when the server has been waiting for each.

    At most `most` are connected; by default, half as many as this process may open files. `time`
    returns seconds.
    """

    def __init__(self, time: Callable[[], float], most: int | None = None) -> None:
        self.most = most or min(1_000, descriptors.limit() // 2)
        self.accepted_at_once = max(1, self.most // 16)  # before the event loop can drop others
        self._time = time
        self._open: set[Client] = set()
        self._idle: dict[Client, float] = {}  # oldest first, as `_slow`
        self._slow: dict[Client, float] = {}
        self._made_room: float | None = None

    def add(self, client: Client) -> None:
        """Add a client that has just connected, and drop others if there are too many."""
        while len(self._open) >= self.most and (waiting := next(self._waiting(), None)):
            self._drop(waiting)
        self._open.add(client)
        self.idle(client)
        if len(self._open) > self.most:  # all others have a request in progress
            self._drop(client)

    def remove(self, client: Client) -> None:
        """Forget a client that has disconnected."""
        self._open.discard(client)
        self.busy(client)

    def count(self) -> int:
        """The number of connected clients."""
        return len(self._open)

    def idle(self, client: Client) -> None:
        """Record that the client has no request in progress."""
        self.busy(client)
        if client in self._open:
            self._idle[client] = self._time()

    def wait_for(self, client: Client) -> None:
        """Record that the client has to complete a request, or to read a response."""
        self._idle.pop(client, None)
        if client in self._open:
            self._slow.setdefault(client, self._time())

    def busy(self, client: Client) -> None:
        """Record that the server has a request of the client to answer."""
        self._idle.pop(client, None)
        self._slow.pop(client, None)

    def drop_overdue(self) -> None:
        """Drop the clients that have been idle or slow for too long."""
        now = self._time()
        for since, seconds in ((self._idle, IDLE_SECONDS), (self._slow, CLIENT_SECONDS)):
            for client, moment in list(since.items()):
                if now - moment < seconds:
                    break
                self._drop(client)

    def on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Make room if the process cannot accept a connection, else log the error.

        asyncio tries again after a second, but reports each attempt several times.
        """
        if "out of system resource" in context["message"]:
            self.make_room()
        else:
            loop.default_exception_handler(context)

    def make_room(self) -> None:
        """Drop some clients that wait, at most once a second. Logs that only the first time."""
        if self._made_room is None:
            log.warning("Too many files are open. Idle connections are closed to make room.")
        elif self._time() - self._made_room < 1:
            return
        self._made_room = self._time()
        for client in list(islice(self._waiting(), _AT_ONCE)):
            self._drop(client)

    def _waiting(self) -> Iterator[Client]:
        return chain(self._idle, self._slow)

    def _drop(self, client: Client) -> None:
        self.remove(client)
        client.drop()


class Connection(HttpToolsProtocol):
    """A connection of uvicorn that reports its state to `clients`."""

    def __init__(self, clients: Connections, **options: Any) -> None:
        super().__init__(**options)
        self._clients = clients
        self._receives = False
        self._extensions: dict[str, dict[object, object]] = {DROP: {"now": self.drop}}

    def drop(self) -> None:
        """Close the connection."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore
        super().connection_made(transport)
        self._clients.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._clients.remove(self)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._clients.remove(self)  # the channel's protocol takes the connection over
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._report()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = self._extensions
        self._receives = True

    def on_headers_complete(self) -> None:
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self.cycle.send = OnePiece(self.cycle)  # pyright: ignore

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._receives = False

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._report()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._report()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._report()

    def shutdown(self) -> None:
        """Close the connection after its request. With TLS, `close` would wait for the client."""
        if self.scheme == "https" and (self.cycle is None or self.cycle.response_complete):
            self.transport.abort()
        else:
            super().shutdown()

    def _report(self) -> None:
        if self._receives or self.flow.write_paused:
            self._clients.wait_for(self)
        elif self.pipeline or (self.cycle and not self.cycle.response_complete):
            self._clients.busy(self)
        else:
            self._clients.idle(self)
