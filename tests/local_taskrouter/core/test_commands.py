"""Timers fire in slices, and time never goes back."""

import pytest
from local_taskrouter.core.commands import run_due


@pytest.fixture
def waiting(lab):
    """Three Tasks that no Worker takes, which end 10, 20 and 30 seconds later."""
    workflow = lab.workflow(default=lab.queue())
    return [lab.task(workflow, timeout=seconds) for seconds in (10, 20, 30)]


def statuses(tasks):
    return [task.assignment_status for task in tasks]


def test_at_most_so_many_timers_fire_earliest_first(lab, waiting):
    assert not run_due(lab.engine, lab.now + 25, most=1)
    assert statuses(waiting) == ["canceled", "pending", "pending"]
    assert run_due(lab.engine, lab.now + 25, most=1)
    assert statuses(waiting) == ["canceled", "canceled", "pending"]
    assert lab.engine.now == lab.now + 20


def test_with_pause_time_stops_at_an_assignment_callback(lab):
    lab.worker("Alice")
    lab.worker("Bob")
    queue = lab.queue()
    workflow = lab.workflow(default=queue, assignment_callback_url="http://localhost/")
    workflow.task_reservation_timeout = 10
    tasks = [lab.task(workflow) for _ in range(2)]
    lab.worker("Carol")
    lab.worker("Dave")
    assert not run_due(lab.engine, lab.now + 25, pause=True)
    assert lab.engine.now == lab.now + 10
    assert [status for task in tasks for _, status in lab.reservations(task)] == [
        "timeout",
        "pending",
    ] * 2


def test_with_pause_time_stops_at_an_event_callback(lab, waiting):
    lab.engine.store.change(lab.workspace, event_callback_url="http://localhost/")
    assert not run_due(lab.engine, lab.now + 25, pause=True)
    assert lab.engine.now == lab.now + 10
    assert {callback.reservation_sid for callback in lab.engine.callbacks} == {""}


def test_timer_whose_time_has_already_passed_fires_now(lab, waiting):
    lab.now += 5
    lab.do(lambda engine: None)
    lab.engine.store.change(waiting[0], expires_at=lab.now - 3)
    lab.wait(0)
    [canceled] = lab.events_of("task.canceled")
    assert canceled.at == waiting[0].date_updated == lab.now
