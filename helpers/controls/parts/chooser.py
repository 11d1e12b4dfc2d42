"""A list to choose one thing from, whose first entry means "whichever is the newest"."""

from collections.abc import Iterable

import ipywidgets as widgets


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
