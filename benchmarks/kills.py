"""Kill the emulator at random moments under load: ``python benchmarks/kills.py [KILLS]``.

In each round four threads create Tasks through the SDK and keep the SID of every answer until the
process is killed and started again. Prints the number of acknowledged writes, how many of them are
missing at the end (must be 0), and the time until the emulator answers again.
"""

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, sleep

from local_taskrouter.process.home import Home
from local_taskrouter.process.launch import ensure_running, stop
from requests import RequestException
from twilio.rest import Client

THREADS = 4


def client_of(home: Home) -> Client:
    running = ensure_running(home)
    client = Client(running.account_sid, running.auth_token)
    client.http_client.session.trust_env = False
    client.taskrouter.base_url = running.url
    return client


def create_until_killed(client: Client, workspace_sid: str, created: list[str]) -> None:
    tasks = client.taskrouter.v1.workspaces(workspace_sid).tasks
    try:
        while True:
            created.append(str(tasks.create(attributes="{}").sid))
    except RequestException:
        return


def kill_once(home: Home, workspace_sid: str, after: float) -> tuple[list[str], float]:
    """Return the SIDs acknowledged in one round, and the seconds until the emulator answers again."""
    created: list[str] = []
    threads = [
        threading.Thread(target=create_until_killed, args=(client, workspace_sid, created))
        for client in [client_of(home) for _ in range(THREADS)]
    ]
    for thread in threads:
        thread.start()
    sleep(after)
    running = home.running()
    assert running is not None
    os.kill(running.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    for thread in threads:
        thread.join()
    began = perf_counter()
    ensure_running(home)
    return created, perf_counter() - began


def make_workspace(client: Client) -> str:
    workspace = client.taskrouter.v1.workspaces.create(friendly_name="kills", template="FIFO")
    return str(workspace.sid)


def main(kills: int) -> None:
    dice = Random(1)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Home(Path(folder))
        workspace_sid = make_workspace(client_of(home))
        acknowledged: set[str] = set()
        restarts = []
        for _ in range(kills):
            created, seconds = kill_once(home, workspace_sid, dice.uniform(0.0, 0.4))
            acknowledged.update(created)
            restarts.append(seconds)
        tasks = client_of(home).taskrouter.v1.workspaces(workspace_sid).tasks
        there = {task.sid for task in tasks.list(page_size=1000)}
        stop(home)
        print(
            f"{kills} kills: {len(acknowledged)} writes acknowledged,"
            f" {len(acknowledged - there)} missing; answers again after"
            f" {median(restarts):.2f} s (median), {max(restarts):.2f} s (worst)"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
