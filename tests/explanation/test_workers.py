"""What explain says of the Workers: who matches, what is in the way, and the way out."""

import pytest

from helpers import explain


def named(explanation, name):
    [found] = [one for one in explanation.candidates if one.friendly_name == name]
    return found


def notes(explanation):
    return {note.about: note.text for note in explanation.notes}


def test_the_sentence_of_the_tutorial(shop):
    shop.worker("Alice", "Offline", languages=["en", "es"])
    shop.worker("Bob", languages=["en"])
    shop.workflow(("1==1", shop.queue("Spanish", 'languages HAS "es"')))
    explanation = explain(shop, shop.task())
    assert explanation.sentence == (
        'Alice matches but is Offline; Bob lacks `languages HAS "es"`: languages is ["en"].'
    )
    assert notes(explanation)["Alice"].startswith("Offline is not an available Activity.")


def test_a_worker_that_let_a_reservation_time_out(shop):
    shop.workflow(default=shop.queue(), task_reservation_timeout=10)
    shop.worker("Ann")
    task = shop.task()
    shop.clock.advance(11)
    explanation = explain(shop, task)
    assert explanation.sentence == "Ann matches but is Offline."
    assert notes(explanation)["Ann"].startswith("A Reservation for this Task timed out")


@pytest.mark.parametrize(
    ("capacity", "available", "says"),
    [(1, False, "switched off"), (0, True, "capacity of 0")],
)
def test_a_channel_without_room(shop, capacity, available, says):
    worker = shop.worker("Ann")
    channel = shop.workspace.workers(worker.sid).worker_channels("chat")
    channel.update(capacity=capacity, available=available)
    shop.workflow(default=shop.queue())
    explanation = explain(shop, shop.task(task_channel="chat"))
    assert says in notes(explanation)["Ann"] and "has no room" in explanation.sentence
    assert named(explanation, "Ann").busy and not named(explanation, "Ann").is_eligible


def test_what_uses_up_the_capacity_is_named(shop):
    shop.worker("Ann")
    shop.workflow(default=shop.queue())
    first, second = shop.task(), shop.task()
    shop.answer(first, "accepted")
    explanation = explain(shop, second)
    assert f"Task {first.sid} (accepted)" in notes(explanation)["Ann"]
    assert str(named(explanation, "Ann").room) == "1 of 1 taken on default"


def test_a_known_worker_and_a_task_for_one_worker(shop):
    ann, ben = shop.worker("Ann", "Offline"), shop.worker("Ben")
    target = {"queue": shop.queue().sid, "known_worker_friendly_name": "task.agent"}
    shop.workflow(("1==1", target))
    explanation = explain(shop, shop.task({"agent": "Ann"}))
    assert "Ben is not asked, the known Worker is 'Ann' (task.agent)" in explanation.sentence
    routed = shop.workspace.tasks.create(routing_target=ann.sid, ignore_capacity="false")
    explanation = explain(shop, routed)
    assert named(explanation, "Ann").matches and not named(explanation, "Ben").matches
    assert explanation.sentence.startswith("Ann matches but is Offline; Ben is not asked")
    assert explain(shop, shop.task({"agent": ben.friendly_name})).assignment_status == "reserved"


def test_a_queue_without_target_workers_and_an_empty_workspace(shop):
    shop.workflow(default=shop.queue(target_workers=""))
    assert explain(shop, shop.task()).sentence == "There is no Worker in the Workspace."
    shop.worker("Ann")
    explanation = explain(shop, shop.task())
    assert "has no target_workers, so no Worker matches" in explanation.sentence
    assert "1==1" in notes(explanation)["TaskQueue Everybody"]


def test_a_queue_that_no_target_names(shop):
    shop.worker("Ann", skill="b")
    named_queue, other = shop.queue("A", 'skill == "a"'), shop.queue("B", 'skill == "b"')
    shop.workflow(default=named_queue)
    note = notes(explain(shop, shop.task()))["TaskQueue B"]
    assert "No target of any Workflow names it" in note and "Ann" in note and other.sid in note


def test_many_workers_are_told_in_few_words(shop):
    for number in range(40):
        shop.worker(f"W{number:02}", level=number % 3)
    shop.workflow(default=shop.queue(target_workers="level > 7"))
    explanation = explain(shop, shop.task())
    assert explanation.sentence == (
        "W00, W03 and 12 more lack `level > 7`: level is 0; "
        "W01, W04 and 11 more lack `level > 7`: level is 1; "
        "W02, W05 and 11 more lack `level > 7`: level is 2."
    )
    assert len(explanation.workers) == 40
    assert "the nearest 30 of 40" in explanation._repr_html_()
    assert "and 10 more, see .workers" in str(explanation)


def test_channels_are_looked_at_where_an_expression_reads_them(shop):
    shop.worker("Ann")
    free = "worker.channel.default.available_capacity_percentage == 100"
    shop.workflow(default=shop.queue(target_workers=free))
    task = shop.task()
    shop.answer(task, "accepted")
    [clause] = named(explain(shop, task), "Ann").target_workers.clauses
    assert not clause.holds and clause.found().endswith("percentage is 0")
