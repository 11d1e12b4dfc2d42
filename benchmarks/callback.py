"""The time from the update that makes a Worker available to the callback: ``benchmarks/callback.py``.

The clock starts before the POST that makes the Worker available and stops when the learner's server,
in this process, receives the request. The baseline is the same POST when no Task waits.
"""

import json
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from time import perf_counter

from api import client_of, server

arrived = threading.Event()
moment = 0.0


class Learner(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        global moment
        moment = perf_counter()
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
        arrived.set()

    def log_message(self, format: str, *args: object) -> None:
        pass


def main(rounds: int) -> None:
    learner = ThreadingHTTPServer(("127.0.0.1", 0), Learner)
    threading.Thread(target=learner.serve_forever, daemon=True).start()
    with (
        tempfile.TemporaryDirectory() as folder,
        server("-m", "local_taskrouter", "--port", "0", home=Path(folder)) as url,
    ):
        workspaces = client_of(url).taskrouter.v1.workspaces
        workspace = workspaces(str(workspaces.create(friendly_name="callback").sid))
        queue = workspace.task_queues.create(friendly_name="all Workers")
        workflow = workspace.workflows.create(
            friendly_name="w",
            configuration=json.dumps({"task_routing": {"default_filter": {"queue": queue.sid}}}),
            assignment_callback_url=f"http://127.0.0.1:{learner.server_port}/",
        )
        activities = {a.friendly_name: a.sid for a in workspace.activities.list()}
        worker = workspace.workers(str(workspace.workers.create(friendly_name="Alice").sid))
        latencies, baseline = [], []
        for _ in range(rounds):
            began = perf_counter()
            worker.update(activity_sid=activities["Available"])
            baseline.append((perf_counter() - began) * 1000)
            worker.update(activity_sid=activities["Offline"])
            task = workspace.tasks.create(workflow_sid=workflow.sid)
            arrived.clear()
            began = perf_counter()
            worker.update(activity_sid=activities["Available"])
            if not arrived.wait(10):
                sys.exit("a callback did not arrive")
            latencies.append((moment - began) * 1000)
            worker.update(activity_sid=activities["Offline"])
            workspace.tasks(str(task.sid)).update(assignment_status="canceled")
        ordered = sorted(latencies)
        print(
            f"{rounds} callbacks, ms: median {median(latencies):.2f}, p99"
            f" {ordered[int(rounds * 0.99)]:.2f}; the POST alone {median(baseline):.2f}; ratio"
            f" {median(latencies) / median(baseline):.2f}"
        )
    learner.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
