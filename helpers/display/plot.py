"""A chart of pandas' `.plot` that follows JupyterLab's theme and has a text alternative.

matplotlib draws it in the colors of a light page. What a notebook shows is that drawing with each
color as `light-dark()`, so that a stored chart is readable on a dark page too
(https://developer.mozilla.org/en-US/docs/Web/CSS/color_value/light-dark).
"""

import re
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler

from helpers.display.svg import image_html
from helpers.display.theme import PLOT_CARD, PLOT_GRID, PLOT_INK, PLOT_LINES

_SIZE = (7.0, 3.3)  # inches
_STYLE: Any = {
    "figure.facecolor": PLOT_CARD[0],
    "axes.facecolor": PLOT_CARD[0],
    "axes.edgecolor": PLOT_INK[0],
    "axes.labelcolor": PLOT_INK[0],
    "axes.titlecolor": PLOT_INK[0],
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=[light for light, _ in PLOT_LINES]),
    "font.size": 9.5,  # points: 13 pixels on the page
    "axes.titlesize": 10.5,
    "grid.color": PLOT_GRID[0],
    "legend.edgecolor": PLOT_CARD[0],
    "legend.facecolor": PLOT_CARD[0],
    "legend.labelcolor": PLOT_INK[0],
    "lines.linewidth": 2,
    "text.color": PLOT_INK[0],
    "xtick.color": PLOT_INK[0],
    "ytick.color": PLOT_INK[0],
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
    """Replace the colors by variables, whose values follow the theme where the browser can do that."""
    colors = dict([PLOT_CARD, PLOT_GRID, PLOT_INK, *PLOT_LINES])
    names = {light: f"--c{number}" for number, light in enumerate(colors)}
    svg = re.sub("|".join(colors), lambda light: f"var({names[light[0]]})", svg)
    light = _declarations({names[each]: each for each in colors})
    both = _declarations({names[each]: f"light-dark({each},{colors[each]})" for each in colors})
    supports = "@supports (color:light-dark(red,red))"
    style = f"<style>:root{{{light}}}{supports}{{:root{{color-scheme:light dark;{both}}}}}</style>"
    start = svg.index(">", svg.index("<svg")) + 1
    return svg[svg.index("<svg") : start] + style + svg[start:]


def _declarations(values: Mapping[str, str]) -> str:
    return ";".join(f"{name}:{value}" for name, value in values.items())
