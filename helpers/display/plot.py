"""A chart of pandas' `.plot` that follows JupyterLab's theme and has a text alternative.

matplotlib draws it in the colors of a light page. What a notebook shows is that drawing in the
colors of both themes (see svg.py).
"""

import re
from collections.abc import Sequence
from io import StringIO
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler

from helpers.display.svg import color, image_html, themed
from helpers.display.theme import light_and_dark

_SIZE = (7.0, 3.3)  # inches
_CARD, _GRID, _INK = "card", "plot-grid", "ink"
_LINES = ("plot-1", "plot-2", "plot-3", "plot-4", "plot-5")
_STYLE: Any = {
    "figure.facecolor": light_and_dark(_CARD)[0],
    "axes.facecolor": light_and_dark(_CARD)[0],
    "axes.edgecolor": light_and_dark(_INK)[0],
    "axes.labelcolor": light_and_dark(_INK)[0],
    "axes.titlecolor": light_and_dark(_INK)[0],
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=[light_and_dark(name)[0] for name in _LINES]),
    "font.size": 9.5,  # points: 13 pixels on the page
    "axes.titlesize": 10.5,
    "grid.color": light_and_dark(_GRID)[0],
    "legend.edgecolor": light_and_dark(_CARD)[0],
    "legend.facecolor": light_and_dark(_CARD)[0],
    "legend.labelcolor": light_and_dark(_INK)[0],
    "lines.linewidth": 2,
    "text.color": light_and_dark(_INK)[0],
    "xtick.color": light_and_dark(_INK)[0],
    "ytick.color": light_and_dark(_INK)[0],
    "svg.fonttype": "none",
    "svg.hashsalt": "taskrouter",
}


class Plot:
    """A chart: `numbers` is the DataFrame drawn, `axes` is matplotlib's, `text` is its alternative.

    To change it, call the methods of `axes` and display it again, or plot the `numbers` yourself.
    """

    def __init__(
        self, numbers: pd.DataFrame, text: str, styles: Sequence[str], **options: Any
    ) -> None:
        """Draw a line for each column of `numbers`, over its index.

        `styles` are matplotlib's, such as "--" or "C1:"; `options` are those of pandas' `.plot`.
        """
        self.numbers = numbers
        self.text = text
        with matplotlib.rc_context(_STYLE):
            self._figure = Figure(_SIZE, dpi=100, layout="constrained")
            self.axes: Axes = numbers.plot(
                ax=self._figure.subplots(), style=list(styles[: len(numbers.columns)]), **options
            )
            self.axes.grid(axis="y")

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": image_html(self.svg, self.text, "plot"), "text/plain": self.text}

    @property
    def svg(self) -> str:
        """The drawing, with each color for a light page and for a dark one."""
        drawn = StringIO()
        with matplotlib.rc_context(_STYLE):
            metadata = dict.fromkeys(("Creator", "Date", "Format", "Type"))
            self._figure.savefig(drawn, format="svg", metadata=metadata)
        return _themed(drawn.getvalue())


def _themed(svg: str) -> str:
    """Replace the colors of a light page by those of both themes."""
    names = {light_and_dark(name)[0]: name for name in (_CARD, _GRID, _INK, *_LINES)}
    svg = re.sub("|".join(names), lambda light: color(names[light[0]]), svg)
    return themed(svg[svg.index("<svg") :])
