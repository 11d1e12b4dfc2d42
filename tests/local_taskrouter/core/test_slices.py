"""Long commands in slices, between which other commands run."""

import pytest
from local_taskrouter.core import task_queues, workflows
from local_taskrouter.core.commands import run
from local_taskrouter.core.records import Reservation
from local_taskrouter.core.tasks import update_attributes, update_status
from local_taskrouter.core.workflows import delete_workflow
from local_taskrouter.errors import BadRequest


@pytest.fixture(autouse=True)
def small_slices(monkeypatch):
    monkeypatch.setattr(workflows, "SLICE", 2)
    monkeypatch.setattr(task_queues, "SLICE", 2)


def sliced(lab, steps, between=lambda number: None):
    """Run and commit each slice, and call `between` after it; return how many there were."""
    for number in range(1, 100):
        if run(lab.engine, lab.now, lambda engine: next(steps, "done")) == "done":
            lab.engine.commit()
            return number
        lab.engine.commit()
        between(number)
    raise AssertionError("it does not end")


def configured(queue):
    return f'{{"task_routing":{{"default_filter":{{"queue":"{queue.sid}"}}}}}}'


def filtered(expression, queue):
    targets = f'[{{"queue":"{queue.sid}"}}]'
    return f'{{"task_routing":{{"filters":[{{"expression":"{expression}","targets":{targets}}}]}}}}'


def re_evaluated(lab, workflow, queue):
    text = configured(queue)
    return workflows.update_in_slices(lab.engine, workflow, True, configuration=text)


def places(lab, tasks):
    return [lab.name_of(task.task_queue_sid) for task in tasks]


def test_tasks_enter_the_new_configuration_in_slices(lab):
    one, two = lab.queue("One", "1==2"), lab.queue("Two", "1==2")
    workflow = lab.workflow(default=one)
    tasks = [lab.task(workflow) for _ in range(5)]
    seen = []
    sliced(lab, re_evaluated(lab, workflow, two), lambda _: seen.append(places(lab, tasks)))
    moved = [each.count("Two") for each in seen]
    assert moved == sorted(moved) and set(moved) == {0, 2, 4}  # at most two more in each slice
    assert places(lab, tasks) == ["Two"] * 5


def test_task_that_comes_between_slices_keeps_what_it_entered(lab):
    one, two = lab.queue("One", "1==2"), lab.queue("Two", "1==2")
    workflow = lab.workflow(default=one)
    for _ in range(4):
        lab.task(workflow)
    came, before = [], workflow.configuration
    steps = workflows.update_in_slices(lab.engine, workflow, False, configuration=configured(two))
    sliced(lab, steps, lambda _: came.append(lab.task(workflow)))
    assert set(places(lab, came)) == {"One"}
    assert [task.configuration for task in came] == [before] * len(came)
    assert places(lab, [lab.task(workflow)]) == ["Two"]


def test_nothing_has_changed_if_a_later_slice_finds_a_task_that_matches_nothing(lab):
    one = lab.queue("One", "1==2")
    workflow = lab.workflow(default=one)
    tasks = [lab.task(workflow, {"n": n}) for n in range(5)]
    before = workflow.configuration
    text = filtered("n < 4", one)
    steps = workflows.update_in_slices(lab.engine, workflow, True, configuration=text)
    with pytest.raises(BadRequest, match="no default_filter"):
        sliced(lab, steps)
    assert workflow.configuration == before
    assert [task.version for task in tasks] == [0] * 5


def test_task_that_comes_to_match_nothing_between_slices_stays(lab):
    one, two = lab.queue("One", "1==2"), lab.queue("Two", "1==2")
    workflow = lab.workflow(("n >= 0", one))
    tasks = [lab.task(workflow, {"n": n}) for n in range(3)]
    text = filtered("n < 9", two)

    def change(number):
        if number == 2:  # all have been checked
            lab.do(update_attributes, tasks[2], '{"n":9}')

    sliced(lab, workflows.update_in_slices(lab.engine, workflow, True, configuration=text), change)
    assert places(lab, tasks) == ["Two", "Two", "One"]


def test_update_ends_if_the_workflow_is_deleted_between_slices(lab):
    one, two = lab.queue("One", "1==2"), lab.queue("Two", "1==2")
    workflow = lab.workflow(default=one)
    tasks = [lab.task(workflow) for _ in range(4)]

    def delete(number):
        if number == 1:
            for task in tasks:
                lab.do(update_status, task, "canceled", None)
            lab.do(delete_workflow, workflow)

    assert sliced(lab, re_evaluated(lab, workflow, two), delete) == 2


def test_changed_expression_reserves_workers_in_slices(lab):
    queue = lab.queue("Queue", "1==2")
    workflow = lab.workflow(default=queue)
    for n in range(5):
        lab.worker(f"Worker {n}")
    tasks = [lab.task(workflow) for _ in range(6)]
    counts = []

    def count(_):
        counts.append(sum(isinstance(each, Reservation) for each in lab.engine.store))

    steps = task_queues.update_in_slices(lab.engine, queue, target_workers="1==1")
    sliced(lab, steps, count)
    assert counts == [2, 4]
    holders = [lab.holder(task) for task in tasks]
    assert holders == [*(f"Worker {n}" for n in range(5)), None]  # the oldest Task first
