"""Serve the emulator over HTTP from one event loop."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from time import monotonic
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from local_taskrouter.http.app import Application
from local_taskrouter.http.connections import IDLE_SECONDS, Connection, Connections
from local_taskrouter.process.owner import Owner
from local_taskrouter.process.serving_process import Registration
from local_taskrouter.service import TaskRouter

_DRAIN_SECONDS = 2.0
_POLL_SECONDS = 1.0
_DRAIN_POLL_SECONDS = 0.001
_BACKLOG = 1024
LARGEST_MESSAGE = 1 << 16
"""Bytes of a message over a channel, where clients have nothing to say."""


class EmulatorServer:
    """Serve `taskrouter` over HTTP. `port` 0 picks a free one; the socket listens immediately.

    `start` serves in a background thread, `run` in this thread, until `stop`, `POST /emulator/stop`,
    `idle_hours` without a request (None: forever) or the end of one of the `owners`. Both close
    `taskrouter` at the end. Raises OSError if the port is taken.
    """

    def __init__(
        self,
        taskrouter: TaskRouter,
        host: str = "127.0.0.1",
        port: int = 0,
        idle_hours: float | None = None,
        owners: Sequence[Owner] = (),
    ) -> None:
        self.taskrouter = taskrouter
        self.owners: list[Owner | Registration] = [*owners]
        self._idle_seconds = None if idle_hours is None else idle_hours * 3600
        self._thread: threading.Thread | None = None
        self._socket = _listen(host, port)
        self.port: int = self._socket.getsockname()[1]
        self.address = (_reachable(host), self.port)
        self.url = f"http://{_bracketed(self.address[0])}:{self.port}"
        self.loop = asyncio.new_event_loop()
        self._app = LastUse(Application(taskrouter))
        self.connections = Connections(self.loop.time)
        self._uvicorn = _Uvicorn(self._app, self.connections, self._poll)

    def start(self) -> "EmulatorServer":
        """Serve in the background; returns itself."""
        self._thread = threading.Thread(target=self.run, name="emulator", daemon=True)
        self._thread.start()
        return self

    def run(self) -> None:
        """Serve until one of the reasons to stop."""
        self.taskrouter.on_stop = self._stop_soon
        self.taskrouter.start()
        try:
            with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
                self.loop.set_exception_handler(self.connections.on_loop_error)
                runner.run(self._uvicorn.serve([self._socket]))
        finally:
            self.taskrouter.close()

    def stop(self) -> None:
        """Finish the current requests and stop. Safe to call twice, from any thread."""
        self._stop_soon()
        if self._thread is not None:
            self._thread.join()

    def new_connection(self) -> asyncio.Protocol:
        """A connection that is served as those to the port. Call it in the event loop."""
        return self._uvicorn.new_connection()

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Run a coroutine until the server stops. Call it in the event loop."""
        task = self.loop.create_task(coroutine)
        self._uvicorn.background.add(task)
        task.add_done_callback(self._uvicorn.background.discard)
        return task

    def close(self) -> None:
        """Close a server that has not run."""
        self.taskrouter.close()
        self._socket.close()
        self.loop.close()

    def _stop_soon(self) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self.loop.call_soon_threadsafe(self._uvicorn.stopping.set)

    def _poll(self) -> bool:
        """Close the connections of slow clients; return whether to stop. Called every second."""
        self.connections.drop_overdue()
        idle = self._idle_seconds is not None and self._app.seconds_ago() > self._idle_seconds
        return idle or any(owner.has_ended() for owner in self.owners)


class _Uvicorn(uvicorn.Server):
    """uvicorn that stops immediately; by default it checks every tenth of a second."""

    def __init__(
        self, app: ASGIApp, connections: Connections, should_stop: Callable[[], bool]
    ) -> None:
        self._new_connection: Any = partial(Connection, connections)
        super().__init__(
            uvicorn.Config(
                app,
                http=self._new_connection,
                interface="asgi3",
                lifespan="off",
                ws=partial(_new_channel, connections),  # pyright: ignore[reportArgumentType]
                ws_max_size=LARGEST_MESSAGE,
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                backlog=connections.accepted_at_once,
                timeout_keep_alive=int(IDLE_SECONDS),
            )
        )
        self.stopping = asyncio.Event()
        self.background: set[asyncio.Task[None]] = set()
        self._should_stop = should_stop

    def new_connection(self) -> Connection:
        """A connection that `shutdown` waits for."""
        return self._new_connection(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve_home`."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listening in sockets or []:
            listening.listen(_BACKLOG)  # asyncio has set it to the number it accepts at once

    async def main_loop(self) -> None:
        while not (self.stopping.is_set() or self._should_stop()):
            await self.on_tick(0)  # updates the Date header
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), _POLL_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        state, end = self.server_state, monotonic() + _DRAIN_SECONDS
        for task in self.background:
            task.cancel()
        # A connection that is being accepted when its server closes would leak:
        # https://github.com/python/cpython/issues/109564
        for listening in sockets or []:
            with suppress(NotImplementedError):  # on Windows
                asyncio.get_running_loop().remove_reader(listening)
        if accepting := asyncio.all_tasks() - state.tasks - {asyncio.current_task()}:
            await asyncio.wait(accepting, timeout=_DRAIN_SECONDS)
        for server in self.servers:
            server.close()
        while state.connections and monotonic() < end:
            for connection in list(state.connections):
                connection.shutdown()
            await asyncio.sleep(_DRAIN_POLL_SECONDS)
        for connection in list(state.connections):
            connection.transport.abort()


def _new_channel(connections: Connections, **options: Any) -> asyncio.Protocol:
    from local_taskrouter.http.websockets import ChannelConnection  # most servers have no channel

    return ChannelConnection(connections, **options)


class LastUse:
    """ASGI wrapper that records when the last request came. An open channel is one that lasts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._at = monotonic()
        self._channels = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        channel = scope["type"] == "websocket"
        self._at = monotonic()
        self._channels += channel
        try:
            await self._app(scope, receive, send)
        finally:
            if channel:
                self._channels -= 1
                self._at = monotonic()

    def seconds_ago(self) -> float:
        """The seconds since the last request, or since the start."""
        return 0.0 if self._channels else monotonic() - self._at


def _listen(host: str, port: int) -> socket.socket:
    # Without the protocol, asyncio does not set TCP_NODELAY, and each response takes 40 ms more.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # On Windows, SO_REUSEADDR lets two programs share a port.
    exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
    option = socket.SO_REUSEADDR if exclusive is None else exclusive
    try:
        listening.setsockopt(socket.SOL_SOCKET, option, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def _reachable(host: str) -> str:
    """The host name at which a client on this machine reaches `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _bracketed(host: str) -> str:
    """`host` as it appears in a URL."""
    return f"[{host}]" if ":" in host else host
