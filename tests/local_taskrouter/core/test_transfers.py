"""Transfers of a Task to another Worker or a TaskQueue: https://twilio.github.io/twilio-taskrouter.js/Task.html"""

import pytest
from engine_lab import state
from local_taskrouter.core import reservations
from local_taskrouter.core.records import Reservation, Transfer
from local_taskrouter.core.task_end import delete_task
from local_taskrouter.core.tasks import update_attributes, update_status
from local_taskrouter.core.transfers import cancel_transfer, start_transfer
from local_taskrouter.core.workspaces import delete_workspace
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.lifecycle import IllegalTransition


def test_warm_transfer_leaves_the_reservation_and_reserves_the_worker(floor):
    seen = len(floor.lab.events)
    transfer = floor.start(floor.bob)
    assert floor.statuses() == ("reserved", [("Alice", "accepted"), ("Bob", "pending")])
    assert floor.new_events(seen) == ["task.transfer-initiated", "reservation.created"]
    assert (transfer.transfer_type, transfer.transfer_status) == ("WORKER", "initiated")
    assert floor.lab.pending(floor.task).transfer_sid == transfer.sid
    floor.restarted()


def test_accepted_warm_transfer_is_complete_and_both_workers_hold_the_task(floor):
    transfer, seen = floor.start(floor.bob), len(floor.lab.events)
    floor.lab.accept(floor.task)
    assert floor.statuses() == ("assigned", [("Alice", "accepted"), ("Bob", "accepted")])
    assert floor.new_events(seen) == ["reservation.accepted", "task.transfer-completed"]
    assert (transfer.transfer_status, floor.task.transfer_sid) == ("complete", None)
    floor.restarted()


def test_cold_transfer_wraps_up_and_the_first_worker_may_complete_before_the_other_accepts(floor):
    seen = len(floor.lab.events)
    floor.start(floor.bob, "COLD")
    assert floor.statuses() == ("reserved", [("Alice", "wrapping"), ("Bob", "pending")])
    assert floor.new_events(seen) == [
        "task.transfer-initiated",
        "reservation.wrapup",
        "reservation.created",
    ]
    floor.lab.do(reservations.complete, floor.held)
    assert floor.statuses() == ("reserved", [("Alice", "completed"), ("Bob", "pending")])
    floor.lab.accept(floor.task)
    assert floor.statuses() == ("assigned", [("Alice", "completed"), ("Bob", "accepted")])


@pytest.mark.parametrize("first", ["Alice", "Bob"])
@pytest.mark.parametrize("wraps", [False, True])
def test_last_of_both_workers_ends_the_task(floor, first, wraps):
    floor.start(floor.bob)
    theirs = floor.lab.pending(floor.task)
    floor.lab.accept(floor.task)
    one, other = (floor.held, theirs) if first == "Alice" else (theirs, floor.held)
    if wraps:
        floor.lab.do(reservations.wrap_up, one)
        assert floor.task.assignment_status == "assigned"
    floor.lab.do(reservations.complete, one)
    assert floor.task.assignment_status == "assigned"
    if wraps:
        floor.lab.do(reservations.wrap_up, other)
        assert floor.task.assignment_status == "wrapping"
    floor.lab.do(reservations.complete, other)
    assert (floor.task.assignment_status, floor.task.reason) == (
        "completed",
        "All reservations were completed",
    )


def test_task_is_wrapping_once_no_reservation_is_accepted(floor):
    floor.start(floor.bob, "COLD")
    theirs = floor.lab.pending(floor.task)
    floor.lab.accept(floor.task)
    floor.lab.do(reservations.complete, theirs)
    assert floor.statuses() == ("wrapping", [("Alice", "wrapping"), ("Bob", "completed")])


@pytest.mark.parametrize(
    ("ends", "status", "how"),
    [
        (lambda floor: floor.lab.reject(floor.task), "rejected", "was rejected"),
        (lambda floor: floor.lab.wait(60), "timeout", "timed out"),
        (
            lambda floor: floor.lab.do(
                reservations.cancel_unreachable, floor.lab.pending(floor.task)
            ),
            "canceled",
            "was canceled",
        ),
    ],
)
def test_warm_transfer_that_the_worker_does_not_accept_fails_and_returns_the_task(
    floor, ends, status, how
):
    transfer, seen = floor.start(floor.bob), len(floor.lab.events)
    ends(floor)
    assert floor.statuses() == ("assigned", [("Alice", "accepted"), ("Bob", status)])
    assert (transfer.transfer_status, transfer.transfer_failed_reason) == (
        "failed",
        f"Transfer failed because the reservation {how}",
    )
    moves = [one for one in floor.new_events(seen) if not one.startswith("worker.")]
    assert moves == [f"reservation.{status}", "task.transfer-failed", "task.updated"]
    assert floor.task.routing_target is None
    floor.restarted()
    floor.lab.do(reservations.complete, floor.held)
    assert floor.task.assignment_status == "completed"


def test_priority_and_attributes_replace_the_tasks(floor):
    seen = len(floor.lab.events)
    floor.start(floor.bob, priority=7, attributes='{"language":"en"}')
    assert (floor.task.priority, floor.task.attributes) == (7, '{"language":"en"}')
    assert "task.updated" in floor.new_events(seen)
    floor.lab.do(update_attributes, floor.task, '{"language":"fr"}')  # it stays out of its Workflow
    assert floor.statuses() == ("reserved", [("Alice", "accepted"), ("Bob", "pending")])


@pytest.mark.parametrize("mode", ["WARM", "COLD"])
@pytest.mark.parametrize(
    ("end", "status", "reason"),
    [
        (lambda floor: (update_status, floor.task, "canceled", "gone"), "canceled", "was canceled"),
        (lambda floor: (delete_task, floor.task), "canceled", "was deleted"),
    ],
)
def test_task_that_ends_fails_its_transfer_and_frees_both_workers(floor, mode, end, status, reason):
    transfer = floor.start(floor.bob, mode)
    floor.lab.do(*end(floor))
    assert (transfer.transfer_status, transfer.transfer_failed_reason) == (
        "failed",
        f"Transfer failed because the task {reason}",
    )
    assert len(floor.lab.events_of("reservation.completed")) == 1
    assert len(floor.lab.events_of("reservation.canceled")) == 1
    floor.restarted()
    floor.lab.wait(301)
    assert floor.lab.count(Transfer) == floor.lab.count(Reservation) == 0


@pytest.mark.parametrize("status", ["wrapping", "completed"])
def test_task_in_transfer_can_neither_be_wrapped_up_nor_completed(floor, status):
    floor.start(floor.bob)
    with pytest.raises(IllegalTransition):
        floor.lab.do(update_status, floor.task, status, None)


def test_first_worker_who_completes_a_warm_transfer_early_leaves_the_task_to_others(floor):
    floor.start(floor.bob)
    floor.lab.do(reservations.complete, floor.held)
    assert floor.statuses() == ("reserved", [("Alice", "completed"), ("Bob", "pending")])
    floor.lab.reject(floor.task)
    assert floor.lab.holder(floor.task) == "Alice"


def test_events_in_transfer_name_the_transfer(floor):
    transfer = floor.start(floor.bob, "COLD")
    [initiated] = floor.lab.events_of("task.transfer-initiated")
    assert (initiated.resource_type, initiated.resource_sid) == ("task", floor.task.sid)
    assert initiated.description == (
        f"Transfer {transfer.sid} of Task {floor.task.sid} to Bob initiated"
    )
    created = floor.lab.events_of("reservation.created")[-1]
    for event in (initiated, created):
        assert {name: event.data[name] for name in event.data if "transfer" in name} == {
            "task_transfer_sid": transfer.sid,
            "transfer_started": str(int(transfer.date_created)),
            "transfer_initiating_reservation_sid": floor.held.sid,
            "transfer_initiating_worker_sid": floor.alice.sid,
            "transfer_mode": "COLD",
            "transfer_status": "initiated",
            "transfer_to": floor.bob.sid,
            "transfer_type": "WORKER",
        }
    assert not any("transfer" in name for name in floor.lab.events_of("task.created")[0].data)


def test_transfer_to_who_cannot_take_the_task_is_refused_and_changes_nothing(floor):
    busy = floor.lab.worker("Eva", capacity=0)
    before = state(floor.lab.engine)
    for to, words in (
        (floor.carla, r"\(Carla\), who is Offline$"),
        (floor.alice, r"\(Alice\), who has it$"),
        (busy, r"\(Eva\), who has no capacity for it$"),
    ):
        with pytest.raises(BadRequest, match=words):
            floor.start(to)
    assert state(floor.lab.engine) == before


def test_only_an_accepted_reservation_is_transferred_and_once_at_a_time(floor):
    transfer = floor.start(floor.bob)
    with pytest.raises(
        BadRequest, match=f"already being transferred: cancel Transfer {transfer.sid}"
    ):
        floor.start(floor.english)
    floor.lab.do(cancel_transfer, transfer)
    floor.lab.do(reservations.wrap_up, floor.held)
    with pytest.raises(BadRequest, match="is wrapping: only an accepted Reservation"):
        floor.start(floor.bob)


def test_worker_of_a_single_tasking_workspace_returns_to_its_activity(single):
    reserved, busy = single.activity("Reserved").sid, single.activity("Busy").sid
    more = {"reservation_activity_sid": reserved, "assignment_activity_sid": busy}
    queue = single.queue("Everybody", **more)
    single.worker("Alice", activity="Idle")
    task = single.task(task_queue=queue)
    held = single.pending(task)
    single.accept(task)
    bob = single.worker("Bob", activity="Idle")
    transfer = single.do(start_transfer, held, bob)
    assert single.name_of(bob.activity_sid) == "Reserved"
    single.do(cancel_transfer, transfer)
    assert single.name_of(bob.activity_sid) == "Idle"


def test_deleted_workspace_takes_its_transfers_along(floor):
    floor.start(floor.bob)
    floor.lab.do(delete_workspace, floor.lab.workspace)
    assert list(floor.lab.engine.store) == []
