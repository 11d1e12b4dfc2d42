"""Fields that several controls share: a search, and a Worker's Activity buttons."""

from collections.abc import Iterable

import ipywidgets as widgets
from traitlets import Bool, Unicode, link

from helpers.controls.parts.state import ControlState

# Buttons without a tick keep its space, so that they do not move.
_TICK, _NO_TICK = "\u00a0✓", "\u00a0\u2007"


class ActivityButtons(widgets.ToggleButtons):
    """A Worker's Activities as toggle buttons, the current one pressed and ticked.

    `value` is its SID. `rendering` is True while the panel, not the learner, changes `value`.
    """

    def __init__(self) -> None:
        self.rendering = False
        super().__init__(style={"description_width": "initial", "button_width": "auto"})

    def render(self, name: str, activities: Iterable[tuple[str, str]], now: str) -> None:
        """Press the button of the Activity `now`; new options alone would press the first."""
        pairs = list(activities)
        if not any(sid == now for _, sid in pairs):
            return
        self.rendering = True
        try:
            with self.hold_sync():
                self.description = self.tooltip = name
                options = tuple(
                    (f"{activity}{_TICK if sid == now else _NO_TICK}", sid)
                    for activity, sid in pairs
                )
                if self.options != options:
                    self.options = options
                self.tooltips = [f"Set {name} to {activity}" for activity, _ in pairs]
                self.value = now
        finally:
            self.rendering = False


class SearchableState(ControlState):
    """A state with more items than its panel shows."""

    crowded = Bool(help="whether there are more items than the panel shows")
    contains = Unicode(help="the text that an item must contain to be shown")

    def finds(self, *values: str | None) -> bool:
        """Whether to show an item with these values: one contains the text, ignoring case."""
        text = self.contains.casefold()
        return not self.crowded or any(text in value.casefold() for value in values if value)


class Search(widgets.Text):
    """A field that sets the state's `contains`; shown only while the state is `crowded`."""

    def __init__(self, state: SearchableState, tooltip: str) -> None:
        self._state = state
        super().__init__(
            description="Contains",
            tooltip=tooltip,
            style={"description_width": "initial"},
            layout={"width": "24em", "max_width": "98%"},
        )
        link((state, "contains"), (self, "value"))
        state.observe(self._render, "crowded")
        self._render()

    def _render(self, _: object = None) -> None:
        self.layout.display = None if self._state.crowded else "none"
