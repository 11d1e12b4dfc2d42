"""explain through the SDK: which Task is meant, and its sentence by status; text and JSON."""

import json

import pytest
from local_taskrouter.explanation import NoSuchTask, explain


def test_each_resource_is_read_once_and_nothing_is_changed(builder):
    for number in range(3):
        builder.worker(f"W{number}", "Offline" if number else "Available", skill=number)
    builder.workflow(("1==1", builder.queue(target_workers="skill > 0")))
    task = builder.task()
    builder.sent.clear()
    builder.explain(task)
    assert len(builder.sent) == len(set(builder.sent)) == 6 + 2  # two Workers match
    assert {method for method, _ in builder.sent} == {"GET"}
    builder.sent.clear()
    builder.explain(task.sid).to_dict()
    assert len(builder.sent) == len(set(builder.sent))


def test_task_is_found_by_sid_in_any_workspace(builder):
    builder.client.taskrouter.v1.workspaces.create(friendly_name="Another")
    builder.workflow(default=builder.queue())
    task = builder.task()
    for given in (task, task.sid):
        assert explain(builder.client, given).task_sid == task.sid
    with pytest.raises(NoSuchTask, match="five minutes"):
        explain(builder.client, "WT" + "0" * 32)
    with pytest.raises(NoSuchTask, match=f"in the Workspace {builder.workspace_sid}"):
        builder.explain("WT" + "0" * 32)


def test_missing_workspace_or_workflow_is_an_error(builder):
    with pytest.raises(ValueError, match="Which Workspace"):
        explain(builder.client, {})
    with pytest.raises(ValueError, match="Which Workflow"):
        explain(builder.client, {}, builder.workspace_sid)
    builder.workflow(default=builder.queue())
    explanation = explain(builder.client, {}, builder.workspace_sid)
    assert explanation.place is not None and explanation.place.route == "default_filter"


def test_reserved_task_shows_worker_and_seconds_left(builder):
    builder.workflow(default=builder.queue(max_reserved_workers=1), task_reservation_timeout=90)
    builder.worker("Ann")
    builder.worker("Ben")
    task = builder.task()
    builder.clock.advance(20)
    explanation = builder.explain(task)
    [reserved] = [one.friendly_name for one in explanation.candidates if one.is_reserved]
    [other] = {"Ann", "Ben"} - {reserved}
    assert explanation.sentence.startswith(f"{reserved} is reserved until 20")
    assert "(70 s left)" in explanation.sentence
    assert f"{other} could take it too, but max_reserved_workers" in explanation.sentence


@pytest.mark.parametrize(
    ("moves", "sentence"),
    [
        (["assigned"], "Ann accepted it"),
        (["assigned", "wrapping"], "Ann is wrapping it up"),
        (["assigned", "completed"], "It is completed. Ann handled it"),
        (["canceled"], "It was canceled"),
    ],
)
def test_task_that_does_not_wait_is_explained(builder, moves, sentence):
    builder.workflow(default=builder.queue())
    builder.worker("Ann")
    task = builder.task()
    for status in moves:
        if status == "assigned":
            builder.answer(task, "accepted")
        else:
            builder.workspace.tasks(task.sid).update(
                assignment_status=status, reason="so <b>bold</b>"
            )
    explanation = builder.explain(task)
    assert explanation.assignment_status == moves[-1]
    assert explanation.sentence.startswith(sentence) and explanation.notes == ()
    assert ("so <b>bold</b>" in explanation.sentence) == (moves[-1] in ("completed", "canceled"))


def test_task_that_fell_out_of_workflow_explains_reason(builder):
    builder.workflow(
        ("1==1", {"queue": builder.queue().sid, "timeout": 5}), default=builder.queue("D")
    )
    task = builder.task()
    builder.clock.advance(6)
    sentence = builder.explain(task).sentence
    assert "canceled" in sentence and "default_filter is not used after a timeout" in sentence
    builder.workflow(default=builder.queue("E"))
    short = builder.task(timeout=5)
    builder.clock.advance(6)
    assert "before the Task's timeout" in builder.explain(short).sentence


def test_result_is_text_and_json(builder):
    builder.worker("Ann", "Offline", skill="a")
    target = {"queue": builder.queue("Q", 'skill == "a"').sid, "skip_if": "1==2"}
    builder.workflow(('topic == "t"', target))
    explanation = builder.explain(builder.task({"topic": "t"}))
    assert repr(explanation) == str(explanation)
    found = json.loads(json.dumps(explanation.to_dict()))
    assert found["sentence"] == "Ann matches but is Offline."
    assert found["place"]["task_queue"] == "Q" and not found["place"]["skip_if"]["holds"]
    assert found["filters"][0]["verdict"]["clauses"][0]["met"] == {"topic": '"t"'}
    [candidate] = found["candidates"]
    assert candidate["matches"] and not candidate["is_available"]
    assert candidate["target_workers"]["clauses"][0]["text"] == 'skill == "a"'
    assert candidate["description"] == "matches but is Offline"
