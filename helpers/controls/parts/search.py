"""A field that finds some among more than a panel shows."""

import ipywidgets as widgets
from traitlets import link

from helpers.controls.parts.state import ControlState


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
