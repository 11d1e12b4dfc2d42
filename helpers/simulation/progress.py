"""A progress bar that has a name and a number for a screen reader, which ipywidgets' has not."""

from html import escape
from typing import Any

import ipywidgets as widgets

from helpers.display.theme import INK


class ProgressBar(widgets.HTML):
    """The browser's own progress bar, named `name`, at 0 %.

    Its text alternative is the name alone: a stored page does not tell how far a run has come.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.show(0.0)

    def show(self, share: float) -> None:
        """Show that so much is done, from 0 to 1."""
        percent = int(100 * share)
        self.value = (
            f'<label style="color:{INK}">'
            f"{escape(self.name)} "
            f'<progress max="100" value="{percent}" style="width:20em;max-width:100%">'
            f"</progress> {percent} %</label>"
        )

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**super()._repr_mimebundle_(**options), "text/plain": self.name}
