"""An emulator killed under load keeps every acknowledged write."""

import threading
from contextlib import AbstractContextManager, suppress
from random import Random

import pytest
from local_taskrouter.client import client_of
from local_taskrouter.process.home import Home, Running
from local_taskrouter.process.launch import ensure_running
from requests import RequestException
from timeout import eventually
from twilio.rest import Client
from workspace_builder import WorkspaceBuilder
from wrong_server import kill


def connected(running: Running) -> AbstractContextManager[Client]:
    return client_of(running.url, running.account_sid, running.auth_token)


def create_until_killed(running: Running, workspace_sid: str, created: list[str | None]) -> None:
    with connected(running) as client, suppress(RequestException):
        tasks = client.taskrouter.v1.workspaces(workspace_sid).tasks
        while True:
            created.append(tasks.create(attributes="{}").sid)


@pytest.mark.parametrize("seed", range(3))
def test_kill_loses_no_acknowledged_write(running_home: Home, seed: int):
    running = ensure_running(running_home)
    with connected(running) as client:
        sid = client.taskrouter.v1.workspaces.create("Office", template="FIFO").sid
    assert sid
    created: list[str | None] = []
    arguments = running, sid, created
    writers = [threading.Thread(target=create_until_killed, args=arguments) for _ in range(3)]
    for writer in writers:
        writer.start()
    enough = Random(seed).randrange(5, 60)
    eventually("some writes", lambda: len(created) >= enough)
    kill(running_home)
    for writer in writers:
        writer.join()

    with connected(ensure_running(running_home)) as client:
        tasks = client.taskrouter.v1.workspaces(sid).tasks.list(page_size=1000)
    assert set(created) <= {task.sid for task in tasks}
    assert len(created) >= enough


def test_timers_continue_after_a_kill(running_home: Home):
    with connected(ensure_running(running_home)) as client:
        built = WorkspaceBuilder(client)
        built.worker("Alice")
        built.workflow(default=built.queue(), task_reservation_timeout=1)
        task = built.task()
        assert task.assignment_status == "reserved"
    kill(running_home)

    with connected(ensure_running(running_home)) as client:
        built = WorkspaceBuilder(client, sid=built.workspace_sid)
        [alice] = built.workspace.workers.list()
        eventually("the timeout", lambda: alice.fetch().activity_name == "Offline")
        assert built.statuses(task) == ["timeout"]
