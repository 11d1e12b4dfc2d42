"""Run the learner's web app on a loopback port of the notebook's kernel.

Every exchange is in the session's request log before its answer leaves, so a caller that has the
answer finds the record.
"""

import atexit
import logging
import os
import secrets
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from local_taskrouter.http.cross_site import REFUSAL, is_cross_site
from waitress.server import create_server
from werkzeug.datastructures import EnvironHeaders
from werkzeug.wrappers import Response

from helpers.session.request_log import Exchange
from helpers.session.session import Session
from helpers.webhooks.recording import App, BaseFor, propagate_exceptions, record_exchanges
from helpers.webhooks.signature import require_signature

HOST = "127.0.0.1"
PREFERRED_PORT = 5050

# Without a handler, Python would print waitress's log below the running cell.
logging.getLogger("waitress").addHandler(logging.NullHandler())

_lock = threading.RLock()
_running: dict[int, "CallbackServer"] = {}


class PortTaken(OSError):
    """Another program has the requested port."""


class NoPublicUrl(ValueError):
    """TASKROUTER_PUBLIC_URL is not a URL that Twilio can call."""


def serve(app: Callable[..., Any], session: Session, port: int | None = None) -> "CallbackServer":
    """Run the WSGI app `app` (a Flask app, say) in the background until the notebook's kernel ends.

    The default port is the environment variable TASKROUTER_CALLBACK_PORT, else 5050, or a free port
    if another program has that one. A server that this notebook started before on the same port, or
    also without `port`, is replaced, so a cell can run twice. An exception in a view is answered
    with a 500 that explains it in one sentence.

    Raises PortTaken if another program has `port`, TypeError if `app` is not callable, and
    NoPublicUrl if TASKROUTER_PUBLIC_URL is needed but not valid.
    """
    if not callable(app):
        raise TypeError(f"serve() needs a web app such as Flask(__name__), not {app!r}")
    public_url = _public_url(session)
    with _lock:
        previous = _stop_previous(port)
        sock = _listen_near(previous or _preferred_port()) if port is None else _listen(port)
        server = CallbackServer(app, session, sock, port is not None, public_url)
        _running[server.port] = server
    return server


class CallbackServer:
    """The learner's running server, created by `serve`.

    With a public URL it has two listeners. The URL leads to `port`, where requests must have
    Twilio's signature, since nothing else in a request proves where it came from. The learner's
    requests go to `url`, the other listener, which only this computer can reach.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        session: Session,
        sock: socket.socket,
        port_was_given: bool,
        public_url: str = "",
    ) -> None:
        self.port: int = sock.getsockname()[1]
        self.port_was_given = port_was_given
        self._session = session
        self._public_url = public_url
        self._local_port = self.port
        propagate_exceptions(app)
        app = refuse_cross_site(app)
        self._loop: dict[int, Any] = {}  # waitress serves until this is empty
        if public_url:
            local_sock = _listen(0)
            self._local_port = local_sock.getsockname()[1]
            # Without the account's token no signature can be verified, so none is accepted.
            token = session.auth_token or secrets.token_hex()
            public, local = self._public_base, self._local_base
            checked = require_signature(app, token, public)
            checked_locally = require_signature(app, token, local, allow_unsigned=True)
            self._listeners = [
                self._create_listener(sock, checked, public),
                self._create_listener(local_sock, checked_locally, local),
            ]
        else:
            self._listeners = [self._create_listener(sock, app, self._local_base)]
        self._thread = threading.Thread(
            target=self._listeners[0].run, name=f"callback-server-{self.port}", daemon=True
        )
        self._thread.start()

    def _create_listener(
        self, sock: socket.socket, app: Callable[..., Any], base_for: BaseFor
    ) -> Any:
        return create_server(
            record_exchanges(app, self._session.requests, base_for),
            map=self._loop,
            sockets=[sock],
            threads=8,
            clear_untrusted_proxy_headers=False,
        )

    @property
    def url(self) -> str:
        """The address for this computer: "http://127.0.0.1:5050"."""
        return f"http://{HOST}:{self._local_port}"

    def url_for(self, path: str) -> str:
        """Return the URL at which TaskRouter calls `path` ("/assignment_callback"), or "".

        The local TaskRouter reaches the loopback address. Real Twilio needs a public URL, from the
        environment variable TASKROUTER_PUBLIC_URL, and the server needs the Auth Token to verify
        signatures. Without them the URL is "" and `note` gives the reason.
        """
        live = self._session.target == "live"
        base = (self._public_url if self._session.auth_token else "") if live else self.url
        return f"{base}/{path.lstrip('/')}" if base else ""

    @property
    def note(self) -> str:
        """A sentence about how TaskRouter reaches this server."""
        if self._session.target != "live":
            return f"The local TaskRouter calls this server at {self.url}."
        if self._public_url and not self._session.auth_token:
            return (
                "Twilio cannot call this server: to verify the signature of a request, the server "
                "needs TWILIO_AUTH_TOKEN beside the API key. "
                "Without it the notebook polls TaskRouter instead."
            )
        if self._public_url:
            return (
                f"Twilio calls this server at {self._public_url}, which leads to port {self.port}. "
                "A request there without Twilio's signature is refused; "
                f"send your own requests to {self.url}."
            )
        return (
            "Twilio cannot call this server without a public URL that leads to "
            f"{self.url}: set the environment variable TASKROUTER_PUBLIC_URL. "
            "Until then the notebook polls TaskRouter instead."
        )

    def received(self, path: str | None = None) -> list[Exchange]:
        """Return the requests to this notebook's servers (at `path`, if given), oldest first."""
        return self._session.requests.received(path)

    def stop(self) -> None:
        """Stop listening. A second call does nothing."""
        with _lock:
            if _running.get(self.port) is not self:
                return
            del _running[self.port]
            self._listeners[0].trigger.pull_trigger(self._loop.clear)
            self._thread.join(timeout=5)
            for listener in self._listeners:
                listener.task_dispatcher.shutdown(timeout=1)
                for channel in list(listener.active_channels.values()):
                    channel.handle_close()
                listener.close()

    def _public_base(self, host: str) -> str:
        return self._public_url

    def _local_base(self, host: str) -> str:
        return f"http://{host}"

    def __repr__(self) -> str:
        return f"Your server at {self.url}"


def refuse_cross_site(app: App) -> App:
    """Wrap `app` so that a request which a page of another site posts gets 403.

    The learner's server checks no credentials, and any page in the browser could post a form to it.
    """

    def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if is_cross_site(environ["REQUEST_METHOD"], EnvironHeaders(environ).get):
            return Response(REFUSAL, 403)(environ, start_response)
        return app(environ, start_response)

    return respond


def _public_url(session: Session) -> str:
    """Return the base URL at which real Twilio calls this server, or ""."""
    url = os.environ.get("TASKROUTER_PUBLIC_URL", "").strip().rstrip("/")
    if session.target != "live" or not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise NoPublicUrl(
            f"TASKROUTER_PUBLIC_URL is {url!r}, which Twilio cannot call: it must look like "
            "https://example.org. Correct it, or unset it, and start JupyterLab again."
        )
    return url


def _preferred_port() -> int:
    port = os.environ.get("TASKROUTER_CALLBACK_PORT", "")
    return int(port) if port.isdecimal() else PREFERRED_PORT


def _stop_previous(port: int | None) -> int | None:
    """Stop the earlier server that the new one replaces, if any; return its port."""
    for server in list(_running.values()):
        if server.port == port or (port is None and not server.port_was_given):
            server.stop()
            return server.port
    return None


def _listen_near(port: int) -> socket.socket:
    """Listen on `port`, or on a free port if `port` is taken."""
    try:
        return _listen(port)
    except PortTaken:
        return _listen(0)


def _listen(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform == "win32":  # where SO_REUSEADDR would share a port in use
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
        sock.listen()
    except OSError as error:
        sock.close()
        raise PortTaken(
            f"Port {port} is taken by another program. Call serve() without port= to use a free "
            "one, or stop that program and run this cell again."
        ) from error
    return sock


@atexit.register
def stop_all() -> None:
    """Stop every server of this process."""
    for server in list(_running.values()):
        server.stop()
