"""A learner's web server, which records the callbacks it gets."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

JSON = "application/json"


class Learner:
    """A web server that records its requests and answers with what `answer` returns:
    (status, Content-Type, body) or the same with a Location, where a redirect leads."""

    def __init__(self):
        self.requests = []
        self.answer = lambda request: (200, JSON, "{}")
        learner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                request = (self.path, dict(self.headers), parse_qsl(body, keep_blank_values=True))
                learner.requests.append(request)
                status, kind, text, *location = learner.answer(request)
                self.send_response(status)
                for url in location:
                    self.send_header("Location", url)
                self.send_header("Content-Type", kind)
                self.send_header("Set-Cookie", "session=1")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST  # a client that follows a redirect may come back with GET

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # a client that has gone away
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/assignment_callback"

    def paths(self):
        return [path for path, _, _ in self.requests]

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
