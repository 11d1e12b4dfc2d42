"""Cumulative statistics of a time window, counted from Events that an engine emitted."""

import pytest
from engine_lab import START
from local_taskrouter.core import window_statistics
from local_taskrouter.core.task_end import cancel_task, complete_task, delete_task
from local_taskrouter.core.window_statistics import TASK_EVENTS, Window
from local_taskrouter.core.workers import delete_worker
from statistics_reference import reader_of

NOTHING = {"avg": 0, "min": 0, "max": 0, "total": 0}
OF_TASKS = f"event_type IN {TASK_EVENTS}"
RESERVATIONS = (
    "reservations_created",
    "reservations_accepted",
    "reservations_rejected",
    "reservations_timed_out",
    "reservations_canceled",
    "reservations_rescinded",
)


def durations(lab, workers=None, since=START, until=None, events=None):
    """(avg, min, max, total) of each Activity where there was anybody."""
    window = Window(since, lab.now if until is None else until)
    reader = reader_of(lab.events if events is None else events)
    found = window_statistics.activity_durations(
        lab.engine.store.find("activities", lab.workspace.sid),
        lab.engine.store.find("workers", lab.workspace.sid) if workers is None else workers,
        reader.stays("at >= ?", [since], window),
        window,
    )
    assert [each["sid"] for each in found] == [
        lab.activity(name).sid for name in ("Offline", "Available", "Unavailable")
    ]
    return {
        each["friendly_name"]: (each["avg"], each["min"], each["max"], each["total"])
        for each in found
        if each["total"]
    }


def of_workspace(lab, thresholds=()):
    return window_statistics.of_workspace(tallies(lab.events, thresholds), thresholds)


def of_workflow(lab, thresholds=()):
    return window_statistics.of_workflow(tallies(lab.events, thresholds), thresholds)


def of_queue(queue, lab, thresholds=()):
    of_queues = reader_of(lab.events).tallies(OF_TASKS, [], thresholds, by="task_queue_sid")
    return window_statistics.of_queue(of_queues.get(queue.sid, {}), thresholds)


def tallies(events, thresholds=()):
    return reader_of(events).tallies(OF_TASKS, [], thresholds).get(None, {})


def counted(statistics, names=RESERVATIONS):
    return tuple(statistics[name] for name in names)


@pytest.fixture
def queue(lab):
    return lab.queue()


@pytest.fixture
def workflow(lab, queue):
    return lab.workflow(default=queue)


def test_without_events_everything_is_zero():
    for statistics in (
        window_statistics.of_workspace({}, []),
        window_statistics.of_workflow({}, []),
        window_statistics.of_queue({}, []),
        window_statistics.of_reservations({}),
    ):
        assert {repr(value) for value in statistics.values()} <= {"0", "{}", repr(NOTHING)}


def test_one_task_accepted_after_30_s_and_one_canceled_after_50_s(lab, queue, workflow):
    taken, canceled = lab.task(workflow), lab.task(workflow)
    lab.wait(30)
    lab.worker("Alice")
    lab.accept(taken)
    lab.wait(20)
    lab.do(cancel_task, canceled, "the caller hung up")
    for statistics in (
        of_workspace(lab, [5, 30, 60]),
        of_workflow(lab, [5, 30, 60]),
        of_queue(queue, lab, [5, 30, 60]),
    ):
        assert counted(statistics) == (1, 1, 0, 0, 0, 0)
        assert statistics["tasks_canceled"] == 1
        assert statistics["avg_task_acceptance_time"] == 30
        accepted = {"avg": 30, "min": 30, "max": 30, "total": 30}
        assert statistics["wait_duration_until_accepted"] == accepted
        assert statistics["wait_duration_until_canceled"] == {
            "avg": 50,
            "min": 50,
            "max": 50,
            "total": 50,
        }
        neither = {"reservations_accepted": 0, "tasks_canceled": 0}
        both = {"reservations_accepted": 1, "tasks_canceled": 1}
        assert statistics["split_by_wait_time"] == {
            "5": {"below": neither, "above": both},
            "30": {
                "below": {"reservations_accepted": 1, "tasks_canceled": 0},
                "above": {"reservations_accepted": 0, "tasks_canceled": 1},
            },
            "60": {"below": both, "above": neither},
        }


def test_durations_are_averaged_over_the_tasks(lab, workflow):
    lab.worker("Alice", capacity=3)
    for seconds in (10, 4, 1):
        task = lab.task(workflow)
        lab.wait(seconds)
        lab.accept(task)
    assert of_workspace(lab)["wait_duration_until_accepted"] == {
        "avg": 5,
        "min": 1,
        "max": 10,
        "total": 15,
    }


def test_each_way_a_reservation_ends_has_its_count(lab):
    queue = lab.queue(max_reserved_workers=2)
    workflow = lab.workflow(default=queue, task_reservation_timeout=60)
    alice, bob = lab.worker("Alice"), lab.worker("Bob")
    accepted = lab.task(workflow)
    lab.accept(accepted)  # the other is rescinded
    rejected = lab.task(workflow)
    lab.reject(rejected, "Offline")
    for worker in (alice, bob):
        lab.move(worker, "Available")
    lab.do(complete_task, accepted, None)
    lab.wait(60)  # two time out
    lab.move(alice, "Available")
    lab.do(cancel_task, rejected, None)
    events = [event.event_type for event in lab.events]
    assert counted(window_statistics.of_reservations(tallies(lab.events))) == tuple(
        events.count(f"reservation.{name}")
        for name in ("created", "accepted", "rejected", "timeout", "canceled", "rescinded")
    )
    assert 0 not in counted(window_statistics.of_reservations(tallies(lab.events)))


def test_each_way_a_task_ends_has_its_count(lab, queue):
    workflow = lab.workflow(("1==1", {"queue": queue.sid, "timeout": 60}))
    lab.task(workflow)
    lab.wait(60)
    lab.do(delete_task, lab.task(workflow))
    lab.do(cancel_task, lab.task(workflow), None)
    lab.worker("Alice", capacity=2)
    completed, kept = lab.task(workflow), lab.task(workflow)
    for task in (completed, kept):
        lab.accept(task)
    lab.do(complete_task, completed, None)
    lab.wait(86_400)
    names = "tasks_canceled", "tasks_completed", "tasks_deleted"
    every = of_workspace(lab)
    assert counted(every, (*names, "tasks_created", "tasks_moved")) == (2, 1, 2, 5, 0)
    assert every["tasks_timed_out_in_workflow"] == 1
    in_workflow = of_workflow(lab)
    assert counted(in_workflow, (*names, "tasks_entered", "tasks_moved")) == (2, 1, 2, 5, 0)
    assert in_workflow["tasks_timed_out_in_workflow"] == 1
    assert counted(of_queue(queue, lab), (*names, "tasks_entered", "tasks_moved")) == (
        2,
        1,
        2,
        5,
        0,
    )


def test_task_that_moves_counts_as_moved_where_it_was_and_entered_where_it_comes(lab):
    first, second = lab.queue("First"), lab.queue("Second")
    workflow = lab.workflow(("1==1", {"queue": first.sid, "timeout": 60}, {"queue": second.sid}))
    task = lab.task(workflow)
    lab.wait(90)
    lab.worker("Alice")
    lab.accept(task)
    left, reached = (of_queue(queue, lab) for queue in (first, second))
    assert counted(left, ("tasks_entered", "tasks_moved", "reservations_accepted")) == (1, 1, 0)
    assert counted(reached, ("tasks_entered", "tasks_moved", "reservations_accepted")) == (1, 0, 1)
    assert reached["wait_duration_until_accepted"]["total"] == 90
    assert reached["wait_duration_in_queue_until_accepted"]["total"] == 30
    assert left["wait_duration_in_queue_until_accepted"] == NOTHING
    for statistics in (
        of_workspace(lab),
        of_workflow(lab),
    ):
        assert statistics["tasks_moved"] == 1


def test_time_in_a_queue_is_never_more_than_the_age(lab, workflow, queue):
    lab.worker("Alice")
    lab.wait(0.9)
    task = lab.task(workflow)
    lab.wait(0.2)
    lab.accept(task)
    statistics = of_queue(queue, lab)
    assert statistics["wait_duration_until_accepted"]["total"] == 0
    assert statistics["wait_duration_in_queue_until_accepted"]["total"] == 0


def test_activity_durations_count_each_stay(lab):
    alice = lab.worker("Alice")
    lab.wait(10)
    lab.move(alice, "Unavailable")
    lab.wait(5)
    lab.move(alice, "Available")
    lab.wait(40)
    assert durations(lab) == {"Available": (25, 10, 40, 50), "Unavailable": (5, 5, 5, 5)}


def test_stays_are_cut_at_both_ends_of_the_window(lab):
    alice = lab.worker("Alice")
    lab.wait(100)
    lab.move(alice, "Unavailable")
    lab.wait(100)
    lab.move(alice, "Offline")
    lab.wait(100)
    assert durations(lab, since=START + 90, until=START + 230) == {
        "Available": (10, 10, 10, 10),
        "Unavailable": (100, 100, 100, 100),
        "Offline": (30, 30, 30, 30),
    }
    assert durations(lab, since=START + 110, until=START + 120) == {"Unavailable": (10,) * 4}


def test_worker_without_events_stays_in_its_activity(lab):
    lab.worker("Alice")
    lab.wait(50)
    lab.worker("Bob")
    lab.wait(20)
    assert durations(lab) == {"Available": (45, 20, 70, 90)}
    assert durations(lab, since=START + 60) == {"Available": (10, 10, 10, 20)}
    assert durations(lab, events=[]) == {"Available": (45, 20, 70, 90)}


def test_deleted_worker_counts_until_its_deletion(lab):
    alice = lab.worker("Alice")
    lab.wait(10)
    lab.do(delete_worker, alice)
    lab.wait(10)
    assert durations(lab) == {"Available": (10, 10, 10, 10)}
    assert durations(lab, since=START + 4) == {"Available": (6, 6, 6, 6)}
