"""The open channels: what is pushed to which, after the response to the request that caused it."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from local_taskrouter import descriptors
from local_taskrouter.core.engine import Engine, Outcome
from local_taskrouter.core.records import Activity, Worker
from local_taskrouter.core.workers import update_activity
from local_taskrouter.event_bridge.access import Token
from local_taskrouter.event_bridge.pushes import Push, pushes
from local_taskrouter.service import TaskRouter

DELAY = 0.06
"""Seconds from a change to its messages: a page that awaits a response only then listens for them."""
MOST_WAITING = 500
"""Messages that a page may leave unread before its channel is closed."""
AWAY_SECONDS = 0.5
"""How long a Worker's last page may be closed before the Worker is Offline, if the page wants that."""
OFFLINE = "Offline"
_SUPERSEDED_KEPT = 1_000
log = logging.getLogger(__name__)


@dataclass(eq=False)
class Channel:
    """One open websocket. `drop` closes its connection at once.

    `messages` are to be sent, in order; None ends the channel for the `reason`.
    """

    token: Token
    key: str
    sets_offline: bool
    drop: Callable[[], None]
    reason: str = ""
    messages: "asyncio.Queue[str | None]" = field(default_factory=asyncio.Queue)

    def end(self, reason: str) -> None:
        """Close the channel after what is to be sent."""
        self.reason = reason
        self.messages.put_nowait(None)


class Channels:
    """The open channels by the SID that each follows. All but `on_written` runs in the event loop.

    At most `most` are open; by default, a quarter as many as this process may open files.
    """

    def __init__(self, taskrouter: TaskRouter, most: int | None = None) -> None:
        self.most = most or min(1_000, descriptors.limit() // 4)
        self._taskrouter = taskrouter
        self._open: dict[str, set[Channel]] = {}
        self._superseded: dict[str, None] = {}
        self._written: deque[tuple[float, list[Push]]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None

    def count(self) -> int:
        """The number of open channels."""
        return sum(map(len, self._open.values()))

    def add(self, channel: Channel, closes_others: bool) -> None:
        """Add a channel that has just opened, and close the same Worker's others if it wants that.

        Their pages connect again, with the same wish. So a page that was closed this way closes no
        other, or two pages would close each other for ever.
        """
        self._loop = asyncio.get_running_loop()
        others = self._open.setdefault(channel.token.channel_sid, set())
        if closes_others and channel.key not in self._superseded:
            for other in others:
                self._superseded[other.key] = None
                other.end("Another page of this Worker has connected")
            while len(self._superseded) > _SUPERSEDED_KEPT:
                del self._superseded[next(iter(self._superseded))]
        others.add(channel)

    def remove(self, channel: Channel) -> None:
        """Forget a channel that has closed; its Worker may go Offline after AWAY_SECONDS."""
        sid = channel.token.channel_sid
        self._open[sid].discard(channel)
        if self._open[sid]:
            return
        del self._open[sid]
        if channel.sets_offline and channel.token.worker_sid:
            asyncio.get_running_loop().call_later(AWAY_SECONDS, self._away, channel.token)

    def on_written(self, engine: Engine, outcome: Outcome | None) -> None:
        """Push what a command changed; if the whole state was replaced, let pages connect again.

        Called in any thread, under the TaskRouter's lock.
        """
        if not self._open or self._loop is None:
            return
        try:
            if outcome is None:
                self._soon(self._end_all)
            elif found := list(
                pushes(engine, self._taskrouter.account_sid, outcome, self._open.__contains__)
            ):
                self._soon(self._push_later, found)
        except Exception:  # the command itself has succeeded
            log.exception("Nothing was pushed about a change")

    def _soon(self, function: Callable[..., None], *args: object) -> None:
        assert self._loop is not None
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(function, *args)

    def _end_all(self) -> None:
        for channels in self._open.values():
            for channel in channels:
                channel.end("TaskRouter has another state")

    def _push_later(self, found: list[Push]) -> None:
        loop = asyncio.get_running_loop()
        self._written.append((loop.time() + DELAY, found))
        if len(self._written) == 1:
            loop.call_later(DELAY, self._push_due)

    def _push_due(self) -> None:
        loop = asyncio.get_running_loop()
        while self._written and self._written[0][0] <= loop.time():
            for sid, text in self._written.popleft()[1]:
                for channel in self._open.get(sid, ()):
                    _offer(channel, text)
        if self._written:
            loop.call_at(self._written[0][0], self._push_due)

    def _away(self, token: Token) -> None:
        if token.channel_sid not in self._open:
            loop = asyncio.get_running_loop()
            loop.run_in_executor(None, self._taskrouter.call, partial(set_offline, token))


def _offer(channel: Channel, text: str) -> None:
    if channel.messages.qsize() < MOST_WAITING:
        channel.messages.put_nowait(text)
    else:
        channel.drop()


def set_offline(token: Token, engine: Engine) -> None:
    """Move the token's Worker to the Activity called Offline, else to one that is not available."""
    worker = engine.store.get(Worker, token.worker_sid)
    if worker is None or worker.workspace_sid != token.workspace_sid:
        return
    away: list[Activity] = [
        one for one in engine.store.find("activities", token.workspace_sid) if not one.available
    ]
    named = [one for one in away if one.friendly_name == OFFLINE]
    for activity in (named or away)[:1]:
        update_activity(engine, worker, activity, reject_pending=False)
