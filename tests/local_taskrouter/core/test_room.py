"""Routing looks at the Workers that could take a Task, however many others there are."""

import pytest
from local_taskrouter.core import parsed, routing, task_queues, workers
from local_taskrouter.core.task_end import complete_task

MANY = 40


@pytest.fixture
def tried(monkeypatch):
    """The pairs of a Task and a Worker that routing has evaluated."""
    pairs, may_take = [], routing.may_take

    def record(pair):
        pairs.append((pair.task.sid, pair.worker.friendly_name))
        return may_take(pair)

    monkeypatch.setattr(routing, "may_take", record)
    return pairs


@pytest.fixture
def workflow(lab):
    return lab.workflow(default=lab.queue())


@pytest.fixture
def full(lab, workflow):
    """Tasks whose Workers are available and have room for no other one."""
    for number in range(MANY):
        lab.worker(f"Worker {number}")
    return [lab.task(workflow) for _ in range(MANY)]


def test_task_tries_no_worker_without_room(lab, workflow, full, tried):
    lab.task(workflow)
    assert tried == []


def test_task_that_waits_tries_only_the_worker_who_became_free(lab, workflow, full, tried):
    waiting = lab.task(workflow)
    lab.accept(full[7])
    lab.do(complete_task, full[7], None)
    assert lab.holder(waiting) == "Worker 7" and tried == [(waiting.sid, "Worker 7")]


def test_worker_with_room_on_another_channel_only_is_not_tried(lab, workflow, full, tried):
    lab.capacity(next(lab.engine.store.walk("workers", lab.workspace.sid)), 2, channel="chat")
    lab.task(workflow)
    assert tried == []


def test_with_room_for_one_more_task_the_worker_is_tried(lab, workflow, full, tried):
    worker = next(lab.engine.store.walk("workers", lab.workspace.sid))
    lab.capacity(worker, 2)
    task = lab.task(workflow)
    assert lab.holder(task) == "Worker 0" and tried == [(task.sid, "Worker 0")]


def test_worker_whose_channel_is_off_or_who_is_offline_is_not_tried(lab, workflow, tried):
    off, offline = lab.worker("Off"), lab.worker("Gone")
    lab.capacity(off, available=False)
    lab.move(offline, "Offline")
    lab.task(workflow)
    assert tried == [] and not lab.engine.room.workers(lab.channel().sid)


def test_among_several_with_room_the_full_ones_are_not_tried(lab, workflow, full, tried):
    for task in full[-5:]:
        lab.accept(task)
        lab.do(complete_task, task, None)
    task = lab.task(workflow)
    assert tried == [(task.sid, f"Worker {MANY - 5}")]


def test_among_few_with_room_the_longest_idle_worker_is_reserved(lab, workflow, full):
    for number in (30, 20):
        lab.wait(1)
        lab.accept(full[number])
        lab.do(complete_task, full[number], None)
    assert lab.holder(lab.task(workflow)) == "Worker 30"


def test_worker_is_read_once_for_all_tasks_that_wait(lab, monkeypatch):
    target = {"queue": lab.queue().sid, "expression": "task.number == worker.number"}
    workflow = lab.workflow(("1 == 1", target))
    for number in range(MANY):
        lab.task(workflow, {"number": number})
    read, fields_of = [], parsed.fields_of
    monkeypatch.setattr(parsed, "fields_of", lambda *args: read.append(args) or fields_of(*args))
    lab.worker("Alice", {"number": MANY})
    assert len(read) == 1


@pytest.mark.parametrize("fields", [{"friendly_name": "New"}, {"task_order": "LIFO"}])
def test_update_that_matches_no_other_pair_frees_no_worker(lab, fields):
    queue = lab.queue(target_workers="level > 3")
    lab.capacity(lab.worker("Alice", {"level": 4}), available=False)
    lab.task(task_queue=queue)
    task_queues.update_task_queue(lab.engine, queue, **fields)
    assert not lab.engine.freed


def test_changed_target_workers_free_the_workers_that_match_now(lab):
    queue = lab.queue(target_workers="level > 3")
    _, bob = lab.worker("Alice", {"level": 1}), lab.worker("Bob", {"level": 2})
    task_queues.update_task_queue(lab.engine, queue, target_workers="level == 1")
    assert not lab.engine.freed  # no Task waits
    task_queues.update_task_queue(lab.engine, queue, target_workers="level > 3")
    lab.task(task_queue=queue)
    task_queues.update_task_queue(lab.engine, queue, target_workers="level > 1")
    assert list(lab.engine.freed) == [bob.sid]


def test_deleted_worker_has_no_room(lab, workflow):
    worker = lab.worker("Alice")
    lab.do(workers.delete_worker, worker)
    assert not lab.engine.room.workers(lab.channel().sid)
