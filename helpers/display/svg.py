"""A drawing that a notebook shows with its text alternative, on a light or a dark page.

All text is on a box in the drawing, and what differs, differs by more than color.
"""

from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from helpers.display import theme

# Invert light and dark, and keep each hue. A page that drops the style still shows a readable
# drawing.
_DARK_PAGE = (
    "<style>[data-jp-theme-light='false'] .taskrouter-picture"
    "{filter:invert(1) hue-rotate(180deg)}</style>"
)
_THIN = f'stroke="{theme.DRAWING_LINE}" stroke-width="1.5"'


@dataclass(frozen=True)
class Look:
    """How a box is drawn, and the word that has the same meaning."""

    word: str
    fill: str
    ink: str
    border: str
    weight: str = "normal"


DONE = Look(
    "✓ done", theme.DONE_BOX, theme.DONE_TEXT, f'stroke="{theme.DONE_LINE}" stroke-width="1.5"'
)
NOW = Look(
    "▶ now", theme.NOW_BOX, theme.NOW_TEXT, f'stroke="{theme.NOW_LINE}" stroke-width="4"', "bold"
)
TO_COME = Look("to come", theme.DRAWING_BOX, theme.DRAWING_TEXT, f'{_THIN} stroke-dasharray="5 4"')
PLAIN = Look("", theme.DRAWING_BOX, theme.DRAWING_TEXT, _THIN)
END = Look(
    "end", theme.END_BOX, theme.DRAWING_TEXT, f'stroke="{theme.DRAWING_LINE}" stroke-width="4"'
)


class Picture:
    """A drawing with its text alternative."""

    def __init__(self, svg: str, text: str) -> None:
        self.svg = svg
        self.text = text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        alternative = "; ".join(self.text.splitlines())
        return {"text/html": image_html(self.svg, alternative), "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def image_html(svg: str, alternative: str, kind: str = "picture") -> str:
    """The drawing `svg` as HTML with its text alternative, never wider than the page.

    A "plot" has the colors of a dark page itself.

    An <img> with alt, because JupyterLab shows image/svg+xml as an image without a name, and shows
    none in a notebook that is not trusted.
    """
    return (
        f"{_DARK_PAGE if kind == 'picture' else ''}"
        f'<img class="taskrouter-{kind}" alt="{escape(alternative)}" '
        f'style="max-width:100%" src="data:image/svg+xml,{quote(svg)}">'
    )


def svg_tag(width: int, height: int, attributes: str) -> str:
    """The opening tag of a drawing of this size in pixels."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="{theme.DRAWING_FONT}" font-size="13" '
        f"{attributes}>"
    )


def described_svg(width: int, height: int, title: str, text: str, parts: list[str]) -> str:
    """A drawing of centered text and boxes with a title and a description for a screen reader."""
    return "\n".join(
        [
            svg_tag(width, height, 'text-anchor="middle"'),
            f"<title>{title}</title>",
            f"<desc>{escape(text)}</desc>",
            *parts,
            "</svg>",
        ]
    )
