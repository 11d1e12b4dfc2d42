"""Why a pending Task waits: as a sentence and in few words."""

from dataclasses import replace
from functools import partial

import pytest
from local_taskrouter.core.records import Reservation, TaskQueue
from local_taskrouter.core.transfers import start_transfer
from local_taskrouter.explanation.candidates import can_be_reserved
from local_taskrouter.explanation.evidence import TaskFacts
from local_taskrouter.explanation.explain import explain_evidence
from local_taskrouter.explanation.gathering import gather, read_workspace
from local_taskrouter.explanation.sentences import reason_to_wait


@pytest.fixture
def offline(builder):
    """A pending Task, and the matching Worker Ann, who is Offline."""
    builder.workflow(default=builder.queue())
    return builder.task(), builder.worker("Ann", "Offline")


def test_offline_worker_cannot_be_reserved(builder, offline):
    evidence = read_workspace(builder.workspace, TaskFacts.of(offline[0]))
    assert not can_be_reserved(evidence)
    assert "no available Worker matches 1==1 (Ann is Offline)" in reason_to_wait(evidence)


def test_available_worker_can_be_reserved(builder, offline):
    task, ann = offline
    ann.update(activity_sid=builder.activities["Available"])
    evidence = read_workspace(builder.workspace, TaskFacts.of(task))
    assert can_be_reserved(evidence)
    assert reason_to_wait(evidence).endswith("Ann is available, a Reservation is about to be made")


def test_worker_with_another_task_cannot_be_reserved(builder, offline):
    offline[1].update(activity_sid=builder.activities["Available"])
    later = builder.task()
    evidence = gather(builder.workspace, TaskFacts.of(later))
    for seen in (evidence, replace(evidence, channels={})):
        assert not can_be_reserved(seen)
        assert reason_to_wait(seen).endswith("is busy (Ann has another Task)")


def test_task_for_a_known_worker_waits_for_that_worker(builder):
    target = {"queue": builder.queue().sid, "known_worker_friendly_name": "task.agent"}
    builder.workflow(("1==1", target))
    builder.worker("Ann")
    task = builder.task({"agent": "Zoe"})
    known = "the known Worker is 'Zoe' (task.agent)"
    assert reasons(builder, task) == (
        f"Ann is excluded: {known}.",
        f"waits: {known}, and there is no such Worker",
    )
    zoe = builder.worker("Zoe", "Offline")
    assert reasons(builder, task) == (
        f"Zoe matches but is Offline; Ann is excluded: {known}.",
        f"waits: {known}, and Zoe is Offline",
    )
    builder.workspace.workers(zoe.sid).worker_channels("default").update(capacity=0)
    builder.move(zoe, "Available")
    assert reasons(builder, task)[1] == f"waits: {known}, and Zoe takes none on this channel"


def test_task_for_a_known_worker_sid_waits_for_that_worker(builder):
    ann = builder.worker("Ann", "Offline", level=1)
    queue = builder.queue(target_workers="level == 2")
    builder.workflow(("1==1", {"queue": queue.sid, "known_worker_sid": "task.agent"}))
    builder.worker("Ben", level=2)
    known = f"the known Worker is {ann.sid!r} (task.agent)"
    sentence, short = reasons(builder, builder.task({"agent": ann.sid}))
    assert f"Ben is excluded: {known}" in sentence and "Ann lacks `level == 2`" in sentence
    assert short == f"waits: {known}, and Ann does not match level == 2"


def test_task_for_one_worker_waits_for_it_even_if_it_does_not_match(builder):
    queue = builder.queue()
    ann = builder.worker("Ann", "Offline")
    task = builder.workspace.tasks.create(routing_target=ann.sid, ignore_capacity="false")
    builder.worker("Ben")
    builder.workspace.task_queues(queue.sid).update(target_workers="level == 2")
    alone = f"the Task is for Worker {ann.sid} alone"
    assert reasons(builder, task) == (
        f"Ann matches but is Offline; Ben is excluded: {alone}.",
        f"waits: {alone}, and Ann is Offline",
    )


def test_worker_reserved_since_task_was_read_has_pending_reservation(builder, offline):
    task, ann = offline
    builder.move(ann, "Available")
    evidence = gather(builder.workspace, TaskFacts.of(task))
    for seen in (evidence, replace(evidence, channels={})):
        assert "Ann is reserved: the Reservation is pending" in explain_evidence(seen).sentence
        assert reason_to_wait(seen) == "waits: Ann has a pending Reservation for it"


def test_task_in_transfer_waits_for_another_worker(builder):
    queue = builder.queue()
    builder.workflow(default=queue)
    ann, task = builder.worker("Ann"), builder.task()
    builder.workspace.workers(ann.sid).worker_channels("default").update(capacity=2)
    [held] = builder.reservations(task)
    builder.answer(task, "accepted")
    builder.call(partial(transfer, held.sid, queue.sid))
    task = builder.workspace.tasks(task.sid).fetch()
    assert reasons(builder, task) == (
        "Ann matches but is transferring it.",
        "waits: Ann is transferring it, and there is no other Worker",
    )
    builder.worker("Ben", "Offline")
    assert reasons(builder, task) == (
        "Ann matches but is transferring it; Ben matches but is Offline.",
        "waits: no available Worker matches 1==1 (Ben is Offline)",
    )


def transfer(reservation_sid, queue_sid, engine):
    reservation = engine.store.require(Reservation, reservation_sid)
    start_transfer(engine, reservation, engine.store.require(TaskQueue, queue_sid))


def test_no_worker_or_no_target_workers_is_the_reason(builder):
    builder.workflow(default=builder.queue("None", target_workers=""))
    task = builder.task()
    assert reasons(builder, task) == (
        "There is no Worker in the Workspace.",
        "waits: there is no Worker in the Workspace",
    )
    builder.worker("Ann")
    unmatched = "TaskQueue 'None' has no target_workers, so no Worker matches"
    assert reasons(builder, task) == (f"The {unmatched}.", f"waits: the {unmatched}")


def test_empty_target_workers_do_not_matter_to_task_for_one_worker(builder):
    queue = builder.queue()
    ann = builder.worker("Ann", "Offline")
    task = builder.workspace.tasks.create(routing_target=ann.sid, ignore_capacity="false")
    builder.workspace.task_queues(queue.sid).update(target_workers="")
    sentence, short = reasons(builder, task)
    assert sentence == "Ann matches but is Offline." and short.endswith("and Ann is Offline")


def test_task_pauses_after_canceled_reservation(builder, offline, monkeypatch):
    task, ann = offline
    builder.move(ann, "Available")
    evidence = gather(builder.workspace, TaskFacts.of(task))
    [reservation] = evidence.reservations
    monkeypatch.setattr(reservation, "reservation_status", "canceled")
    free = replace(evidence, channels={}, holding={})
    paused = "its last Reservation was canceled, after which TaskRouter pauses for some seconds"
    assert explain_evidence(free).sentence == f"Ann can take it: {paused}."
    assert reason_to_wait(free) == f"waits: Ann is available, {paused}"


def test_expression_that_reads_channels_needs_them(builder):
    free = "worker.channel.default.available_capacity_percentage == 100"
    builder.workflow(default=builder.queue(target_workers=free))
    builder.worker("Ann", "Offline")
    task = builder.task()
    assert reason_to_wait(read_workspace(builder.workspace, TaskFacts.of(task))) == (
        f"waits: which Workers match {free} depends on WorkerChannels that were not read"
    )
    assert (
        reasons(builder, task)[1] == f"waits: no available Worker matches {free} (Ann is Offline)"
    )


def reasons(builder, task):
    """Return the explanation's sentence, and the short reason."""
    evidence = gather(builder.workspace, TaskFacts.of(task))
    return explain_evidence(evidence).sentence, reason_to_wait(evidence)


@pytest.mark.parametrize(
    ("target_workers", "lacks"),
    [
        ("level > 1 AND (vip == true OR level == 9)", "`level > 1`: level is 1 and `vip == true`"),
        ("vip == true OR (level > 1 AND team == 'b')", "`vip == true`: vip is missing."),
        ("level > 1 OR level == 9", "`level > 1`: level is 1 or `level == 9`: level is 1."),
        (
            "level == 2 OR level == 3 OR level == 4 OR level == 5",
            "`level == 4`: level is 1 or another",
        ),
    ],
)
def test_sentence_names_the_changes_that_are_enough(builder, target_workers, lacks):
    builder.workflow(default=builder.queue(target_workers=target_workers))
    builder.worker("Ann", level=1)
    assert lacks in builder.explain(builder.task()).sentence
