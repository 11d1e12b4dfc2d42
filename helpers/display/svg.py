"""A drawing that a notebook shows with its text alternative, on any background.

Every text of a drawing stands on a box of its own, and what differs, differs by more than colour.
"""

from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

ARROW = "#7a7a7a"  # stands out from a light page and from a dark one
# Light becomes dark, and each colour stays what it is. Where a page drops the style, what is drawn
# is legible all the same.
_IN_THE_DARK = (
    "[data-jp-theme-light='false'] .taskrouter-picture{filter:invert(1) hue-rotate(180deg)}"
)


@dataclass(frozen=True)
class Look:
    """How a box is drawn, and the word that says the same."""

    word: str
    fill: str
    ink: str
    border: str
    weight: str = "normal"


DONE = Look("✓ done", "#dff0e2", "#14401f", 'stroke="#2e7d43" stroke-width="1.5"')
NOW = Look("▶ now", "#0b4f9e", "#ffffff", 'stroke="#f2a900" stroke-width="4"', "bold")
TO_COME = Look(
    "to come", "#f3f4f6", "#3c4043", 'stroke="#7a7a7a" stroke-width="1.5" stroke-dasharray="5 4"'
)


class Picture:
    """A drawing, and the same in words."""

    def __init__(self, svg: str, text: str) -> None:
        self.svg = svg
        self.text = text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        words = "; ".join(self.text.splitlines())
        return {"text/html": image_html(self.svg, words), "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def image_html(svg: str, words: str) -> str:
    """The drawing `svg` as HTML, with `words` that say the same; no wider than there is room.

    As an <img> with alt: JupyterLab shows image/svg+xml as an image without a name, and does not
    show it at all in a notebook that is not trusted.
    """
    return (
        f"<style>{_IN_THE_DARK}</style>"
        f'<img class="taskrouter-picture" alt="{escape(words)}" '
        f'style="max-width:100%" src="data:image/svg+xml,{quote(svg)}">'
    )
