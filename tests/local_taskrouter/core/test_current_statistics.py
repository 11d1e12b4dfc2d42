"""Real-time statistics: which Tasks count, which wait, and which Workers match."""

from local_taskrouter.core import current_statistics
from local_taskrouter.core.task_end import (
    KEPT_AFTER_END,
    cancel_task,
    complete_task,
    wrap_up_task,
)
from local_taskrouter.core.tasks import create_task

EMPTY = {
    "longest_task_waiting_age": 0,
    "longest_task_waiting_sid": None,
    "tasks_by_priority": {},
    "tasks_by_status": dict.fromkeys(
        ("pending", "reserved", "assigned", "wrapping", "completed", "canceled"), 0
    ),
    "total_tasks": 0,
}


def now(lab, channel=None):
    channel = channel and lab.channel(channel)
    return lab.do(
        lambda engine: current_statistics.of_tasks(
            engine, current_statistics.tasks_in(engine, lab.workspace, channel)
        )
    )


def in_queue(lab, queue):
    def read(engine):
        tasks = current_statistics.by_queue(current_statistics.tasks_in(engine, lab.workspace)).get(
            queue.sid, []
        )
        now = current_statistics.of_queue(engine, lab.workspace, queue, tasks)
        return now | current_statistics.longest_in_queue(engine, tasks)

    return lab.do(read)


def workers_in(statistics):
    by_activity = statistics["activity_statistics"]
    return {each["friendly_name"]: each["workers"] for each in by_activity}


def enqueue(lab, queue, **more):
    return lab.do(
        create_task, lab.workspace, task_queue=queue, channel=lab.channel("default"), **more
    )


def test_empty_workspace_has_zeros_and_no_task(lab):
    assert now(lab) == EMPTY
    queue = lab.queue()
    assert in_queue(lab, queue) == EMPTY | {
        "activity_statistics": [
            {"sid": lab.activity(name).sid, "friendly_name": name, "workers": 0}
            for name in ("Offline", "Available", "Unavailable")
        ],
        "longest_relative_task_age_in_queue": 0,
        "longest_relative_task_sid_in_queue": None,
        "total_available_workers": 0,
        "total_eligible_workers": 0,
    }


def test_tasks_count_by_status_and_priority_until_they_are_removed(lab):
    workflow = lab.workflow(default=lab.queue())
    lab.worker("Alice", capacity=4)
    ended, wrapping, assigned, reserved = (lab.task(workflow, priority=p) for p in (3, 9, 0, 7))
    pending = lab.task(workflow, priority=7)
    for task in (ended, wrapping, assigned):
        lab.accept(task)
    lab.do(complete_task, ended, None)
    lab.move(next(lab.engine.store.find("workers", lab.workspace.sid)), "Offline")
    lab.do(wrap_up_task, wrapping, None)
    assert lab.holder(reserved) == "Alice" and lab.holder(pending) == "Alice"
    waiting = lab.task(workflow)
    lab.do(cancel_task, lab.task(workflow), "enough")
    statistics = now(lab)
    assert statistics["tasks_by_status"] == {
        "pending": 1,
        "reserved": 2,
        "assigned": 1,
        "wrapping": 1,
        "completed": 1,
        "canceled": 1,
    }
    assert list(statistics["tasks_by_priority"].items()) == [
        ("0", 3),
        ("3", 1),
        ("7", 2),
        ("9", 1),
    ]
    assert statistics["total_tasks"] == sum(statistics["tasks_by_status"].values())
    lab.wait(KEPT_AFTER_END)
    later = now(lab)["tasks_by_status"]
    assert (later["completed"], later["canceled"]) == (0, 0)
    assert waiting.assignment_status == "pending"


def test_longest_waiting_task_is_the_oldest_pending_one(lab):
    workflow = lab.workflow(default=lab.queue())
    alice = lab.worker("Alice")
    taken = lab.task(workflow)
    lab.accept(taken)
    lab.wait(10)
    waiting = lab.task(workflow)
    lab.wait(5)
    later = lab.task(workflow)
    statistics = now(lab)
    assert statistics["longest_task_waiting_sid"] == waiting.sid
    assert statistics["longest_task_waiting_age"] == 5
    lab.do(complete_task, taken, None)
    assert lab.holder(waiting) == alice.friendly_name
    assert now(lab)["longest_task_waiting_sid"] == later.sid


def test_when_the_only_task_is_reserved_then_none_waits(lab):
    queue = lab.queue()
    lab.worker("Alice")
    lab.task(lab.workflow(default=queue))
    lab.wait(10)
    statistics = in_queue(lab, queue)
    assert statistics["tasks_by_status"]["reserved"] == 1
    for name in ("task_waiting_sid", "relative_task_sid_in_queue"):
        assert statistics[f"longest_{name}"] is None
        assert statistics[f"longest_{name.replace('sid', 'age')}"] == 0


def test_channel_narrows_the_tasks(lab):
    workflow = lab.workflow(default=lab.queue())
    lab.task(workflow)
    lab.task(workflow, channel="chat")
    assert [now(lab, each)["total_tasks"] for each in (None, "chat", "voice")] == [2, 1, 0]


def test_time_in_a_queue_is_not_the_age_of_the_task(lab):
    first, second = lab.queue("First"), lab.queue("Second")
    workflow = lab.workflow(("1==1", {"queue": first.sid, "timeout": 60}, {"queue": second.sid}))
    moved = lab.task(workflow)
    lab.wait(40)
    native = enqueue(lab, second)
    lab.wait(30)
    assert in_queue(lab, first)["total_tasks"] == 0
    statistics = in_queue(lab, second)
    assert statistics["longest_task_waiting_sid"] == moved.sid
    assert statistics["longest_task_waiting_age"] == 70
    assert statistics["longest_relative_task_sid_in_queue"] == native.sid
    assert statistics["longest_relative_task_age_in_queue"] == 30


def test_queue_counts_the_workers_that_match_it(lab):
    lab.worker("Alice", {"languages": ["es"]})
    lab.worker("Bob", {"languages": ["en"]})
    lab.worker("Carol", {"languages": ["es"]}, activity="Unavailable")
    statistics = in_queue(lab, lab.queue(target_workers='languages HAS "es"'))
    assert statistics["total_eligible_workers"] == 2
    assert statistics["total_available_workers"] == 1
    assert workers_in(statistics) == {"Offline": 0, "Available": 1, "Unavailable": 1}


def test_workers_are_counted_by_activity_all_or_those_given(lab):
    alice, _ = lab.worker("Alice"), lab.worker("Bob", activity="Offline")
    all_workers = current_statistics.of_workers(lab.engine, lab.workspace)
    assert all_workers["total_workers"] == 2
    assert workers_in(all_workers) == {"Offline": 1, "Available": 1, "Unavailable": 0}
    only = current_statistics.of_workers(lab.engine, lab.workspace, [alice])
    assert only["total_workers"] == 1
    assert workers_in(only) == {"Offline": 0, "Available": 1, "Unavailable": 0}
