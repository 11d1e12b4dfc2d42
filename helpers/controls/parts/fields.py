"""Fields that several controls have: a chooser, a search, and the buttons of a Worker's Activities."""

from collections.abc import Iterable

import ipywidgets as widgets
from traitlets import link

from helpers.controls.parts.state import ControlState

# The room for a tick is always there, so that the buttons do not move.
_TICK, _NO_TICK = "\u00a0✓", "\u00a0\u2007"


class Chooser(widgets.Dropdown):
    """`value` is the SID of what is chosen, "" for the newest.

    While `painting`, a change of `value` is not the learner's.
    """

    def __init__(self, name: str, newest: str) -> None:
        self.painting = False
        self.newest = (newest, "")
        super().__init__(
            options=[self.newest],
            description=name,
            style={"description_width": "initial"},
            layout={"width": "36em", "max_width": "98%"},
        )

    def paint(self, options: Iterable[tuple[str, str]], chosen: str) -> None:
        """Offer `options`, (description, SID) each, with `chosen` chosen."""
        self.painting = True
        try:
            offered = (self.newest, *options)
            if self.options != offered:
                self.options = offered
            self.value = chosen
        finally:
            self.painting = False


class ActivityButtons(widgets.ToggleButtons):
    """Buttons of which `value` is the pressed one's Activity SID.

    While `painting`, a change of `value` is not the learner's.
    """

    def __init__(self) -> None:
        self.painting = False
        super().__init__(style={"description_width": "initial", "button_width": "auto"})

    def paint(self, name: str, activities: Iterable[tuple[str, str]], now: str) -> None:
        """Press the button of the Activity `now`; setting options alone would press the first."""
        given = list(activities)
        if not any(sid == now for _, sid in given):
            return
        self.painting = True
        try:
            with self.hold_sync():
                self.description = self.tooltip = name
                options = tuple(
                    (f"{activity}{_TICK if sid == now else _NO_TICK}", sid)
                    for activity, sid in given
                )
                if self.options != options:
                    self.options = options
                self.tooltips = [f"Set {name} to {activity}" for activity, _ in given]
                self.value = now
        finally:
            self.painting = False


class Search(widgets.Text):
    """Writes the state's `contains`; it is there only while the state is `crowded`."""

    def __init__(self, state: ControlState, tooltip: str) -> None:
        self._state = state
        super().__init__(
            description="Contains",
            tooltip=tooltip,
            style={"description_width": "initial"},
            layout={"width": "24em", "max_width": "98%"},
        )
        link((state, "contains"), (self, "value"))
        state.observe(self._show, "crowded")
        self._show()

    def _show(self, _: object = None) -> None:
        self.layout.display = None if self._state.crowded else "none"


def contains(text: str, *values: str) -> bool:
    """Whether one of `values` contains `text`, in any case."""
    return any(text.casefold() in value.casefold() for value in values)
