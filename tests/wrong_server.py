"""Another server on the port of an emulator that was killed."""

import os
import signal
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def wrong_server(port, answer):
    """A server on `port` that answers a path with `answer(path)`; yield the headers of each request."""
    sent = []

    class Neighbor(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            sent.append(str(self.headers))
            body = answer(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Neighbor) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield sent
        server.shutdown()
        thread.join()


def kill(home):
    """Kill the emulator of `home`; return its port."""
    running = home.running()
    os.kill(running.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    with home.serving_lock(timeout=10):
        return int(running.url.rpartition(":")[2])
