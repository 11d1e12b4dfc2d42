"""What a panel needs to do in the page itself, where ipywidgets neither notices nor can be asked."""

from html import escape
from pathlib import Path
from urllib.parse import quote

import ipywidgets as widgets

PANEL, PART = "taskrouter-panel", "taskrouter-part"
_SCRIPTS = [
    Path(__file__).with_name(name).read_text("utf-8") for name in ("focus.js", "presses.js")
]
_ONLOAD = f'const panel = this.closest(".{PANEL}");' + "".join(f"{{{text}}}" for text in _SCRIPTS)


_ARROW = quote(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18"><path fill="#e0e0e0" '
    'd="M5.2,5.9L9,9.7l3.8-3.8l1.2,1.2l-4.9,5l-4.9-5L5.2,5.9z"/></svg>',
    safe="",
)
_LOST = "The kernel was restarted, or has ended. Run the notebook from its first cell."
# A panel without its kernel says so, and cannot be pressed; ipywidgets marks each part of it alone.
# ipywidgets marks the focus by a thin light blue line, which hardly stands out from white, and has
# a black arrow for its lists in the dark theme too.
_RULES = (
    f".{PANEL}.jupyter-widgets-disconnected::before{{content:'‖ {_LOST}'!important;"
    "font:inherit!important;color:inherit!important;margin:0!important;position:static!important;"
    "border-left:4px solid #b06000;padding:2px 8px}"
    f".{PANEL} .jupyter-widgets-disconnected::before{{display:none!important}}"
    f".{PANEL}.jupyter-widgets-disconnected>*{{pointer-events:none;opacity:.7}}"
    f".{PART}:focus,.{PANEL}:focus{{outline-offset:2px}}"
    f".{PANEL} :is(button,input,pre,select,summary,textarea):focus-visible"
    "{outline:2px solid var(--jp-brand-color1,#1976d2)!important;outline-offset:1px}"
    f"[data-jp-theme-light='false'] .{PANEL}"
    f"{{--jp-widgets-dropdown-arrow:url(data:image/svg+xml,{_ARROW})}}"
    f".{PANEL} .widget-toggle-buttons>.widget-label{{margin-left:2px;font-weight:bold}}"
)


class InPage(widgets.HTML):
    """A part of a panel that is not seen; it runs the scripts beside this file in the page.

    They keep the keyboard's focus in the panel and take a double click for one press. They hang on
    the `onload` of a style sheet, since scripts in an HTML widget do not run; a page that forbids it
    shows the panel without their help. The style sheet itself makes the focus and the arrows of
    lists stand out in both themes.

    The panel has the CSS class PANEL, and each part that the focus may wait at the class PART.
    """

    def __init__(self) -> None:
        super().__init__(
            f'<style onload="{escape(_ONLOAD)}">{_RULES}</style>', layout={"display": "none"}
        )
