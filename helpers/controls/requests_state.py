"""The request inspector: every HTTP exchange, both ways, newest first, and a way to send one again."""

import json
import re
from collections.abc import Callable

from traitlets import Bool, List, Unicode, observe

from helpers.controls.follow.panel import LiveState
from helpers.controls.parts.exchange import answer_of, in_milliseconds
from helpers.controls.parts.json_text import AttributesError, read_attributes
from helpers.controls.replay import Draft, ReplayError, call_of, draft_of, in_query, is_of, send
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.request_log import Exchange

MOST = 200
DIRECTIONS = ("both directions", "sent", "received")
STATUSES = ("every status", "2xx", "3xx", "4xx", "5xx", "no answer")
_FILTERS_SET_BACK = " The filters would hide it, so they are set back."
_NOT_LISTED = " It went neither to TaskRouter nor to your server, so it is not in the list."
_WORKSPACE = re.compile(r"^/v1/Workspaces/WS[0-9a-f]{32}(?=/)")
_SID = re.compile(r"\b([A-Z]{2})[0-9a-f]{26}([0-9a-f]{6})\b")


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
        self.options = [(_described(one), key) for key, one in self._shown.items()]
        self.counted = f"{len(passing)} of {len(everything)} requests, newest first."

    def _passes(self, one: Exchange) -> bool:
        if self.direction not in (DIRECTIONS[0], one.direction):
            return False
        if self.status != STATUSES[0] and self.status != _kind(one):
            return False
        return self.text.casefold() in _searched(one) if self.text else True

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
        self.edited = f"Changed from: {_described(exchange)}"
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


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _described(one: Exchange) -> str:
    """ "10:15:00 → sent POST 201 …/Tasks/WT…3f9a1c (12 ms)" """
    arrow = {"sent": "→ sent", "received": "← received"}.get(one.direction, one.direction)
    at = one.at.strftime("%H:%M:%S")
    path = _SID.sub(r"\1…\2", _WORKSPACE.sub("…", one.path))
    return f"{at} {arrow} {one.method} {answer_of(one)} {path} ({in_milliseconds(one)})"


def _kind(one: Exchange) -> str:
    return "no answer" if one.status is None else f"{one.status // 100}xx"


def _searched(one: Exchange) -> str:
    parameters = " ".join(f"{name}={value}" for name, value in one.parameters.items())
    bodies = f"{one.request_body} {one.response_body}"
    return f"{one.method} {one.url} {parameters} {bodies} {one.error or ''}".casefold()
