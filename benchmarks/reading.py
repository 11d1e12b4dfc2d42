"""The effect of long reads on short writes: ``python benchmarks/reading.py [EVENTS]``.

A Workspace has 100,000 Events. Tasks are created through the SDK, first alone, then while another
client reads the statistics and the Events of 30 days in a loop. Prints the time of a create in both
cases, and of one such read.
"""

import sys
import tempfile
import threading
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from api import ACCOUNT_SID, AUTH_TOKEN, client_of, server
from local_taskrouter.core import task_queues, tasks, workflows, workspaces
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import TaskChannel
from local_taskrouter.service import TaskRouter

MONTH = 43_200
CREATES = 300
CONFIGURATION = '{"task_routing":{"filters":[],"default_filter":{"queue":"%s"}}}'


def fill(engine: Engine, events: int) -> str:
    """Create and cancel Tasks in a Workspace until it has `events` Events; return its SID."""
    workspace = workspaces.create_workspace(engine, "busy")
    queue = task_queues.create_task_queue(engine, workspace, "queue")
    workflow = workflows.create_workflow(engine, workspace, "workflow", CONFIGURATION % queue.sid)
    channel: TaskChannel = next(engine.store.walk("task_channels", workspace.sid))
    while len(engine.events) < events:
        task = tasks.create_task(engine, workspace, workflow=workflow, channel=channel)
        tasks.update_status(engine, task, "canceled", "enough")
    return workspace.sid


def read_until(done: threading.Event, workspace: Any, times: list[float]) -> None:
    while not done.is_set():
        began = perf_counter()
        workspace.statistics().fetch(minutes=MONTH)
        workspace.events.page(minutes=MONTH, page_size=50)
        times.append(perf_counter() - began)


def create(workspace: Any) -> list[float]:
    """Return the times of CREATES creates in milliseconds."""
    times = []
    for _ in range(CREATES):
        began = perf_counter()
        workspace.tasks.create(attributes="{}")
        times.append((perf_counter() - began) * 1000)
    return times


def report(name: str, times: list[float]) -> None:
    p99 = quantiles(times, n=100)[-1]
    print(f"{name:14} median {median(times):6.1f} ms   p99 {p99:6.1f}   worst {max(times):6.1f}")


def main(events: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        taskrouter = TaskRouter(Path(folder) / "taskrouter.db", ACCOUNT_SID, AUTH_TOKEN)
        sid = taskrouter.call(lambda engine: fill(engine, events))
        taskrouter.close()
        with server("-m", "local_taskrouter", "--port", "0", home=Path(folder)) as url:
            writer, reader = (client_of(url).taskrouter.v1.workspaces(sid) for _ in range(2))
            report("alone", create(writer))
            done, readings = threading.Event(), list[float]()
            thread = threading.Thread(target=read_until, args=(done, reader, readings))
            thread.start()
            report("while reading", create(writer))
            done.set()
            thread.join()
            print(f"one reading of {events} Events, twice: {median(readings):.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
