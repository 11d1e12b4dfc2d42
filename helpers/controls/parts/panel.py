"""What every control's panel is made of. Values from outside are shown as text, never as HTML."""

from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets as widgets
from traitlets import Unicode, dlink

from helpers.controls.parts.in_page import PANEL, InPage
from helpers.controls.parts.shown_call import Call
from helpers.controls.parts.state import ControlState
from helpers.display.html import CODE, WRAPPED
from helpers.display.theme import CODE_FONT, INK


class TextLine(widgets.HTML):
    """Shows `text` as it is; an empty one takes no place."""

    text = Unicode()
    role = "status"
    style_of_line = f"{WRAPPED};color:{INK}"

    def __init__(self) -> None:
        super().__init__()
        self.observe(self._show, "text")
        self._show()

    def as_html(self) -> str:
        return f'<div role="{self.role}" style="{self.style_of_line}">{escape(self.text)}</div>'

    def _show(self, _: object = None) -> None:
        self.value = self.as_html() if self.text else ""
        self.layout.display = None if self.text else "none"


class ErrorLine(TextLine):
    """Shows an error: a sign and a border, so that colour is not the only difference."""

    role = "alert"
    style_of_line = (
        f"{WRAPPED};font-family:{CODE_FONT};font-size:90%;"
        "border-left:4px solid #c5221f;padding:2px 8px;"
        f"color:{INK}"
    )

    def as_html(self) -> str:
        return f'<div role="{self.role}" style="{self.style_of_line}">⚠ {escape(self.text)}</div>'


class PlainLine(TextLine):
    """Shows `text` without announcing it: for what changes every second."""

    def as_html(self) -> str:
        return f'<div style="{self.style_of_line}">{escape(self.text)}</div>'


class NoticeLine(TextLine):
    """Says why a panel stands still: a sign and a border."""

    style_of_line = f"{WRAPPED};border-left:4px solid #b06000;padding:2px 8px;color:{INK}"

    def as_html(self) -> str:
        return f'<div role="status" style="{self.style_of_line}">‖ {escape(self.text)}</div>'


class CallLines(widgets.HTML):
    """Shows a call as Python and as curl, each selected as a whole by one click.

    `what` says what the call is: "Sent last".
    """

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def show(self, call: Call | None) -> None:
        self.value = "" if call is None else _as_html(self.what, call)
        self.layout.display = "none" if call is None else None


class Panel(widgets.VBox):
    """The outside of a control: its fields, the error and the call of its state, then details."""

    call_is = "Sent last"

    def __init__(
        self,
        state: ControlState,
        fields: Sequence[widgets.Widget],
        details: Sequence[widgets.Widget] = (),
    ) -> None:
        self.state = state
        self.error_line = ErrorLine()
        self.call_lines = CallLines(self.call_is)
        self._told_in: widgets.Box = self
        super().__init__([*fields, self.error_line, self.call_lines, *details, InPage()])
        self.add_class(PANEL)
        dlink((state, "error"), (self.error_line, "text"))
        state.observe(self._show_call, "call")
        self._show_call()

    def close(self) -> None:
        """Go, with everything in it."""
        if self.comm is not None:
            super().close()
            close_whole(*self.children, self.layout)

    def tell_in(self, part: widgets.Box) -> None:
        """Show the error and the call at the end of `part`: where the learner has pressed."""
        if part is self._told_in:
            return
        before, self._told_in = self._told_in, part
        told = (self.error_line, self.call_lines)
        before.children = [one for one in before.children if one not in told]
        part.children = [*part.children, *told]

    def as_text(self) -> str:
        """What the panel says, for a page that cannot run it."""
        raise NotImplementedError

    def _show_call(self, _: object = None) -> None:
        self.call_lines.show(self.state.call)

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**super()._repr_mimebundle_(**options), "text/plain": self.as_text()}


def close_whole(*widgets_and_looks: widgets.Widget) -> None:
    """Close these and all that is in them: ipywidgets and the page keep whatever is not closed."""
    for one in widgets_and_looks:
        one.close()
        looks = [getattr(one, name, None) for name in ("layout", "style")]
        close_whole(*getattr(one, "children", ()), *filter(None, looks))


def _as_html(what: str, call: Call) -> str:
    return "".join(
        f'<div style="margin-top:4px">{what}, {name}:</div>'
        f'<pre tabindex="0" role="group" aria-label="{what}, {name}" style="{CODE}">'
        f"{escape(text)}</pre>"
        for name, text in (("in Python", call.python), ("with curl", call.curl))
    )
