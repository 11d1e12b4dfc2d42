"""The effect of a Workspace's size: ``python benchmarks/scale.py [WORKERS TASK_QUEUES TASKS]``.

One emulator has two Workspaces: a small one, and one at TaskRouter's documented limits (15,000
Workers, 5,000 TaskQueues, 25,000 Tasks in flight). The same calls are made in both, in turn, through
the SDK: create a Task, make a Worker available (TaskRouter then reserves the Worker for a waiting Task),
accept that Reservation, list 50 Tasks, list 50 by priority, list 50 whose attributes satisfy an
expression. Also prints the time for each Task of a walk through all pages, the time of statistics of 30
days as a ratio to a create, the time to start from disk, and the memory with its peak (Linux).
"""

import json
import sys
import tempfile
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

from api import ACCOUNT_SID, AUTH_TOKEN, client_of, server
from local_taskrouter.core import task_queues, tasks, workers, workflows, workspaces
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import TaskChannel
from local_taskrouter.service import TaskRouter

SMALL, LIMITS = (30, 10, 50), (15_000, 5_000, 24_999)
ROUNDS = 150


def fill(engine: Engine, name: str, size: tuple[int, int, int]) -> str:
    """Create a Workspace of this size, with Workers Offline and Tasks pending; return its SID."""
    worker_count, queue_count, task_count = size
    workspace = workspaces.create_workspace(engine, name)
    dice = Random(1)
    queues = [
        task_queues.create_task_queue(
            engine, workspace, f"queue {n}", target_workers=f'skills HAS "s{n}"'
        )
        for n in range(queue_count)
    ]
    filters = [
        {"expression": f'skill == "s{n}"', "targets": [{"queue": queue.sid}]}
        for n, queue in enumerate(queues[:10])
    ]
    workflow = workflows.create_workflow(
        engine, workspace, "workflow", json.dumps({"task_routing": {"filters": filters}})
    )
    for n in range(worker_count):
        skills = [
            f"s{n % 10}",
            f"s{dice.randrange(queue_count)}",
            f"s{dice.randrange(queue_count)}",
        ]
        workers.create_worker(engine, workspace, f"worker {n}", json.dumps({"skills": skills}))
    channel: TaskChannel = next(engine.store.walk("task_channels", workspace.sid))
    for n in range(task_count):
        attributes = json.dumps({"skill": f"s{n % 10}"})
        if n % 2:
            tasks.create_task(
                engine, workspace, attributes=attributes, workflow=workflow, channel=channel
            )
        else:
            queue = queues[n % queue_count]
            tasks.create_task(
                engine, workspace, attributes=attributes, task_queue=queue, channel=channel
            )
    return workspace.sid


class Place:
    """One measured Workspace, used through the SDK."""

    def __init__(self, client: Any, sid: str) -> None:
        self.workspace = client.taskrouter.v1.workspaces(sid)
        self.workers = [worker.sid for worker in self.workspace.workers.list(limit=ROUNDS)]
        activities = {a.friendly_name: a.sid for a in self.workspace.activities.list()}
        self.available, self.offline = activities["Available"], activities["Offline"]
        self.times: dict[str, list[float]] = {}

    def round(self, number: int) -> None:
        worker = self.workspace.workers(self.workers[number % len(self.workers)])
        attributes = f'{{"skill": "s{number % 10}"}}'
        self._time("create", lambda: self.workspace.tasks.create(attributes=attributes))
        self._time("available", lambda: worker.update(activity_sid=self.available))
        reservation = worker.reservations.list(reservation_status="pending")[0]
        task = self.workspace.tasks(reservation.task_sid)
        accept = task.reservations(reservation.sid)
        self._time("accept", lambda: accept.update(reservation_status="accepted"))
        tasks = self.workspace.tasks
        self._time("list", lambda: tasks.list(limit=50))
        self._time("by priority", lambda: tasks.list(ordering="Priority:desc", limit=50))
        skill = 'skill IN ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9"]'
        self._time("evaluated", lambda: tasks.list(evaluate_task_attributes=skill, limit=50))
        worker.update(activity_sid=self.offline)
        task.update(assignment_status="completed")

    def walk(self) -> float:
        """Return the microseconds for each Task of a walk through all pages."""
        began = perf_counter()
        count = sum(1 for _ in self.workspace.tasks.stream())
        return (perf_counter() - began) * 1e6 / count

    def statistics(self) -> float:
        """The median time in milliseconds of the statistics of 30 days."""
        times = []
        for _ in range(5):
            began = perf_counter()
            self.workspace.cumulative_statistics().fetch(minutes=43_200)
            times.append((perf_counter() - began) * 1000)
        return median(times)

    def _time(self, name: str, call: Any) -> None:
        began = perf_counter()
        call()
        self.times.setdefault(name, []).append((perf_counter() - began) * 1000)


def memory(home: Path) -> str:
    pid = json.loads((home / "emulator.json").read_text())["pid"]
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return "memory unknown here"
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    now, peak = (int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return f"memory {now:.0f} MB, peak {peak:.0f} MB"


def main(size: tuple[int, int, int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        began = perf_counter()
        taskrouter = TaskRouter(Path(folder) / "taskrouter.db", ACCOUNT_SID, AUTH_TOKEN)
        sids = taskrouter.call(lambda engine: (fill(engine, "a", SMALL), fill(engine, "b", size)))
        taskrouter.close()
        print(f"filled with {size} in {perf_counter() - began:.1f} s")
        began = perf_counter()
        with server("-m", "local_taskrouter", "--port", "0", home=Path(folder)) as url:
            client = client_of(url)
            small, large = (Place(client, sid) for sid in sids)
            print(f"started from disk in {perf_counter() - began:.1f} s, {memory(Path(folder))}")
            for number in range(ROUNDS):
                small.round(number)
                large.round(number)
            for name in small.times:
                small_median, large_median = median(small.times[name]), median(large.times[name])
                worst = max(large.times[name])
                print(
                    f"{name:11} small {small_median:6.2f} ms   large {large_median:6.2f} ms   "
                    f"ratio {large_median / small_median:5.2f}   worst large {worst:7.1f} ms"
                )
            walks = small.walk(), large.walk()
            print(f"all pages   small {walks[0]:6.0f} us   large {walks[1]:6.0f} us for each Task")
            print(f"before statistics {memory(Path(folder))}")
            for name, place in (("small", small), ("large", large)):
                taken, create = place.statistics(), median(place.times["create"])
                print(f"statistics  {name} {taken:6.1f} ms, {taken / create:.1f} creates")
            print(f"at the end {memory(Path(folder))}")


if __name__ == "__main__":
    given = tuple(map(int, sys.argv[1:4]))
    main(given if len(given) == 3 else LIMITS)
