"""Commands are atomic, and what is derived from the records stays consistent."""

from collections import Counter

import pytest
from engine_lab import START, reloaded, state
from local_taskrouter.core import (
    activities,
    reservations,
    task_channels,
    task_end,
    task_queues,
    tasks,
    transfers,
    workers,
    workflows,
    workspaces,
)
from local_taskrouter.core.commands import run, run_due
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.index import INDEXES, Index
from local_taskrouter.core.records import KINDS, Record, Reservation, WorkerChannel
from local_taskrouter.core.store import Store


class Refused(Exception):
    pass


@pytest.fixture
def busy(lab):
    """A Workspace in which every kind of record and every timer is there."""
    lab.es = lab.queue("Spanish", 'languages HAS "es"', max_reserved_workers=2)
    lab.all = lab.queue("All")
    lab.flow = lab.workflow(
        ('language == "es"', {"queue": lab.es.sid, "timeout": 60}), default=lab.all
    )
    lab.alice = lab.worker("Alice", {"languages": ["es"]}, capacity=2)
    lab.bob = lab.worker("Bob", {"languages": ["en"]})
    lab.worker("Cora", {"languages": ["fr"]})
    lab.moving = lab.task(task_queue=lab.queue("French", 'languages HAS "fr"'))
    lab.moved = lab.pending(lab.moving)
    lab.accept(lab.moving)
    lab.taken = lab.task(lab.flow)
    lab.accept(lab.taken)
    lab.reserved = lab.task(lab.flow, {"language": "es"})
    lab.waiting = lab.task(lab.flow, {"language": "es"})
    lab.left = lab.task(lab.flow)
    lab.over = lab.task(lab.flow)
    lab.do(task_end.cancel_task, lab.over, None)
    lab.transfer = lab.do(transfers.start_transfer, lab.moved, lab.es)
    lab.meeting = lab.do(activities.create_activity, lab.workspace, "Meeting", False)
    lab.spare = lab.do(task_channels.create_task_channel, lab.workspace, "Spare", "spare")
    return lab


COMMANDS = {
    "create a workspace": lambda e, b: workspaces.create_workspace(e, "Other", template="FIFO"),
    "delete the workspace": lambda e, b: workspaces.delete_workspace(e, b.workspace),
    "create an activity": lambda e, b: activities.create_activity(e, b.workspace, "New", True),
    "rename an activity": lambda e, b: activities.rename_activity(
        e, b.activity("Available"), "Free"
    ),
    "delete an activity": lambda e, b: activities.delete_activity(e, b.meeting),
    "create a channel": lambda e, b: task_channels.create_task_channel(
        e, b.workspace, "New", "new"
    ),
    "delete a channel": lambda e, b: task_channels.delete_task_channel(e, b.spare),
    "create a queue": lambda e, b: task_queues.create_task_queue(e, b.workspace, "New"),
    "update a queue": lambda e, b: task_queues.update_task_queue(
        e, b.es, target_workers="1==1", max_reserved_workers=3, task_order="LIFO"
    ),
    "delete a queue": lambda e, b: task_queues.delete_task_queue(
        e, task_queues.create_task_queue(e, b.workspace, "Short-lived")
    ),
    "create a workflow": lambda e, b: workflows.create_workflow(
        e, b.workspace, "New", b.flow.configuration
    ),
    "re-evaluate a workflow": lambda e, b: workflows.update_workflow(
        e, b.flow, True, configuration=b.flow.configuration.replace("60", "90")
    ),
    "create a worker": lambda e, b: workers.create_worker(
        e, b.workspace, "New", '{"languages":["es"]}', b.activity("Available")
    ),
    "rename a worker": lambda e, b: workers.rename_worker(e, b.bob, "Bobby"),
    "teach a worker": lambda e, b: workers.update_attributes(e, b.bob, '{"languages":["es"]}'),
    "make a worker unavailable": lambda e, b: workers.update_activity(
        e, b.alice, b.activity("Offline"), True
    ),
    "more capacity": lambda e, b: workers.update_worker_channel(
        e, next(e.store.find("channels_of_worker", b.alice.sid)), 9, None
    ),
    "delete a worker": lambda e, b: workers.delete_worker(
        e, workers.create_worker(e, b.workspace, "Short-lived")
    ),
    "create a task": lambda e, b: tasks.create_task(
        e, b.workspace, workflow=b.flow, channel=b.channel("chat")
    ),
    "change a task": lambda e, b: tasks.update_attributes(e, b.waiting, '{"language":"en"}'),
    "raise a task": lambda e, b: tasks.update_routing(e, b.waiting, 99, b.channel("chat"), 0.0),
    "accept": lambda e, b: reservations.accept(e, b.pending(b.reserved)),
    "reject": lambda e, b: reservations.reject(e, b.pending(b.reserved)),
    "cancel as unreachable": lambda e, b: reservations.cancel_unreachable(e, b.pending(b.reserved)),
    "transfer": lambda e, b: transfers.start_transfer(
        e, next(e.store.find("reservations_of_task", b.taken.sid)), b.es, "COLD"
    ),
    "cancel a transfer": lambda e, b: transfers.cancel_transfer(e, b.transfer),
    "cancel a task": lambda e, b: tasks.update_status(e, b.reserved, "canceled", "r"),
    "wrap up a task": lambda e, b: tasks.update_status(e, b.taken, "wrapping", "r"),
    "complete a task": lambda e, b: tasks.update_status(e, b.taken, "completed", "r"),
    "delete a task": lambda e, b: task_end.delete_task(e, b.taken),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_failing_command_changes_nothing(busy, name):
    engine, before = busy.engine, state(busy.engine)

    def command(engine):
        COMMANDS[name](engine, busy)
        assert engine.outcome()
        raise Refused

    with pytest.raises(Refused):
        run(engine, busy.now, command)
    assert state(engine) == before
    assert not engine.outcome() and not engine.freed


@pytest.mark.parametrize("name", COMMANDS)
def test_restart_after_a_command_finds_the_same_state(busy, name):
    busy.do(COMMANDS[name], busy)
    assert state(reloaded(busy.engine)) == state(busy.engine)


@pytest.mark.parametrize("seconds", [60, 120, 300, 86_400])
def test_undone_timers_fire_again(busy, seconds):
    before = state(busy.engine)
    run_due(busy.engine, busy.now + seconds)
    assert busy.engine.outcome()
    busy.engine.undo()
    assert state(busy.engine) == before
    busy.wait(seconds)
    assert state(reloaded(busy.engine)) == state(busy.engine)


def test_exception_in_a_timer_is_undone_and_the_timer_fires_again(busy, monkeypatch):
    before = state(busy.engine)["records"]
    with monkeypatch.context() as patched, pytest.raises(Refused):
        patched.setattr(task_end, "emit", refuse)
        patched.setattr("local_taskrouter.core.reservations.move_worker", refuse)
        run_due(busy.engine, busy.now + 120)
    assert state(busy.engine)["records"] == before and not busy.engine.outcome()
    busy.wait(120)
    assert busy.events_of("task-queue.timeout")


def refuse(*_, **__):
    raise Refused


def test_outcome_has_each_changed_record_once_in_its_last_state(busy):
    engine = busy.engine
    run(engine, busy.now, lambda e: COMMANDS["accept"](e, busy))
    changed = engine.outcome().changed
    assert changed[busy.reserved.sid] is busy.reserved
    assert all(engine.store.get(Record, sid) is record for sid, record in changed.items())
    engine.commit()
    assert not engine.outcome()


def test_outcome_has_a_record_either_as_changed_or_as_removed(busy):
    engine, task = busy.engine, busy.waiting
    run(engine, busy.now, lambda e: COMMANDS["change a task"](e, busy))
    run(engine, busy.now, lambda e: task_end.delete_task(e, task))
    outcome = engine.outcome()
    assert task.sid not in outcome.changed and outcome.removed[task.sid] is task
    engine.undo()
    assert not engine.outcome()


def test_setting_an_equal_value_is_no_change(busy):
    busy.engine.store.change(busy.bob, friendly_name="Bob")
    assert not busy.engine.outcome()


def test_sid_prefix_identifies_every_kind_of_record(busy):
    kinds = Counter(type(record) for record in busy.engine.store)
    assert set(kinds) == set(KINDS.values())
    for record in busy.engine.store:
        assert record.sid.startswith(type(record).prefix)


def test_sid_of_another_kind_is_not_found(busy):
    assert busy.engine.store.get(type(busy.bob), busy.taken.sid) is None
    with pytest.raises(KeyError):
        busy.engine.store.require(type(busy.bob), busy.taken.sid)


def test_serial_numbers_go_on_after_a_restart(busy):
    again = reloaded(busy.engine)
    new = run(again, START, lambda e: activities.create_activity(e, busy.workspace, "New", True))
    assert new.serial == 1 + max(r.serial for r in busy.engine.store)


def test_empty_store_has_nothing(lab):
    store = Store()
    assert list(store.find("tasks", "WS")) == [] and store.count("tasks", "WS") == 0


def test_outdated_timers_are_dropped(lab, monkeypatch):
    monkeypatch.setattr("local_taskrouter.core.timers.ROOM", 50)
    queue = lab.queue()
    task = lab.task(task_queue=queue)
    for _ in range(500):
        lab.engine.store.change(task, expires_at=task.expires_at + 1)
    assert len(lab.engine.timers.entries) < 110
    assert lab.engine.timers.next_due() == task.expires_at


def test_engines_share_no_state(lab):
    other = Engine(lab.engine.sids)
    lab.queue()
    assert state(other)["records"] == {} and other.timers.next_due() is None


NEVER_CHANGED = {"sid", "serial", "workspace_sid", "task_sid", "worker_sid"}


class Recorder:
    """Stands for a record, and adds the names of the fields that are read to `names`."""

    def __init__(self, record, names):
        self.record, self.names = record, names

    def __getattr__(self, name):
        self.names.add(name)
        return getattr(self.record, name)


@pytest.mark.parametrize("name", INDEXES)
def test_index_declares_the_fields_it_reads(busy, name):
    rule, read = INDEXES[name], set()
    busy.task(busy.flow, worker=busy.bob)
    busy.engine.store.change(busy.waiting, configuration=busy.flow.configuration)
    for record in busy.engine.store:
        if isinstance(record, rule.kind):
            recorder = Recorder(record, read)
            rule.key(recorder), rule.order(recorder)
    of_pair = {"task_channel_sid"} if rule.kind in (Reservation, WorkerChannel) else set()
    assert read - NEVER_CHANGED - of_pair == rule.reads


def test_change_of_fields_that_no_index_reads_looks_for_no_place(busy, monkeypatch):
    looked, place_of = [], Index.place_of
    monkeypatch.setattr(Index, "place_of", lambda *args: looked.append(args) or place_of(*args))
    busy.engine.store.change(busy.bob, version=99, date_updated=1.0)
    assert looked == []
    busy.engine.store.change(busy.bob, friendly_name="Robert")
    assert {index.rule for index, _ in looked} == {INDEXES["names"]}
