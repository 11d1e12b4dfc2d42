"""What is said of a pending Task in few words, from what was read of a Workspace at one moment."""

from dataclasses import replace

import pytest
from local_taskrouter.explanation.gathering import gather, surroundings
from local_taskrouter.explanation.waiting import reason_to_wait, somebody_could_take

from helpers.explanation.reasoning import reason


@pytest.fixture
def waiting(shop):
    """A pending Task, and the Worker Ann, Offline, who matches."""
    shop.workflow(default=shop.queue())
    return shop.task(), shop.worker("Ann", "Offline")


def test_nobody_could_take_it_while_the_worker_is_offline(shop, waiting):
    evidence = surroundings(shop.workspace, waiting[0])
    assert not somebody_could_take(evidence)
    assert "no available Worker matches 1==1 (Ann is Offline)" in reason_to_wait(evidence)


def test_a_worker_seen_available_a_moment_before_it_is_reserved_could_take_it(shop, waiting):
    task, ann = waiting
    ann.update(activity_sid=shop.activities["Available"])
    evidence = surroundings(shop.workspace, task)
    assert somebody_could_take(evidence)
    assert reason_to_wait(evidence).endswith("Ann is available, a Reservation is about to be made")


def test_an_available_worker_who_has_another_task_could_not(shop, waiting):
    waiting[1].update(activity_sid=shop.activities["Available"])
    later = shop.task()
    evidence = gather(shop.workspace, later)
    for seen in (evidence, replace(evidence, channels={})):
        assert not somebody_could_take(seen)
        assert reason_to_wait(seen).endswith("is busy (Ann has another Task)")


def test_task_for_a_known_worker_waits_for_that_worker(shop):
    target = {"queue": shop.queue().sid, "known_worker_friendly_name": "task.agent"}
    shop.workflow(("1==1", target))
    shop.worker("Ann")
    task = shop.task({"agent": "Zoe"})
    known = "the known Worker is 'Zoe' (task.agent)"
    assert reasons(shop, task) == (
        f"Ann is not asked, {known}.",
        f"waits: {known}, and there is no such Worker",
    )
    zoe = shop.worker("Zoe", "Offline")
    assert reasons(shop, task) == (
        f"Zoe matches but is Offline; Ann is not asked, {known}.",
        f"waits: {known}, and Zoe is Offline",
    )
    shop.workspace.workers(zoe.sid).worker_channels("default").update(capacity=0)
    shop.move(zoe, "Available")
    assert reasons(shop, task)[1] == f"waits: {known}, and Zoe takes none on this channel"


def test_task_for_a_known_worker_sid_waits_for_that_worker(shop):
    ann = shop.worker("Ann", "Offline", level=1)
    queue = shop.queue(target_workers="level == 2")
    shop.workflow(("1==1", {"queue": queue.sid, "known_worker_sid": "task.agent"}))
    shop.worker("Ben", level=2)
    known = f"the known Worker is {ann.sid!r} (task.agent)"
    told, short = reasons(shop, shop.task({"agent": ann.sid}))
    assert f"Ben is not asked, {known}" in told and "Ann lacks `level == 2`" in told
    assert short == f"waits: {known}, and Ann does not match level == 2"


def test_task_for_one_worker_waits_for_that_worker_whether_it_matches_or_not(shop):
    queue = shop.queue()
    ann = shop.worker("Ann", "Offline")
    task = shop.workspace.tasks.create(routing_target=ann.sid, ignore_capacity="false")
    shop.worker("Ben")
    shop.workspace.task_queues(queue.sid).update(target_workers="level == 2")
    alone = f"the Task is for Worker {ann.sid} alone"
    assert reasons(shop, task) == (
        f"Ann matches but is Offline; Ben is not asked, {alone}.",
        f"waits: {alone}, and Ann is Offline",
    )


def test_worker_reserved_since_the_task_was_read_has_been_asked(shop, waiting):
    task, ann = waiting
    shop.move(ann, "Available")
    evidence = gather(shop.workspace, task)
    for seen in (evidence, replace(evidence, channels={})):
        assert "Ann has been asked: the Reservation is pending" in reason(seen).sentence
        assert reason_to_wait(seen) == "waits: Ann has a pending Reservation for it"


def test_task_without_a_worker_or_target_workers_says_so(shop):
    shop.workflow(default=shop.queue("None", target_workers=""))
    task = shop.task()
    assert reasons(shop, task) == (
        "There is no Worker in the Workspace.",
        "waits: there is no Worker in the Workspace",
    )
    shop.worker("Ann")
    unmatched = "TaskQueue 'None' has no target_workers, so no Worker matches"
    assert reasons(shop, task) == (f"The {unmatched}.", f"waits: the {unmatched}")


def test_empty_target_workers_do_not_matter_to_a_task_for_one_worker(shop):
    queue = shop.queue()
    ann = shop.worker("Ann", "Offline")
    task = shop.workspace.tasks.create(routing_target=ann.sid, ignore_capacity="false")
    shop.workspace.task_queues(queue.sid).update(target_workers="")
    told, short = reasons(shop, task)
    assert told == "Ann matches but is Offline." and short.endswith("and Ann is Offline")


def test_task_whose_reservation_was_canceled_pauses(shop, waiting):
    task, ann = waiting
    shop.move(ann, "Available")
    evidence = gather(shop.workspace, task)
    [asked] = evidence.reservations
    asked.reservation_status = "canceled"
    free = replace(evidence, channels={}, held={})
    paused = "its last Reservation was canceled, after which TaskRouter pauses for some seconds"
    assert reason(free).sentence == f"Ann can take it: {paused}."
    assert reason_to_wait(free) == f"waits: Ann is available, {paused}"


def test_expression_that_reads_channels_is_not_judged_without_them(shop):
    free = "worker.channel.default.available_capacity_percentage == 100"
    shop.workflow(default=shop.queue(target_workers=free))
    shop.worker("Ann", "Offline")
    task = shop.task()
    assert reason_to_wait(surroundings(shop.workspace, task)) == (
        f"waits: which Workers match {free} depends on WorkerChannels, which only explain reads"
    )
    assert reasons(shop, task)[1] == f"waits: no available Worker matches {free} (Ann is Offline)"


def reasons(shop, task):
    """What explain says of the Task in a sentence, and the short reason."""
    evidence = gather(shop.workspace, task)
    return reason(evidence).sentence, reason_to_wait(evidence)


def test_when_new_attributes_cancel_a_task_it_stands_at_its_last_step(shop):
    queue = shop.queue().sid
    shop.workflow(('language == "es"', {"queue": queue, "timeout": 5}), default={"queue": queue})
    task = shop.task({"language": "fr"})
    shop.clock.advance(10)
    canceled = shop.workspace.tasks(task.sid).update(attributes='{"language":"es"}')
    assert canceled.assignment_status == "canceled"
    assert gather(shop.workspace, canceled).standing.step.filter_index is None
