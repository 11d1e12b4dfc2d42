"""A Worker's Activities as toggle buttons, the Worker's own pressed and ticked."""

from collections.abc import Iterable

import ipywidgets as widgets

_ROOM_FOR_TICK = "\u00a0"


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
            self.description = name
            options = tuple((f"{activity}{_ROOM_FOR_TICK}", sid) for activity, sid in given)
            if self.options != options:
                self.options = options
            self.tooltips = [f"Set {name} to {activity}" for activity, _ in given]
            self.icons = ["check" if sid == now else "" for _, sid in given]
            self.value = now
        finally:
            self.painting = False
