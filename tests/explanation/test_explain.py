"""explain through the SDK: which Task is meant, where it stands, and how it is told."""

import json

import pytest

from helpers import explain
from helpers.explanation.answer import NoSuchTask

MARKUP = "<img src=x onerror=alert(1)>"


def notes(explanation):
    return {note.about: note.text for note in explanation.notes}


def test_each_thing_is_read_once_and_nothing_is_changed(shop):
    for number in range(3):
        shop.worker(f"W{number}", "Offline" if number else "Available", skill=number)
    shop.workflow(("1==1", shop.queue(target_workers="skill > 0")))
    task = shop.task()
    shop.sent.clear()
    explain(shop, task)
    assert len(shop.sent) == len(set(shop.sent)) == 5 + 2  # two Workers match
    assert {method for method, _ in shop.sent} == {"GET"}
    shop.sent.clear()
    explain(shop, task.sid).workers.to_string()
    assert len(shop.sent) == len(set(shop.sent))


def test_a_task_is_found_by_its_sid_alone_in_any_workspace(shop):
    shop.session.client.taskrouter.v1.workspaces.create(friendly_name="Another")
    shop.workflow(default=shop.queue())
    task = shop.task()
    for given in (task, task.sid):
        assert explain(shop.session, given).task_sid == task.sid
    with pytest.raises(NoSuchTask, match="five minutes"):
        explain(shop.session, "WT" + "0" * 32)
    with pytest.raises(NoSuchTask, match=f"in the Workspace {shop.workspace_sid}"):
        explain(shop, "WT" + "0" * 32)


def test_a_question_without_a_workspace_or_workflow_asks_back(shop):
    with pytest.raises(ValueError, match="Which Workspace"):
        explain(shop.session, {})
    with pytest.raises(ValueError, match="Which Workflow"):
        explain(shop.session, {}, shop.workspace_sid)
    shop.workflow(default=shop.queue())
    assert explain(shop.session, {}, shop.workspace_sid).place.way == "default_filter"


def test_where_it_stands_and_for_how_long(shop):
    first, second = shop.queue("First"), shop.queue("Second")
    target = {"queue": first.sid, "timeout": 30, "expression": "worker.level > task.level"}
    more = {"queue": second.sid, "order_by": "worker.level DESC", "timeout": 60}
    shop.workflow(("1==1", target, more))
    shop.worker("Ann", level=1)
    shop.worker("Ben", "Offline", level=9)
    task = shop.task({"level": 5}, timeout=600)
    shop.clock.advance(12)
    explanation = explain(shop, task)
    place = explanation.place
    assert (place.queue, place.way) == ("First", "filter 'F0', target 1 of 2")
    assert (place.age, place.until, place.left, place.task_left) == (12, 30, 18, 588)
    assert place.after == "it goes on to the next target, in Second"
    assert place.expression == "worker.level > task.level"
    assert "worker.level is 1, task.level is 5" in explanation.sentence
    shop.workspace.workers.list(friendly_name="Ann")[0].update(
        activity_sid=shop.activities["Offline"]
    )
    shop.clock.advance(20)
    place = explain(shop, task).place
    assert (place.queue, place.until, place.left) == ("Second", 90, 58)
    assert place.after == "it falls out of the Workflow and is canceled"
    assert place.order_by == "worker.level DESC"


def test_two_targets_of_one_queue_are_told_apart_by_the_events(shop):
    queue = shop.queue()
    target = {
        "queue": queue.sid,
        "expression": "worker.level > 5",
        "skip_if": "workers.available == 0",
    }
    shop.workflow(("1==1", target, queue))
    shop.worker("Ann", "Offline", level=1)
    task = shop.task()
    shop.sent.clear()
    assert explain(shop, task).place.way == "filter 'F0', target 2 of 2"
    assert any(path.endswith("/Events") for _, path in shop.sent)


def test_a_reserved_task_says_for_whom_and_until_when(shop):
    shop.workflow(default=shop.queue(max_reserved_workers=1), task_reservation_timeout=90)
    shop.worker("Ann")
    shop.worker("Ben")
    task = shop.task()
    shop.clock.advance(20)
    explanation = explain(shop, task)
    [asked] = [one.friendly_name for one in explanation.candidates if one.has_pending_reservation]
    [other] = {"Ann", "Ben"} - {asked}
    assert explanation.sentence.startswith(f"{asked} is reserved until 20")
    assert "(70 s left)" in explanation.sentence
    assert f"{other} could take it too, but max_reserved_workers" in explanation.sentence


@pytest.mark.parametrize(
    ("moves", "says"),
    [
        (["assigned"], "Ann accepted it"),
        (["assigned", "wrapping"], "Ann wraps it up"),
        (["assigned", "completed"], "It is completed. Ann had it"),
        (["canceled"], "It was canceled"),
    ],
)
def test_a_task_that_does_not_wait_is_explained_too(shop, moves, says):
    shop.workflow(default=shop.queue())
    shop.worker("Ann")
    task = shop.task()
    for status in moves:
        if status == "assigned":
            shop.answer(task, "accepted")
        else:
            shop.workspace.tasks(task.sid).update(assignment_status=status, reason="so <b>said</b>")
    explanation = explain(shop, task)
    assert explanation.assignment_status == moves[-1]
    assert explanation.sentence.startswith(says) and explanation.notes == ()
    assert ("so <b>said</b>" in explanation.sentence) == (moves[-1] in ("completed", "canceled"))
    assert "<b>" not in explanation._repr_html_()


def test_a_task_that_fell_out_of_its_workflow_says_what_that_means(shop):
    shop.workflow(("1==1", {"queue": shop.queue().sid, "timeout": 5}), default=shop.queue("D"))
    task = shop.task()
    shop.clock.advance(6)
    sentence = explain(shop, task).sentence
    assert "canceled" in sentence and "default_filter is not used after a timeout" in sentence
    shop.workflow(default=shop.queue("E"))
    short = shop.task(timeout=5)
    shop.clock.advance(6)
    assert "within its own timeout" in explain(shop, short).sentence


def test_a_workflow_that_was_changed_leaves_its_tasks(shop):
    first, second = shop.queue("A", 'skill == "a"'), shop.queue("B")
    shop.workflow(("topic == 1", first))
    task = shop.task({"topic": 1})
    workflow = shop.workspace.workflows(shop.workflow_sid)
    routing = {"task_routing": {"default_filter": {"queue": second.sid}}}
    workflow.update(configuration=json.dumps(routing))
    assert "re_evaluate_tasks" in notes(explain(shop, task))["Workflow Workflow"]
    workflow.update(configuration=json.dumps(routing), re_evaluate_tasks="true")
    assert explain(shop, task).place.queue == "B"


def test_what_would_become_of_a_task_and_why_no_filter_matches(shop):
    shop.workflow(("language == 1", shop.queue()))
    explanation = explain(shop, {"language": "1"})
    assert explanation.sentence.startswith("TaskRouter would refuse it")
    assert explanation.place is None and explanation.candidates == ()
    assert "one is a text, the other a number" in notes(explanation)["filter F0"]
    assert "default_filter" in notes(explanation)["Workflow Workflow"]
    shop.worker("Ann")
    assert explain(shop, {"language": 1}).sentence == "Ann could take it at once."
    assert shop.workspace.tasks.list() == []


def test_the_default_filter_takes_what_nearly_matched(shop):
    shop.workflow(("topic == 1", shop.queue("A")), default=shop.queue("B", "1==2"))
    explanation = explain(shop, shop.task({"Topic": 1}))
    assert explanation.place.way == "default_filter"
    assert [one.taken for one in explanation.filters] == [False, True]
    assert "there is Topic" in notes(explanation)["filter F0"]


def test_everything_is_text_and_told_three_times(shop):
    shop.worker(MARKUP, "Offline", skill=MARKUP)
    shop.workflow((f'topic == "{MARKUP}"', shop.queue(MARKUP, f'skill == "{MARKUP}"')))
    explanation = explain(shop, shop.task({"topic": MARKUP}))
    html, text = explanation._repr_html_(), str(explanation)
    assert MARKUP not in html and "&lt;img src=x" in html and MARKUP in text
    assert repr(explanation) == text
    assert list(explanation.workers["worker"]) == [MARKUP]
    frame = explanation.to_frame()
    assert list(frame["expression"]) == ["filter", "target_workers"] and frame["holds"].all()


def test_skip_if_is_told_with_what_it_meets(shop):
    target = {"queue": shop.queue().sid, "skip_if": "workers.available == 0"}
    shop.workflow(("1==1", target), default=shop.queue("Rest", "1==2"))
    shop.worker("Ann")
    channel = shop.workspace.workers.list()[0].sid
    shop.workspace.workers(channel).worker_channels("default").update(capacity=0)
    explanation = explain(shop, shop.task())
    assert explanation.place.queue == "Everybody" and not explanation.place.skip_if.holds
    assert "workers.available is 1" in str(explanation)
    shop.workspace.workers.list()[0].update(activity_sid=shop.activities["Offline"])
    assert explain(shop, {}).place.queue == "Rest"


def test_a_step_that_is_over_needs_no_events_to_be_ruled_out(shop):
    queue = shop.queue()
    shop.workflow(("1==1", {"queue": queue.sid, "timeout": 30}, queue))
    task = shop.task()
    shop.clock.advance(31)
    shop.sent.clear()
    assert explain(shop, task).place.way == "filter 'F0', target 2 of 2"
    assert not any(path.endswith("/Events") for _, path in shop.sent)
