"""Where a Task waits: the filters, the TaskQueue, the target and its time; dry runs."""

import json

import pytest


def notes(explanation):
    return {note.about: note.text for note in explanation.notes}


def test_place_has_target_and_seconds_left(builder):
    first, second = builder.queue("First"), builder.queue("Second")
    target = {"queue": first.sid, "timeout": 30, "expression": "worker.level > task.level"}
    more = {"queue": second.sid, "order_by": "worker.level DESC", "timeout": 60}
    builder.workflow(("1==1", target, more))
    builder.worker("Ann", level=1)
    builder.worker("Ben", "Offline", level=9)
    task = builder.task({"level": 5}, timeout=600)
    builder.clock.advance(12)
    explanation = builder.explain(task)
    place = explanation.place
    assert (place.task_queue, place.route) == ("First", "filter 'F0', target 1 of 2")
    assert (place.age, place.step_ends_at, place.step_seconds_left, place.task_seconds_left) == (
        12,
        30,
        18,
        588,
    )
    assert place.after_step == "it goes on to the next target, in Second"
    assert place.expression == "worker.level > task.level"
    assert "worker.level is 1, task.level is 5" in explanation.sentence
    builder.workspace.workers.list(friendly_name="Ann")[0].update(
        activity_sid=builder.activities["Offline"]
    )
    builder.clock.advance(20)
    place = builder.explain(task).place
    assert (place.task_queue, place.step_ends_at, place.step_seconds_left) == ("Second", 90, 58)
    assert place.after_step == "it falls out of the Workflow and is canceled"
    assert place.order_by == "worker.level DESC"


def test_events_decide_between_two_targets_of_one_queue(builder):
    queue = builder.queue()
    target = {
        "queue": queue.sid,
        "expression": "worker.level > 5",
        "skip_if": "workers.available == 0",
    }
    builder.workflow(("1==1", target, queue))
    builder.worker("Ann", "Offline", level=1)
    task = builder.task()
    builder.sent.clear()
    assert builder.explain(task).place.route == "filter 'F0', target 2 of 2"
    assert any(path.endswith("/Events") for _, path in builder.sent)


def test_task_stays_when_workflow_changes(builder):
    first, second = builder.queue("A", 'skill == "a"'), builder.queue("B")
    builder.workflow(("topic == 1", first))
    task = builder.task({"topic": 1})
    workflow = builder.workspace.workflows(builder.workflow_sid)
    routing = {"task_routing": {"default_filter": {"queue": second.sid}}}
    workflow.update(configuration=json.dumps(routing))
    assert "re_evaluate_tasks" in notes(builder.explain(task))["Workflow Workflow"]
    workflow.update(configuration=json.dumps(routing), re_evaluate_tasks="true")
    assert builder.explain(task).place.task_queue == "B"


def test_task_goes_on_in_the_configuration_before_the_change(builder):
    queue = builder.queue("A")
    builder.workflow(("topic == 1", {"queue": queue.sid, "expression": "worker.level == 5"}))
    builder.worker("Ann", level=1)
    task = builder.task({"topic": 1})
    workflow = builder.workspace.workflows(builder.workflow_sid)
    routing = {"task_routing": {"default_filter": {"queue": queue.sid}}}
    assert "Workflow Workflow" not in notes(builder.explain(task))
    builder.clock.advance(1)
    workflow.update(configuration=json.dumps(routing))
    assert "the one before still routes" in notes(builder.explain(task))["Workflow Workflow"]
    workflow.update(re_evaluate_tasks="true")
    assert builder.workspace.tasks(task.sid).fetch().assignment_status == "reserved"


def test_dry_run_without_matching_filter_is_refused(builder):
    builder.workflow(("language == 1", builder.queue()))
    explanation = builder.explain({"language": "1"})
    assert explanation.sentence.startswith("TaskRouter would refuse it")
    assert explanation.place is None and explanation.candidates == ()
    assert "one is a string, the other a number" in notes(explanation)["filter F0"]
    assert "default_filter" in notes(explanation)["Workflow Workflow"]
    builder.worker("Ann")
    assert builder.explain({"language": 1}).sentence == "Ann could take it at once."
    assert builder.workspace.tasks.list() == []


def test_default_filter_takes_task_that_no_filter_matches(builder):
    builder.workflow(("topic == 1", builder.queue("A")), default=builder.queue("B", "1==2"))
    explanation = builder.explain(builder.task({"Topic": 1}))
    assert explanation.place.route == "default_filter"
    assert [each.holds_task for each in explanation.filters] == [False, True]
    assert "there is Topic" in notes(explanation)["filter F0"]


def test_skip_if_shows_values_it_met(builder):
    target = {"queue": builder.queue().sid, "skip_if": "workers.available == 0"}
    builder.workflow(("1==1", target), default=builder.queue("Rest", "1==2"))
    builder.worker("Ann")
    channel = builder.workspace.workers.list()[0].sid
    builder.workspace.workers(channel).worker_channels("default").update(capacity=0)
    explanation = builder.explain(builder.task())
    assert explanation.place.task_queue == "Everybody" and not explanation.place.skip_if.holds
    assert "workers.available is 1" in str(explanation)
    builder.workspace.workers.list()[0].update(activity_sid=builder.activities["Offline"])
    assert builder.explain({}).place.task_queue == "Rest"


def test_step_that_timed_out_is_ruled_out(builder):
    queue = builder.queue()
    builder.workflow(("1==1", {"queue": queue.sid, "timeout": 30}, queue))
    task = builder.task()
    builder.clock.advance(31)
    assert builder.explain(task).place.route == "filter 'F0', target 2 of 2"


@pytest.mark.parametrize("parameter", ["task_queue_sid", "routing_target"])
def test_when_a_task_is_created_for_a_queue_then_no_filter_is_said_to_hold_it(builder, parameter):
    queue = builder.queue()
    builder.workflow(("1==1", {"queue": queue.sid, "timeout": 30}))
    task = builder.workspace.tasks.create(**{parameter: queue.sid})
    explanation = builder.explain(task)
    assert (explanation.place.task_queue, explanation.place.route) == ("Everybody", "")
    assert explanation.filters == ()


def test_canceled_task_shows_its_last_step_when_new_attributes_cancel_it(builder):
    queue = builder.queue().sid
    builder.workflow(('language == "es"', {"queue": queue, "timeout": 5}), default={"queue": queue})
    task = builder.task({"language": "fr"})
    builder.clock.advance(10)
    canceled = builder.workspace.tasks(task.sid).update(attributes='{"language":"es"}')
    assert canceled.assignment_status == "canceled"
    assert builder.explain(canceled).place.route == "default_filter"
