"""Pieces of outputs: text as it is, ages, a progress bar."""

from html import escape
from typing import Any

import ipywidgets as widgets
from local_taskrouter.rules.timeouts import duration

from helpers.display.theme import INK

AS_TEXT = "tex2jax_ignore mathjax_ignore"
"""CSS classes of an output, without which JupyterLab draws "$5 and $6" as mathematics."""

WRAPPED = "white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5"


def age(seconds: float) -> str:
    """Seconds in their largest unit: "45 s", "2 min", "1 h"."""
    return " ".join(duration(seconds).split()[:2])


class ProgressBar(widgets.HTML):
    """The browser's own progress bar, named `name`, at 0 %.

    It has a name and a number for a screen reader, which ipywidgets' own bar lacks. Its text
    alternative is the name alone, so that a stored page shows no progress.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.show(0.0)

    def show(self, share: float) -> None:
        """Show the share that is done, from 0 to 1."""
        percent = int(100 * share)
        self.value = (
            f'<label style="color:{INK}">'
            f"{escape(self.name)} "
            f'<progress max="100" value="{percent}" style="width:20em;max-width:100%">'
            f"</progress> {percent} %</label>"
        )

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**(super()._repr_mimebundle_(**options) or {}), "text/plain": self.name}
