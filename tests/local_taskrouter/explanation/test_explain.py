"""explain through the SDK: which Task is meant, and its sentence by status."""

from dataclasses import replace

import pytest
from local_taskrouter.explanation import NoSuchTask, explain
from local_taskrouter.explanation.evidence import TaskFacts
from local_taskrouter.explanation.gathering import read_channels, read_workspace


def test_each_resource_is_read_once_and_nothing_is_changed(builder):
    for number in range(3):
        builder.worker(f"W{number}", "Offline" if number else "Available", skill=number)
    builder.workflow(("1==1", builder.queue(target_workers="skill > 0")))
    task = builder.task()
    builder.sent.clear()
    builder.explain(task)
    assert len(builder.sent) == len(set(builder.sent)) == 6  # no channels: both are Offline
    assert {method for method, _ in builder.sent} == {"GET"}
    builder.sent.clear()
    builder.explain(task.sid).to_dict()
    assert len(builder.sent) == len(set(builder.sent))


def test_task_is_found_by_sid_in_any_workspace(builder):
    builder.client.taskrouter.v1.workspaces.create(friendly_name="Another")
    builder.workflow(default=builder.queue())
    task = builder.task()
    for client in (builder.client, builder):  # the SDK's Client, or what has one
        for given in (task, task.sid):
            assert explain(client, given).task_sid == task.sid
    with pytest.raises(NoSuchTask, match="five minutes"):
        explain(builder.client, "WT" + "0" * 32)
    with pytest.raises(NoSuchTask, match=f"in the Workspace {builder.workspace_sid}"):
        builder.explain("WT" + "0" * 32)


def test_missing_workspace_or_workflow_is_an_error(builder):
    with pytest.raises(ValueError, match=r'Say in which one .* explain\(…, workspace_sid="WS…"\)'):
        explain(builder.client, {})
    with pytest.raises(ValueError, match="has no Workflow yet: create one. Say which one"):
        explain(builder.client, {}, builder.workspace_sid)
    builder.workflow(default=builder.queue())
    explanation = explain(builder.client, {}, builder.workspace_sid)
    assert explanation.place is not None and explanation.place.route == "default_filter"
    builder.workflow(default=builder.queue("Other"))
    with pytest.raises(ValueError, match='several Workflows. Say which .* workflow_sid="WW…"'):
        explain(builder.client, {}, builder.workspace_sid)


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


MANY = 2_000


def requests_to_explain(builder, task):
    """The explanation, and how many requests it takes."""
    builder.sent.clear()
    return builder.explain(task), len(builder.sent)


def test_offline_workers_are_counted_without_reading_their_channels(builder):
    builder.workflow(default=builder.queue())
    for number in range(MANY):
        builder.worker(f"W{number:04}", "Offline")
    explanation, requests = requests_to_explain(builder, builder.task())
    assert explanation.sentence == "W0000, W0001 and 1,998 more match but are Offline."
    assert [note.about for note in explanation.notes] == ["W0000, W0001, W0002 and 1,997 more"]
    assert requests < 10 and len(str(explanation)) < 5_000


def test_capacity_is_read_for_ten_workers_and_claimed_for_no_other(builder):
    builder.workflow(default=builder.queue())
    for number in range(200):
        builder.worker(f"W{number:04}")
        builder.answer(builder.task(), "accepted")
    explanation, requests = requests_to_explain(builder, builder.task())
    assert explanation.sentence == (
        "W0000, W0001 and 8 more match but have no room (1 of 1 taken on default); W0010, W0011 and"
        " 188 more match and are available, but their channels were not read."
    )
    assert requests < 25 and len(str(explanation)) < 5_000 and len(explanation.notes) < 5
    assert [each.is_unread for each in explanation.candidates] == 10 * [False] + 190 * [True]
    assert "  ? W0010" in str(explanation)
    assert not any(each.is_eligible for each in explanation.candidates)


def test_answer_about_a_new_task_names_two_of_many(builder):
    builder.workflow(default=builder.queue())
    for number in range(40):
        builder.worker(f"W{number:02}")
    explanation, requests = requests_to_explain(builder, {})
    assert explanation.sentence == "W00, W01 and 8 more could take it at once." and requests < 25
    task = builder.task()
    explanation, requests = requests_to_explain(builder, task)
    assert " and 7 more could take it too" in explanation.sentence and requests < 25


def test_expression_over_channels_is_read_for_ten_workers(builder):
    half = 'skill == "a" AND worker.channel.default.available_capacity_percentage == 50'
    builder.workflow(default=builder.queue(target_workers=half))
    for number in range(40):
        builder.worker(f"W{number:02}", skill="ab"[number % 2])
    explanation, requests = requests_to_explain(builder, builder.task())
    assert requests < 25
    assert (
        "W20, W22 and 8 more might match and are available, but their channels were not read;"
        in explanation.sentence
    )
    [last] = [each for each in explanation.candidates if each.friendly_name == "W39"]
    assert [clause.holds for clause in last.target_workers.clauses] == [False, None]
    assert not last.matches and not last.is_unread  # its skill alone decides
    assert "percentage == 50: worker.channel" in str(explanation) and "is not read" in str(
        explanation
    )


def test_new_task_may_be_skipped_where_unread_channels_decide(builder):
    first = {"queue": builder.queue().sid, "skip_if": "1==1"}
    builder.workflow(("1==1", first), default=builder.queue("Rest", "1==2"))
    for number in range(11):
        worker = builder.worker(f"W{number:02}")
        builder.workspace.workers(worker.sid).worker_channels("default").update(capacity=0)
    explanation, _ = requests_to_explain(builder, {})
    assert not explanation.place.is_certain and "filter 'F0' (or a later target)" in str(
        explanation
    )
    assert "could take" not in explanation.sentence and "W10 matches and is" in explanation.sentence
    builder.workspace.workers(worker.sid).update(activity_sid=builder.activities["Offline"])
    assert builder.explain({}).place.task_queue == "Rest"


def test_requests_do_not_grow_with_task_queues_tasks_or_filters(builder):
    queues = [builder.queue(f"Q{number}", "1==2") for number in range(1_500)]
    builder.worker("Ann")
    builder.workflow(*((f"topic == {n}", queue) for n, queue in enumerate(queues[:300])))
    for _ in range(300):
        builder.task({"topic": 7})
    explanation, requests = requests_to_explain(builder, builder.task({"topic": 7}))
    assert explanation.place.task_queue == "Q7" and len(explanation.filters) == 300
    assert requests == 7  # two pages of TaskQueues


def test_many_reservations_are_counted_and_the_newest_shown(builder):
    builder.workflow(default=builder.queue(), task_reservation_timeout=5)
    builder.worker("Ann")
    task = builder.task()
    for _ in range(60):
        builder.answer(task, "rejected")
    builder.worker("Ben")
    explanation, requests = requests_to_explain(builder, task)
    assert "earlier Reservations: 51, see .reservations" in str(explanation)
    assert str(explanation).count("  Reservation: ") == 10 and requests < 15


def test_new_task_stays_uncertain_where_unread_channels_decide_the_presence(builder):
    free = "worker.channel.default.available_capacity_percentage == 100"
    first = {"queue": builder.queue("Free", free).sid, "skip_if": "workers.available == 0"}
    builder.workflow(("1==1", first), default=builder.queue("Rest", "1==2"))
    for number in range(11):
        builder.worker(f"W{number:02}", "Offline")
    place = builder.explain({}).place
    assert place.task_queue == "Free" and not place.is_certain and place.skip_if is None


def test_when_the_sentence_has_no_room_then_unread_workers_are_not_called_unable(builder):
    builder.workflow(default=builder.queue(target_workers='skill == "a"'))
    for number in range(12):
        builder.worker(f"W{number:02}", skill="a")
        builder.answer(builder.task(), "accepted")
    builder.worker("X", "Offline", skill="a")
    builder.worker("Y", "Unavailable", skill="a")
    builder.worker("Z", skill="b")
    sentence = builder.explain(builder.task()).sentence
    assert "their channels were not read" in sentence


def test_when_two_reservations_of_a_task_are_pending_then_the_task_is_read_once(builder):
    builder.workflow(default=builder.queue(max_reserved_workers=3))
    for number in range(3):
        builder.worker(f"W{number}")
    builder.task()
    explanation, requests = requests_to_explain(builder, builder.task())
    assert len(builder.sent) == len(set(builder.sent)) == requests
    assert all(each.pending_holding == 1 for each in explanation.candidates)


def test_when_many_tasks_wait_then_no_further_workers_are_read(builder):
    builder.workflow(default=builder.queue())
    for number in range(15):
        builder.worker(f"W{number:02}")
        builder.answer(builder.task(), "accepted")
    workspace = builder.workspace
    first = read_channels(workspace, read_workspace(workspace, TaskFacts.of(builder.task())))
    again = replace(first, task=TaskFacts.of(builder.task()))
    assert read_channels(workspace, again).channels.keys() == first.channels.keys()
    assert len(first.channels) == 10


def test_when_a_number_of_the_task_is_in_an_expression_then_the_queue_is_not_noted(builder):
    builder.workflow(default=builder.queue("French", '"fr" IN languages'))
    builder.queue("Unused")
    builder.queue("Spanish", '"es" IN languages')
    builder.worker("Ann", languages=["es"])
    about = {note.about for note in builder.explain({"priority": 1, "language": "es"}).notes}
    assert "TaskQueue Spanish" in about and "TaskQueue Unused" not in about
