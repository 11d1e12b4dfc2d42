"""Events: their types, times and parameters."""

from engine_lab import START
from local_taskrouter.core.task_end import complete_task


def test_activity_event_has_times_and_names_as_strings(lab):
    alice = lab.worker("Alice", {"a": 1}, activity="Offline")
    lab.wait(90.5)
    lab.move(alice, "Available")
    (event,) = lab.events_of("worker.activity.update")
    assert (event.at, event.resource_type, event.resource_sid) == (
        START + 90.5,
        "worker",
        alice.sid,
    )
    assert event.description == "Worker Alice updated to Available Activity"
    assert event.data["worker_time_in_previous_activity"] == "90"
    assert event.data["worker_time_in_previous_activity_ms"] == "90500"
    assert event.data["worker_previous_activity_name"] == "Offline"
    assert all(type(value) is str for event in lab.events for value in event.data.values())


def test_events_of_one_moment_sort_by_sid_in_their_order(lab):
    lab.worker("Alice")
    lab.accept(lab.task(lab.workflow(default=lab.queue())))
    lab.wait(1)
    lab.task(lab.workflow(default=lab.queue("Second")))
    sids = [event.sid for event in lab.events]
    assert len({event.at for event in lab.events}) == 2 < len(sids)
    assert sids == sorted(set(sids))


def test_completed_task_has_an_event_for_every_transition(lab):
    lab.worker("Alice")
    lab.events.clear()
    task = lab.task(lab.workflow(default=lab.queue()))
    lab.accept(task)
    lab.do(complete_task, task, "done")
    event_types = {
        event.event_type for event in lab.events if event.data.get("task_sid") == task.sid
    }
    assert event_types == {
        "task.created",
        "workflow.entered",
        "workflow.target-matched",
        "task-queue.entered",
        "reservation.created",
        "reservation.accepted",
        "task.completed",
        "reservation.completed",
    }
    (completed,) = lab.events_of("task.completed")
    assert completed.data["task_completed_reason"] == "done"
    assert completed.data["task_assignment_status"] == "completed"
