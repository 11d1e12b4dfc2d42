"""The request inspector: every HTTP exchange, both ways, newest first, and a way to send one again."""

import json
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
from traitlets import Bool, List, Unicode, dlink, link, observe

from helpers.controls.follow.panel import LivePanel, LiveState
from helpers.controls.parts.exchange import (
    answer_of,
    exchange_html,
    line_of,
    searchable_text,
    status_class,
)
from helpers.controls.parts.json_text import AttributesError, read_attributes
from helpers.controls.parts.panel import ErrorLine, TextLine
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
_FILTERS_SET_BACK = " The filters would hide it, so they are set back."
_NOT_LISTED = " It went neither to TaskRouter nor to your server, so it is not in the list."
_FIELD = {
    "style": {"description_width": "8em"},
    "layout": {"width": "48em", "max_width": "98%"},
}


class RequestsState(LiveState):
    """The exchanges that the filters let through, and the one that is looked at."""

    asks_taskrouter = False

    text = Unicode(help="only exchanges that contain this, in any case")
    direction = Unicode(DIRECTIONS[0])
    status = Unicode(STATUSES[0])
    options = List(help="(description, key) of the newest MOST exchanges, newest first")
    chosen = Unicode(help="the key of the exchange looked at; empty for none")
    counted = Unicode(help="how many exchanges there are, in a sentence")
    editing = Bool()
    edited = Unicode(help="which request is being edited, in a line")
    method = Unicode("POST", help="of the request being edited, as are `url` and `form`")
    url = Unicode()
    form = Unicode(help="the parameters, a JSON object as text; a list repeats one")
    form_error = Unicode(help="what is wrong with `form`, pointing at the character; else empty")
    outcome = Unicode(help="what came of the request sent last, in a sentence")

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab)
        self._shown: dict[str, Exchange] = {}
        self._seen = -1
        self._edited_direction = "sent"

    def take(self) -> None:
        log = self.lab.session.requests
        if log.changes != self._seen:
            self._seen = log.changes
            self._list()

    def exchange(self) -> Exchange | None:
        """The one looked at."""
        return self._shown.get(self.chosen)

    def send_again(self) -> bool:
        """Send the request looked at as it was. False when another action is under way."""
        return self._begin(lambda: self._send(draft_of(self._looked_at())))

    def edit(self) -> bool:
        """Put the request looked at into the fields. False when another action is under way."""
        return self._begin(self._edit)

    def send_edited(self) -> bool:
        """Send what the fields say. False when another action is under way."""
        return self._begin(lambda: self._send(self._edited()))

    def choose(self, key: str) -> None:
        """Look at the exchange with this key; what was said of another one is said no more."""
        with self.lock:
            self._say_nothing()
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
            self._say_nothing()
            action()

        return self.attempt(begin)

    def _say_nothing(self) -> None:
        self.outcome = self.error = ""
        self.call = None

    def _list(self) -> None:
        everything = list(self.lab.session.requests)
        passing = [one for one in everything if self._passes(one)][: -MOST - 1 : -1]
        self._shown = {str(id(one)): one for one in passing}
        if self.chosen not in self._shown:
            self.chosen = ""
        self.options = [(line_of(one), key) for key, one in self._shown.items()]
        self.counted = f"{len(passing)} of {len(everything)} requests, newest first."

    def _passes(self, one: Exchange) -> bool:
        if self.direction not in (DIRECTIONS[0], one.direction):
            return False
        if self.status != STATUSES[0] and self.status != status_class(one):
            return False
        return self.text.casefold() in searchable_text(one) if self.text else True

    def _looked_at(self) -> Exchange:
        found = self.exchange()
        if found is None:
            raise ValueError("Choose a request in the list first.")
        return found

    def _edit(self) -> None:
        exchange = self._looked_at()
        draft = draft_of(exchange)
        if draft.body:
            raise ReplayError("The body is no form, so it can be sent again, but not be edited.")
        self._edited_direction = draft.direction
        self.method, self.url = draft.method, draft.url
        self.form = json.dumps(dict(draft.data), indent=2, ensure_ascii=False)
        self.edited = f"Changed from: {line_of(exchange)}"
        self.editing = True

    def _edited(self) -> Draft:
        if self.form_error:
            raise AttributesError("Nothing was sent: the parameters above have an error.")
        data = {
            name: [_as_text(one) for one in value] if isinstance(value, list) else _as_text(value)
            for name, value in read_attributes(self.form, "parameters").items()
        }
        return in_query(Draft(self._edited_direction, self.method, self.url.strip(), data))

    def _send(self, draft: Draft) -> None:
        session = self.lab.session
        before = session.requests.changes
        self.call = call_of(session, draft)
        status = send(session, draft)
        # TaskRouter's callbacks, and other cells' requests, may be recorded meanwhile.
        recorded = [one for one in session.requests.since(before) if is_of(one, draft)]
        hint = self._look_at(recorded[-1]) if recorded else _NOT_LISTED
        self.outcome = f"{draft.method} was sent; the answer has the status {status}.{hint}"

    def _look_at(self, exchange: Exchange) -> str:
        """Choose this one, and say if the filters had to be set back for it."""
        with self.lock:
            self.take()
            hidden = str(id(exchange)) not in self._shown
            if hidden:
                self.text, self.direction, self.status = "", DIRECTIONS[0], STATUSES[0]
            self.chosen = str(id(exchange))
        return _FILTERS_SET_BACK if hidden else ""


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


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
