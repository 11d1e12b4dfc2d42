"""A proxy on the loopback address that leads to one place: the local TaskRouter, over TLS.

A client that is told to use it asks for a tunnel to taskrouter.twilio.com:443 (CONNECT, RFC 9110,
section 9.3.6) and finds the local TaskRouter at the other end. Whatever else it asks for is refused
in a sentence; nothing is ever sent to another machine.
"""

import logging
import os
import socket
import ssl
import threading
from selectors import EVENT_READ, DefaultSelector
from socketserver import BaseRequestHandler, ThreadingTCPServer

import h11

from local_taskrouter.transparent.hostname import HOSTNAME

HOST = "127.0.0.1"
_GREETING_SECONDS = 10.0
_CHUNK = 1 << 16  # more than a TLS record holds, so none is left half read
log = logging.getLogger(__name__)


class Proxy:
    """Tunnels from `port` of the loopback address, or a free one if that is taken, to `upstream`.

    `upstream` is the (host, port) of a local TaskRouter; `context` makes this end of the tunnel
    HOSTNAME. `start` serves in threads of its own, `stop` closes the port. A tunnel ends with
    either of its ends: so all do when the TaskRouter stops.
    """

    def __init__(self, port: int, context: ssl.SSLContext, upstream: tuple[str, int]) -> None:
        try:
            self._server = _Server(port, context, upstream)
        except (OSError, OverflowError):
            self._server = _Server(0, context, upstream)
        self.url = f"http://{HOST}:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=[0.1], name="transparent-proxy", daemon=True
        )

    def start(self) -> "Proxy":
        """Serve in the background; returns itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port. A second call does nothing."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingTCPServer):
    allow_reuse_address = os.name == "posix"  # Windows means something else by it
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, context: ssl.SSLContext, upstream: tuple[str, int]) -> None:
        context.sslsocket_class = _NearEnd
        self.context, self.upstream = context, upstream
        super().__init__((HOST, port), _Tunnel)


class _NearEnd(ssl.SSLSocket):
    """Closes itself when the client resets the connection before the handshake.

    `wrap_socket` has taken the socket over by then, and does not close it in every Python:
    https://github.com/python/cpython/issues/113280
    """

    def __del__(self) -> None:
        self.close()


class _Tunnel(BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        """One connection: what the client asks of the proxy, then the tunnel."""
        client: socket.socket = self.request
        client.settimeout(_GREETING_SECONDS)
        try:
            if not _greet(client):
                return
            with (
                self.server.context.wrap_socket(client, server_side=True) as near,
                socket.create_connection(self.server.upstream, _GREETING_SECONDS) as far,
            ):
                _splice(near, far)
        except OSError as fault:  # also what ssl raises, and a timeout
            log.debug("A tunnel ended: %s", fault)


def _greet(client: socket.socket) -> bool:
    """Read what the client asks of the proxy and answer; whether it is to have its tunnel."""
    http = h11.Connection(h11.SERVER)
    try:
        while (asked := http.next_event()) is h11.NEED_DATA:
            http.receive_data(client.recv(_CHUNK))
    except h11.RemoteProtocolError as fault:
        status, sentence = fault.error_status_hint, f"This is no request that HTTP knows: {fault}"
    else:
        if not isinstance(asked, h11.Request):
            return False  # it has left
        status, sentence = _judged(asked)
    # Most clients show the reason, and not the body, of a refusal.
    reason = sentence.encode()
    if status == 200:
        client.sendall(http.send(h11.Response(status_code=200, headers=[], reason=reason)))
        return not http.trailing_data[0]  # who does not wait for the answer gets no further
    body = reason + b"\n"
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]
    refusal = h11.Response(status_code=status, headers=headers, reason=reason)
    for event in (refusal, h11.Data(data=body), h11.EndOfMessage()):
        client.sendall(http.send(event))
    return False


def _judged(asked: h11.Request) -> tuple[int, str]:
    """Status and sentence of the answer to a request."""
    target = asked.target.decode("ascii", "replace")[:100]
    if asked.method != b"CONNECT":
        sentence = f"This proxy makes tunnels to {HOSTNAME}:443 and does nothing else"
        return 403, f"{sentence}; it does not forward {asked.method.decode()} {target}"
    if target.lower() != f"{HOSTNAME}:443":
        return 403, f"This proxy leads to {HOSTNAME}:443 and nowhere else, not to {target}"
    return 200, "Connected to the local TaskRouter"


def _splice(near: ssl.SSLSocket, far: socket.socket) -> None:
    """Pass on what comes from either side until one of them ends."""
    to = {near: far, far: near}
    with DefaultSelector() as waiting:
        for one in to:
            one.settimeout(None)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting.register(one, EVENT_READ)
        while True:
            for key, _ in waiting.select():
                data = key.fileobj.recv(_CHUNK)
                if not data:
                    return
                to[key.fileobj].sendall(data)
