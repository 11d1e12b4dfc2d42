"""A reset leaves nothing of the state before it. Tests that share an emulator rely on that."""

import threading
from types import SimpleNamespace

import pytest
from callback_receiver import JSON, CallbackReceiver
from local_taskrouter.faults import Fault
from timeout import eventually
from workspace_builder import WorkspaceBuilder

CALLBACKS_AT_ONCE = 8


@pytest.fixture
def receiver():
    """A server that accepts every Reservation, once `receiver.may_respond` is set.

    `receiver.requested` is released for each request.
    """
    requested, may_respond = threading.Semaphore(0), threading.Event()

    def accept(request):
        requested.release()
        may_respond.wait(10)
        return 200, JSON, '{"instruction": "accept"}'

    server = CallbackReceiver()
    server.answer = accept
    yield SimpleNamespace(
        server=server, url=server.url, requested=requested, may_respond=may_respond
    )
    may_respond.set()
    server.close()


def announced_task(office, url, **queue):
    """A Task that is reserved for each Worker of `office`, with a callback to `url`."""
    office.workflow(default=office.queue(**queue), assignment_callback_url=url)
    return office.task()


def test_reset_restores_state_clock_and_faults(client, emulator, receiver):
    taskrouter = emulator.taskrouter
    taskrouter.reset()
    new, began = taskrouter.export_state(), taskrouter.clock.now()
    receiver.may_respond.set()
    office = WorkspaceBuilder(client)
    office.worker("Alice")
    announced_task(office, receiver.url)
    assert taskrouter.is_settled(30)
    taskrouter.faults.add(Fault(status=500))
    taskrouter.advance(60)
    taskrouter.reset()
    assert (taskrouter.export_state(), taskrouter.clock.now()) == (new, began)
    assert taskrouter.faults.to_json() == []
    taskrouter.advance(86_400)
    assert client.taskrouter.v1.workspaces.list() == taskrouter.deliveries() == []


def test_reset_after_an_import_restores_the_start_of_the_clock(emulator):
    taskrouter = emulator.taskrouter
    began = taskrouter.clock.now()
    settings = [["offset", "5.0"], ["stopped", "7.0"]]
    taskrouter.import_state(taskrouter.export_state() | {"settings": settings})
    assert taskrouter.clock.now() == 12
    taskrouter.reset()
    assert taskrouter.clock.now() == began


def test_response_after_a_reset_changes_neither_reservation_nor_delivery(
    client, emulator, receiver
):
    taskrouter = emulator.taskrouter
    office = WorkspaceBuilder(client)
    office.worker("Alice")
    announced_task(office, receiver.url)
    assert receiver.requested.acquire(timeout=10)
    taskrouter.reset()
    office = WorkspaceBuilder(client)
    office.worker("Alice")
    task = announced_task(office, "http://127.0.0.1:1/")
    eventually("the callback has failed", lambda: taskrouter.deliveries()[0].state == "failed")
    receiver.may_respond.set()
    assert taskrouter.is_settled(30)
    assert office.statuses(task) == ["pending"]
    [delivery] = taskrouter.deliveries()
    assert (delivery.state, delivery.callback.parameters["TaskSid"]) == ("failed", task.sid)


@pytest.mark.parametrize("imported", [False, True])
def test_reset_and_import_discard_unsent_callbacks(client, emulator, receiver, imported):
    taskrouter = emulator.taskrouter
    empty = taskrouter.export_state()
    office = WorkspaceBuilder(client)
    for number in range(CALLBACKS_AT_ONCE + 1):
        office.worker(f"Worker {number}")
    announced_task(office, receiver.url, max_reserved_workers=10)
    for _ in range(CALLBACKS_AT_ONCE):
        assert receiver.requested.acquire(timeout=10)
    assert len(taskrouter.deliveries()) == CALLBACKS_AT_ONCE + 1
    if imported:
        taskrouter.import_state(empty)
    else:
        taskrouter.reset()
    receiver.may_respond.set()
    assert taskrouter.is_settled(30)
    assert len(receiver.server.requests) == CALLBACKS_AT_ONCE
