"""The responses below /emulator/ui: the page, its files, its data, and what a session may do.

GET  /emulator/ui             the page; `code=` of a one-time link starts a session
GET  /emulator/ui/NAME        a file of the front end
GET  /emulator/ui/snapshot    what the page shows, see `live.PageData`: `workspace=` the SID to show,
                              `seen=` the revision that the page has
GET  /emulator/ui/explain     why the Task `task=` of `workspace=` is where it is, see
                              `shape.ShownExplanation`
POST /emulator/ui/changes     allow=true or false: whether this session may change anything
POST /emulator/ui/clock       as /emulator/clock
POST /emulator/ui/v1/…        as /v1/…
POST /emulator/ui/link        with credentials: the path of a new one-time link

All others need the session's cookie. http/app.py refuses pages of other sites, and serves the two
routes that exist without the page too.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import orjson
from starlette.responses import Response

from local_taskrouter.errors import BadRequest, Forbidden, NotFound, Unauthorized
from local_taskrouter.page.sessions import SESSION_SECONDS, Session, Sessions
from local_taskrouter.service import TaskRouter
from local_taskrouter.ui import files

PATH = "/emulator/ui"
LINK, CHANGES = f"{PATH}/link", f"{PATH}/changes"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_NO_SESSION = (
    "This page opens with a one-time link. Run `local-taskrouter ui` in a terminal, and open the link"
    " that it prints."
)
_READ_ONLY = "This page is read-only. Press `Allow changes` on it first."


class Page:
    """The page of one TaskRouter, and who may see it."""

    def __init__(self, taskrouter: TaskRouter) -> None:
        self._taskrouter = taskrouter
        self._sessions = Sessions()

    def new_link(self) -> dict[str, str]:
        """Return the path of a new one-time link."""
        return {"path": f"{PATH}?code={self._sessions.new_code()}"}

    def open(self, code: str, cookies: Mapping[str, str], port: int) -> Response:
        """Return the page for a session or a valid code, else a sentence with what to do."""
        secret = self._sessions.open(code) if code else None
        if secret is None and self._find(cookies, port) is None:
            return Response(_NO_SESSION, 401, _HEADERS, "text/plain")
        # Not a redirect: a browser that comes from another site would send no cookie with it.
        response = _file("page.html")
        if secret is not None:
            response.set_cookie(
                _cookie(port),
                secret,
                max_age=int(SESSION_SECONDS),
                path=PATH,
                httponly=True,
                samesite="strict",
            )
        return response

    def session(self, cookies: Mapping[str, str], port: int) -> Session:
        """Return the request's session. Raises Unauthorized."""
        session = self._find(cookies, port)
        if session is None:
            raise Unauthorized(_NO_SESSION)
        return session

    def get(self, path: str, query: Mapping[str, str], session: Session) -> Response:
        """Return a file of the front end, or what the page shows. Raises NotFound."""
        name = path.removeprefix(f"{PATH}/")
        if name == "snapshot":
            workspace_sid, seen = query.get("workspace", ""), query.get("seen", "")
            data = self._reader.read(workspace_sid, seen, session.may_change)
            return Response(orjson.dumps(data), 200, _HEADERS, "application/json")
        if name == "explain":
            explained = self._reader.explain(query.get("workspace", ""), query.get("task", ""))
            return Response(orjson.dumps(explained), 200, _HEADERS, "application/json")
        if name not in files.NAMES:
            raise NotFound(path)
        return _file(name)

    def check_may_change(self, path: str, session: Session) -> None:
        """Raise Forbidden for a POST other than `changes` in a session that is read-only."""
        if not session.may_change and path != CHANGES:
            raise Forbidden(_READ_ONLY)

    def set_changes(self, form: Mapping[str, str], session: Session) -> Response:
        """Allow changes in this session, or end that. Raises BadRequest."""
        if form.get("allow") not in ("true", "false"):
            raise BadRequest("Give allow=true or allow=false")
        session.may_change = form["allow"] == "true"
        return Response(status_code=204, headers=_HEADERS)

    @cached_property
    def _reader(self) -> Any:
        from local_taskrouter.page.live import Reader  # slow to load, and many servers show no page

        return Reader(self._taskrouter)

    def _find(self, cookies: Mapping[str, str], port: int) -> Session | None:
        return self._sessions.find(cookies.get(_cookie(port), ""))


def _cookie(port: int) -> str:
    """The cookie's name: a browser sends it to every port of this host."""
    return f"taskrouter-ui-{port}"


def _file(name: str) -> Response:
    kind = files.TYPES[name[name.rindex(".") :]]
    return Response(files.read(name), 200, _HEADERS, kind)
