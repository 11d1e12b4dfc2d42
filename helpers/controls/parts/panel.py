"""The frame of every control's panel, and its lines, which escape every value they show."""

from collections.abc import Sequence
from html import escape
from typing import Any, Generic, TypeVar

import ipywidgets as widgets
from traitlets import Unicode, dlink

from helpers.controls.parts.in_page import PANEL, InPage
from helpers.controls.parts.shown_call import Call
from helpers.controls.parts.state import ControlState
from helpers.display.html import CODE, WRAPPED
from helpers.display.theme import CODE_FONT, ERROR_EDGE, INK, NOTICE_EDGE


class TextLine(widgets.HTML):
    """Shows `text`, escaped; takes no space while it is empty."""

    text = Unicode()
    role = "status"
    style_of_line = f"{WRAPPED};color:{INK}"

    def __init__(self) -> None:
        super().__init__()
        self.observe(self._render, "text")
        self._render()

    def as_html(self) -> str:
        return f'<div role="{self.role}" style="{self.style_of_line}">{escape(self.text)}</div>'

    def _render(self, _: object = None) -> None:
        self.value = self.as_html() if self.text else ""
        self.layout.display = None if self.text else "none"


class ErrorLine(TextLine):
    """Shows an error with a sign and a border, so that it differs not by color alone."""

    role = "alert"
    style_of_line = (
        f"{WRAPPED};font-family:{CODE_FONT};font-size:90%;"
        f"border-left:4px solid {ERROR_EDGE};padding:2px 8px;color:{INK}"
    )

    def as_html(self) -> str:
        return f'<div role="{self.role}" style="{self.style_of_line}">⚠ {escape(self.text)}</div>'


class PlainLine(TextLine):
    """Shows `text` that screen readers do not announce, since it changes every second."""

    def as_html(self) -> str:
        return f'<div style="{self.style_of_line}">{escape(self.text)}</div>'


class NoticeLine(TextLine):
    """Shows why a panel is not up to date, with a sign and a border."""

    style_of_line = f"{WRAPPED};border-left:4px solid {NOTICE_EDGE};padding:2px 8px;color:{INK}"

    def as_html(self) -> str:
        return f'<div role="status" style="{self.style_of_line}">‖ {escape(self.text)}</div>'


class CallLines(widgets.HTML):
    """Shows a call as Python and as curl; one click selects all of either.

    `caption` stands before each: "Sent last".
    """

    def __init__(self, caption: str) -> None:
        super().__init__()
        self.caption = caption

    def show(self, call: Call | None) -> None:
        self.value = "" if call is None else _as_html(self.caption, call)
        self.layout.display = "none" if call is None else None


State = TypeVar("State", bound=ControlState)


class Panel(widgets.VBox, Generic[State]):
    """The frame of a control: its fields, the error and the call of its state, then details."""

    call_caption = "Sent last"

    def __init__(
        self,
        state: State,
        fields: Sequence[widgets.Widget],
        details: Sequence[widgets.Widget] = (),
    ) -> None:
        self.state = state
        self.error_line = ErrorLine()
        self.call_lines = CallLines(self.call_caption)
        super().__init__([*fields, self.error_line, self.call_lines, *details, InPage()])
        self.add_class(PANEL)
        dlink((state, "error"), (self.error_line, "text"))
        state.observe(self._render_call, "call")
        self._render_call()

    def close(self) -> None:
        """Remove the panel and everything in it."""
        if self.comm is not None:
            super().close()
            close_all(*self.children, self.layout)

    def as_text(self) -> str:
        """The panel as plain text, for a page that cannot run it."""
        raise NotImplementedError

    def _render_call(self, _: object = None) -> None:
        self.call_lines.show(self.state.call)

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**options)
        assert isinstance(bundle, dict)
        return {**bundle, "text/plain": self.as_text()}


def close_all(*parts: widgets.Widget) -> None:
    """Close widgets with their children, layout and style; ipywidgets keeps those still open."""
    for part in parts:
        part.close()
        looks = [getattr(part, name, None) for name in ("layout", "style")]
        close_all(*getattr(part, "children", ()), *filter(None, looks))


def _as_html(caption: str, call: Call) -> str:
    return "".join(
        f'<div style="margin-top:4px">{caption}, {name}:</div>'
        f'<pre tabindex="0" role="group" aria-label="{caption}, {name}" style="{CODE}">'
        f"{escape(text)}</pre>"
        for name, text in (("in Python", call.python), ("with curl", call.curl))
    )
