"""Which Worker gets which Task."""

from local_taskrouter.core import activities, task_queues, workers
from local_taskrouter.core.task_end import cancel_task, complete_task
from local_taskrouter.core.tasks import update_attributes, update_routing


def test_first_matching_filter_decides(lab):
    red, blue, rest = lab.queue("Red"), lab.queue("Blue"), lab.queue("Rest")
    workflow = lab.workflow(("size > 5", red), ("size > 1", blue), default=rest)
    entered = [lab.name_of(lab.task(workflow, {"size": size}).task_queue_sid) for size in (9, 3, 1)]
    assert entered == ["Red", "Blue", "Rest"]


def test_task_enters_its_queue_even_without_available_workers(lab):
    queue = lab.queue()
    task = lab.task(lab.workflow(default=queue))
    assert (task.task_queue_sid, task.task_queue_entered_date) == (queue.sid, lab.now)
    assert task.assignment_status == "pending"


def test_longest_idle_worker_is_reserved(lab):
    workflow = lab.workflow(default=lab.queue())
    for name in ("Alice", "Bob"):
        lab.wait(1)
        lab.worker(name)
    first, second = lab.task(workflow), lab.task(workflow)
    assert [lab.holder(first), lab.holder(second)] == ["Alice", "Bob"]
    for task in (first, second):
        lab.accept(task)
    lab.wait(1)
    lab.do(complete_task, second, None)
    lab.wait(1)
    lab.do(complete_task, first, None)
    assert lab.holder(lab.task(workflow)) == "Bob"


def test_only_workers_that_match_the_queue_are_reserved(lab):
    workflow = lab.workflow(default=lab.queue(target_workers='languages HAS "es"'))
    lab.worker("Bob", {"languages": ["en"]})
    task = lab.task(workflow)
    assert lab.holder(task) is None
    lab.worker("Alice", {"languages": ["en", "es"]})
    assert lab.holder(task) == "Alice"


def test_changed_worker_attributes_match_other_queues(lab):
    workflow = lab.workflow(default=lab.queue(target_workers='languages HAS "es"'))
    bob, alice = lab.worker("Bob"), lab.worker("Alice", {"languages": ["es"]})
    lab.do(workers.update_attributes, alice, '{"languages":["en"]}')
    task = lab.task(workflow)
    assert lab.holder(task) is None
    lab.do(workers.update_attributes, bob, '{"languages":["es"]}')
    assert lab.holder(task) == "Bob"


def test_changed_target_workers_route_waiting_tasks(lab):
    queue = lab.queue(target_workers="1 == 2")
    task = lab.task(lab.workflow(default=queue))
    lab.worker("Alice", {"level": 3})
    lab.do(task_queues.update_task_queue, queue, target_workers="level > 2")
    assert lab.holder(task) == "Alice"


def test_empty_target_workers_match_no_worker(lab):
    lab.worker("Alice")
    assert lab.holder(lab.task(lab.workflow(default=lab.queue(target_workers="")))) is None


def test_unavailable_worker_gets_no_task_until_available(lab):
    alice = lab.worker("Alice", activity="Offline")
    task = lab.task(lab.workflow(default=lab.queue()))
    lab.move(alice, "Unavailable")
    assert lab.holder(task) is None
    lab.move(alice, "Available")
    assert lab.holder(task) == "Alice"


def test_expressions_may_read_the_activity(lab):
    queue = lab.queue(target_workers='worker.activity_name == "Meeting"')
    task = lab.task(lab.workflow(default=queue))
    idle = lab.do(activities.create_activity, lab.workspace, "Idle", True)
    lab.worker("Alice", activity="Idle")
    assert lab.holder(task) is None
    lab.do(activities.rename_activity, idle, "Meeting")
    assert lab.holder(task) == "Alice"


def test_expressions_may_read_the_load(lab):
    expression = "worker.channel.default.available_capacity_percentage > 50"
    workflow = lab.workflow(default=lab.queue(target_workers=expression))
    lab.worker("Alice", capacity=4)
    tasks = [lab.task(workflow) for _ in range(4)]
    assert [lab.holder(task) for task in tasks] == ["Alice", "Alice", None, None]


def test_capacity_counts_on_its_channel_only(lab):
    workflow = lab.workflow(default=lab.queue())
    alice = lab.worker("Alice", capacity=2)
    tasks = [lab.task(workflow) for _ in range(3)]
    assert [lab.holder(task) for task in tasks] == ["Alice", "Alice", None]
    assert lab.holder(lab.task(workflow, channel="chat")) == "Alice"
    lab.capacity(alice, 3)
    assert lab.holder(tasks[2]) == "Alice"


def test_unavailable_channel_takes_no_task(lab):
    alice = lab.worker("Alice")
    lab.capacity(alice, available=False)
    task = lab.task(lab.workflow(default=lab.queue()))
    assert lab.holder(task) is None
    lab.capacity(alice, available=True)
    assert lab.holder(task) == "Alice"


def test_accepted_and_wrapping_tasks_take_capacity_until_completed(lab):
    workflow = lab.workflow(default=lab.queue())
    lab.worker("Alice")
    first, second = lab.task(workflow), lab.task(workflow)
    lab.accept(first)
    assert lab.holder(second) is None
    lab.do(complete_task, first, None)
    assert lab.holder(second) == "Alice"


def test_fifo_is_by_priority_then_by_age(lab):
    workflow = lab.workflow(default=lab.queue())
    for priority in (0, 5, 5, 9):
        lab.wait(1)
        lab.task(workflow, {"n": priority}, priority=priority)
    alice = lab.worker("Alice", capacity=10, activity="Offline")
    alone = order_taken(lab, alice)
    assert alone == [(9, 4), (5, 2), (5, 3), (0, 1)]


def test_fifo_age_is_the_virtual_start_time(lab):
    workflow = lab.workflow(default=lab.queue())
    lab.wait(100)
    lab.task(workflow)
    lab.wait(1)
    lab.task(workflow, virtual_start_time=lab.now - 50)
    assert order_taken(lab, lab.worker("Alice", activity="Offline", capacity=9)) == [(0, 2), (0, 1)]


def test_lifo_is_the_newest_first_whatever_its_priority(lab):
    workflow = lab.workflow(default=lab.queue(task_order="LIFO"))
    for priority in (9, 5, 0):
        lab.wait(1)
        lab.task(workflow, priority=priority)
    alice = lab.worker("Alice", activity="Offline", capacity=9)
    assert order_taken(lab, alice) == [(0, 3), (5, 2), (9, 1)]


def test_lifo_of_one_moment_is_the_last_created_first(lab):
    workflow = lab.workflow(default=lab.queue(task_order="LIFO"))
    for priority in (1, 2, 3):
        lab.task(workflow, priority=priority)
    alice = lab.worker("Alice", activity="Offline", capacity=9)
    assert [priority for priority, _ in order_taken(lab, alice)] == [3, 2, 1]


def order_taken(lab, worker):
    """(priority, number) of the waiting Tasks in the order in which this Worker gets them."""
    lab.move(worker, "Available")
    store = lab.engine.store
    tasks = list(store.find("tasks", lab.workspace.sid))
    held = store.find("reservations_of_worker", worker.sid)
    found = [next(t for t in tasks if t.sid == r.task_sid) for r in held]
    return [(task.priority, tasks.index(task) + 1) for task in found]


def test_prioritize_queue_order_decides_between_fifo_and_lifo_queues(lab):
    fifo, lifo = lab.queue("F"), lab.queue("L", task_order="LIFO")
    workflow = lab.workflow(("lifo == true", lifo), default=fifo)
    for preferred in ("FIFO", "LIFO"):
        lab.engine.store.change(lab.workspace, prioritize_queue_order=preferred)
        both = {name: lab.task(workflow, {"lifo": name == "LIFO"}) for name in ("FIFO", "LIFO")}
        worker = lab.worker(f"For {preferred}")
        assert lab.holder(both[preferred]) == worker.friendly_name
        for task in both.values():
            lab.do(cancel_task, task, None)
        lab.move(worker, "Offline")


def test_raised_priority_is_taken_first(lab):
    workflow = lab.workflow(default=lab.queue())
    old, new = lab.task(workflow), lab.task(workflow)
    lab.do(update_routing, new, 7, None, None)
    lab.worker("Alice")
    assert (lab.holder(old), lab.holder(new)) == (None, "Alice")


def test_changed_channel_finds_other_capacity(lab):
    workflow = lab.workflow(default=lab.queue())
    lab.worker("Alice")
    lab.task(workflow)
    waiting = lab.task(workflow)
    assert lab.holder(waiting) is None
    lab.do(update_routing, waiting, None, lab.channel("chat"), None)
    assert lab.holder(waiting) == "Alice"


def test_rejecting_worker_gets_the_most_urgent_task(lab):
    workflow = lab.workflow(default=lab.queue())
    lab.worker("Alice")
    first = lab.task(workflow)
    urgent = lab.task(workflow, priority=9)
    lab.reject(first)
    assert (lab.holder(first), lab.holder(urgent)) == (None, "Alice")


def test_rejected_task_goes_to_the_longest_idle_worker(lab):
    workflow = lab.workflow(default=lab.queue())
    lab.worker("Alice")
    task = lab.task(workflow)
    lab.wait(1)
    lab.worker("Bob")
    lab.wait(1)
    lab.reject(task)
    assert lab.reservations(task) == [("Alice", "rejected"), ("Bob", "pending")]


def test_first_of_several_reserved_workers_to_accept_gets_the_task(lab):
    workflow = lab.workflow(default=lab.queue(max_reserved_workers=2))
    for name in ("Alice", "Bob", "Carol"):
        lab.worker(name)
    task = lab.task(workflow)
    assert lab.reservations(task) == [("Alice", "pending"), ("Bob", "pending")]
    next_task = lab.task(workflow)
    assert lab.reservations(next_task) == [("Carol", "pending")]
    lab.accept(task)
    assert lab.reservations(task) == [("Alice", "accepted"), ("Bob", "rescinded")]
    assert lab.reservations(next_task) == [("Carol", "pending"), ("Bob", "pending")]


def test_task_reserved_twice_is_pending_after_both_reject(lab):
    workflow = lab.workflow(default=lab.queue(max_reserved_workers=2))
    lab.worker("Alice"), lab.worker("Bob")
    task = lab.task(workflow)
    lab.reject(task, "Offline")
    assert task.assignment_status == "reserved"
    lab.reject(task, "Offline")
    assert task.assignment_status == "pending"


def test_raised_max_reserved_workers_reserves_more_workers(lab):
    queue = lab.queue()
    task = lab.task(lab.workflow(default=queue))
    lab.worker("Alice"), lab.worker("Bob")
    lab.do(task_queues.update_task_queue, queue, max_reserved_workers=5)
    assert lab.reservations(task) == [("Alice", "pending"), ("Bob", "pending")]


def test_order_by_ranks_workers(lab):
    target = {"queue": lab.queue().sid, "order_by": "worker.level DESC"}
    workflow = lab.workflow(("1==1", target))
    for name, level in (("Low", 1), ("High", 9), ("None", None)):
        lab.worker(name, {"level": level} if level else {})
    assert [lab.holder(lab.task(workflow)) for _ in range(3)] == ["High", "Low", "None"]


def test_target_expression_relates_task_and_worker(lab):
    target = {"queue": lab.queue().sid, "expression": "worker.level >= task.level"}
    workflow = lab.workflow(("1==1", target))
    lab.worker("Low", {"level": 1}), lab.worker("High", {"level": 9})
    assert lab.holder(lab.task(workflow, {"level": 5})) == "High"
    assert lab.holder(lab.task(workflow, {"level": 1})) == "Low"


def test_reserved_task_with_places_left_is_matched_again_after_a_change(lab):
    queue = lab.queue(max_reserved_workers=2)
    target = {"queue": queue.sid, "expression": "worker.level >= task.level"}
    workflow = lab.workflow(("1==1", target))
    lab.worker("High", {"level": 9}), lab.worker("Low", {"level": 1})
    task = lab.task(workflow, {"level": 5})
    assert lab.reservations(task) == [("High", "pending")]
    lab.do(update_attributes, task, '{"level":1}')
    assert lab.reservations(task) == [("High", "pending"), ("Low", "pending")]


def test_task_waits_for_its_known_worker(lab):
    queue = lab.queue()
    by_sid = {"queue": queue.sid, "known_worker_sid": "task.agent"}
    by_name = {"queue": queue.sid, "known_worker_friendly_name": "task.agent.name"}
    workflow = lab.workflow(("kind == 1", by_sid), ("kind == 2", by_name))
    lab.worker("Alice")
    bob = lab.worker("Bob", capacity=2)
    assert lab.holder(lab.task(workflow, {"kind": 1, "agent": bob.sid})) == "Bob"
    assert lab.holder(lab.task(workflow, {"kind": 2, "agent": {"name": "Bob"}})) == "Bob"
    assert lab.holder(lab.task(workflow, {"kind": 1})) is None
    named = lab.task(workflow, {"kind": 2, "agent": {"name": "Zoe"}})
    assert lab.holder(named) is None
    lab.do(workers.rename_worker, lab.worker("Carol"), "Zoe")
    assert lab.holder(named) == "Zoe"


def test_task_for_one_worker_ignores_activity_and_capacity(lab):
    lab.queue()
    lab.worker("Alice")
    bob = lab.worker("Bob", activity="Offline")
    tasks = [lab.task(worker=bob, ignore_capacity=True) for _ in range(2)]
    assert [lab.holder(task) for task in tasks] == ["Bob", "Bob"]


def test_unavailable_worker_who_rejects_a_direct_task_gets_no_other(lab):
    queue = lab.queue()
    alice = lab.worker("Alice")
    own = lab.task(worker=alice, ignore_capacity=True)
    waiting = lab.task(task_queue=queue, priority=5)
    assert (lab.holder(own), lab.holder(waiting)) == ("Alice", None)
    lab.reject(own, "Offline")
    assert (lab.holder(own), lab.holder(waiting)) == ("Alice", None)


def test_task_for_one_worker_waits_for_capacity(lab):
    lab.queue()
    lab.worker("Alice")
    bob = lab.worker("Bob", activity="Offline")
    tasks = [lab.task(worker=bob) for _ in range(2)]
    assert [lab.holder(task) for task in tasks] == [None, None]
    lab.move(bob, "Available")
    assert [lab.holder(task) for task in tasks] == ["Bob", None]


def test_task_created_for_a_queue_enters_it(lab):
    queue = lab.queue()
    task = lab.task(task_queue=queue)
    assert (task.task_queue_sid, task.workflow_sid) == (queue.sid, None)
    lab.worker("Alice")
    assert lab.holder(task) == "Alice"
    lab.do(update_attributes, task, '{"a":1}')
    assert task.task_queue_sid == queue.sid
