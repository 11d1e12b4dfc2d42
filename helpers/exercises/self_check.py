"""An exercise's self-check: which lines are right, which are not yet, and what to do next."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import asdict, dataclass, replace
from functools import wraps
from typing import Any, Generic, TypeVar, cast

from local_taskrouter.ui.shape import Shown
from traitlets import Dict

from helpers.controls.follow.drawn import DrawnPanel
from helpers.controls.follow.panel import FollowingState
from helpers.controls.follow.poller import SETTINGS_EVERY, Update
from helpers.controls.follow.reader import SnapshotReader
from helpers.controls.parts.state import error_with_advice
from helpers.display.page_widget import PageWidget
from helpers.lessons.complaints_workspace import Case
from helpers.lessons.shared_account import SharedAccount
from helpers.lessons.workspace import AnyLab, PreparedWorkspace

_RIGHT, _NOT_YET = "✓", "○"

Lab = TypeVar("Lab", bound=AnyLab | Case | SharedAccount)


@dataclass(frozen=True)
class Line:
    """One condition of an exercise.

    `what` is a true sentence once the line is `right`. Until then `found` describes what is there
    instead, and `advice` what to do.
    """

    what: str
    right: bool
    found: str
    advice: str

    def __str__(self) -> str:
        return f"{_RIGHT} {self.what}" if self.right else f"{_NOT_YET} {self.what}: {self.found}"


class SelfCheck:
    """The progress of an exercise, line by line.

    A notebook shows it as a panel, which keeps reading while the learner tries if the exercise is
    `refreshing`, and else stays as it is.
    """

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        self.title = title
        self.lines = tuple(lines)
        self.open_panel: Callable[[], Any] = lambda: StillSelfCheck(self)

    @property
    def solved(self) -> bool:
        return all(line.right for line in self.lines)

    @property
    def summary(self) -> str:
        if self.solved:
            return f"{_RIGHT} Solved: {self.title}"
        return f"{_NOT_YET} Not yet solved: {self.title}"

    @property
    def advice(self) -> str:
        """The advice of the first line that is not right yet; "" when the exercise is solved."""
        return next((f"Next: {line.advice}" for line in self.lines if not line.right), "")

    def __repr__(self) -> str:
        lines = [self.summary, *(f"  {line}" for line in self.lines), self.advice]
        return "\n".join(filter(None, lines))

    def to_dict(self) -> dict[str, Any]:
        """What a panel draws, as values for JSON."""
        return {
            "title": self.title,
            "solved": self.solved,
            "lines": [asdict(line) for line in self.lines],
            "advice": self.advice,
        }

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.open_panel()._repr_mimebundle_(**options)


class StillSelfCheck(PageWidget):
    """A self-check in the page, as it was when its cell ran."""

    def __init__(self, found: SelfCheck) -> None:
        super().__init__("self-check", **found.to_dict())
        self._text = repr(found)

    def __repr__(self) -> str:
        return self._text


def refreshing(read: Callable[[Lab], SelfCheck]) -> Callable[[Lab], SelfCheck]:
    """Make a self-check refresh itself while its panel is open.

    About once a second it looks whether the Workspace has changed as panels show it, or the learner
    has sent a request; every SETTINGS_EVERY looks it does not ask. `read` then runs again and again, in another thread, with a client that records nothing: it
    must only read TaskRouter.
    """

    @wraps(read)
    def read_and_refresh(lab: Lab) -> SelfCheck:
        found = read(lab)

        def open_panel() -> SelfCheckPanel[Lab]:
            panel = SelfCheckPanel(SelfCheckState(lab, read, found))
            panel.follow()
            return panel

        found.open_panel = open_panel
        return found

    return read_and_refresh


class SelfCheckState(FollowingState, Generic[Lab]):
    """What `read` returned last."""

    shown = Dict(help="`title`, `solved`, `lines` and `advice` of the self-check")

    def __init__(self, lab: Lab, read: Callable[[Lab], SelfCheck], found: SelfCheck) -> None:
        super().__init__(cast(PreparedWorkspace, lab))
        self.read = read
        self.found = found
        self._update: Update | None = None
        self._seen: tuple[Shown, int] | None = None  # at the latest read that succeeded
        self._unread = 0  # polls since then
        self._reader = SnapshotReader()
        self.apply_snapshot()

    def on_update(self, update: Update) -> None:
        """Read again if something may have changed, before the lock is taken."""
        if update is not self._update and not update.problem and self._may_differ(update):
            try:
                self.found = self.read(self._unrecorded())
            except Exception as error:  # noqa: BLE001 - a thread's error is shown nowhere else
                update = replace(update, problem=error_with_advice(error))
                self._seen = None
        self._update = update
        super().on_update(update)

    def _may_differ(self, update: Update) -> bool:
        seen = (self.poller.show(update.snapshot), self.lab.session.requests.changes)
        self._unread += 1
        if seen == self._seen and self._unread < SETTINGS_EVERY:
            return False
        self._seen, self._unread = seen, 0
        return True

    def apply_snapshot(self) -> None:
        self.shown = self.found.to_dict()

    def close(self) -> None:
        super().close()
        self._reader.close()

    def _unrecorded(self) -> Lab:
        """The lab with a client whose requests the learner's log omits."""
        lab = cast(Lab, self.lab)
        session = copy(lab.session)
        session.client = self._reader.client(lab.session)
        return replace(lab, session=session)


class SelfCheckPanel(DrawnPanel[SelfCheckState[Lab]], Generic[Lab]):
    """A self-check in the page."""

    def __init__(self, state: SelfCheckState[Lab]) -> None:
        super().__init__("self-check", state, ("shown",))

    def drawing(self) -> dict[str, Any]:
        return dict(self.state.shown)

    def as_text(self) -> str:
        return repr(self.state.found)
