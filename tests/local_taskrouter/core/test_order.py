"""Order: the longest idle Worker and the most urgent Task come first.

https://www.twilio.com/docs/taskrouter/lifecycle-task-workflows-and-assignment
"""

import pytest
from local_taskrouter.core import activities
from local_taskrouter.core.task_end import complete_task
from local_taskrouter.core.tasks import update_routing

ALL_WORKERS, SOME_WORKERS = "1==1", 'team == "A"'


@pytest.fixture(params=[ALL_WORKERS, SOME_WORKERS])
def workflow(lab, request):
    """A Workflow to the team's TaskQueue; other Workers, idle for longer, are not in the team."""
    if request.param == SOME_WORKERS:
        for name in ("Zoe", "Yan", "Xia"):
            lab.worker(name)
        lab.wait(1)
    return lab.workflow(default=lab.queue(target_workers=request.param))


@pytest.fixture(params=["one TaskQueue", "two TaskQueues"])
def lines(lab, request):
    """Two Workflows for the same Workers, whose Tasks wait in one TaskQueue or in two."""
    first = lab.queue("First")
    second = first if request.param == "one TaskQueue" else lab.queue("Second")
    return lab.workflow(default=first), lab.workflow(default=second)


def teammate(lab, name, **more):
    return lab.worker(name, {"team": "A"}, **more)


def holders(lab, workflow, count):
    """Who gets each of `count` Tasks, created a second apart."""
    found = []
    for _ in range(count):
        lab.wait(1)
        found.append(lab.holder(lab.task(workflow)))
    return found


def taken(lab, *tasks):
    """The numbers of `tasks` in the order in which one Worker gets them."""
    alice = lab.worker("Alice", activity="Offline", capacity=len(tasks))
    lab.move(alice, "Available")
    held = lab.engine.store.find("reservations_of_worker", alice.sid)
    sids = [task.sid for task in tasks]
    return [sids.index(reservation.task_sid) + 1 for reservation in held]


def test_workers_are_reserved_in_the_order_in_which_they_became_available(lab, workflow):
    alice, bob, carol = (teammate(lab, name, activity="Offline") for name in ("A", "B", "C"))
    for worker in (carol, alice, bob):
        lab.wait(1)
        lab.move(worker, "Available")
    assert holders(lab, workflow, 4) == ["C", "A", "B", None]


def test_equally_idle_workers_are_reserved_in_order_of_creation(lab, workflow):
    workers = [teammate(lab, name, activity="Offline") for name in ("A", "B", "C")]
    for worker in reversed(workers):
        lab.move(worker, "Available")
    assert holders(lab, workflow, 3) == ["A", "B", "C"]


def test_new_reservation_restarts_the_idle_time(lab, workflow):
    for name in ("A", "B"):
        teammate(lab, name, capacity=2)
        lab.wait(1)
    assert holders(lab, workflow, 4) == ["A", "B", "A", "B"]


def test_completed_task_restarts_the_idle_time(lab, workflow):
    for name in ("A", "B"):
        teammate(lab, name)
        lab.wait(1)
    task = lab.task(workflow)
    lab.accept(task)
    lab.wait(1)
    lab.do(complete_task, task, None)
    assert holders(lab, workflow, 2) == ["B", "A"]


def test_returning_worker_restarts_its_idle_time(lab, workflow):
    alice = teammate(lab, "A")
    lab.wait(1)
    teammate(lab, "B")
    lab.move(alice, "Unavailable")
    lab.wait(1)
    lab.move(alice, "Available")
    assert holders(lab, workflow, 2) == ["B", "A"]


def test_another_available_activity_keeps_the_idle_time(lab, workflow):
    lab.do(activities.create_activity, lab.workspace, "On chat", True)
    alice = teammate(lab, "A")
    lab.wait(1)
    teammate(lab, "B")
    lab.wait(1)
    lab.move(alice, "On chat")
    assert holders(lab, workflow, 2) == ["A", "B"]


def test_higher_priority_is_taken_first_and_then_the_older_task(lab, lines):
    tasks = []
    for number, priority in enumerate((1, 5, 9, 5)):
        lab.wait(1)
        tasks.append(lab.task(lines[number % 2], priority=priority))
    assert taken(lab, *tasks) == [3, 2, 4, 1]


def test_age_counts_from_the_virtual_start_time(lab, lines):
    lab.wait(100)
    first = lab.task(lines[0])
    second = lab.task(lines[1], virtual_start_time=lab.now - 50)
    assert taken(lab, first, second) == [2, 1]


def test_tasks_of_one_moment_are_taken_in_order_of_creation(lab, lines):
    tasks = [lab.task(lines[number]) for number in (1, 0, 1, 0)]
    assert taken(lab, *tasks) == [1, 2, 3, 4]


def test_changed_priority_moves_a_waiting_task(lab, lines):
    first, second, third = (lab.task(lines[number], priority=5) for number in (0, 1, 0))
    lab.do(update_routing, first, 1, None, None)
    lab.do(update_routing, third, 9, None, None)
    assert taken(lab, first, second, third) == [3, 2, 1]


def test_changed_virtual_start_time_moves_a_waiting_task(lab, lines):
    first, second = lab.task(lines[0]), lab.task(lines[1])
    lab.do(update_routing, second, None, None, lab.now - 1)
    assert taken(lab, first, second) == [2, 1]


def test_priority_set_by_the_workflow_target_counts(lab):
    queue = lab.queue()
    target = {"queue": queue.sid, "priority": 9}
    workflow = lab.workflow(("urgent == true", target), default=queue)
    tasks = [lab.task(workflow), lab.task(workflow, {"urgent": True}, priority=1)]
    assert taken(lab, *tasks) == [2, 1]


def test_of_two_lifo_queues_the_newest_task_is_taken_whatever_its_priority(lab):
    lines = [
        lab.workflow(default=lab.queue(name, task_order="LIFO")) for name in ("First", "Second")
    ]
    tasks = [lab.task(lines[0], priority=9), lab.task(lines[1], priority=5)]
    lab.wait(1)
    tasks.append(lab.task(lines[0]))
    old = lab.task(lines[1], virtual_start_time=lab.now - 1_000)
    assert taken(lab, *tasks, old) == [3, 2, 1, 4]


def test_freed_worker_takes_the_most_urgent_task_of_all_queues(lab, lines):
    lab.worker("Bob")
    task = lab.task(lines[0], priority=7)
    lab.accept(task)
    waiting = [lab.task(lines[number], priority=number) for number in (0, 1)]
    lab.do(complete_task, task, None)
    assert [lab.holder(each) for each in waiting] == [None, "Bob"]


def test_when_all_happens_in_one_moment_then_workers_who_reject_are_reserved_in_turn(lab, workflow):
    for name in ("Alice", "Bob", "Carol"):
        teammate(lab, name)
    task = lab.task(workflow)
    reserved = []
    for _ in range(6):
        reserved.append(lab.holder(task))
        lab.reject(task)
    assert reserved == ["Alice", "Bob", "Carol"] * 2


def test_when_all_happens_in_one_moment_then_tasks_are_spread_over_workers(lab, workflow):
    for name in ("Alice", "Bob"):
        teammate(lab, name, capacity=2)
    assert [lab.holder(lab.task(workflow)) for _ in range(4)] == ["Alice", "Bob"] * 2
