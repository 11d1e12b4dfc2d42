"""The time from the update that makes a Worker available to the callback: ``benchmarks/callback.py``.

The clock starts before the POST that makes the Worker available and stops when the learner's server,
in this process, receives the request. The baseline is the same POST when no Task waits.
"""

import json
import sys
import tempfile
import threading
from pathlib import Path
from statistics import median
from time import perf_counter

from api import client_of, server
from learner import learner


def main(rounds: int) -> None:
    arrived, moments = threading.Event(), list[float]()

    def take_time() -> None:
        moments.append(perf_counter())
        arrived.set()

    with (
        learner(take_time) as callback_url,
        tempfile.TemporaryDirectory() as folder,
        server("-m", "local_taskrouter", "--port", "0", home=Path(folder)) as url,
    ):
        workspaces = client_of(url).taskrouter.v1.workspaces
        workspace = workspaces(str(workspaces.create(friendly_name="callback").sid))
        queue = workspace.task_queues.create(friendly_name="all Workers")
        workflow = workspace.workflows.create(
            friendly_name="w",
            configuration=json.dumps({"task_routing": {"default_filter": {"queue": queue.sid}}}),
            assignment_callback_url=callback_url,
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
            latencies.append((moments[-1] - began) * 1000)
            worker.update(activity_sid=activities["Offline"])
            workspace.tasks(str(task.sid)).update(assignment_status="canceled")
        ordered = sorted(latencies)
        print(
            f"{rounds} callbacks, ms: median {median(latencies):.2f}, p99"
            f" {ordered[int(rounds * 0.99)]:.2f}; the POST alone {median(baseline):.2f}; ratio"
            f" {median(latencies) / median(baseline):.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
