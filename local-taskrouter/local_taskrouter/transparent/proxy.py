"""A proxy on the loopback address with one destination: the local TaskRouter, over TLS.

A client requests a tunnel to taskrouter.twilio.com:443 (CONNECT, RFC 9110, section 9.3.6), which ends
at the local TaskRouter. The proxy refuses any other request with the reason, and sends nothing to
another machine.
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
_HANDSHAKE_SECONDS = 10.0
_CHUNK = 1 << 16  # more than a TLS record, so recv() never leaves half of one
log = logging.getLogger(__name__)


class Proxy:
    """Tunnels from `port` of the loopback address (a free one if it is taken) to `upstream`.

    `upstream` is the (host, port) of a local TaskRouter; `context` has a certificate for HOSTNAME.
    `start` serves in background threads, `stop` closes the port. A tunnel closes when either end
    does, so all close when the TaskRouter stops.
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
    allow_reuse_address = os.name == "posix"  # on Windows it would let two programs share a port
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, context: ssl.SSLContext, upstream: tuple[str, int]) -> None:
        context.sslsocket_class = _ClientSocket
        self.context, self.upstream = context, upstream
        super().__init__((HOST, port), _Tunnel)


class _ClientSocket(ssl.SSLSocket):
    """Close the socket when the client resets the connection before the handshake.

    `wrap_socket` owns it by then, and some versions of Python leave it open:
    https://github.com/python/cpython/issues/113280
    """

    def __del__(self) -> None:
        self.close()


class _Tunnel(BaseRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride] (as socketserver means it)

    def handle(self) -> None:
        """Serve one connection: the request to the proxy, then the tunnel."""
        client: socket.socket = self.request
        client.settimeout(_HANDSHAKE_SECONDS)
        try:
            if not _accept_tunnel(client):
                return
            with (
                self.server.context.wrap_socket(client, server_side=True) as tls_client,
                socket.create_connection(self.server.upstream, _HANDSHAKE_SECONDS) as upstream,
            ):
                _relay(tls_client, upstream)
        except OSError as fault:  # also what ssl raises, and a timeout
            log.debug("A tunnel ended: %s", fault)


def _accept_tunnel(client: socket.socket) -> bool:
    """Read the request to the proxy and respond; return whether to open the tunnel."""
    http = h11.Connection(h11.SERVER)
    try:
        while (request := http.next_event()) is h11.NEED_DATA:
            http.receive_data(client.recv(_CHUNK))
    except h11.RemoteProtocolError as fault:
        status, sentence = fault.error_status_hint, f"This is not an HTTP request: {fault}"
    else:
        if not isinstance(request, h11.Request):
            return False  # the client closed the connection
        status, sentence = _decide(request)
    # Most clients show the reason phrase of a refusal, not its body.
    reason = sentence.encode()
    if status == 200:
        _send(client, http, h11.Response(status_code=200, headers=[], reason=reason))
        return not http.trailing_data[
            0
        ]  # no tunnel for a client that does not wait for the response
    body = reason + b"\n"
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]
    refusal = h11.Response(status_code=status, headers=headers, reason=reason)
    for event in (refusal, h11.Data(data=body), h11.EndOfMessage()):
        _send(client, http, event)
    return False


def _send(client: socket.socket, http: h11.Connection, event: h11.Event) -> None:
    client.sendall(http.send(event) or b"")


def _decide(request: h11.Request) -> tuple[int, str]:
    """The status and the reason of the response to a request."""
    target = request.target.decode("ascii", "replace")[:100]
    if request.method != b"CONNECT":
        sentence = f"This proxy makes tunnels to {HOSTNAME}:443 and does nothing else"
        return 403, f"{sentence}; it does not forward {request.method.decode()} {target}"
    if target.lower() != f"{HOSTNAME}:443":
        return 403, f"This proxy leads to {HOSTNAME}:443 and nowhere else, not to {target}"
    return 200, "Connected to the local TaskRouter"


def _relay(client: ssl.SSLSocket, upstream: socket.socket) -> None:
    """Copy bytes in both directions until either side closes."""
    with DefaultSelector() as selector:
        for source, target in ((client, upstream), (upstream, client)):
            source.settimeout(None)
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(source, EVENT_READ, (source, target))
        while True:
            for key, _ in selector.select():
                source, target = key.data
                data = source.recv(_CHUNK)
                if not data:
                    return
                target.sendall(data)
