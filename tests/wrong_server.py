"""A server that takes the port of an emulator that was killed."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local_taskrouter.process.home import Home


@contextmanager
def wrong_server(port: int, answer: Callable[[str], bytes]) -> Iterator[list[str]]:
    """Serve `answer(path)` on `port`; yield the list of the headers of each request."""
    received: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            received.append(str(self.headers))
            body = answer(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield received
        server.shutdown()
        thread.join()


def kill(home: Home) -> int:
    """Kill the emulator of `home`, wait until its lock is free, and return its port."""
    running = home.running()
    assert running
    os.kill(running.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    with home.serving_lock(timeout=10):
        return int(running.url.rpartition(":")[2])
