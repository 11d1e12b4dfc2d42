"""A drawing that a notebook shows with its text alternative, on any background.

Every text of a drawing stands on a box of its own, and what differs, differs by more than colour.
"""

from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

ARROW = "#7a7a7a"  # stands out from a light page and from a dark one


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
    """A drawing, its width in pixels, and the same in words."""

    def __init__(self, svg: str, text: str, width: int) -> None:
        self.svg = svg
        self.text = text
        self.width = width

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        # As an <img> with alt: JupyterLab shows image/svg+xml as an image without a name, and does
        # not show it at all in a notebook that is not trusted.
        source = f"data:image/svg+xml,{quote(self.svg)}"
        words = escape("; ".join(self.text.splitlines()))
        image = f'<img alt="{words}" width="{self.width}" src="{source}">'
        return {"text/html": image, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text
