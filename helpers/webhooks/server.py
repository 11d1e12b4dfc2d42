"""Runs the web app that the learner wrote in a cell, on a loopback port, from the notebook.

Every request it receives is recorded in the session's request log before it is answered, so whoever
has the answer finds the record.
"""

import atexit
import logging
import os
import secrets
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from waitress.server import create_server

from helpers.checks import InOneSentence
from helpers.session.request_log import Exchange
from helpers.session.session import Session
from helpers.webhooks.recording import BaseFor, recording
from helpers.webhooks.signature import only_signed

HOST = "127.0.0.1"
PREFERRED_PORT = 5050

# Without a handler, Python would print waitress's notes below whatever cell runs.
logging.getLogger("waitress").addHandler(logging.NullHandler())

_lock = threading.RLock()
_running: dict[int, "CallbackServer"] = {}


class PortTaken(InOneSentence, OSError):
    """The port asked for belongs to another program."""


class NoPublicUrl(InOneSentence, ValueError):
    """TASKROUTER_PUBLIC_URL holds something that Twilio cannot call."""


def serve(app: Callable[..., Any], session: Session, port: int | None = None) -> "CallbackServer":
    """Run the WSGI app `app` (a Flask app, say) in the background until the notebook's kernel ends.

    Without `port` it listens on the one that the environment variable TASKROUTER_CALLBACK_PORT
    names, else on 5050, or on a free port when another program has that one; the
    server that this notebook started before in the same way is stopped and its port used again, so
    a cell may run twice. An exception in a view becomes an answer of 500 that says in one sentence
    what happened.

    Raises PortTaken when `port` is given and another program has it, TypeError when `app` is no
    app, and NoPublicUrl when Twilio is to call it at what is no URL.
    """
    if not callable(app):
        raise TypeError(f"serve() needs a web app such as Flask(__name__), not {app!r}")
    public_url = _public_url(session)
    with _lock:
        freed = _stop_previous(port)
        listening = _listen_near(freed or _preferred_port()) if port is None else _listen(port)
        server = CallbackServer(app, session, listening, port is not None, public_url)
        _running[server.port] = server
    return server


class CallbackServer:
    """The learner's server, running. Made by `serve`.

    With a public URL it has two doors. What comes by `port`, to which that URL leads, must bear
    Twilio's signature: nothing else in a request shows that it came from this computer. The
    learner's own requests go to `url`, the other door, which leads nowhere outside.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        session: Session,
        listening: socket.socket,
        port_was_given: bool,
        public_url: str = "",
    ) -> None:
        self.port: int = listening.getsockname()[1]
        self.port_was_given = port_was_given
        self._session = session
        self._public_url = public_url
        self._own_port = self.port
        self._loop: dict[int, Any] = {}  # waitress serves for as long as something is in here
        if public_url:
            own = _listen(0)
            self._own_port = own.getsockname()[1]
            # Without the token nobody can be told from Twilio, so nobody's signature is good.
            token = session.auth_token or secrets.token_hex()
            public, near = self._under_public_url, self._under_its_own
            self._doors = [
                self._door(listening, only_signed(app, token, public), public),
                self._door(own, only_signed(app, token, near, unsigned_too=True), near),
            ]
        else:
            self._doors = [self._door(listening, app, self._under_its_own)]
        self._thread = threading.Thread(
            target=self._doors[0].run, name=f"callback-server-{self.port}", daemon=True
        )
        self._thread.start()

    def _door(self, listening: socket.socket, app: Callable[..., Any], base_for: BaseFor) -> Any:
        return create_server(
            recording(app, self._session.requests, base_for),
            map=self._loop,
            sockets=[listening],
            threads=8,
            clear_untrusted_proxy_headers=False,
        )

    @property
    def url(self) -> str:
        """Where this computer reaches the server: "http://127.0.0.1:5050"."""
        return f"http://{HOST}:{self._own_port}"

    def url_for(self, path: str) -> str:
        """The URL at which TaskRouter must call `path` ("/assignment_callback").

        The local TaskRouter reaches the loopback address. Real Twilio needs a public address, which
        the environment variable TASKROUTER_PUBLIC_URL names, and the Auth Token, by which the
        server knows its requests; without them the answer is "" and `note` says so.
        """
        live = self._session.target == "live"
        base = (self._public_url if self._session.auth_token else "") if live else self.url
        return f"{base}/{path.lstrip('/')}" if base else ""

    @property
    def note(self) -> str:
        """How TaskRouter reaches this server, in a sentence."""
        if self._session.target != "live":
            return f"The local TaskRouter calls this server at {self.url}."
        if self._public_url and not self._session.auth_token:
            return (
                "Twilio cannot call this server: to know its requests by their signature, the "
                "server needs TWILIO_AUTH_TOKEN beside the API key. "
                "Without it the notebook asks TaskRouter from time to time instead."
            )
        if self._public_url:
            return (
                f"Twilio calls this server at {self._public_url}, which leads to port {self.port}. "
                "What comes there without Twilio's signature is refused; "
                f"your own requests go to {self.url}."
            )
        return (
            "Twilio cannot call this server: that needs a public URL that leads to "
            f"{self.url}, in the environment variable TASKROUTER_PUBLIC_URL. "
            "Without it the notebook asks TaskRouter from time to time instead."
        )

    def received(self, path: str | None = None) -> list[Exchange]:
        """The requests this notebook's servers received (at `path`, if given), oldest first."""
        return self._session.requests.received(path)

    def stop(self) -> None:
        """Stop listening. A second call does nothing."""
        with _lock:
            if _running.get(self.port) is not self:
                return
            del _running[self.port]
            self._doors[0].trigger.pull_trigger(self._loop.clear)
            self._thread.join(timeout=5)
            for door in self._doors:
                door.task_dispatcher.shutdown(timeout=1)
                for channel in list(door.active_channels.values()):
                    channel.handle_close()
                door.close()

    def _under_public_url(self, host: str) -> str:
        return self._public_url

    def _under_its_own(self, host: str) -> str:
        return f"http://{host}"

    def __repr__(self) -> str:
        return f"Your server at {self.url}"


def _public_url(session: Session) -> str:
    """Where real Twilio is to call, or ""."""
    named = os.environ.get("TASKROUTER_PUBLIC_URL", "").strip().rstrip("/")
    if session.target != "live" or not named:
        return ""
    parts = urlsplit(named)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise NoPublicUrl(
            f"TASKROUTER_PUBLIC_URL is {named!r}, which Twilio cannot call: it must be like "
            "https://example.org. Set it right, or unset it, and start JupyterLab again."
        )
    return named


def _preferred_port() -> int:
    named = os.environ.get("TASKROUTER_CALLBACK_PORT", "")
    return int(named) if named.isdecimal() else PREFERRED_PORT


def _stop_previous(port: int | None) -> int | None:
    """Stop this notebook's earlier server, if any, that the one to come replaces; its port."""
    for server in list(_running.values()):
        if server.port == port or (port is None and not server.port_was_given):
            server.stop()
            return server.port
    return None


def _listen_near(port: int) -> socket.socket:
    """Listen on `port` or, when it is taken, on a free one."""
    try:
        return _listen(port)
    except PortTaken:
        return _listen(0)


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    exclusive = sys.platform == "win32"  # where SO_REUSEADDR would share a port in use
    option = socket.SO_EXCLUSIVEADDRUSE if exclusive else socket.SO_REUSEADDR
    listening.setsockopt(socket.SOL_SOCKET, option, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"Port {port} is taken by another program. Call serve() without port= to use a free "
            "one, or stop that program and run this cell again."
        ) from error
    return listening


@atexit.register
def stop_all() -> None:
    """Stop every server of this process."""
    for server in list(_running.values()):
        server.stop()
