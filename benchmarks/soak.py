"""Whether memory, disk, descriptors and threads stay flat: ``python benchmarks/soak.py [MINUTES]``.

Three clients create, accept, wrap up and complete Tasks, update Workers, and read lists and
statistics, on a local TaskRouter whose callbacks a server in this process answers. After each round
one of them moves the clock by two days, so that what is kept for a limited time is deleted. Prints what
the process uses each minute, and the ratio of the end to minute two. Ten minutes by default.
"""

import json
import sys
import tempfile
import threading
from pathlib import Path
from time import monotonic
from typing import Any

import psutil
from api import client_of, server
from learner import learner
from twilio.base.exceptions import TwilioException, TwilioRestException

CLIENTS = 3
HOURS = 48
COLUMNS = ("rss MB", "disk MB", "files", "threads", "tasks")


class Load(threading.Thread):
    """One client and its Workspace; `rounds` counts Tasks. The first one moves the clock."""

    def __init__(self, url: str, callback_url: str, number: int, end: float) -> None:
        super().__init__(daemon=True)
        self.client, self.end, self.first, self.rounds = client_of(url), end, number == 0, 0
        self.clock = f"{url}/emulator/clock"
        workspaces = self.client.taskrouter.v1.workspaces
        made = workspaces.create(f"soak {number}", event_callback_url=f"{callback_url}/events")
        self.workspace: Any = workspaces(str(made.sid))
        queue = self.workspace.task_queues.create("all")
        self.workflow = self.workspace.workflows.create(
            "w",
            json.dumps({"task_routing": {"default_filter": {"queue": queue.sid}}}),
            assignment_callback_url=f"{callback_url}/assignment",
        )
        self.activities = {a.friendly_name: a.sid for a in self.workspace.activities.list()}
        worker = self.workspace.workers.create("Alice")
        self.worker = self.workspace.workers(worker.sid)

    def run(self) -> None:
        while monotonic() < self.end:
            for _ in range(20):
                self.play()
            self.read()
            if self.first:
                self.client.request("POST", self.clock, data={"advance": str(HOURS * 3600)})

    def play(self) -> None:
        """Create a Task and bring it to its end, however other clients move the clock."""
        number = self.rounds
        self.worker.update(
            activity_sid=self.activities["Available"], attributes=f'{{"n": {number}}}'
        )
        task = self.workspace.tasks.create(workflow_sid=self.workflow.sid, attributes="{}")
        self.attempt(lambda: self.accept(task.sid))
        for status in ("wrapping", "completed", "canceled"):
            self.attempt(
                lambda s=status: self.workspace.tasks(task.sid).update(
                    assignment_status=s, reason="soak"
                )
            )
        self.rounds += 1

    def accept(self, task_sid: str) -> None:
        """Accept the Task's pending Reservation."""
        reservations = self.workspace.tasks(task_sid).reservations
        for reservation in reservations.list(reservation_status="pending"):
            reservation.update(reservation_status="accepted")

    def read(self) -> None:
        self.workspace.tasks.list(limit=100)
        self.workspace.events.list(limit=100)
        self.workspace.statistics().fetch(minutes=600)
        self.workspace.cumulative_statistics().fetch(minutes=600)

    def attempt(self, step: Any) -> None:
        """Do a step that is refused if the Task has moved on."""
        try:
            step()
        except TwilioException as refused:  # a list raises this with the response
            is_rest = isinstance(refused, TwilioRestException)
            status = refused.status if is_rest else refused.args[1].status_code
            if status not in (400, 404, 409, 410):
                raise


def used(process: psutil.Process, folder: Path, loads: list[Load]) -> list[float]:
    """The values of COLUMNS."""
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    memory = process.memory_info().rss
    tasks = sum(load.rounds for load in loads)
    return [memory / 1e6, disk / 1e6, process.num_fds(), process.num_threads(), tasks]


def main(minutes: float) -> None:
    with (
        learner() as callback_url,
        tempfile.TemporaryDirectory() as folder,
        server("-m", "local_taskrouter", "--port", "0", home=Path(folder)) as url,
    ):
        pid = json.loads((Path(folder) / "emulator.json").read_text())["pid"]
        process, began = psutil.Process(pid), monotonic()
        end = began + 60 * minutes
        loads = [Load(url, callback_url, number, end) for number in range(CLIENTS)]
        print(f"{'minute':>8}", *(f"{name:>8}" for name in COLUMNS))
        rows = []
        for load in loads:
            load.start()
        while True:
            rows.append(used(process, Path(folder), loads))
            minute = (monotonic() - began) / 60
            print(f"{minute:8.1f}", *(f"{value:8.1f}" for value in rows[-1]), flush=True)
            left = end - monotonic()
            if left <= 0:
                break
            loads[0].join(min(60, left))
        for load in loads:
            load.join()
        pairs = zip(rows[-1][:-1], rows[min(2, len(rows) - 2)], strict=False)
        print(f"{'ratio':>8}", *(f"{after / before:8.2f}" for after, before in pairs))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
