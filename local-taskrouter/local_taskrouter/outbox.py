"""The outbox: deliver callbacks in the background, so that one address never delays another.

Each URL of a Workspace has its own line. Event Callbacks leave one after another, in the order of
the Events; of the Assignment Callbacks in a line, eight are under way at a time, as each has its
own Reservation.
"""

import asyncio
import logging
import socket
import sys
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from local_taskrouter.core.records import Callback
from local_taskrouter.delivery_table import Attempt, Delivery

ASSIGNMENTS_AT_ONCE = 8
PLENTY = 128
"""Requests under way at which each further one must be the only one of its line."""
IN_MEMORY = 1_000
"""Waiting deliveries of a line in memory; of those behind them, only the numbers."""
GRACE_SECONDS = 0.5
"""How long `close` waits for responses."""

_EventLoop = asyncio.ProactorEventLoop if sys.platform == "win32" else asyncio.SelectorEventLoop
Send = Callable[[Any, Callback], Awaitable[list[Attempt]]]
"""The first argument is a client as `callbacks.new_client` returns it."""
log = logging.getLogger(__name__)


class _Line:
    """The deliveries of one Workspace to one URL: those that wait, and how many are under way."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.under_way = 0
        self.waiting: deque[Delivery | int] = deque()


class Outbox:
    """Deliver callbacks with `send`, then call `finish` with the delivery, its attempts, and a
    function that returns whether the delivery has been discarded.

    `load` returns a delivery by its number, None if it has been deleted. `finish` and `load` run in
    worker threads. At most `most` requests are under way. Its thread starts with the first delivery.
    """

    def __init__(
        self,
        send: Send,
        finish: Callable[[Delivery, list[Attempt], Callable[[], bool]], None],
        load: Callable[[int], Delivery | None],
        most: int = 1_000,
    ) -> None:
        self._send, self._finish, self._load = send, finish, load
        self._room = asyncio.Semaphore(most)
        self._lines: dict[tuple[str, str, bool], _Line] = {}
        self._open = 0  # deliveries that are not finished
        self._discarded = 0  # calls of `discard`
        self._under_way = 0
        self._changed = threading.Condition()  # reentrant
        self._closed = False
        self._thread: threading.Thread | None = None

    def submit(self, delivery: Delivery) -> None:
        """Deliver soon, after those of the same Workspace to the same URL. Returns immediately."""
        callback = delivery.callback
        assignment = bool(callback.reservation_sid)
        key = callback.workspace_sid, callback.url, assignment
        with self._changed:
            if self._closed:
                return
            self._open += 1
            line = self._lines.get(key)
            if line is None:
                line = self._lines[key] = _Line(ASSIGNMENTS_AT_ONCE if assignment else 1)
            line.waiting.append(delivery if len(line.waiting) < IN_MEMORY else delivery.id)
            self._start_waiting(key, line)

    def wait(self, timeout: float) -> bool:
        """Wait until nothing is unfinished, at most `timeout` seconds; return whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, timeout)

    def discard(self) -> None:
        """Drop all deliveries: those that have not started, and the responses to the others."""
        with self._changed:
            self._discarded += 1
            self._drop_waiting()
            if self._thread is not None:
                self._loop.call_soon_threadsafe(self._cancel)

    def _drop_waiting(self) -> None:
        with self._changed:
            for line in self._lines.values():
                self._open -= len(line.waiting)
                line.waiting.clear()
            self._changed.notify_all()

    def close(self) -> None:
        """Stop, after a moment for responses that are about to come. A second call does nothing."""
        with self._changed:
            self._closed, thread, self._thread = True, self._thread, None
            self._drop_waiting()  # before one of them starts a new thread
        if thread is not None:
            self.wait(GRACE_SECONDS)
            self._loop.call_soon_threadsafe(self._stopping.set)
            thread.join()

    def _start_waiting(self, key: tuple[str, str, bool], line: _Line) -> None:
        """Start as many deliveries of a line as may be under way. The caller holds the lock."""
        while line.waiting and line.under_way < (line.at_once if self._under_way < PLENTY else 1):
            line.under_way += 1
            self._under_way += 1
            is_discarded = partial(self._discarded_since, self._discarded)
            self._call(self._start_task, key, line, line.waiting.popleft(), is_discarded)
        if not line.under_way:
            del self._lines[key]

    def _discarded_since(self, before: int) -> bool:
        return self._discarded > before

    def _call(self, function: Callable[..., None], *args: Any) -> None:
        if self._thread is None:
            self._loop, self._stopping = _Loop(), asyncio.Event()
            self._tasks: set[asyncio.Task[None]] = set()
            self._thread = threading.Thread(target=self._run, name="callbacks", daemon=True)
            self._thread.start()
        self._loop.call_soon_threadsafe(function, *args)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        from local_taskrouter.callbacks import new_client  # slow to load, for the first callback

        async with new_client() as self._client:
            await self._stopping.wait()
            self._cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _start_task(
        self,
        key: tuple[str, str, bool],
        line: _Line,
        item: Delivery | int,
        is_discarded: Callable[[], bool],
    ) -> None:
        task = self._loop.create_task(self._deliver(key[1], item, is_discarded))
        self._tasks.add(task)
        # Not a `finally` of the coroutine: a task canceled before its first step never enters it.
        task.add_done_callback(partial(self._end, key, line))

    def _end(self, key: tuple[str, str, bool], line: _Line, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        with self._changed:
            line.under_way -= 1
            self._under_way -= 1
            self._open -= 1
            self._start_waiting(key, line)
            self._changed.notify_all()

    async def _deliver(
        self, url: str, item: Delivery | int, is_discarded: Callable[[], bool]
    ) -> None:
        try:
            delivery = await asyncio.to_thread(self._load, item) if isinstance(item, int) else item
            if delivery is not None:
                async with self._room:
                    attempts = await self._send(self._client, delivery.callback)
                await asyncio.to_thread(self._finish, delivery, attempts, is_discarded)
        except Exception:
            log.exception("The callback to %s failed", url)


class _Loop(_EventLoop):
    """Look up each host name in its own thread, which ends with the process.

    By default, lookups share a few threads: names that no DNS server answers would delay all others
    and the end of the process.
    """

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        """Call `socket.getaddrinfo`."""
        lookup = Future[Any]()
        lookup.set_running_or_notify_cancel()  # so `set_result` works if the caller has given up

        def look_up() -> None:
            try:
                lookup.set_result(socket.getaddrinfo(host, port, **options))
            except Exception as error:  # noqa: BLE001 - raised in the event loop
                lookup.set_exception(error)

        threading.Thread(target=look_up, daemon=True).start()
        return await asyncio.wrap_future(lookup, loop=self)
