"""Defaults when a request omits a parameter: https://www.twilio.com/docs/taskrouter/api"""

import pytest
from local_taskrouter.core import reservations
from local_taskrouter.core.engine import Limits
from local_taskrouter.core.task_end import cancel_task


@pytest.mark.parametrize("with_workflow", [True, False])
def test_reservation_times_out_after_120_seconds(lab, with_workflow):
    queue = lab.queue()
    lab.worker("Alice")
    task = lab.task(lab.workflow(default=queue)) if with_workflow else lab.task(task_queue=queue)
    lab.wait(119)
    assert lab.reservations(task) == [("Alice", "pending")]
    lab.wait(1)
    assert lab.reservations(task) == [("Alice", "timeout")]


def test_task_is_canceled_after_waiting_for_a_day(lab):
    task = lab.task(task_queue=lab.queue())
    lab.wait(86_399)
    assert task.assignment_status == "pending"
    lab.wait(1)
    assert (task.assignment_status, task.reason) == ("canceled", "Task TTL Exceeded")


def test_canceled_task_can_be_read_for_300_seconds(lab):
    task = lab.task(task_queue=lab.queue())
    lab.do(cancel_task, task, None)
    lab.wait(299)
    assert lab.engine.store.get(type(task), task.sid) is task
    lab.wait(1)
    assert lab.engine.store.get(type(task), task.sid) is None


def test_queue_reserves_one_worker_and_takes_the_oldest_task_first(lab):
    queue = lab.queue()
    first, second = lab.task(task_queue=queue), lab.task(task_queue=queue)
    lab.worker("Alice")
    assert (lab.holder(first), lab.holder(second)) == ("Alice", None)
    lab.worker("Bob")
    assert (lab.holder(first), lab.holder(second)) == ("Alice", "Bob")


def test_worker_has_room_for_one_task_on_each_channel(lab):
    queue = lab.queue()
    lab.worker("Alice")
    held = [
        lab.holder(lab.task(task_queue=queue, channel=name))
        for name in ("default", "default", "voice", "sms", "video", "chat", "chat")
    ]
    assert held == ["Alice", None, "Alice", "Alice", "Alice", "Alice", None]


def test_task_has_priority_zero(lab):
    assert lab.task(task_queue=lab.queue()).priority == 0


def test_task_is_canceled_at_its_thousandth_assignment(lab):
    lab.worker("Alice")
    task = lab.task(task_queue=lab.queue())
    lab.engine.store.change(task, assignment_count=999)
    lab.reject(task)
    assert task.assignment_status == "reserved"
    lab.reject(task)
    assert (task.assignment_status, task.reason) == ("canceled", reservations.TOO_MANY)


def test_limits_are_those_twilio_documents():
    assert vars(Limits()) == {
        "activities": 100,
        "task_channels": 15,
        "task_queues": 5_000,
        "workflows": 1_000,
        "workers": 15_000,
        "in_flight": 25_000,
    }
