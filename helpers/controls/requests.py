"""The request inspector: every HTTP exchange, both ways, newest first; resend or edit one."""

import json
from collections.abc import Callable
from typing import Any

from local_taskrouter.ui.names import TaskNames, short_sid
from local_taskrouter.ui.snapshot import Snapshot
from traitlets import Bool, Dict, List, Unicode, observe

from helpers.controls.follow.drawn import DrawnPanel
from helpers.controls.follow.panel import FollowingState
from helpers.controls.parts.exchange import (
    answer_of,
    has_failed,
    searchable_text,
    show_exchange,
    show_line,
    whole_answer,
)
from helpers.controls.parts.json_text import AttributesError, read_attributes
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
DIRECTIONS = {"all": "All", "sent": "Sent", "received": "Received"}
_FILTERS_RESET = " The filters would hide it, so they are reset."
_NOT_LISTED = " It went neither to TaskRouter nor to your server, so it is not in the list."


class RequestsState(FollowingState):
    """The exchanges that pass the filters, and the one that is open."""

    polls_taskrouter = False

    text = Unicode(help="only exchanges that contain this, ignoring case")
    direction = Unicode("all", help="one of DIRECTIONS")
    failed_only = Bool(help="only exchanges with an error's status, or without an answer")
    lines = List(help="`show_line` of the newest MOST exchanges, newest first")
    chosen = Unicode(help="the key of the chosen exchange; empty for the newest")
    opened = Dict(help="`show_exchange` of the chosen exchange, else of the newest")
    summary = Unicode(help="how many exchanges there are, in a sentence")
    editor = Dict(help="what the editor was opened with, see `edit`; empty while it is closed")
    form_error = Unicode(help="the error in the edited parameters, pointing at the character")
    outcome = Unicode(help="the outcome of the request sent last, in a sentence")

    def __init__(self, lab: PreparedWorkspace) -> None:
        super().__init__(lab)
        self._shown: dict[str, Exchange] = {}
        self._names: dict[str, str] = {}
        self._listed: object = None
        self._edits = 0

    def apply_snapshot(self) -> None:
        self._names |= _names_in(self.snapshot, self.poller.names)
        listed = (self.lab.session.requests.changes, len(self._names))
        if listed != self._listed:
            self._listed = listed
            self._list()

    def exchange(self) -> Exchange | None:
        """The chosen exchange, else the newest."""
        return self._shown.get(self.chosen) or next(iter(self._shown.values()), None)

    def search(self, text: str) -> None:
        """Show only exchanges that contain this."""
        self.text = text

    def show_direction(self, direction: str) -> None:
        """Show only exchanges of this direction, one of DIRECTIONS."""
        self.direction = direction

    def toggle_failed(self) -> None:
        """Show only exchanges that failed, or all again."""
        self.failed_only = not self.failed_only

    def choose(self, exchange: str) -> None:
        """Open the exchange with this key. Clears the previous outcome."""
        with self.lock:
            self._clear_outcome()
            self.chosen = exchange

    def send_again(self, exchange: str) -> bool:
        """Send the request with this key unchanged. False while another action is running."""
        return self._begin(lambda: self._send(draft_of(self._find(exchange))))

    def edit(self, exchange: str) -> bool:
        """Open the editor with the request of this key. False while another action is running.

        `editor` then holds its `key`, which differs for each edit, its `line` in words, `direction`,
        `method`, `url` and `form`: the parameters, a JSON object as text; a list repeats one. It holds
        the answers `before` and, once sent, `after`.
        """
        return self._begin(lambda: self._edit(exchange))

    def write(self, form: str) -> None:
        """Check the edited parameters."""
        try:
            read_attributes(form, "parameters")
        except AttributesError as error:
            self.form_error = str(error)
        else:
            self.form_error = ""

    def send(self, method: str, url: str, form: str) -> bool:
        """Send the edited request. False while another action is running."""
        return self._begin(lambda: self._send(self._edited(method, url, form)))

    def close_editor(self, **_: str) -> None:
        """Close the editor, whatever its fields hold."""
        self.editor, self.form_error = {}, ""

    @observe("text", "direction", "failed_only", "chosen")
    def _filter(self, _: object) -> None:
        with self.lock:
            self._list()

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
        passing = [exchange for exchange in log if self._passes(exchange)][::-1]
        self._shown = {str(id(exchange)): exchange for exchange in passing[:MOST]}
        self.lines = [show_line(one, key, self._name_of) for key, one in self._shown.items()]
        opened = self.exchange()
        token = self.lab.session.auth_token
        key = str(id(opened))
        self.opened = show_exchange(opened, key, self._name_of, token) if opened else {}
        self.summary = _summary(log, passing)

    def _name_of(self, sid: str) -> str:
        """The name to show for a SID, of what panels have read; else its ends."""
        return self._names.get(sid) or short_sid(sid)

    def _passes(self, exchange: Exchange) -> bool:
        if self.direction not in ("all", exchange.direction):
            return False
        if self.failed_only and not has_failed(exchange):
            return False
        return self.text.casefold() in searchable_text(exchange) if self.text else True

    def _find(self, key: str) -> Exchange:
        if key not in self._shown:
            raise ValueError("This request is not in the list any more. Choose another one.")
        return self._shown[key]

    def _edit(self, key: str) -> None:
        exchange = self._find(key)
        draft = draft_of(exchange)
        if draft.body:
            raise ReplayError("The body is not a form, so you can send it again but not edit it.")
        self._edits += 1
        self.form_error = ""
        self.editor = {
            "key": self._edits,
            "line": f"{exchange.method} {show_line(exchange, key, self._name_of)['title']}",
            "direction": draft.direction,
            "method": draft.method,
            "url": draft.url,
            "form": json.dumps(dict(draft.data), indent=2, ensure_ascii=False),
            "before": whole_answer(exchange),
            "after": "",
            "signed": draft.direction == "received" and bool(self.lab.session.auth_token),
        }

    def _edited(self, method: str, url: str, form: str) -> Draft:
        self.write(form)
        if self.form_error:
            raise AttributesError("Nothing was sent: correct the parameters above.")
        data: Data = {
            name: list(map(_as_text, value)) if isinstance(value, list) else _as_text(value)
            for name, value in read_attributes(form, "parameters").items()
        }
        direction = str(self.editor.get("direction", "sent"))
        return in_query(Draft(direction, method, url.strip(), data))

    def _send(self, draft: Draft) -> None:
        session = self.lab.session
        before = session.requests.changes
        self.call = call_of(session, draft)
        status = send(session, draft)
        # TaskRouter's callbacks and the requests of other cells may be recorded at the same time.
        recorded = [found for found in session.requests.since(before) if is_of(found, draft)]
        hint = self._select(recorded[-1]) if recorded else _NOT_LISTED
        if self.editor and recorded:
            self.editor = {**self.editor, "after": whole_answer(recorded[-1])}
        self.outcome = f"{draft.method} was sent; the answer has the status {status}.{hint}"

    def _select(self, exchange: Exchange) -> str:
        """Open this exchange; return a hint if that required resetting the filters."""
        with self.lock:
            self.apply_snapshot()
            hidden = str(id(exchange)) not in self._shown
            if hidden:
                self.text, self.direction, self.failed_only = "", "all", False
            self.chosen = str(id(exchange))
        return _FILTERS_RESET if hidden else ""


class Requests(DrawnPanel[RequestsState]):
    """Filters, the list, the open exchange, and the fields to edit it."""

    PRESSES = (
        *("search", "show_direction", "toggle_failed", "choose"),
        *("send_again", "edit", "write", "send", "close_editor"),
    )

    def __init__(self, state: RequestsState) -> None:
        drawn = ("text", "direction", "failed_only", "lines", "opened", "summary", "editor")
        super().__init__("requests", state, (*drawn, "form_error", "outcome"))

    def drawing(self) -> dict[str, Any]:
        state = self.state
        return {
            "title": state.summary,
            "filters": [state.text, state.direction, state.failed_only],
            "directions": [[word, kind] for kind, word in DIRECTIONS.items()],
            "methods": METHODS,
            "lines": state.lines,
            "opened": state.opened or None,
            "editor": state.editor or None,
            "problem": state.form_error,
            "outcome": state.outcome,
        }

    def as_text(self) -> str:
        # Only what the server received: what was sent depends on what the Workspace held before.
        received = self.state.lab.session.requests.received()[::-1]
        lines = [f"  {found.method} {found.path} · {answer_of(found)}" for found in received]
        lines = lines or ["  nothing yet"]
        return "\n".join(["Request inspector. Your server received, newest first:", *lines])


def requests(lab: PreparedWorkspace) -> Requests:
    """Return the request inspector: what this notebook sent and its server received, newest first.

    Choose a request to see its parameters, explained, and the answer. You can send it again,
    unchanged or edited: a request that your server received goes to your server with a new
    signature. Secrets are masked. `tables.requests(lab)` shows the same as a table.
    """
    panel = Requests(RequestsState(lab))
    panel.follow()
    return panel


def _names_in(snapshot: Snapshot, tasks: TaskNames) -> dict[str, str]:
    """The names of what the snapshot holds, by SID."""
    settings = snapshot.settings
    named = [*snapshot.workers, *settings.task_queues, *settings.workflows, *settings.activities]
    found = {str(one.sid): str(one.friendly_name) for one in named}
    return found | tasks.name(snapshot.tasks) if snapshot.tasks else found


def _summary(log: list[Exchange], passing: list[Exchange]) -> str:
    failed = sum(map(has_failed, passing))
    of_all = f" of {len(log)}" if len(passing) < len(log) else ""
    parts = [f"{len(passing)}{of_all} request{'' if len(log) == 1 else 's'}"]
    parts += [f"{failed} failed"] if failed else []
    parts += [f"the newest {MOST} are listed"] if len(passing) > MOST else []
    return ", ".join(parts)


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
