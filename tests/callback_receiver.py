"""A web server that records the callbacks it receives."""

import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

JSON = "application/json"
Request = tuple[str, dict[str, str], list[tuple[str, str]]]
"""Path, headers and the form."""


class CallbackReceiver:
    """A web server that records its requests and responds with the result of `answer`.

    That is (status, Content-Type, body), and a fourth value for the Location of a redirect.
    """

    def __init__(self):
        self.requests: list[Request] = []
        self.answer: Callable[[Request], Sequence[Any]] = lambda request: (200, JSON, "{}")
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else the body waits 40 ms for an acknowledgement

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                request = (self.path, dict(self.headers), parse_qsl(body, keep_blank_values=True))
                receiver.requests.append(request)
                status, kind, text, *location = receiver.answer(request)
                self.send_response(status)
                for url in location:
                    self.send_header("Location", url)
                self.send_header("Content-Type", kind)
                self.send_header("Set-Cookie", "session=1")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST  # a client that follows a redirect may come back with GET

            def log_message(self, format, *args):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                pass  # the client has disconnected

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/assignment_callback"

    def paths(self) -> list[str]:
        """The paths of all requests."""
        return [path for path, _, _ in self.requests]

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
