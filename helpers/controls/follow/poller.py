"""One look at TaskRouter for all panels of a kernel, again and again, in the background."""

import atexit
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from requests import RequestException

from helpers.controls.follow.snapshot import Reader, Snapshot
from helpers.controls.parts.state import what_went_wrong
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.api_errors import as_api_error

TICK = 1.0
SECONDS_BETWEEN = {"local": 1.0, "live": 3.0}
LONGEST_PAUSE = 15.0
SETTINGS_EVERY = 10
_BEFORE = "What you see is from before."
_AWAY = f"{_BEFORE} This goes on by itself when TaskRouter is back."
_START = "The cell with connect() starts a local one that has stopped."

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_watches: dict[tuple[str, str], "Watch"] = {}


@dataclass(frozen=True)
class News:
    """What panels are told: the latest snapshot, and why there is no newer one, in sentences."""

    snapshot: Snapshot = field(default_factory=Snapshot)
    trouble: str = ""


Tell = Callable[[News], None]


def watch_for(lab: PreparedWorkspace) -> "Watch":
    """The Watch of the lab's Workspace: the same one for every panel, and for a lab made again."""
    with _lock:
        key = (lab.session.account_sid, lab.workspace_sid)
        watch = _watches.setdefault(key, Watch(lab))
        watch.lab = lab
        return watch


def stop_all(patience: float = 10.0) -> None:
    """Stop every Watch; wait up to `patience` seconds for each. Panels keep what they show."""
    with _lock:
        watches = list(_watches.values())
        _watches.clear()
    for watch in watches:
        watch.stop(patience)


atexit.register(stop_all, 1.0)


class Watch:
    """Reads a Workspace about once a second while somebody listens, and tells everybody.

    TaskRouter is read once however many panels listen. When it does not answer, the news say so
    and the pauses grow, to LONGEST_PAUSE seconds; the first answer sets both right again. Panels
    are told every TICK, for what they show changes with time too.
    """

    def __init__(self, lab: PreparedWorkspace) -> None:
        self.lab = lab
        self.news = News()
        self.listeners: dict[Tell, bool] = {}  # what to call, and whether it needs readings
        self.listeners_lock = threading.Lock()  # guards the listeners and which thread is the one
        self.reading_lock = threading.RLock()  # one reads and tells at a time: news come in order
        self._reader = Reader()
        self._readings = 0
        self.failures = 0  # since the latest answer
        self.due = 0.0  # when to read next, on the clock of monotonic()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def subscribe(self, tell: Tell, reads: bool = True) -> None:
        """Call `tell` from now on, in another thread, until it raises; that is logged.

        A panel says itself what it cannot show (LiveState.receive), as long as it can.
        TaskRouter is asked if somebody `reads`.
        """
        with self.listeners_lock:
            self.listeners[tell] = reads
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="panels", daemon=True)
                self._thread.start()

    def unsubscribe(self, tell: Tell) -> None:
        """Call `tell` no more; without listeners the thread ends."""
        with self.listeners_lock:
            self.listeners.pop(tell, None)
            if not self.listeners:
                self._end()

    def stop(self, patience: float = 10.0) -> None:
        """Forget all listeners and wait for the thread, up to `patience` seconds."""
        with self.listeners_lock:
            self.listeners.clear()
            thread = self._end()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=patience)

    def refresh(self, everything: bool = True) -> None:
        """Read TaskRouter now, in this thread, and tell everybody; a failure is in the news.

        Without `everything`, what changes seldom is read every SETTINGS_EVERY times only.
        """
        with self.reading_lock:
            try:
                self.news = News(self._read(everything))
                self.failures = 0
                pause = SECONDS_BETWEEN.get(self.lab.session.target, TICK)
            except Exception as error:  # noqa: BLE001 - the panels say it; a thread could not
                self.news = News(self.news.snapshot, _trouble(self.lab, error))
                self.failures += 1
                pause = min(2.0 ** min(self.failures, 10), LONGEST_PAUSE)
            self.due = monotonic() + pause * 0.9  # a tick comes a little early or late
            self._tell_all()

    def _read(self, everything: bool) -> Snapshot:
        if self.failures:
            self.lab.session.rediscover()
        settings = self.news.snapshot.settings
        if everything or self.failures or self._readings % SETTINGS_EVERY == 0:
            settings = self._reader.settings(self.lab)
        self._readings += 1
        return self._reader.snapshot(self.lab, settings)

    def _tell_all(self) -> None:
        with self.listeners_lock:
            listeners = list(self.listeners)
        for tell in listeners:
            try:
                tell(self.news)
            except Exception:  # noqa: BLE001 - one that cannot even say so must not stop the others
                _log.exception("A panel cannot show what it is told, and is told no more.")
                self.unsubscribe(tell)

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
        with self.reading_lock:
            if self._thread is None:
                self._reader.close()

    def tick(self) -> None:
        """Read if it is due and a listener needs it; else tell everybody what is known."""
        with self.listeners_lock:
            wanted = any(self.listeners.values())
        if wanted and monotonic() >= self.due:
            self.refresh(everything=False)
        else:
            with self.reading_lock:
                self._tell_all()


def _trouble(lab: PreparedWorkspace, error: Exception) -> str:
    refused = as_api_error(error)
    if refused and refused.status == 404:
        gone = f"TaskRouter has no Workspace {lab.workspace_sid} any more."
        return f"{gone} {_BEFORE} Run the notebook from its first cell."
    can_start = lab.session.target == "local" and isinstance(error, RequestException)
    told = f"{what_went_wrong(error).rstrip('.')}."
    return " ".join([told, _AWAY, *([_START] if can_start else [])])
