"""A Task in its Workflow: timeouts on its age, skipped steps, cancellation, routing again."""

import pytest
from local_taskrouter.core.task_end import delete_task
from local_taskrouter.core.task_queues import delete_task_queue
from local_taskrouter.core.tasks import update_attributes, update_status
from local_taskrouter.core.workflows import update_workflow
from local_taskrouter.errors import BadRequest


def place(lab, task):
    return (lab.name_of(task.task_queue_sid), task.assignment_status)


@pytest.fixture
def queues(lab):
    return [lab.queue(name) for name in ("One", "Two", "Three")]


def target(queue, **more):
    return {"queue": queue.sid, **more}


def test_timeouts_add_up_on_the_age_of_the_task(lab, queues):
    one, two, three = queues
    workflow = lab.workflow(("1==1", target(one, timeout=10), target(two, timeout=10), three))
    task = lab.task(workflow)
    for age, where in ((9, "One"), (10, "Two"), (19, "Two"), (20, "Three"), (9_999, "Three")):
        lab.wait(task.date_created + age - lab.now)
        assert place(lab, task) == (where, "pending")


def test_overdue_timeouts_fire_each_at_its_own_moment(lab, queues):
    one, two, three = queues
    workflow = lab.workflow(("1==1", target(one, timeout=10), target(two, timeout=10), three))
    task = lab.task(workflow)
    lab.wait(60)
    moments = [event.at - task.date_created for event in lab.events_of("task-queue.moved")]
    assert moments == [10, 20]
    assert task.task_queue_entered_date == task.date_created + 20


def test_after_the_last_target_comes_the_next_matching_filter(lab, queues):
    one, two, three = queues
    workflow = lab.workflow(
        ("a == 1", target(one, timeout=10)), ("a == 2", two), ("a < 5", three), default=two
    )
    task = lab.task(workflow, {"a": 1})
    lab.wait(10)
    assert place(lab, task) == ("Three", "pending")


def test_task_that_times_out_of_the_last_filter_is_canceled_not_sent_to_the_default(lab, queues):
    one, two, _ = queues
    task = lab.task(lab.workflow(("1==1", target(one, timeout=10)), default=two))
    lab.wait(10)
    assert place(lab, task) == ("One", "canceled")
    assert task.reason == "Task canceled on Workflow timeout"
    assert [event.resource_type for event in lab.events_of("workflow.timeout")] == ["task"]


def test_target_may_raise_the_priority(lab, queues):
    one, two, _ = queues
    workflow = lab.workflow(("1==1", target(one, timeout=10), target(two, priority=7)))
    task = lab.task(workflow, priority=3)
    assert task.priority == 3
    lab.wait(10)
    assert task.priority == 7


def test_skip_if_moves_on_when_no_worker_can_be_reserved(lab, queues):
    one, two, _ = queues
    skip = "workers.available == 0"
    workflow = lab.workflow(("1==1", target(one, skip_if=skip), target(two)))
    assert place(lab, lab.task(workflow)) == ("Two", "pending")
    alice = lab.worker("Alice", activity="Offline")
    lab.move(alice, "Available")  # takes the waiting Task
    assert place(lab, lab.task(workflow)) == ("One", "pending")


def test_skip_if_is_ignored_when_a_worker_can_be_reserved(lab, queues):
    one, two, _ = queues
    lab.worker("Alice")
    workflow = lab.workflow(("1==1", target(one, skip_if="1==1"), target(two)))
    assert place(lab, lab.task(workflow)) == ("One", "reserved")
    assert place(lab, lab.task(workflow)) == ("Two", "pending")


def test_skip_if_counts_the_workers_of_the_queue_in_each_activity(lab):
    spanish = lab.queue("Spanish", 'languages HAS "es"')
    lab.worker("Alice", {"languages": ["es"]}, activity="Unavailable")
    lab.worker("Bob", {"languages": ["en"]})
    sid = lab.activity("Unavailable").sid
    skip = f"workers.available == 0 AND workers.unavailable == 1 AND workers.{sid} == 1"
    workflow = lab.workflow(("1==1", target(spanish, skip_if=skip)), default=lab.queue("Rest"))
    assert place(lab, lab.task(workflow)) == ("Rest", "reserved")


def test_skip_if_holds_for_an_activity_that_no_worker_is_in(lab, queues):
    one, two, _ = queues
    skip = f"workers.{lab.activity('Unavailable').sid} == 0"
    workflow = lab.workflow(("1==1", target(one, skip_if=skip), target(two)))
    assert place(lab, lab.task(workflow)) == ("Two", "pending")


def test_task_skipped_out_of_everything_reaches_the_default(lab, queues):
    one, two, three = queues
    skipped = [("1==1", target(queue, skip_if="1==1")) for queue in (one, two)]
    task = lab.task(lab.workflow(*skipped, default=three))
    assert place(lab, task) == ("Three", "pending")


def test_task_skipped_out_of_everything_without_a_default_is_canceled(lab, queues):
    task = lab.task(lab.workflow(("1==1", target(queues[0], skip_if="1==1"))))
    assert task.assignment_status == "canceled"
    assert len(lab.events_of("workflow.skipped")) == 1


def test_task_that_matches_no_filter_is_rejected_and_not_created(lab, queues):
    workflow = lab.workflow(('language == "es"', queues[0]))
    records, events = list(lab.engine.store), len(lab.events)
    with pytest.raises(BadRequest, match="no filter of Workflow"):
        lab.task(workflow, {"language": "fr"})
    assert (list(lab.engine.store), len(lab.events)) == (records, events)


def test_step_that_times_out_during_a_reservation_ends_with_it(lab, queues):
    one, two, _ = queues
    lab.worker("Alice")
    workflow = lab.workflow(("1==1", target(one, timeout=10), two), task_reservation_timeout=30)
    task = lab.task(workflow)
    lab.wait(29)
    assert place(lab, task) == ("One", "reserved")
    lab.wait(1)
    assert place(lab, task) == ("Two", "pending")


def test_rejected_task_stays_in_its_step_until_the_timeout(lab, queues):
    one, two, _ = queues
    lab.worker("Alice")
    task = lab.task(lab.workflow(("1==1", target(one, timeout=10), two)))
    lab.wait(9)
    lab.reject(task, "Offline")
    assert place(lab, task) == ("One", "pending")
    lab.wait(1)
    assert place(lab, task) == ("Two", "pending")


def test_step_that_ends_during_an_accepted_reservation_changes_nothing(lab, queues):
    lab.worker("Alice")
    task = lab.task(lab.workflow(("1==1", target(queues[0], timeout=10))))
    lab.accept(task)
    lab.wait(60)
    assert place(lab, task) == ("One", "assigned")


def test_new_attributes_route_a_pending_task_again_at_its_age(lab, queues):
    one, two, three = queues
    workflow = lab.workflow(("a == 1", one), ("a == 2", target(two, timeout=10), three))
    task = lab.task(workflow, {"a": 1})
    lab.wait(15)
    lab.do(update_attributes, task, '{"a":2}')
    assert place(lab, task) == ("Three", "pending")


def test_new_attributes_do_not_disturb_a_reservation(lab, queues):
    one, two, _ = queues
    lab.worker("Alice")
    task = lab.task(lab.workflow(("a == 1", one), ("a == 2", two)), {"a": 1})
    lab.do(update_attributes, task, '{"a":2}')
    assert place(lab, task) == ("One", "reserved")


def test_new_attributes_that_match_nothing_are_refused(lab, queues):
    task = lab.task(lab.workflow(("a == 1", queues[0])), {"a": 1})
    with pytest.raises(BadRequest, match="no default_filter"):
        lab.do(update_attributes, task, '{"a":2}')
    assert task.attributes == '{"a": 1}' and place(lab, task) == ("One", "pending")


def configured(queue):
    return f'{{"task_routing":{{"default_filter":{{"queue":"{queue.sid}"}}}}}}'


def test_changed_workflow_moves_its_tasks_only_with_re_evaluate_tasks(lab, queues):
    one, two, _ = queues
    workflow = lab.workflow(default=one)
    task = lab.task(workflow)
    lab.do(update_workflow, workflow, False, configuration=configured(two))
    assert place(lab, task) == ("One", "pending")
    lab.do(update_workflow, workflow, True)
    assert place(lab, task) == ("Two", "pending")


def test_task_goes_on_in_the_configuration_it_entered(lab, queues):
    one, two, three = queues
    workflow = lab.workflow(("1==1", target(one, timeout=10), target(two, timeout=10)))
    task = lab.task(workflow)
    for queue in (three, one):
        lab.do(update_workflow, workflow, False, configuration=configured(queue))
    new = lab.task(workflow)
    lab.wait(10)
    assert place(lab, task) == ("Two", "pending")
    lab.wait(10)
    assert task.assignment_status == "canceled" and place(lab, new) == ("One", "pending")


def test_new_attributes_lead_into_the_new_configuration(lab, queues):
    workflow = lab.workflow(default=queues[0])
    task = lab.task(workflow)
    lab.do(update_workflow, workflow, False, configuration=configured(queues[1]))
    lab.do(update_attributes, task, '{"a":1}')
    assert place(lab, task) == ("Two", "pending")


def test_reserved_task_is_not_re_evaluated(lab, queues):
    one, two, three = queues
    workflow = lab.workflow(("1==1", target(one, timeout=10), two))
    lab.worker("Alice")
    task = lab.task(workflow)
    assert task.assignment_status == "reserved"
    lab.do(update_workflow, workflow, True, configuration=configured(three))
    lab.wait(10)
    lab.reject(task, "Offline")
    assert place(lab, task) == ("Two", "pending")


@pytest.mark.parametrize("status", ["assigned", "wrapping", "completed"])
def test_accepted_task_whose_filter_is_gone_then_can_end_and_be_deleted(lab, queues, status):
    """Its Events name what the Task's target named, so they need the configuration it entered."""
    workflow = lab.workflow(("1==1", queues[0]))
    lab.worker("Alice")
    task = lab.task(workflow)
    lab.accept(task)
    if status != "assigned":
        lab.do(update_status, task, status, "done")
    lab.do(update_workflow, workflow, False, configuration=configured(queues[1]))
    if status != "completed":
        lab.do(update_status, task, "completed", "done")
    lab.do(delete_task, task)
    assert lab.engine.store.get(type(task), task.sid) is None


def test_queue_of_a_former_configuration_is_deleted_when_no_task_can_enter_it(lab, queues):
    one, two, three = queues
    workflow = lab.workflow(("1==1", target(one, timeout=10), two))
    task = lab.task(workflow)
    lab.do(update_workflow, workflow, False, configuration=configured(three))
    with pytest.raises(BadRequest, match=f"Task {task.sid} may go to it"):
        lab.do(delete_task_queue, two)
    lab.do(update_workflow, workflow, True)
    lab.do(delete_task_queue, two)
    assert place(lab, task) == ("Three", "pending")


def test_former_configuration_that_reads_the_load_is_matched_again(lab, queues):
    busy = "worker.channel.default.assigned_tasks == 1"
    workflow = lab.workflow(("1==1", target(queues[0], expression=busy)))
    lab.capacity(lab.worker("Alice"), 3)
    waits, other = lab.task(workflow), lab.task(lab.workflow(default=queues[2]))
    lab.do(update_workflow, workflow, False, configuration=configured(queues[1]))
    assert waits.assignment_status == "pending"
    lab.accept(other)
    assert waits.assignment_status == "reserved"


def test_changed_workflow_that_names_a_foreign_queue_is_refused(lab, queues):
    workflow = lab.workflow(default=queues[0])
    before = workflow.configuration
    with pytest.raises(BadRequest, match="is not in this Workspace"):
        lab.do(update_workflow, workflow, True, configuration=configured(lab.activity("Offline")))
    assert workflow.configuration == before


def test_attributes_changed_when_a_step_is_just_over_lead_to_the_next_step(lab):
    first, second = lab.queue("First"), lab.queue("Second")
    workflow = lab.workflow(("1==1", {"queue": first.sid, "timeout": 30}, second))
    task = lab.task(workflow)
    lab.wait(30)
    assert lab.name_of(task.task_queue_sid) == "Second"
    lab.do(update_attributes, task, '{"a":1}')
    assert lab.name_of(task.task_queue_sid) == "Second"
