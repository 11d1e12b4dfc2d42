"""A drawing that a notebook shows with its text alternative, in the colors of its theme.

A drawing is an <img>, which cannot read the page's variables, but follows the page's `color-scheme`:
it has the colors of both themes in it, as light-dark()
(https://developer.mozilla.org/en-US/docs/Web/CSS/color_value/light-dark). A browser without that
function shows the colors of a light page.
"""

import re
from html import escape
from typing import Any
from urllib.parse import quote

from helpers.display.theme import DRAWING_FONT, light_and_dark

_VARIABLE = re.compile(r"var\(--tr-([\w-]+)\)")
_SUPPORTED = "@supports (color:light-dark(red,red))"


class Picture:
    """A drawing with its text alternative."""

    def __init__(self, svg: str, text: str) -> None:
        self.svg = svg
        self.text = text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": image_html(self.svg, self.text), "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def color(name: str) -> str:
    """The color `--tr-name` of the front end's style sheet, for a drawing."""
    return f"var(--tr-{name})"


def themed(svg: str) -> str:
    """Add the values of the colors in `svg`, for both themes."""
    names = sorted(set(_VARIABLE.findall(svg)))
    values = {name: light_and_dark(name) for name in names}
    light = ";".join(f"--tr-{name}:{one}" for name, (one, _) in values.items())
    both = ";".join(f"--tr-{name}:light-dark({one},{two})" for name, (one, two) in values.items())
    style = (
        f"<style>:root{{{light}}}{_SUPPORTED}{{:root{{color-scheme:light dark;{both}}}}}</style>"
    )
    start = svg.index(">", svg.index("<svg")) + 1
    return svg[:start] + style + svg[start:]


def image_html(svg: str, text: str, kind: str = "picture") -> str:
    """The drawing `svg` as HTML with `text` as its alternative, never wider than the page.

    An <img> with alt, because JupyterLab shows image/svg+xml as an image without a name, and shows
    none in a notebook that is not trusted.
    """
    alternative = escape("; ".join(text.splitlines()))
    return (
        f'<img class="taskrouter-{kind}" alt="{alternative}" style="max-width:100%" '
        f'src="{data_url(svg)}">'
    )


def data_url(svg: str) -> str:
    """The drawing as a URL, for an <img>."""
    return f"data:image/svg+xml,{quote(svg)}"


def described_svg(width: int, height: int, title: str, text: str, parts: list[str]) -> str:
    """A themed drawing of centered text, with a title and a description for a screen reader."""
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" role="img" font-family="{DRAWING_FONT}" font-size="13" '
            f'text-anchor="middle" fill="{color("ink")}">'
        ),
        f"<title>{title}</title>",
        f"<desc>{escape(text)}</desc>",
        f'<rect width="100%" height="100%" fill="{color("card")}"/>',
        *parts,
        "</svg>",
    ]
    return themed("\n".join(lines))
