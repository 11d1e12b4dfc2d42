"""Keeps the keyboard's focus in a panel when the control that has it can no longer be used."""

from html import escape
from pathlib import Path

import ipywidgets as widgets

PANEL, PART = "taskrouter-panel", "taskrouter-part"
_SCRIPT = Path(__file__).with_name("focus.js").read_text("utf-8")


class FocusKeeper(widgets.HTML):
    """A part of a panel that is not seen; it runs `focus.js` where the panel is drawn.

    A browser moves the focus to the page when a button is disabled or drawn anew, and ipywidgets
    neither notices nor can be asked. The script hangs on a style sheet's `onload`, since scripts in
    an HTML widget do not run; a page that forbids it shows the panel without this help.

    The panel has the CSS class PANEL, and each part that the focus may wait at the class PART.
    """

    def __init__(self) -> None:
        rules = f".{PART}:focus,.{PANEL}:focus{{outline-offset:2px}}"
        super().__init__(
            f'<style onload="{escape(_SCRIPT)}">{rules}</style>', layout={"display": "none"}
        )
