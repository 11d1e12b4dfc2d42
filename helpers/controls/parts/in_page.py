"""The script and the style sheet that a panel brings into the page."""

from html import escape
from pathlib import Path
from urllib.parse import quote

import ipywidgets as widgets

from helpers.display.theme import BRAND, DROPDOWN_ARROW, NOTICE_EDGE

PANEL = "taskrouter-panel"
_SCRIPTS = [
    Path(__file__).with_name(name).read_text("utf-8") for name in ("focus.js", "presses.js")
]
_ONLOAD = f'const panel = this.closest(".{PANEL}");' + "".join(f"{{{text}}}" for text in _SCRIPTS)


_ARROW = quote(
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18"><path fill="{DROPDOWN_ARROW}" '
    'd="M5.2,5.9L9,9.7l3.8-3.8l1.2,1.2l-4.9,5l-4.9-5L5.2,5.9z"/></svg>',
    safe="",
)
_LOST = "The kernel was restarted, or has ended. Run the notebook from its first cell."
# A panel without its kernel shows one notice and ignores clicks; ipywidgets would mark every part.
# ipywidgets shows the focus as a thin light blue line, hard to see on white, and the arrow of a
# list in black, even in the dark theme.
_RULES = (
    f".{PANEL}.jupyter-widgets-disconnected::before{{content:'‖ {_LOST}'!important;"
    "font:inherit!important;color:inherit!important;margin:0!important;position:static!important;"
    f"border-left:4px solid {NOTICE_EDGE};padding:2px 8px}}"
    f".{PANEL} .jupyter-widgets-disconnected::before{{display:none!important}}"
    f".{PANEL}.jupyter-widgets-disconnected>*{{pointer-events:none;opacity:.7}}"
    f".{PANEL}:focus{{outline-offset:2px}}"
    f".{PANEL} :is(button,input,pre,select,summary,textarea):focus-visible"
    f"{{outline:2px solid {BRAND}!important;outline-offset:1px}}"
    f"[data-jp-theme-light='false'] .{PANEL}"
    f"{{--jp-widgets-dropdown-arrow:url(data:image/svg+xml,{_ARROW})}}"
)


class InPage(widgets.HTML):
    """An invisible part of a panel that runs the scripts beside this file in the page.

    They keep the keyboard focus in the panel and count a double click as one click. The `onload` of
    a style sheet starts them, since scripts in an HTML widget do not run; a page that forbids it
    shows the panel without them. The style sheet makes the focus and the arrows of lists visible
    in both themes.

    The panel has the CSS class PANEL.
    """

    def __init__(self) -> None:
        super().__init__(
            f'<style onload="{escape(_ONLOAD)}">{_RULES}</style>', layout={"display": "none"}
        )
