"""One background thread polls TaskRouter for all panels of a kernel."""

import atexit
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from local_taskrouter.ui.names import TaskNames
from local_taskrouter.ui.shape import Shown
from local_taskrouter.ui.shown import show
from local_taskrouter.ui.snapshot import Snapshot
from requests import RequestException

from helpers.controls.follow.reader import SnapshotReader
from helpers.display.pieces import task_names
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.api_errors import as_api_error, error_message

TICK = 1.0
SECONDS_BETWEEN = {"local": 1.0, "live": 3.0}
LONGEST_PAUSE = 15.0
SETTINGS_EVERY = 10
_STALE = "The panel shows the last state it read."
_AWAY = f"{_STALE} It updates as soon as TaskRouter answers."
_START = "The cell with connect() starts a local one that has stopped."

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_pollers: dict[tuple[str, str], "Poller"] = {}


@dataclass(frozen=True)
class Update:
    """The latest snapshot, and why the latest poll failed, in sentences; "" if it did not."""

    snapshot: Snapshot = field(default_factory=Snapshot)
    problem: str = ""


Listener = Callable[[Update], None]


def poller_for(lab: PreparedWorkspace) -> "Poller":
    """Return the Poller of the lab's Workspace, which all its panels share."""
    with _lock:
        key = (lab.session.account_sid, lab.workspace_sid)
        poller = _pollers.setdefault(key, Poller(lab))
        poller.lab = lab
        return poller


def stop_all(timeout: float = 10.0) -> None:
    """Stop every Poller; wait up to `timeout` seconds for each. Panels keep what they show."""
    with _lock:
        pollers = list(_pollers.values())
        _pollers.clear()
    for poller in pollers:
        poller.stop(timeout)


atexit.register(stop_all, 1.0)


class Poller:
    """Polls a Workspace about once a second while it has listeners, and calls them all.

    It reads TaskRouter once, however many listeners it has. When a poll fails, the Update gives the
    reason and the pauses grow, up to LONGEST_PAUSE seconds; the next successful poll resets both.
    It calls the listeners every TICK, because what panels show also changes with time.
    """

    def __init__(self, lab: PreparedWorkspace) -> None:
        self.lab = lab
        self.latest = Update()
        self.listeners: dict[Listener, bool] = {}  # and whether each needs snapshots
        self.listeners_lock = threading.Lock()  # guards `listeners` and `_thread`
        self.poll_lock = threading.RLock()  # one thread polls at a time: updates come in order
        self.failures = 0  # since the latest successful poll
        self.due = 0.0  # when to poll next, on the clock of monotonic()
        self._reader = SnapshotReader()
        self._shown: tuple[Snapshot, Shown] | None = None
        self._polls = 0
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def names(self) -> TaskNames:
        """The names of the Workspace's Tasks, which tables show too."""
        return task_names(self.lab.session, self.lab.workspace_sid)

    def show(self, snapshot: Snapshot) -> Shown:
        """Return the snapshot as JSON, which is made once for all panels."""
        if self._shown is None or self._shown[0] is not snapshot:
            self._shown = (snapshot, show(snapshot, self.names))
        return self._shown[1]

    def read_clock(self) -> dict[str, Any]:
        """Return the local TaskRouter's time, see SnapshotReader.read_clock."""
        with self.poll_lock:
            return self._reader.read_clock(self.lab)

    def subscribe(self, listener: Listener, needs_snapshots: bool = True) -> None:
        """Call `listener` from now on, in another thread, until it raises; that is logged.

        A panel shows its errors itself as long as it can (`FollowingState.on_update`). TaskRouter
        is polled only while a listener needs snapshots.
        """
        with self.listeners_lock:
            self.listeners[listener] = needs_snapshots
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="panels", daemon=True)
                self._thread.start()

    def unsubscribe(self, listener: Listener) -> None:
        """Stop calling `listener`; without listeners the thread ends."""
        with self.listeners_lock:
            self.listeners.pop(listener, None)
            if not self.listeners:
                self._end()

    def stop(self, timeout: float = 10.0) -> None:
        """Remove all listeners and wait for the thread, up to `timeout` seconds."""
        with self.listeners_lock:
            self.listeners.clear()
            thread = self._end()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=timeout)

    def refresh(self, everything: bool = True) -> None:
        """Poll now, in this thread, and call all listeners; `latest.problem` holds a failure.

        Without `everything`, the settings are read every SETTINGS_EVERY polls only.
        """
        with self.poll_lock:
            try:
                self.latest = Update(self._read(everything))
                self.failures = 0
                pause = SECONDS_BETWEEN.get(self.lab.session.target, TICK)
            except Exception as error:  # noqa: BLE001 - a thread cannot show it, the panels do
                self.latest = Update(self.latest.snapshot, _describe(self.lab, error))
                self.failures += 1
                pause = min(2.0 ** min(self.failures, 10), LONGEST_PAUSE)
            self.due = monotonic() + pause * 0.9  # a tick comes a little early or late
            self._notify()

    def tick(self) -> None:
        """Poll if it is due and a listener needs snapshots; otherwise repeat the latest update."""
        with self.listeners_lock:
            needed = any(self.listeners.values())
        if needed and monotonic() >= self.due:
            self.refresh(everything=False)
        else:
            with self.poll_lock:
                self._notify()

    def _read(self, everything: bool) -> Snapshot:
        if self.failures:
            self.lab.session.rediscover()
        settings = self.latest.snapshot.settings
        if everything or self.failures or self._polls % SETTINGS_EVERY == 0:
            settings = self._reader.read_settings(self.lab)
        self._polls += 1
        return self._reader.read_snapshot(self.lab, settings)

    def _notify(self) -> None:
        with self.listeners_lock:
            listeners = list(self.listeners)
        for listener in listeners:
            try:
                listener(self.latest)
            except Exception:  # noqa: BLE001 - one failing listener must not stop the others
                _log.exception("A panel failed to handle an update and is removed.")
                self.unsubscribe(listener)

    def _end(self) -> threading.Thread | None:
        thread, self._thread = self._thread, None
        self._wake.set()
        return thread

    def _run(self) -> None:
        me = threading.current_thread()
        while self._thread is me:
            self._wake.wait(TICK)
            self._wake.clear()
            if self._thread is me:
                self.tick()
        with self.poll_lock:
            if self._thread is None:
                self._reader.close()


def _describe(lab: PreparedWorkspace, error: Exception) -> str:
    refused = as_api_error(error)
    if refused and refused.status == 404:
        gone = f"TaskRouter has no Workspace {lab.workspace_sid} any more."
        return f"{gone} {_STALE} Run the notebook from its first cell."
    can_start = lab.session.target == "local" and isinstance(error, RequestException)
    cause = f"{error_message(error).rstrip('.')}."
    return " ".join([cause, _AWAY, *([_START] if can_start else [])])
