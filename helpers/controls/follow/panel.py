"""States that follow TaskRouter, and when they stop."""

import threading
from collections.abc import Callable, Mapping
from time import monotonic

from local_taskrouter.ui.shape import Shown
from local_taskrouter.ui.snapshot import Snapshot
from traitlets import Dict, Instance, Int, Unicode

from helpers.controls.follow.poller import Update, poller_for
from helpers.controls.parts import shown_call
from helpers.controls.parts.state import ControlState, error_with_advice
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.cell_errors import running_shell

_JUMP_SECONDS = 2.5  # a snapshot's time is in whole seconds
_STOPPED = "This panel has stopped: its cell ran again, or it was closed."


class FollowingState(ControlState):
    """A state that follows TaskRouter: the poller calls `on_update` about once a second.

    On real Twilio the snapshot is read every three seconds.

    Hold `lock` to change or render the state in another thread, as `on_update` does. Send no request
    while holding it.
    """

    polls_taskrouter = True
    """False for controls that show only local data, which is never stale."""

    snapshot = Instance(Snapshot, ())
    notice = Unicode(help="why the panel shows old data, in a sentence; else empty")
    jumps = Int(help="how often TaskRouter's time differed from what `now` had counted on to")

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab)
        self.lock = threading.RLock()
        self.poller = poller_for(lab)
        self._read_time, self._read_at = 0.0, monotonic()

    def now(self) -> float:
        """TaskRouter's time in seconds since 1970, counted on from the latest snapshot."""
        return self._read_time + monotonic() - self._read_at

    def follow(self) -> None:
        """Show the current data, then follow changes."""
        self.poller.subscribe(self.on_update, self.polls_taskrouter)
        if self.polls_taskrouter:
            self.poller.refresh()
        else:
            self.on_update(Update())

    def close(self) -> None:
        """Stop following."""
        self.poller.unsubscribe(self.on_update)
        with self.lock:
            self.notice = _STOPPED

    def on_update(self, update: Update) -> None:
        """Apply what the Poller has read; an error becomes the notice."""
        with self.lock:
            if self.notice == _STOPPED:
                return
            try:
                if update.snapshot is not self.snapshot:
                    self.snapshot = update.snapshot
                    self._set_time(self._time_read())
                self.apply_snapshot()
                self.notice = update.problem if self.polls_taskrouter else ""
            except Exception as error:  # noqa: BLE001 - a thread's error is shown nowhere else
                self.notice = f"This cannot be shown: {error_with_advice(error)}"

    def act(self, action: Callable[[], None]) -> bool:
        """`attempt(action)`, then show its effect at once, in every panel."""

        def act_and_refresh() -> None:
            try:
                action()
            finally:
                self.poller.refresh()

        return self.attempt(act_and_refresh)

    def update(
        self, resources: str, sid: str, parent: tuple[str, str] | None = None, **parameters: str
    ) -> bool:
        """Update a resource of the Workspace, and show the call, as `shown_call.update` has it.

        False while another action is running.
        """

        def send() -> None:
            self.call = shown_call.update(self.lab, resources, sid, parent, **parameters)
            resource = self.lab.workspace
            for name, step_sid in filter(None, [parent, (resources, sid)]):
                resource = getattr(resource, name)(step_sid)
            resource.update(**parameters)

        return self.act(send)

    def _set_time(self, read: float) -> None:
        if abs(read - self.now()) > _JUMP_SECONDS:
            self._read_time, self._read_at = read, monotonic()
            self.jumps += 1

    def _time_read(self) -> float:
        """TaskRouter's time of the latest snapshot, in seconds since 1970."""
        return self.snapshot.time()

    def apply_snapshot(self) -> None:
        """Set the state's other traits from `snapshot`."""
        raise NotImplementedError


class ShownState(FollowingState):
    """A state whose panel draws the Workspace as of the latest snapshot."""

    shown = Dict(help="what it draws of local_taskrouter/ui/shape.py")

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab)
        self.apply_snapshot()

    def apply_snapshot(self) -> None:
        self.shown = self.select(self.poller.show(self.snapshot))

    def select(self, shown: Shown) -> Mapping[str, object]:
        """Return what the panel draws, so that it gets no message while that stays the same."""
        return shown


_states_by_cell: dict[str, tuple[object, list[FollowingState]]] = {}


def stop_when_cell_runs_again(state: FollowingState) -> None:
    """Close the state as soon as the cell that is running now runs again."""
    cell, run = _running_cell()
    if cell is not None:
        _states_by_cell.setdefault(cell, (run, []))[1].append(state)
        running_shell().events.register(
            "pre_run_cell", _stop_earlier_run
        )  # repeating it has no effect


def _stop_earlier_run(_: object) -> None:
    """JupyterLab sends no event when an output is cleared, but a cell that runs again clears it."""
    cell, run = _running_cell()
    if cell in _states_by_cell and _states_by_cell[cell][0] != run:
        for earlier in _states_by_cell.pop(cell)[1]:
            earlier.close()


def _running_cell() -> tuple[str | None, object]:
    """The id of the running cell and of this run; None if the front end sends no cell id."""
    parent = getattr(running_shell(), "get_parent", dict)()
    header, metadata = parent.get("header", {}), parent.get("metadata", {})
    return metadata.get("cellId"), header.get("msg_id")
