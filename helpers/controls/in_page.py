"""What a panel needs to do in the page itself, where ipywidgets neither notices nor can be asked."""

from html import escape
from pathlib import Path

import ipywidgets as widgets

PANEL, PART = "taskrouter-panel", "taskrouter-part"
_SCRIPTS = [
    Path(__file__).with_name(name).read_text("utf-8") for name in ("focus.js", "presses.js")
]
_ONLOAD = f'const panel = this.closest(".{PANEL}");' + "".join(f"{{{text}}}" for text in _SCRIPTS)


class InPage(widgets.HTML):
    """A part of a panel that is not seen; it runs the scripts beside this file in the page.

    They keep the keyboard's focus in the panel and take a double click for one press. They hang on
    a style sheet's `onload`, since scripts in an HTML widget do not run; a page that forbids it
    shows the panel without their help.

    The panel has the CSS class PANEL, and each part that the focus may wait at the class PART.
    """

    def __init__(self) -> None:
        rules = f".{PART}:focus,.{PANEL}:focus{{outline-offset:2px}}"
        super().__init__(
            f'<style onload="{escape(_ONLOAD)}">{rules}</style>', layout={"display": "none"}
        )
