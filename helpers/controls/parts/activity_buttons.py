"""A Worker's Activities as toggle buttons, the Worker's own pressed and ticked."""

from collections.abc import Iterable

import ipywidgets as widgets

# The room for a tick is always there, so that the buttons do not move.
_TICK, _NO_TICK = "\u00a0✓", "\u00a0\u2007"


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
