"""The application on a socket: what it does before it reads a body, and while a call runs."""

import socket
from contextlib import contextmanager
from threading import Event, Thread, current_thread

import pytest
import requests
from local_taskrouter.api import lists
from local_taskrouter.process.server_identity import PATH, proof
from local_taskrouter.rules.clauses import OPERATORS

NONCE = "a" * 32


def test_body_without_credentials_is_not_read(emulator):
    head = b"POST /v1/Workspaces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400000000\r\n\r\n"
    with socket.create_connection(emulator.address, timeout=5) as client:
        client.sendall(head)
        assert client.recv(100).startswith(b"HTTP/1.1 401 ")


def test_request_that_waits_for_the_lock_does_not_delay_others(emulator, monkeypatch):
    taskrouter = emulator.taskrouter
    call, running, arrived, end = taskrouter.call, Event(), Event(), Event()

    def command(engine):
        running.set()
        end.wait(20)

    def observed_call(*args, **kwargs):
        arrived.set()
        return call(*args, **kwargs)

    auth = (taskrouter.account_sid, taskrouter.auth_token)
    listing = {"url": f"{emulator.url}/v1/Workspaces", "auth": auth, "timeout": 30}
    threads = [Thread(target=call, args=(command,)), Thread(target=requests.get, kwargs=listing)]
    threads[0].start()
    assert running.wait(5)
    monkeypatch.setattr(taskrouter, "call", observed_call)
    threads[1].start()
    try:
        assert arrived.wait(5)
        answer = requests.get(f"{emulator.url}{PATH}?nonce={NONCE}", timeout=5)
        assert answer.text == proof(taskrouter.auth_token, NONCE, emulator.port)
    finally:
        end.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize(
    "listing",
    [
        "Tasks?EvaluateTaskAttributes=skill CONTAINS 'a'",
        "Workers?TargetWorkersExpression=skill CONTAINS 'a'",
        "Workers?TaskQueueName=Named",
        "TaskQueues?WorkerSid={worker}",
        'TaskQueues?EvaluateWorkerAttributes={{"skill":"a"}}',
    ],
)
def test_task_is_created_while_a_list_evaluates_expressions(emulator, built, monkeypatch, listing):
    worker = built.worker("Alice", "Offline", skill="a")
    queue = built.queue()
    built.queue("Named", "skill CONTAINS 'a'")
    built.task({"skill": "a"}, task_queue_sid=queue.sid)
    with evaluating(emulator, built, listing.format(worker=worker.sid), monkeypatch) as answers:
        new = built.task({"skill": "b"}, task_queue_sid=queue.sid)
        assert built.workspace.tasks(new.sid).fetch().age == 0
        assert not answers
    assert answers[0].status_code == 200


def test_task_deleted_while_a_list_evaluates_expressions_is_left_out(emulator, built, monkeypatch):
    queue = built.queue()
    tasks = [built.task({"skill": skill}, task_queue_sid=queue.sid) for skill in "xxax"]
    monkeypatch.setattr(lists, "TESTED", 1)
    listing = "Tasks?EvaluateTaskAttributes=skill CONTAINS 'a'"
    with evaluating(emulator, built, listing, monkeypatch) as answers:
        for task in (tasks[0], tasks[2]):  # one that was found, and the one that is evaluated
            built.workspace.tasks(task.sid).delete()
    left = [tasks[1].sid, tasks[3].sid]
    assert [task["sid"] for task in answers[0].json()["tasks"]] == left


@contextmanager
def evaluating(emulator, built, listing, monkeypatch):
    """Request a list: the `with` block runs while `CONTAINS` reads "a". Yield its responses."""
    reached, end = Event(), Event()

    def contains(left, right):
        if left == right:
            reached.set()
            return end.wait(30)
        return True

    monkeypatch.setitem(OPERATORS, "CONTAINS", contains)
    path = f"{emulator.url}/v1/Workspaces/{built.workspace_sid}/{listing}"
    auth = (emulator.taskrouter.account_sid, emulator.taskrouter.auth_token)
    answers = []
    reader = Thread(target=lambda: answers.append(requests.get(path, auth=auth, timeout=60)))
    reader.start()
    try:
        assert reached.wait(5)
        yield answers
    finally:
        end.set()
        reader.join()


def test_long_command_leaves_the_event_loop_free(emulator, built, monkeypatch):
    call, threads = emulator.taskrouter.call, []

    def observed_call(*args, **kwargs):
        threads.append(current_thread().name)
        return call(*args, **kwargs)

    queue = built.queue()
    workflow = built.workflow(default=queue)
    monkeypatch.setattr(emulator.taskrouter, "call", observed_call)
    built.workspace.fetch()
    assert set(threads) == {"emulator"}
    threads.clear()
    queue.update(target_workers="1 == 2")
    workflow.update(re_evaluate_tasks="true")
    built.workspace.delete()
    assert len(threads) == 3 and "emulator" not in threads
