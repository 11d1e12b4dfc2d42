"""Answers to a Reservation and its timeout: the effects on the Task and the Worker."""

import pytest
from local_taskrouter.core import reservations, workers
from local_taskrouter.core.records import Reservation
from local_taskrouter.core.task_end import cancel_task, complete_task, delete_task, wrap_up_task
from local_taskrouter.errors import BadRequest, Gone
from local_taskrouter.rules.lifecycle import IllegalTransition


@pytest.fixture
def workflow(lab):
    return lab.workflow(default=lab.queue(), task_reservation_timeout=120)


def statuses(lab, task):
    return (task.assignment_status, [status for _, status in lab.reservations(task)])


def test_unanswered_reservation_moves_worker_offline_and_task_to_the_next(lab, workflow):
    alice = lab.worker("Alice")
    task = lab.task(workflow)
    lab.wait(1)
    lab.worker("Bob")
    lab.wait(118)
    assert lab.reservations(task) == [("Alice", "pending")]
    lab.wait(1)
    assert lab.reservations(task) == [("Alice", "timeout"), ("Bob", "pending")]
    assert (lab.name_of(alice.activity_sid), alice.available) == ("Offline", False)


def test_unanswered_reservation_moves_worker_to_the_timeout_activity(lab, workflow):
    lab.engine.store.change(lab.workspace, timeout_activity_sid=lab.activity("Unavailable").sid)
    alice = lab.worker("Alice")
    lab.task(workflow)
    lab.wait(120)
    assert lab.name_of(alice.activity_sid) == "Unavailable"


def test_workflow_timeout_ends_the_reservation(lab):
    workflow = lab.workflow(default=lab.queue(), task_reservation_timeout=7)
    lab.worker("Alice")
    task = lab.task(workflow)
    lab.wait(6)
    assert statuses(lab, task) == ("reserved", ["pending"])
    lab.wait(1)
    assert statuses(lab, task) == ("pending", ["timeout"])


def test_accepted_event_shows_the_task_assigned(lab, workflow):
    lab.worker("Alice")
    task = lab.task(workflow)
    lab.accept(task)
    (accepted,) = lab.events_of("reservation.accepted")
    assert accepted.data["task_assignment_status"] == "assigned"


def test_answered_reservation_never_times_out(lab, workflow):
    alice = lab.worker("Alice")
    task = lab.task(workflow)
    lab.accept(task)
    lab.wait(500)
    assert statuses(lab, task) == ("assigned", ["accepted"])
    assert alice.available


def test_rejecting_worker_stays_available_and_is_reserved_again(lab, workflow):
    alice = lab.worker("Alice")
    task = lab.task(workflow)
    lab.reject(task)
    assert lab.reservations(task) == [("Alice", "rejected"), ("Alice", "pending")]
    assert lab.name_of(alice.activity_sid) == "Available"


def test_rejecting_worker_moves_to_the_given_activity(lab, workflow):
    alice = lab.worker("Alice")
    task = lab.task(workflow)
    lab.reject(task, "Unavailable")
    assert statuses(lab, task) == ("pending", ["rejected"])
    assert lab.name_of(alice.activity_sid) == "Unavailable"


def test_answered_reservation_cannot_be_answered_again(lab, workflow):
    lab.worker("Alice")
    task = lab.task(workflow)
    reservation = lab.pending(task)
    lab.accept(task)
    for answer in (reservations.accept, reservations.reject):
        with pytest.raises(BadRequest, match=r"already in state \[accepted\]"):
            lab.do(answer, reservation)
    assert statuses(lab, task) == ("assigned", ["accepted"])


def test_accepting_a_rescinded_reservation_raises_gone(lab):
    workflow = lab.workflow(default=lab.queue(max_reserved_workers=2))
    lab.worker("Alice"), lab.worker("Bob")
    task = lab.task(workflow)
    of_bob = list(lab.engine.store.find("reservations_of_task", task.sid))[1]
    lab.accept(task)
    with pytest.raises(Gone, match="another Worker"):
        lab.do(reservations.accept, of_bob)


def test_rejecting_with_an_unknown_activity_changes_nothing(lab, workflow):
    lab.worker("Alice")
    task = lab.task(workflow)
    with pytest.raises(BadRequest, match="is not an Activity"):
        lab.do(reservations.reject, lab.pending(task), "WA" + "0" * 32)
    assert statuses(lab, task) == ("reserved", ["pending"])


def test_completing_or_wrapping_up_a_reservation_moves_its_task(lab, workflow):
    lab.worker("Alice")
    task = lab.task(workflow)
    reservation = lab.pending(task)
    for too_early in (reservations.wrap_up, reservations.complete):
        with pytest.raises(IllegalTransition):
            lab.do(too_early, reservation)
    lab.accept(task)
    lab.do(reservations.wrap_up, reservation)
    assert statuses(lab, task) == ("wrapping", ["wrapping"])
    lab.do(reservations.complete, reservation)
    assert statuses(lab, task) == ("completed", ["completed"])
    assert task.reason == "All reservations were completed"


def test_unavailable_worker_keeps_pending_reservations(lab, workflow):
    alice = lab.worker("Alice")
    task = lab.task(workflow)
    lab.move(alice, "Unavailable")
    assert statuses(lab, task) == ("reserved", ["pending"])
    lab.accept(task)
    assert statuses(lab, task) == ("assigned", ["accepted"])


def test_unavailable_worker_can_reject_pending_reservations(lab, workflow):
    alice = lab.worker("Alice", capacity=3)
    taken, *others = [lab.task(workflow) for _ in range(3)]
    lab.accept(taken)
    lab.move(alice, "Unavailable", reject_pending=True)
    assert statuses(lab, taken) == ("assigned", ["accepted"])
    assert [statuses(lab, task) for task in others] == [("pending", ["rejected"])] * 2
    assert lab.name_of(alice.activity_sid) == "Unavailable"


def test_rejecting_pending_reservations_needs_an_unavailable_activity(lab, workflow):
    alice = lab.worker("Alice")
    task = lab.task(workflow)
    with pytest.raises(BadRequest, match="Available activity state"):
        lab.move(alice, "Available", reject_pending=True)
    assert statuses(lab, task) == ("reserved", ["pending"])


def test_canceled_task_cancels_its_reservation_and_frees_the_worker(lab, workflow):
    lab.worker("Alice")
    task, waiting = lab.task(workflow), lab.task(workflow)
    lab.do(cancel_task, task, "changed my mind")
    assert statuses(lab, task) == ("canceled", ["canceled"])
    assert task.reason == "changed my mind"
    assert lab.holder(waiting) == "Alice"


def test_deleted_task_removes_its_reservations_and_frees_the_worker(lab, workflow):
    lab.worker("Alice")
    for prepare in (lambda task: None, lab.accept):
        task = lab.task(workflow)
        prepare(task)
        waiting = lab.task(workflow)
        lab.do(delete_task, task)
        assert list(lab.engine.store.find("reservations_of_task", task.sid)) == []
        assert lab.holder(waiting) == "Alice"
        lab.do(delete_task, waiting)
    assert lab.count(Reservation) == 0


def test_pending_or_reserved_task_expires_after_its_timeout(lab, workflow):
    pending = lab.task(workflow, timeout=60)
    lab.wait(59)
    assert pending.assignment_status == "pending"
    lab.wait(1)
    assert (pending.assignment_status, pending.reason) == ("canceled", "Task TTL Exceeded")
    alice = lab.worker("Alice")
    reserved = lab.task(workflow, timeout=60)
    lab.wait(60)
    assert statuses(lab, reserved) == ("canceled", ["canceled"])
    assert alice.available


def test_assigned_task_does_not_expire(lab, workflow):
    lab.worker("Alice")
    task = lab.task(workflow, timeout=60)
    lab.accept(task)
    lab.wait(61)
    assert task.assignment_status == "assigned"


@pytest.mark.parametrize("end", [cancel_task, complete_task])
def test_ended_task_can_be_read_for_five_minutes(lab, workflow, end):
    lab.worker("Alice")
    task = lab.task(workflow)
    if end is complete_task:
        lab.accept(task)
    lab.do(end, task, None)
    lab.wait(299)
    assert lab.engine.store.get(type(task), task.sid) is task
    lab.wait(1)
    assert lab.engine.store.get(type(task), task.sid) is None
    assert lab.count(Reservation) == 0
    assert lab.events_of("task.deleted") == lab.events_of("task.system-deleted") == []


@pytest.mark.parametrize("wrapping", [False, True])
def test_task_assigned_for_a_day_is_deleted_by_the_system(lab, workflow, wrapping):
    lab.worker("Alice")
    task, waiting = lab.task(workflow), lab.task(workflow, timeout=1_209_600)
    lab.wait(100)
    lab.accept(task)
    if wrapping:
        lab.do(wrap_up_task, task, None)
    lab.wait(86_399)
    assert lab.engine.store.get(type(task), task.sid) is task
    lab.wait(1)
    assert lab.engine.store.get(type(task), task.sid) is None
    assert len(lab.events_of("task.system-deleted")) == 1
    assert lab.holder(waiting) == "Alice"


def test_too_many_assignments_cancel_the_task(lab, workflow, monkeypatch):
    monkeypatch.setattr(reservations, "MAX_ASSIGNMENTS", 3)
    lab.worker("Alice")
    task = lab.task(workflow)
    for _ in range(2):
        lab.reject(task)
    assert task.assignment_status == "reserved"
    lab.reject(task)
    assert statuses(lab, task) == ("canceled", ["rejected"] * 3)
    assert "Max assignment count" in task.reason


def test_unreachable_callback_pauses_the_task_before_a_retry(lab, workflow):
    lab.worker("Alice")
    task = lab.task(workflow)
    lab.do(reservations.cancel_unreachable, lab.pending(task))
    assert statuses(lab, task) == ("pending", ["canceled"])
    lab.wait(4)
    assert statuses(lab, task) == ("pending", ["canceled"])
    lab.wait(1)
    assert statuses(lab, task) == ("reserved", ["canceled", "pending"])


def test_paused_task_keeps_its_step_while_others_are_routed(lab):
    skipping = {"queue": lab.queue("One").sid, "skip_if": "1==1"}
    workflow = lab.workflow(("1==1", skipping, lab.queue("Two")))
    lab.worker("Alice")
    task = lab.task(workflow)
    lab.do(reservations.cancel_unreachable, lab.pending(task))
    assert lab.holder(lab.task(workflow)) == "Alice"
    assert lab.name_of(task.task_queue_sid) == "One"


def test_task_with_free_places_is_reserved_again_after_a_pause(lab):
    workflow = lab.workflow(default=lab.queue(max_reserved_workers=2))
    lab.worker("Alice"), lab.worker("Bob")
    task = lab.task(workflow)
    lab.do(reservations.cancel_unreachable, lab.pending(task))
    assert lab.reservations(task) == [("Alice", "canceled"), ("Bob", "pending")]
    lab.wait(5)
    assert lab.reservations(task)[2:] == [("Alice", "pending")]


def test_canceling_an_answered_reservation_as_unreachable_does_nothing(lab, workflow):
    lab.worker("Alice")
    task = lab.task(workflow)
    reservation = lab.pending(task)
    lab.accept(task)
    lab.do(reservations.cancel_unreachable, reservation)
    assert statuses(lab, task) == ("assigned", ["accepted"])


@pytest.fixture
def office(single):
    """A single-tasking Workspace with one Worker, Alice, in Idle."""
    queue = single.queue(
        reservation_activity_sid=single.activity("Reserved").sid,
        assignment_activity_sid=single.activity("Busy").sid,
    )
    single.flow = single.workflow(default=queue)
    single.alice = single.worker("Alice", activity="Idle")
    return single


def activity(lab):
    return lab.name_of(lab.alice.activity_sid)


def test_single_tasking_reservation_and_acceptance_change_the_activity(office):
    task = office.task(office.flow)
    assert activity(office) == "Reserved"
    office.accept(task)
    assert activity(office) == "Busy"
    office.do(complete_task, task, None)
    assert activity(office) == "Busy"


def test_single_tasking_rejection_restores_the_activity(office):
    task = office.task(office.flow)
    office.wait(1)
    office.do(workers.create_worker, office.workspace, "Bob", "{}", office.activity("Idle"))
    office.wait(1)
    office.reject(task)
    assert activity(office) == "Idle"
    assert office.holder(task) == "Bob"


def test_single_tasking_timeout_moves_the_worker_offline(office):
    office.task(office.flow)
    office.wait(120)
    assert activity(office) == "Offline"


@pytest.mark.parametrize("end", [cancel_task, delete_task])
def test_single_tasking_canceled_task_restores_the_activity(office, end):
    task = office.task(office.flow)
    office.do(end, task, *(["reason"] if end is cancel_task else []))
    assert activity(office) == "Idle"


def test_single_tasking_unreachable_server_restores_the_activity(office):
    task = office.task(office.flow)
    office.do(reservations.cancel_unreachable, office.pending(task))
    assert activity(office) == "Idle"


def test_single_tasking_worker_who_moved_on_is_not_moved_back(office):
    task = office.task(office.flow)
    office.move(office.alice, "Offline")
    office.do(cancel_task, task, None)
    assert activity(office) == "Offline"
