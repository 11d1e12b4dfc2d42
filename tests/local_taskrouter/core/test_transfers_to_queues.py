"""Transfers to a TaskQueue, and the TaskQueue to which a Task returns."""

import pytest
from local_taskrouter.core import reservations
from local_taskrouter.core.records import Transfer
from local_taskrouter.core.task_queues import delete_task_queue, update_task_queue
from local_taskrouter.core.transfers import cancel_transfer
from local_taskrouter.core.workflows import update_workflow
from local_taskrouter.errors import BadRequest


def test_failed_cold_transfer_lets_the_task_wait_in_its_queue_for_anyone(floor):
    dora = floor.lab.worker("Dora", {"languages": ["es"]}, activity="Offline")
    floor.start(floor.bob, "COLD")
    floor.lab.reject(floor.task)
    assert floor.statuses() == ("pending", [("Alice", "wrapping"), ("Bob", "rejected")])
    assert floor.task.task_queue_sid == floor.queue.sid
    floor.lab.move(dora, "Available")
    assert floor.lab.holder(floor.task) == "Dora"
    assert floor.lab.pending(floor.task).transfer_sid is None
    floor.restarted()


def test_task_that_was_transferred_has_left_its_workflow(floor):
    step = {"queue": floor.queue.sid, "timeout": 40}
    workflow = floor.lab.workflow(("1==1", step), default=floor.english)
    task = floor.lab.task(workflow)
    floor.lab.worker("Dora", {"languages": ["es"]})
    floor.lab.accept(task)
    [held] = floor.lab.engine.store.find("reservations_of_task", task.sid)
    now = {"configuration": workflow.configuration.replace("40", "50")}
    floor.lab.do(update_workflow, workflow, False, **now)
    floor.start(floor.bob, "COLD", held)
    assert task.configuration is None
    floor.lab.wait(60)
    floor.lab.reject(task)
    assert (task.assignment_status, task.task_queue_sid) == ("pending", floor.queue.sid)


def test_transfer_to_a_queue_waits_for_its_workers_and_tries_the_next(floor):
    floor.lab.move(floor.bob, "Offline")
    seen = len(floor.lab.events)
    transfer = floor.start(floor.english)
    assert floor.statuses() == ("pending", [("Alice", "accepted")])
    assert (transfer.transfer_type, floor.task.task_queue_sid) == ("QUEUE", floor.english.sid)
    assert floor.new_events(seen) == [
        "task.transfer-initiated",
        "task-queue.moved",
        "task-queue.entered",
    ]
    floor.lab.move(floor.bob, "Available")
    assert floor.lab.holder(floor.task) == "Bob"
    seen = len(floor.lab.events)
    floor.lab.reject(floor.task, "Offline")
    assert floor.statuses()[0] == "pending" and transfer.transfer_status == "initiated"
    assert [one for one in floor.new_events(seen) if one.startswith("task.")] == [
        "task.transfer-attempt-failed",
        "task.updated",
    ]
    floor.lab.move(floor.carla, "Available")
    floor.lab.accept(floor.task)
    assert floor.statuses() == (
        "assigned",
        [("Alice", "accepted"), ("Bob", "rejected"), ("Carla", "accepted")],
    )
    assert (transfer.transfer_status, transfer.transfer_failed_reason) == ("complete", None)


def test_attempt_fails_with_the_last_of_several_reservations(floor):
    floor.lab.do(update_task_queue, floor.english, max_reserved_workers=2)
    floor.lab.move(floor.carla, "Available")
    floor.start(floor.english)
    pending = [one for one in floor.lab.engine.store.find("reservations_of_task", floor.task.sid)]
    for one, failed in ((pending[1], 0), (pending[2], 1)):
        floor.lab.do(reservations.reject, one, floor.lab.activity("Offline").sid)
        assert len(floor.lab.events_of("task.transfer-attempt-failed")) == failed


def test_worker_who_transfers_warm_is_not_reserved_and_cold_may_be(floor):
    floor.lab.capacity(floor.alice, 2)
    transfer = floor.start(floor.queue)
    assert floor.statuses() == ("pending", [("Alice", "accepted")])
    floor.lab.do(cancel_transfer, transfer)
    floor.start(floor.queue, "COLD")
    assert floor.statuses() == ("reserved", [("Alice", "wrapping"), ("Alice", "pending")])


def test_canceled_transfer_cancels_the_reservation_and_returns_the_task_to_its_queue(floor):
    transfer = floor.start(floor.english)
    seen = len(floor.lab.events)
    floor.lab.do(cancel_transfer, transfer)
    assert floor.statuses() == ("assigned", [("Alice", "accepted"), ("Bob", "canceled")])
    assert floor.task.task_queue_sid == floor.queue.sid
    assert floor.new_events(seen) == [
        "task.transfer-canceled",
        "reservation.canceled",
        "task-queue.moved",
        "task-queue.entered",
        "task.updated",
    ]
    floor.restarted()
    again = f"^Transfer {transfer.sid} is already canceled . Cannot cancel transfer.$"
    with pytest.raises(BadRequest, match=again):
        floor.lab.do(cancel_transfer, transfer)


def test_queue_deleted_meanwhile_is_not_returned_to(floor):
    other = floor.lab.queue("Other")
    task = floor.lab.task(task_queue=other)
    floor.lab.accept(task)
    [held] = floor.lab.engine.store.find("reservations_of_task", task.sid)
    transfer = floor.start(floor.queue, "COLD", held)
    floor.lab.do(delete_task_queue, other)
    floor.lab.do(cancel_transfer, transfer)
    assert (task.assignment_status, task.task_queue_sid) == ("pending", floor.queue.sid)
    assert task.transfer_sid is None


def test_task_created_for_one_worker_can_go_to_others(floor):
    task = floor.lab.task(worker=floor.bob, ignore_capacity=True)
    floor.lab.accept(task)
    [held] = floor.lab.engine.store.find("reservations_of_task", task.sid)
    floor.lab.move(floor.carla, "Available")
    floor.start(floor.english, "COLD", held)
    assert floor.lab.holder(task) == "Carla"


def test_task_that_nobody_takes_is_deleted_a_day_after_it_was_accepted(floor):
    floor.lab.move(floor.bob, "Offline")
    floor.start(floor.english, "COLD")
    floor.lab.wait(86_399)
    assert floor.task.assignment_status == "pending"
    floor.lab.wait(1)
    assert floor.lab.count(Transfer) == 0
    [failed] = floor.lab.events_of("task.transfer-failed")
    assert failed.data["transfer_failed_reason"] == "Transfer failed because the task was deleted"


def test_task_without_a_queue_goes_to_another_queue_only(floor):
    other = floor.lab.queue("Other")
    task = floor.lab.task(task_queue=other)
    floor.lab.accept(task)
    [held] = floor.lab.engine.store.find("reservations_of_task", task.sid)
    floor.lab.do(delete_task_queue, other)
    dora = floor.lab.worker("Dora", {"languages": ["fr"]})
    with pytest.raises(BadRequest, match="TaskQueue was deleted"):
        floor.start(dora, reservation=held)
    floor.start(floor.english, reservation=held)
    assert task.task_queue_sid == floor.english.sid
