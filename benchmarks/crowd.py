"""Many learners on one emulator: ``python benchmarks/crowd.py [LEARNERS ROUNDS]``.

Each has a separate Workspace and repeats the lesson: Alice goes offline, a Task is created, Alice
becomes available, accepts the Reservation, and completes the Task. Prints errors and the time of a
call.
"""

import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from api import client_of, server


class Learner(threading.Thread):
    def __init__(self, url: str, rounds: int) -> None:
        super().__init__()
        self.url, self.rounds = url, rounds
        self.times: list[float] = []
        self.errors: list[Exception] = []

    def run(self) -> None:
        try:
            self.learn()
        except Exception as error:  # noqa: BLE001 - every error is reported
            self.errors.append(error)

    def learn(self) -> None:
        workspaces = client_of(self.url).taskrouter.v1.workspaces
        created = self.timed(lambda: workspaces.create(friendly_name=self.name, template="FIFO"))
        workspace = workspaces(created.sid)
        activities = {a.friendly_name: a.sid for a in self.timed(workspace.activities.list)}
        worker = workspace.workers(
            self.timed(lambda: workspace.workers.create(friendly_name="Alice")).sid
        )
        for _ in range(self.rounds):
            self.timed(lambda: worker.update(activity_sid=activities["Offline"]))
            task = workspace.tasks(self.timed(workspace.tasks.create).sid)
            self.timed(lambda: worker.update(activity_sid=activities["Available"]))
            (reservation,) = self.timed(task.reservations.list)
            self.timed(lambda r=reservation: r.update(reservation_status="accepted"))
            self.timed(lambda t=task: t.update(assignment_status="completed"))

    def timed(self, call: Callable[[], Any]) -> Any:
        began = perf_counter()
        result = call()
        self.times.append((perf_counter() - began) * 1000)
        return result


def main(learners: int, rounds: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        server("-m", "local_taskrouter", "--port", "0", home=Path(folder)) as url,
    ):
        crowd = [Learner(url, rounds) for _ in range(learners)]
        began = perf_counter()
        for learner in crowd:
            learner.start()
        for learner in crowd:
            learner.join()
        seconds = perf_counter() - began
    times = sorted(time for learner in crowd for time in learner.times)
    errors = [error for learner in crowd for error in learner.errors]
    print(
        f"{learners} learners, {len(times)} calls in {seconds:.1f} s: {len(errors)} errors, ms:"
        f" median {times[len(times) // 2]:.1f}, p99 {times[int(len(times) * 0.99)]:.1f}"
    )
    if errors:
        sys.exit(f"the first error: {errors[0]!r}")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:3]]
    main(*(given if len(given) == 2 else (50, 20)))
