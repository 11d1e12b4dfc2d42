"""The panel of the request inspector."""

from typing import Any

import ipywidgets as widgets
from traitlets import dlink, link

from helpers.controls.follow.panel import LivePanel
from helpers.controls.parts.exchange import answer_of, exchange_html
from helpers.controls.parts.panel import ErrorLine, TextLine
from helpers.controls.replay import METHODS
from helpers.controls.requests_state import DIRECTIONS, STATUSES, RequestsState
from helpers.lessons.workspace import PreparedWorkspace

_FIELD = {
    "style": {"description_width": "8em"},
    "layout": {"width": "48em", "max_width": "98%"},
}


class Editor(widgets.VBox):
    """The fields of a request that is being edited, and the button that sends it."""

    def __init__(self, state: RequestsState) -> None:
        self.edited = TextLine()
        self.method = widgets.Dropdown(options=METHODS, description="Method", **_FIELD)
        self.url = widgets.Text(description="URL", **_FIELD)
        self.form = widgets.Textarea(description="Parameters", rows=6, **_FIELD)
        self.form_error = ErrorLine()
        self.send = widgets.Button(description="Send", icon="paper-plane")
        self.cancel = widgets.Button(description="Close", icon="times")
        buttons = widgets.HBox([self.send, self.cancel])
        fields = [self.edited, self.method, self.url, self.form, self.form_error]
        super().__init__([*fields, buttons])
        dlink((state, "edited"), (self.edited, "text"))
        link((state, "method"), (self.method, "value"))
        link((state, "url"), (self.url, "value"))
        link((state, "form"), (self.form, "value"))
        dlink((state, "form_error"), (self.form_error, "text"))


class Requests(LivePanel):
    """Filters, the list, the one looked at, and the fields to change it."""

    def __init__(self, state: RequestsState) -> None:
        self.painting = False
        self.filters = self._make_filters()
        self.counted = TextLine()
        self.list = widgets.Select(
            options=[],
            description="Requests",
            rows=8,
            style={"description_width": "initial"},
            layout={"width": "98%"},
        )
        self.again = widgets.Button(description="Send again", icon="repeat")
        self.edit = widgets.Button(description="Edit and send", icon="pencil")
        self.editor = Editor(state)
        self.outcome = TextLine()
        self.detail = widgets.HTML()
        buttons = widgets.HBox([self.again, self.edit])
        fields = [self.filters, self.counted, self.list, buttons, self.editor, self.outcome]
        super().__init__(state, fields, [self.detail])
        self._connect(state)
        state.observe(self._paint, ["options", "chosen", "counted", "editing", "busy"])
        self._paint()

    def on_choose(self, change: Any) -> None:
        with self.state.lock:
            if not self.painting:
                self.state.choose(change["new"] or "")

    def on_again(self, _: widgets.Button | None = None) -> None:
        self.state.send_again()

    def on_edit(self, _: widgets.Button | None = None) -> None:
        self.state.edit()

    def on_send(self, _: widgets.Button | None = None) -> None:
        self.state.send_edited()

    def on_close_editor(self, _: widgets.Button | None = None) -> None:
        self.state.editing = False
        self.edit.focus()

    def as_text(self) -> str:
        # What was sent before depends on what was there before; what was received does not.
        received = self.state.lab.session.requests.received()[::-1]
        lines = [f"  {one.method} {one.path} · {answer_of(one)}" for one in received]
        told = lines or ["  nothing yet"]
        return "\n".join(["Request inspector. Your server received, newest first:", *told])

    def _make_filters(self) -> widgets.HBox:
        short = {"style": {"description_width": "initial"}}
        self.text = widgets.Text(
            description="Contains", layout={"width": "18em"}, continuous_update=True, **short
        )
        self.direction = widgets.Dropdown(options=DIRECTIONS, description="Direction", **short)
        self.status = widgets.Dropdown(options=STATUSES, description="Status", **short)
        self.direction.layout.width = self.status.layout.width = "15em"
        filters = [self.text, self.direction, self.status]
        return widgets.HBox(filters, layout={"flex_flow": "row wrap"})

    def _connect(self, state: RequestsState) -> None:
        link((state, "text"), (self.text, "value"))
        link((state, "direction"), (self.direction, "value"))
        link((state, "status"), (self.status, "value"))
        dlink((state, "outcome"), (self.outcome, "text"))
        self.list.observe(self.on_choose, "value")
        self.again.on_click(self.on_again)
        self.edit.on_click(self.on_edit)
        self.editor.send.on_click(self.on_send)
        self.editor.cancel.on_click(self.on_close_editor)

    def _paint(self, _: object = None) -> None:
        state = self.state
        with state.lock:
            self.painting = True
            try:
                if self.list.options != tuple(state.options):
                    self.list.options = state.options
                self.list.value = state.chosen or None
            finally:
                self.painting = False
            found = state.exchange()
            self.detail.value = exchange_html(found) if found else ""
            self.counted.text = state.counted
            self.again.disabled = self.edit.disabled = state.busy or found is None
            self.editor.send.disabled = state.busy
            self.editor.layout.display = None if state.editing else "none"


def requests(lab: PreparedWorkspace) -> Requests:
    """The request inspector: what this notebook sent, and what its server received, newest first.

    Choose a request to see its parameters, explained, and the answer. It can be sent again, as it
    was or changed: what your server received goes to your server, signed anew. Secrets are masked.
    `tables.requests(lab)` is the same as a table.
    """
    panel = Requests(RequestsState(lab))
    panel.follow()
    return panel
