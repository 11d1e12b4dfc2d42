"""One TaskRouter: engine, database, clock and outbox, behind one lock.

A call runs what is due, then its command, and writes both to the database before it releases the lock.
The outbox sends the callbacks after that, so a server can use the API before it responds.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from local_taskrouter import descriptors
from local_taskrouter.api_key import credentials
from local_taskrouter.clock import SystemClock
from local_taskrouter.core.commands import run, run_due
from local_taskrouter.core.engine import Engine, Outcome
from local_taskrouter.core.records import Callback, Reservation, Worker
from local_taskrouter.database import EVENTS_KEPT, Database, DatabaseFailure, Snapshot
from local_taskrouter.delivery_table import Attempt, Delivery
from local_taskrouter.faults import Faults
from local_taskrouter.outbox import Outbox
from local_taskrouter.polite_lock import PoliteLock
from local_taskrouter.request_log import RequestLog
from local_taskrouter.responses import Command, apply_response
from local_taskrouter.settling import SETTLE_SECONDS, Settling
from local_taskrouter.sids import SidMaker
from local_taskrouter.ticker import Ticker

T = TypeVar("T")

_SLICE = 20
"""Timers that fire before other requests get their turn."""
_TURN_SECONDS = 0.05
_TIDY_SECONDS = 0.01


class Busy(Exception):
    """Another thread holds the TaskRouter's lock."""


class TaskRouter:
    """A TaskRouter with its state in the SQLite file `database`, or in ":memory:".

    `api_keys` are secrets by API key SID ("SK…"); they give the same access as the auth token.
    `on_written` gets, under the lock, what was changed; None if the whole state was replaced.
    """

    def __init__(
        self,
        database: str | Path,
        account_sid: str,
        auth_token: str,
        clock: SystemClock | None = None,
        sids: SidMaker | None = None,
        api_keys: Mapping[str, str] | None = None,
    ) -> None:
        self.credentials = {**credentials(account_sid, auth_token), **(api_keys or {})}
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.clock = clock or SystemClock()
        self.sids = sids or SidMaker()
        self.database = Database(database)
        self.faults = Faults()
        self.requests = RequestLog(self.clock.now)
        self.on_stop: Callable[[], None] = lambda: None
        self.on_written: Callable[[Engine, Outcome | None], None] = lambda *_: None
        self.transparent: Mapping[str, str] = {}  # environment variables for programs
        self._lock = PoliteLock()
        self._outbox = Outbox(
            self._send, self._finish, self._load_delivery, min(1_000, descriptors.limit() // 8)
        )
        self._settling = Settling(self._outbox, lambda sid: self.engine.store.get(Reservation, sid))
        self._ticker = Ticker(self._tick, lambda: self._lock.wait_for_others(_TURN_SECONDS))
        self._sleeps_until = inf
        self._to_offer: deque[str] = deque()
        self._advances = 0  # calls of `advance` in progress
        self._closed = False
        with self.database.loading():
            self._load()

    def start(self) -> None:
        """Start the timers, and deliver the callbacks that a killed process left undelivered."""
        with self._lock:
            self._submit_due()
        self._ticker.start()

    def close(self) -> None:
        """Stop the threads and close the file."""
        self._closed = True
        self._ticker.stop()
        self._outbox.close()
        with self._lock:
            with suppress(sqlite3.Error, DatabaseFailure):  # closed before, or the disk is full
                self.database.save_settings(reached=repr(self.clock.now()))
            self.database.close()

    def call(self, command: Callable[[Engine], T], wait: bool = True) -> T:
        """Run a command now and return its result; if it raises, the state does not change.

        Raises Busy if another thread holds the lock and `wait` is False.
        """
        if not self._lock.acquire(blocking=wait):
            raise Busy
        try:
            now = self._run_due()
            result = run(self.engine, now, command)
            self._write()
        finally:
            self._lock.release()
        return result

    def read(self, query: Callable[[Snapshot], T]) -> T:
        """Call `query` with a Snapshot; does not hold the lock if the database is a file."""
        lock = nullcontext() if self.database.has_file else self._lock
        with lock, self.database.snapshot() as snapshot:
            return query(snapshot)

    def advance(self, seconds: float, settle: bool = True, timeout: float = SETTLE_SECONDS) -> bool:
        """Move the clock; what falls due on the way happens at the moment it is due.

        With `settle`, time moves on from a moment only when its callbacks are answered and the
        responses applied, for at most `timeout` real seconds in all. Returns whether that was long
        enough; without `settle`, whether nothing is on its way at the end. Meanwhile, other calls run
        at the moment that has been reached. Raises ValueError for a time before now or after LATEST.
        """
        with self._lock:
            self.clock.check_advance(seconds)
            self.engine.now = self._run_due()
            with self._moved_clock():
                self.clock.advance(seconds)
            self._advances += 1
        try:
            return self._fire_all_due(monotonic() + timeout if settle else -inf)
        finally:
            with self._lock:
                self._advances -= 1
            self._ticker.wake()

    def _fire_all_due(self, end: float) -> bool:
        in_time, done = True, False
        while not (done or self._closed):
            in_time = self._settling.wait(end) and in_time
            self._lock.wait_for_others(_TURN_SECONDS)
            with self._lock:
                done = run_due(self.engine, self.clock.now(), _SLICE, pause=monotonic() < end)
                self._write()
        return self._settling.wait(end) and (in_time or end == -inf)

    def next_due(self) -> float | None:
        """When the next timer is due, in seconds since 1970; None without a timer."""
        with self._lock:
            self._run_due()
            return self.engine.timers.next_due()

    def freeze(self) -> float:
        """Stop the clock: nothing falls due until it is moved or resumed. Returns now."""
        with self._lock:
            now = self._run_due()
            with self._moved_clock():
                self.clock.freeze()
        return now

    def resume(self) -> float:
        """Let the clock continue from where it stopped. Returns now."""
        with self._lock:
            with self._moved_clock():
                self.clock.resume()
            now = self._run_due()
        self._ticker.wake()
        return now

    def deliveries(self, **which: Any) -> list[Delivery]:
        """The latest callbacks with their attempts, oldest first; `which` as in `select`."""
        found = self.read(lambda snapshot: snapshot.deliveries(**which))
        for delivery in found:
            delivery.callback.parameters["AccountSid"] = self.account_sid
        return found

    def is_settled(self, timeout: float = 0.0) -> bool:
        """Whether no callback is in flight; waits for that at most `timeout` real seconds."""
        return self._settling.wait(monotonic() + timeout)

    def export_state(self) -> dict[str, Any]:
        """The whole state, including the clock, as values for JSON."""
        with self._lock:
            self._run_due()
        return self.read(Snapshot.dump)

    def import_state(self, state: Mapping[str, Any]) -> None:
        """Replace the whole state by an exported one, and go on as after a restart with it.

        Raises ValueError, and changes nothing, if `state` is not an exported state.
        """
        with self._lock:
            engine, before = self.engine, [(o, vars(o).copy()) for o in (self.clock, self.sids)]
            try:
                with self.database.restored(state):
                    self._load()
            except BaseException:
                self.engine = engine
                for each, values in before:
                    vars(each).update(values)
                raise
            self._outbox.discard()
            self.on_written(self.engine, None)
            if self._ticker.is_started:
                self._submit_due()
        self._ticker.wake()

    def reset(self) -> None:
        """Delete everything, including unsent callbacks and faults, and undo moves of the clock."""
        with self._lock:
            self.database.clear()
            self._outbox.discard()
            with self._moved_clock():
                self.clock.reset()
            self.faults.clear()
            self.requests.clear()
            self._load()
            self.on_written(self.engine, None)
        self._ticker.wake()

    def _load(self) -> None:
        engine = Engine(self.sids)
        engine.store.restore(self.database.records())
        self.clock.restore({name: self.database.setting(name) for name in ("offset", "stopped")})
        self.engine = engine
        dates = (record.date_updated for record in engine.store)
        reached = max(float(self.database.setting("reached") or 0.0), max(dates, default=0.0))
        self.clock.continue_from(reached)
        engine.now = reached or self.clock.now()
        # A process that was killed may have left Workers for whom a Task waits: see `Slices`.
        self._to_offer = deque(w.sid for w in engine.store if isinstance(w, Worker) and w.available)
        self.sids.restart(self.database.count_start)  # no SID that this state has

    def _submit_due(self) -> None:
        """Deliver the callbacks without a response. The caller holds the lock."""
        with self.database.snapshot() as snapshot:
            due = snapshot.deliveries("due")
        for delivery in due:
            self._outbox.submit(delivery)

    @contextmanager
    def _moved_clock(self) -> Iterator[None]:
        """Save the clock after the `with` block moved it; if that fails, it is as before."""
        clock, before = self.clock, vars(self.clock).copy()
        try:
            yield
            self.database.save_settings(**clock.settings())
        except BaseException:
            vars(clock).update(before)
            raise

    def _run_due(self) -> float:
        """Fire a slice of the timers that are due; return the moment that has been reached.

        That is now, unless more timers are due. `advance` fires all of them.
        """
        if self._advances:
            return self.engine.now
        now, due = self.clock.now(), self.engine.timers.next_due()
        done = due is None or due > now
        if not done:
            done = run_due(self.engine, now, _SLICE)
            self._write()
        return max(self.engine.now, now) if done else self.engine.now

    def _write(self) -> None:
        outcome = self.engine.outcome()
        if not outcome:
            return
        try:
            deliveries = self.database.write(outcome)
        except BaseException:
            self.engine.undo()
            raise
        self.engine.commit()
        self.on_written(self.engine, outcome)
        for delivery in self.faults.shuffle(deliveries):
            self._outbox.submit(delivery)
        self._settling.state_changed()
        due = self.engine.timers.next_due()
        if due is not None and due < self._sleeps_until:
            self._ticker.wake()

    def _tick(self) -> float:
        """Run what is due, tidy the database; return the seconds until the next call."""
        with self._lock:
            now = self._run_due()
            if self._to_offer:
                run(self.engine, now, self._offer_some)
                self._write()
                return _TIDY_SECONDS
            if self.database.tidy(now - EVENTS_KEPT):
                return _TIDY_SECONDS
            due, now = self.engine.timers.next_due(), self.clock.now()
            self._sleeps_until = inf if due is None else due
            if due is None or self._advances or (self.clock.stopped is not None and due > now):
                return inf
            return max(0.0, due - now)

    def _offer_some(self, engine: Engine) -> None:
        for _ in range(min(_SLICE, len(self._to_offer))):
            if (worker := engine.store.get(Worker, self._to_offer.popleft())) is not None:
                engine.free(worker)

    async def _send(self, client: Any, callback: Callback) -> list[Attempt]:
        from local_taskrouter.callbacks import make_attempts  # as in outbox

        return await make_attempts(client, callback, self.account_sid, self.auth_token, self.faults)

    def _finish(
        self, delivery: Delivery, attempts: list[Attempt], is_discarded: Callable[[], bool]
    ) -> None:
        """Apply the last response and save the delivery, unless the state has been replaced."""

        def call(command: Command) -> None:
            self.call(lambda engine: None if is_discarded() else command(engine))

        apply_response(delivery, attempts, call)
        with self._lock:
            if not is_discarded():
                self.database.save_delivery(delivery)
                self._settling.responded(delivery)

    def _load_delivery(self, number: int) -> Delivery | None:
        with self._lock:
            return self.database.delivery(number)
