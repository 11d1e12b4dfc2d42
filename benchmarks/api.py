"""The time of an API call as a ratio to a bare endpoint: ``python benchmarks/api.py [CALLS]``.

Both servers run in separate processes and are called in turn
through the SDK over pooled connections. The bare endpoint reads the form and answers with a stored
body of the same size. It checks nothing, routes nothing, and writes nothing to disk.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

BARE = Path(__file__).with_name("bare_endpoint.py")
ACCOUNT_SID, AUTH_TOKEN = "AC10ca1000000000000000000000000000", "0123456789abcdef0123456789abcdef"
SPANISH = '{"selected_language": "es"}'
CONFIGURATION = (
    '{"task_routing": {"filters": [{"expression": "selected_language == \\"es\\"",'
    ' "targets": [{"queue": "%s"}]}]}}'
)


def environment(home: Path) -> dict[str, str]:
    """This process's environment with a home folder and the credentials of `client_of`."""
    return os.environ | {
        "TASKROUTER_HOME": str(home),
        "TASKROUTER_ACCOUNT_SID": ACCOUNT_SID,
        "TASKROUTER_AUTH_TOKEN": AUTH_TOKEN,
    }


@contextmanager
def server(*command: str, home: Path) -> Iterator[str]:
    """Run a server that prints its address first; yield that address."""
    process = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(home) | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        yield next(word for word in line.split() if word.startswith("http")).rstrip(".,")
    finally:
        process.terminate()
        process.wait()


def client_of(url: str) -> Client:
    http_client = TwilioHttpClient(pool_connections=True)
    assert http_client.session is not None
    http_client.session.trust_env = False
    client = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http_client)
    client.taskrouter.base_url = url
    return client


def prepare(client: Client) -> tuple[Any, str]:
    """Create a Workspace with a TaskQueue, a Workflow and 200 waiting Tasks; return it and a Task's SID."""
    workspaces = client.taskrouter.v1.workspaces
    workspace = workspaces(str(workspaces.create(friendly_name="benchmark").sid))
    queue = workspace.task_queues.create(friendly_name="s", target_workers='languages HAS "es"')
    workflow = workspace.workflows.create(
        friendly_name="w", configuration=CONFIGURATION % queue.sid
    )
    sids = [
        workspace.tasks.create(attributes=SPANISH, workflow_sid=str(workflow.sid)).sid
        for _ in range(200)
    ]
    return workspace, str(sids[-1])


def in_turn(calls: int, ours: Callable[[], Any], bare: Callable[[], Any]) -> tuple[float, float]:
    """Call both in turn and return their median times in milliseconds, after a warm-up."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(calls + calls // 10):
        for call, taken in zip((ours, bare), times, strict=True):
            began = perf_counter()
            call()
            if number >= calls // 10:
                taken.append((perf_counter() - began) * 1000)
    return median(times[0]), median(times[1])


def main(calls: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        server("-m", "local_taskrouter", "--port", "0", home=Path(folder)) as ours_url,
        server(str(BARE), home=Path(folder)) as bare_url,
    ):
        ours, sid = prepare(client_of(ours_url))
        bare = client_of(bare_url).taskrouter.v1.workspaces(f"WS{'0' * 32}")
        numbers = count()
        operations: dict[str, Callable[[Any], Any]] = {
            "create a Task": lambda workspace: workspace.tasks.create(attributes=SPANISH),
            "fetch a Task": lambda workspace: workspace.tasks(sid).fetch(),
            "update a Task": lambda workspace: workspace.tasks(sid).update(priority=next(numbers)),
            "list 50 Tasks": lambda workspace: workspace.tasks.list(limit=50),
        }
        print(
            f"{calls} calls each, medians in ms, through the SDK, Python {sys.version.split()[0]}"
        )
        for name, call in operations.items():
            mine, floor = in_turn(calls, lambda c=call: c(ours), lambda c=call: c(bare))
            print(f"{name:14} emulator {mine:6.2f}   bare {floor:6.2f}   ratio {mine / floor:5.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
