"""explain about the Workers: which match, which obstacles there are, and the notes on them."""

import pytest


def candidate(explanation, name):
    [found] = [each for each in explanation.candidates if each.friendly_name == name]
    return found


def notes(explanation):
    return {note.about: note.text for note in explanation.notes}


def test_offline_worker_matches_and_other_lacks_language(builder):
    builder.worker("Alice", "Offline", languages=["en", "es"])
    builder.worker("Bob", languages=["en"])
    builder.workflow(("1==1", builder.queue("Spanish", 'languages HAS "es"')))
    explanation = builder.explain(builder.task())
    assert explanation.sentence == (
        'Alice matches but is Offline; Bob lacks `languages HAS "es"`: languages is ["en"].'
    )
    assert notes(explanation)["Alice"].startswith("Offline is not an available Activity.")


def test_note_names_timeout_when_reservation_timed_out(builder):
    builder.workflow(default=builder.queue(), task_reservation_timeout=10)
    builder.worker("Ann")
    task = builder.task()
    builder.clock.advance(11)
    explanation = builder.explain(task)
    assert explanation.sentence == "Ann matches but is Offline."
    assert notes(explanation)["Ann"].startswith("A Reservation for this Task timed out")


@pytest.mark.parametrize(
    ("capacity", "available", "note"),
    [(1, False, "switched off"), (0, True, "capacity of 0")],
)
def test_channel_off_or_without_capacity_has_no_room(builder, capacity, available, note):
    worker = builder.worker("Ann")
    channel = builder.workspace.workers(worker.sid).worker_channels("chat")
    channel.update(capacity=capacity, available=available)
    builder.workflow(default=builder.queue())
    explanation = builder.explain(builder.task(task_channel="chat"))
    assert note in notes(explanation)["Ann"] and "has no room" in explanation.sentence
    assert candidate(explanation, "Ann").is_busy and not candidate(explanation, "Ann").is_eligible


def test_note_names_task_that_uses_capacity(builder):
    builder.worker("Ann")
    builder.workflow(default=builder.queue())
    first, second = builder.task(), builder.task()
    builder.answer(first, "accepted")
    explanation = builder.explain(second)
    assert f"Task {first.sid} (accepted)" in notes(explanation)["Ann"]
    assert str(candidate(explanation, "Ann").capacity) == "1 of 1 taken on default"


def test_note_says_until_when_a_pending_reservation_can_be_answered(builder):
    builder.worker("Ann")
    builder.workflow(default=builder.queue(), task_reservation_timeout=90)
    first, second = builder.task(), builder.task()
    until = builder.explain(first).reservations[0].until
    note = notes(builder.explain(second))["Ann"]
    assert f"Task {first.sid} (pending until {until})" in note
    assert note.endswith("Wait until the Worker answers or the time is up, or raise the capacity.")


def test_known_worker_that_the_task_does_not_name_is_said_so(builder):
    target = {"queue": builder.queue().sid, "known_worker_friendly_name": "task.agent"}
    builder.workflow(("1==1", target))
    builder.worker("Alice")
    explanation = builder.explain(builder.task())
    assert explanation.sentence == (
        "Alice is excluded: task.agent, which would name the known Worker, is missing or null."
    )
    explanation = builder.explain(builder.task({"agent": "alice"}))
    assert notes(explanation)["Alice"] == (
        "task.agent is 'alice': upper and lower case count. Write 'Alice'."
    )


def test_note_says_that_a_known_worker_needs_the_path_to_an_attribute(builder):
    target = {"queue": builder.queue().sid, "known_worker_friendly_name": "agent"}
    builder.workflow(("1==1", target))
    builder.worker("Alice")
    assert notes(builder.explain(builder.task({"agent": "Alice"})))["Workflow Workflow"] == (
        "known_worker_friendly_name is 'agent': it needs the path to an attribute."
        " Write task.agent."
    )


def test_other_workers_are_excluded_when_task_names_one(builder):
    ann, ben = builder.worker("Ann", "Offline"), builder.worker("Ben")
    target = {"queue": builder.queue().sid, "known_worker_friendly_name": "task.agent"}
    builder.workflow(("1==1", target))
    explanation = builder.explain(builder.task({"agent": "Ann"}))
    assert "Ben is excluded: the known Worker is 'Ann' (task.agent)" in explanation.sentence
    routed = builder.workspace.tasks.create(routing_target=ann.sid, ignore_capacity="false")
    explanation = builder.explain(routed)
    assert candidate(explanation, "Ann").matches and not candidate(explanation, "Ben").matches
    assert explanation.sentence.startswith("Ann matches but is Offline; Ben is excluded")
    assert (
        builder.explain(builder.task({"agent": ben.friendly_name})).assignment_status == "reserved"
    )


def test_no_worker_matches_without_workers_or_target_workers(builder):
    builder.workflow(default=builder.queue(target_workers=""))
    assert builder.explain(builder.task()).sentence == "There is no Worker in the Workspace."
    builder.worker("Ann")
    explanation = builder.explain(builder.task())
    assert "has no target_workers, so no Worker matches" in explanation.sentence
    assert "1==1" in notes(explanation)["TaskQueue Everybody"]


def test_note_names_task_queue_that_no_target_names(builder):
    builder.worker("Ann", skill="b")
    used, other = builder.queue("A", 'skill == "a"'), builder.queue("B", 'skill == "b"')
    builder.workflow(default=used)
    builder.queue("C", "1==1")
    found = notes(builder.explain(builder.task({"need": "b"})))
    note = found["TaskQueue B"]
    assert "No target of any Workflow names it" in note and "Ann" in note and other.sid in note
    assert "TaskQueue C" not in found and notes(builder.explain(builder.task())) == {}


def test_many_workers_are_grouped_by_description(builder):
    for number in range(40):
        builder.worker(f"W{number:02}", level=number % 3)
    builder.workflow(default=builder.queue(target_workers="level > 7"))
    explanation = builder.explain(builder.task())
    assert explanation.sentence == (
        "W00, W03 and 12 more lack `level > 7`: level is 0; "
        "W01, W04 and 11 more lack `level > 7`: level is 1; "
        "W02, W05 and 11 more lack `level > 7`: level is 2."
    )
    assert len(explanation.candidates) == 40 and len(explanation.nearest) == 30
    assert "and 10 more, see .candidates" in str(explanation)


def test_channels_are_read_where_expression_uses_them(builder):
    builder.worker("Ann")
    free = "worker.channel.default.available_capacity_percentage == 100"
    builder.workflow(default=builder.queue(target_workers=free))
    task = builder.task()
    builder.answer(task, "accepted")
    [clause] = candidate(builder.explain(task), "Ann").target_workers.clauses
    assert not clause.holds and clause.found().endswith("percentage is 0")


def test_workers_with_the_same_obstacle_share_a_plural(builder):
    for name in ("Ann", "Ben", "Cai", "Dan", "Eva"):
        builder.worker(name, "Offline")
    builder.workflow(default=builder.queue())
    assert builder.explain(builder.task()).sentence == "Ann, Ben and 3 more match but are Offline."
