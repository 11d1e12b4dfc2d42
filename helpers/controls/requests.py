"""The request inspector: every HTTP exchange, both ways, newest first; resend or edit one."""

import json
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
from traitlets import Bool, List, Unicode, dlink, link, observe

from helpers.controls.follow.panel import FollowingPanel, FollowingState
from helpers.controls.parts.exchange import (
    answer_of,
    exchange_html,
    line_of,
    searchable_text,
    status_class,
)
from helpers.controls.parts.json_text import AttributesError, read_attributes
from helpers.controls.parts.panel import ErrorLine, TextLine
from helpers.controls.parts.shown_call import Data
from helpers.controls.replay import (
    METHODS,
    Draft,
    ReplayError,
    call_of,
    draft_of,
    in_query,
    is_of,
    send,
)
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.request_log import Exchange

MOST = 200
DIRECTIONS = ("both directions", "sent", "received")
STATUSES = ("every status", "2xx", "3xx", "4xx", "5xx", "no answer")
_FILTERS_RESET = " The filters would hide it, so they are reset."
_NOT_LISTED = " It went neither to TaskRouter nor to your server, so it is not in the list."
_FIELD = {
    "style": {"description_width": "8em"},
    "layout": {"width": "48em", "max_width": "98%"},
}


class RequestsState(FollowingState):
    """The exchanges that pass the filters, and the selected one."""

    polls_taskrouter = False

    text = Unicode(help="only exchanges that contain this, ignoring case")
    direction = Unicode(DIRECTIONS[0])
    status = Unicode(STATUSES[0])
    options = List(help="(description, key) of the newest MOST exchanges, newest first")
    chosen = Unicode(help="the key of the selected exchange; empty for none")
    counted = Unicode(help="how many exchanges there are, in a sentence")
    editing = Bool()
    edited = Unicode(help="the request being edited, in a line")
    method = Unicode("POST", help="method of the request being edited, like `url` and `form`")
    url = Unicode()
    form = Unicode(help="the parameters, a JSON object as text; a list repeats one")
    form_error = Unicode(help="the error in `form`, pointing at the character; else empty")
    outcome = Unicode(help="the outcome of the request sent last, in a sentence")

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab)
        self._shown: dict[str, Exchange] = {}
        self._listed_changes = -1
        self._edited_direction = "sent"

    def apply_snapshot(self) -> None:
        log = self.lab.session.requests
        if log.changes != self._listed_changes:
            self._listed_changes = log.changes
            self._list()

    def exchange(self) -> Exchange | None:
        """The selected exchange."""
        return self._shown.get(self.chosen)

    def send_again(self) -> bool:
        """Send the selected request unchanged. False while another action is running."""
        return self._begin(lambda: self._send(draft_of(self._selected())))

    def edit(self) -> bool:
        """Copy the selected request to the fields. False while another action is running."""
        return self._begin(self._edit)

    def send_edited(self) -> bool:
        """Send the request in the fields. False while another action is running."""
        return self._begin(lambda: self._send(self._edited()))

    def choose(self, key: str) -> None:
        """Select the exchange with this key. Clears the previous outcome."""
        with self.lock:
            self._clear_outcome()
            self.chosen = key

    @observe("text", "direction", "status")
    def _filter(self, _: object) -> None:
        with self.lock:
            self._list()

    @observe("form")
    def _check_form(self, _: object) -> None:
        try:
            read_attributes(self.form, "parameters")
        except AttributesError as error:
            self.form_error = str(error)
        else:
            self.form_error = ""

    def _begin(self, action: Callable[[], None]) -> bool:
        def begin() -> None:
            self._clear_outcome()
            action()

        return self.attempt(begin)

    def _clear_outcome(self) -> None:
        self.outcome = self.error = ""
        self.call = None

    def _list(self) -> None:
        log = list(self.lab.session.requests)
        passing = [exchange for exchange in log if self._passes(exchange)][: -MOST - 1 : -1]
        self._shown = {str(id(exchange)): exchange for exchange in passing}
        if self.chosen not in self._shown:
            self.chosen = ""
        self.options = [(line_of(exchange), key) for key, exchange in self._shown.items()]
        self.counted = f"{len(passing)} of {len(log)} requests, newest first."

    def _passes(self, exchange: Exchange) -> bool:
        if self.direction not in (DIRECTIONS[0], exchange.direction):
            return False
        if self.status != STATUSES[0] and self.status != status_class(exchange):
            return False
        return self.text.casefold() in searchable_text(exchange) if self.text else True

    def _selected(self) -> Exchange:
        found = self.exchange()
        if found is None:
            raise ValueError("Choose a request in the list first.")
        return found

    def _edit(self) -> None:
        exchange = self._selected()
        draft = draft_of(exchange)
        if draft.body:
            raise ReplayError("The body is not a form, so you can send it again but not edit it.")
        self._edited_direction = draft.direction
        self.method, self.url = draft.method, draft.url
        self.form = json.dumps(dict(draft.data), indent=2, ensure_ascii=False)
        self.edited = f"Changed from: {line_of(exchange)}"
        self.editing = True

    def _edited(self) -> Draft:
        if self.form_error:
            raise AttributesError("Nothing was sent: the parameters above have an error.")
        data: Data = {
            name: list(map(_as_text, value)) if isinstance(value, list) else _as_text(value)
            for name, value in read_attributes(self.form, "parameters").items()
        }
        return in_query(Draft(self._edited_direction, self.method, self.url.strip(), data))

    def _send(self, draft: Draft) -> None:
        session = self.lab.session
        before = session.requests.changes
        self.call = call_of(session, draft)
        status = send(session, draft)
        # TaskRouter's callbacks and the requests of other cells may be recorded at the same time.
        recorded = [found for found in session.requests.since(before) if is_of(found, draft)]
        hint = self._select(recorded[-1]) if recorded else _NOT_LISTED
        self.outcome = f"{draft.method} was sent; the answer has the status {status}.{hint}"

    def _select(self, exchange: Exchange) -> str:
        """Select this exchange; return a hint if that required resetting the filters."""
        with self.lock:
            self.apply_snapshot()
            hidden = str(id(exchange)) not in self._shown
            if hidden:
                self.text, self.direction, self.status = "", DIRECTIONS[0], STATUSES[0]
            self.chosen = str(id(exchange))
        return _FILTERS_RESET if hidden else ""


class Editor(widgets.VBox):
    """The fields of the request being edited, and the button that sends it."""

    def __init__(self, state: RequestsState) -> None:
        self.edited = TextLine()
        self.method = widgets.Dropdown(options=METHODS, description="Method", **_FIELD)
        self.url = widgets.Text(description="URL", **_FIELD)
        self.form = widgets.Textarea(description="Parameters", rows=6, **_FIELD)
        self.form_error = ErrorLine()
        self.send_button = widgets.Button(description="Send", icon="paper-plane")
        self.cancel_button = widgets.Button(description="Close", icon="times")
        buttons = widgets.HBox([self.send_button, self.cancel_button])
        fields = [self.edited, self.method, self.url, self.form, self.form_error]
        super().__init__([*fields, buttons])
        dlink((state, "edited"), (self.edited, "text"))
        link((state, "method"), (self.method, "value"))
        link((state, "url"), (self.url, "value"))
        link((state, "form"), (self.form, "value"))
        dlink((state, "form_error"), (self.form_error, "text"))


class Requests(FollowingPanel[RequestsState]):
    """Filters, the list, the selected exchange, and the fields to edit it."""

    def __init__(self, state: RequestsState) -> None:
        self.rendering = False
        self.filters = self._make_filters()
        self.counted = TextLine()
        self.list = widgets.Select(
            options=[],
            description="Requests",
            rows=8,
            style={"description_width": "initial"},
            layout={"width": "98%"},
        )
        self.again_button = widgets.Button(description="Send again", icon="repeat")
        self.edit_button = widgets.Button(description="Edit and send", icon="pencil")
        self.editor = Editor(state)
        self.outcome = TextLine()
        self.detail = widgets.HTML()
        buttons = widgets.HBox([self.again_button, self.edit_button])
        fields = [self.filters, self.counted, self.list, buttons, self.editor, self.outcome]
        super().__init__(state, fields, [self.detail])
        self._connect(state)
        state.observe(self._render, ["options", "chosen", "counted", "editing", "busy"])
        self._render()

    def on_choose(self, change: Any) -> None:
        with self.state.lock:
            if not self.rendering:
                self.state.choose(change["new"] or "")

    def on_again(self, _: widgets.Button | None = None) -> None:
        self.state.send_again()

    def on_edit(self, _: widgets.Button | None = None) -> None:
        self.state.edit()

    def on_send(self, _: widgets.Button | None = None) -> None:
        self.state.send_edited()

    def on_close_editor(self, _: widgets.Button | None = None) -> None:
        self.state.editing = False
        self.edit_button.focus()

    def as_text(self) -> str:
        # Only what the server received: what was sent depends on what the Workspace held before.
        received = self.state.lab.session.requests.received()[::-1]
        lines = [f"  {found.method} {found.path} · {answer_of(found)}" for found in received]
        lines = lines or ["  nothing yet"]
        return "\n".join(["Request inspector. Your server received, newest first:", *lines])

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
        self.again_button.on_click(self.on_again)
        self.edit_button.on_click(self.on_edit)
        self.editor.send_button.on_click(self.on_send)
        self.editor.cancel_button.on_click(self.on_close_editor)

    def _render(self, _: object = None) -> None:
        state = self.state
        with state.lock:
            self.rendering = True
            try:
                if self.list.options != tuple(state.options):
                    self.list.options = state.options
                self.list.value = state.chosen or None
            finally:
                self.rendering = False
            found = state.exchange()
            self.detail.value = exchange_html(found) if found else ""
            self.counted.text = state.counted
            self.again_button.disabled = self.edit_button.disabled = state.busy or found is None
            self.editor.send_button.disabled = state.busy
            self.editor.layout.display = None if state.editing else "none"


def requests(lab: PreparedWorkspace) -> Requests:
    """Return the request inspector: what this notebook sent and its server received, newest first.

    Choose a request to see its parameters, explained, and the answer. You can send it again,
    unchanged or edited: a request that your server received goes to your server with a new
    signature. Secrets are masked. `tables.requests(lab)` shows the same as a table.
    """
    panel = Requests(RequestsState(lab))
    panel.follow()
    return panel


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
