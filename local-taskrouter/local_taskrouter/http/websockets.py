"""The connection of a channel of the Event Bridge: uvicorn's websocket, among the server's connections."""

import asyncio
import logging
from typing import Any

from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto.connection import ConnectionState
from wsproto.utilities import LocalProtocolError

from local_taskrouter.http.connections import DROP, Connections

_QUIET = logging.getLogger("local_taskrouter.websockets")
_QUIET.setLevel(logging.WARNING)  # uvicorn would log the addresses, with their tokens


class ChannelConnection(WSProtocol):
    """A websocket that is one of `clients` until its end, and never idle."""

    def __init__(self, clients: Connections, **options: Any) -> None:
        super().__init__(**options)
        self._clients = clients
        self.logger = _QUIET

    def drop(self) -> None:
        """Close the connection."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore
        super().connection_made(transport)
        self._clients.add(self)
        self._clients.busy(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._clients.remove(self)
        super().connection_lost(exc)

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        self.scope["extensions"][DROP] = {"now": self.drop}  # pyright: ignore

    def handle_close(self, event: Any) -> None:
        """Answer a close; for bytes that are no frame, wsproto asks for one with the fault's code."""
        if self.conn.state is ConnectionState.OPEN:
            self.transport.write(self.conn.send(event))
        super().handle_close(event)

    def shutdown(self) -> None:
        """Close the websocket; the server calls this again until the connection is gone."""
        if not self.transport.is_closing():
            try:
                super().shutdown()
            except LocalProtocolError:
                self.transport.close()
