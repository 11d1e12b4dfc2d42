"""Killed without warning under load: nothing that was acknowledged may be missing."""

import os
import signal
import threading
from random import Random

import pytest
from local_taskrouter.process.home import Home
from local_taskrouter.process.launch import ensure_running
from requests import RequestException
from timeout import eventually
from twilio.rest import Client
from workspace_builder import WorkspaceBuilder

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


def client_of(home: Home) -> Client:
    running = ensure_running(home)
    client = Client(running.account_sid, running.auth_token)
    client.http_client.session.trust_env = False
    client.taskrouter.base_url = running.url
    return client


def create_until_it_dies(client: Client, workspace_sid: str, created: list[str]) -> None:
    tasks = client.taskrouter.v1.workspaces(workspace_sid).tasks
    try:
        while True:
            created.append(tasks.create(attributes="{}").sid)
    except RequestException:
        client.http_client.session.close()


@pytest.mark.parametrize("seed", range(3))
def test_kill_loses_no_acknowledged_write(running_home: Home, seed: int):
    client = client_of(running_home)
    sid = client.taskrouter.v1.workspaces.create("Office", template="FIFO").sid
    created: list[str] = []
    writers = [
        threading.Thread(target=create_until_it_dies, args=(client_of(running_home), sid, created))
        for _ in range(3)
    ]
    for writer in writers:
        writer.start()
    enough = Random(seed).randrange(5, 60)
    eventually("some writes", lambda: len(created) >= enough)
    os.kill(running_home.running().pid, KILL)
    for writer in writers:
        writer.join()
    client.http_client.session.close()

    after = client_of(running_home)
    there = {task.sid for task in after.taskrouter.v1.workspaces(sid).tasks.list(page_size=1000)}
    after.http_client.session.close()
    assert set(created) <= there
    assert len(created) >= enough


def test_timers_continue_after_a_kill(running_home: Home):
    client = client_of(running_home)
    built = WorkspaceBuilder(client)
    built.worker("Alice")
    built.workflow(default=built.queue(), task_reservation_timeout=1)
    task = built.task()
    assert task.assignment_status == "reserved"
    os.kill(running_home.running().pid, KILL)
    client.http_client.session.close()

    after = client_of(running_home)
    built = WorkspaceBuilder(after, sid=built.workspace_sid)
    [alice] = built.workspace.workers.list()
    eventually("the timeout", lambda: alice.fetch().activity_name == "Offline")
    statuses = built.statuses(task)
    after.http_client.session.close()
    assert statuses == ["timeout"]
