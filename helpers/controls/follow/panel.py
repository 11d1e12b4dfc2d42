"""Controls that follow TaskRouter by themselves: their state, their panel, and when they end."""

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import ipywidgets as widgets
from traitlets import Instance, Unicode, dlink

from helpers.controls.follow.poller import News, watch_for
from helpers.controls.follow.snapshot import Snapshot
from helpers.controls.parts.panel import NoticeLine, Panel
from helpers.controls.parts.state import ControlState, in_a_sentence
from helpers.lessons.workspace import PreparedWorkspace

Line = TypeVar("Line", bound=widgets.Widget)
_RELEASED = "This panel has stopped: its cell ran again, or it was closed."


class LiveState(ControlState):
    """A state that is told what is in the Workspace, about once a second.

    `lock` is held while the state takes news and its panel paints them, so whatever reads or
    paints in another thread (a handler) takes it too. It is never held during a request.
    """

    asks_taskrouter = True  # else what it shows is never from before

    snapshot = Instance(Snapshot, ())
    notice = Unicode(help="Why the panel shows nothing newer, in a sentence; else empty")

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab)
        self.lock = threading.RLock()
        self.watch = watch_for(lab)

    def follow(self) -> None:
        """Show what is now, and follow what comes."""
        self.watch.subscribe(self.receive, self.asks_taskrouter)
        if self.asks_taskrouter:
            self.watch.refresh()
        else:
            self.receive(News())

    def close(self) -> None:
        """Follow no longer."""
        self.watch.unsubscribe(self.receive)
        with self.lock:
            self.notice = _RELEASED

    def receive(self, news: News) -> None:
        """Take what the Watch tells."""
        with self.lock:
            if self.notice == _RELEASED:
                return
            try:
                self.snapshot = news.snapshot
                self.take()
                self.notice = news.trouble if self.asks_taskrouter else ""
            except Exception as error:  # noqa: BLE001 - what a thread raises is seen nowhere
                self.notice = f"This cannot be shown: {in_a_sentence(error)}"

    def act(self, action: Callable[[], None]) -> bool:
        """`attempt(action)`, and show at once what has become of it, in every panel."""

        def act_and_look() -> None:
            try:
                action()
            finally:
                self.watch.refresh()

        return self.attempt(act_and_look)

    def take(self) -> None:
        """Set the state's own traits from `snapshot`."""
        raise NotImplementedError


class LivePanel(Panel):
    """The outside of a live control: what keeps it from following, if anything, then its fields."""

    def __init__(
        self,
        state: LiveState,
        fields: Sequence[widgets.Widget],
        details: Sequence[widgets.Widget] = (),
    ) -> None:
        self.notice_line = NoticeLine()
        super().__init__(state, [self.notice_line, *fields], details)
        dlink((state, "notice"), (self.notice_line, "text"))

    def follow(self) -> None:
        """Begin to follow TaskRouter, until the cell runs again."""
        _remember(self)
        self.state.follow()

    def close(self) -> None:
        """Stop following TaskRouter, and go.

        Python closes what it forgets once more, at any moment and in any thread, even in one that
        holds a lock; nothing is done then.
        """
        if self.comm is not None:
            self.state.close()
            super().close()


def match_lines(
    lines: "dict[str, Line]", sids: Sequence[str], make: Callable[[str], Line]
) -> "list[Line]":
    """Keep in `lines` one part for each of `sids`: `make` what is new, and return what is gone.

    That is to be closed once it is shown no more.
    """
    gone = [lines.pop(sid) for sid in lines.keys() - set(sids)]
    for sid in sids:
        if sid not in lines:
            lines[sid] = make(sid)
    return gone


_of_cell: dict[str, tuple[object, list[LivePanel]]] = {}


def _remember(panel: LivePanel) -> None:
    cell, run = _running_cell()
    if cell is not None:
        _of_cell.setdefault(cell, (run, []))[1].append(panel)
        _shell().events.register("pre_run_cell", _end_earlier_run)  # once, however often


def _end_earlier_run(_: object) -> None:
    """JupyterLab tells nobody that an output was cleared, but a cell that runs again clears its."""
    cell, run = _running_cell()
    if cell in _of_cell and _of_cell[cell][0] != run:
        for earlier in _of_cell.pop(cell)[1]:
            earlier.state.close()


def _running_cell() -> tuple[str | None, object]:
    """The id of the cell that runs, and of this run of it; None where the front end tells none."""
    parent = getattr(_shell(), "get_parent", dict)()
    header, metadata = parent.get("header", {}), parent.get("metadata", {})
    return metadata.get("cellId"), header.get("msg_id")


def _shell() -> Any:
    return getattr(sys.modules["__main__"], "get_ipython", lambda: None)()
