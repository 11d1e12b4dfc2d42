"""Invariants of a Workspace under random commands in random order."""

import json
from collections import Counter

import pytest
from engine_lab import EngineLab, reloaded, state
from event_replay import EventReplay
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from local_taskrouter.core import reservations, routing, task_queues, tasks, workers
from local_taskrouter.core.commands import run
from local_taskrouter.core.parsed import target_of
from local_taskrouter.core.records import Reservation, Task, TaskQueue, Transfer, Worker
from local_taskrouter.core.task_end import delete_task
from local_taskrouter.core.transfers import MODES, cancel_transfer, start_transfer
from local_taskrouter.errors import TwilioError
from local_taskrouter.rules import lifecycle
from local_taskrouter.rules.lifecycle import IllegalTransition

LANGUAGES = st.sampled_from(["en", "es", "fr", "de"])
SKILLS = st.lists(LANGUAGES, max_size=2, unique=True)
NUMBER = st.integers(0, 40)
TASK = {
    status: moves | lifecycle.TASK_IN_TRANSFER.get(status, {})
    for status, moves in lifecycle.TASK.items()
}
TAKEN = ("accepted", "wrapping")
FITTING = {
    "accept": ("pending",),
    "reject": ("pending",),
    "cancel_unreachable": ("pending",),
    "wrap_up": ("accepted",),
    "complete": TAKEN,
}


class Refused(Exception):
    pass


class RandomCommands(RuleBasedStateMachine):
    """Rules may be refused (TwilioError, IllegalTransition); any other exception is a fault."""

    def __init__(self):
        super().__init__()
        self.lab = EngineLab()
        self.seen = {}
        self.counted = set()
        self.replay, self.replayed = EventReplay(), 0

    @initialize(places=st.sampled_from([3, 1, 2]), lifo=st.booleans())
    def furnish(self, places, lifo):
        lab = self.lab
        order = "LIFO" if lifo else "FIFO"
        spanish = lab.queue("es", 'languages HAS "es"', max_reserved_workers=places)
        english = lab.queue("en", 'languages HAS "en"', task_order=order)
        level = "worker.level >= task.level"
        busy = lab.queue("busy", "worker.channel.default.assigned_tasks >= 1")
        idler = "worker.channel.chat.available_capacity_percentage < 100"
        self.workflow = lab.workflow(
            (
                'language == "es"',
                {"queue": spanish.sid, "timeout": 40, "expression": level, "priority": 2},
                {"queue": spanish.sid, "timeout": 40},
            ),
            ('language == "en"', {"queue": english.sid, "skip_if": "workers.available == 0"}),
            ('language == "de" AND level == 0', busy),
            ('language == "de"', {"queue": english.sid, "expression": idler}),
            ('language != "fr"', english),
            task_reservation_timeout=30,
        )
        for number in range(3):
            lab.worker(f"W{number}", {"languages": ["es", "en"][: number + 1], "level": number})

    def do(self, command, *args, **more):
        try:
            self.lab.do(command, *args, **more)
        except (TwilioError, IllegalTransition):
            pass

    def all(self, kind):
        return [record for record in self.lab.engine.store if isinstance(record, kind)]

    def one(self, kind, number):
        found = self.all(kind)
        return found[number % len(found)]

    def some(self, kind):
        return bool(self.all(kind))

    @rule(language=LANGUAGES, level=st.integers(0, 2), priority=st.integers(0, 2), life=NUMBER)
    def create(self, language, level, priority, life):
        attributes = json.dumps({"language": language, "level": level})
        more = {"channel": self.lab.channel("chat" if life % 3 == 0 else "default")}
        more |= {"priority": priority, "timeout": 20 + 10 * life, "attributes": attributes}
        self.do(tasks.create_task, self.lab.workspace, workflow=self.workflow, **more)

    @rule(number=NUMBER, ignore=st.booleans())
    def create_for_a_worker(self, number, ignore):
        worker, channel = self.one(Worker, number), self.lab.channel()
        more = {"worker": worker, "channel": channel, "ignore_capacity": ignore}
        self.do(tasks.create_task, self.lab.workspace, **more)

    @precondition(lambda self: self.some(Task))
    @rule(number=NUMBER, status=st.sampled_from(["canceled", "wrapping", "completed", "pending"]))
    def move_task(self, number, status):
        self.do(tasks.update_status, self.one(Task, number), status, "because")

    @precondition(lambda self: self.some(Task))
    @rule(number=NUMBER)
    def delete(self, number):
        self.do(delete_task, self.one(Task, number))

    @precondition(lambda self: self.some(Task))
    @rule(number=NUMBER, language=LANGUAGES, level=st.integers(0, 2))
    def change_task(self, number, language, level):
        attributes = json.dumps({"language": language, "level": level})
        self.do(tasks.update_attributes, self.one(Task, number), attributes)

    @precondition(lambda self: self.some(Task))
    @rule(number=NUMBER, priority=st.integers(0, 3), chat=st.booleans())
    def reroute(self, number, priority, chat):
        channel = self.lab.channel("chat" if chat else "default")
        self.do(tasks.update_routing, self.one(Task, number), priority, channel, None)

    @precondition(lambda self: self.some(Reservation))
    @rule(
        number=NUMBER,
        answer=st.sampled_from(sorted(FITTING)),
        anywhere=st.booleans(),
    )
    def answer(self, number, answer, anywhere):
        """To a Reservation that can be answered so, if there is one, or to any."""
        every = self.all(Reservation)
        fitting = [r for r in every if r.reservation_status in FITTING[answer] and not anywhere]
        chosen = fitting or every
        self.do(getattr(reservations, answer), chosen[number % len(chosen)])

    @precondition(lambda self: self.some(Reservation))
    @rule(
        number=NUMBER,
        kind=st.sampled_from([Worker, TaskQueue]),
        mode=st.sampled_from(MODES),
        answer=st.sampled_from([None, "accept", "reject", "cancel_unreachable"]),
    )
    def transfer(self, number, kind, mode, answer):
        """Transfer an accepted Task, or one that is accepted first, to a Worker or TaskQueue that can take it."""
        store, every = self.lab.engine.store, self.all(Reservation)
        held = next((r for r in every if r.reservation_status == "accepted"), every[-1])
        self.do(reservations.accept, held)
        room = self.lab.engine.room.workers(held.task_channel_sid)
        able = [one for one in self.all(kind) if kind is TaskQueue or one.sid in room]
        to = (able or self.all(kind))[number % len(able or self.all(kind))]
        self.do(start_transfer, held, to, mode, number % 3 or None)
        for one in store.find("reservations_of_task", held.task_sid):
            if answer and one.reservation_status == "pending":
                self.do(getattr(reservations, answer), one)

    @precondition(lambda self: self.some(Transfer))
    @rule(number=NUMBER)
    def cancel_transfer(self, number):
        self.do(cancel_transfer, self.one(Transfer, number))

    @rule(number=NUMBER, activity=st.sampled_from(["Available", "Offline"]), reject=st.booleans())
    def move_worker(self, number, activity, reject):
        worker, to = self.one(Worker, number), self.lab.activity(activity)
        self.do(workers.update_activity, worker, to, reject)

    @rule(number=NUMBER, skills=SKILLS, level=st.integers(0, 2))
    def teach(self, number, skills, level):
        attributes = json.dumps({"languages": skills, "level": level})
        self.do(workers.update_attributes, self.one(Worker, number), attributes)

    @rule(number=NUMBER, capacity=st.integers(0, 3), available=st.booleans())
    def resize(self, number, capacity, available):
        channels = self.lab.engine.store.find("channels_of_worker", self.one(Worker, number).sid)
        self.do(workers.update_worker_channel, next(channels), capacity, available or None)

    @rule(places=st.integers(1, 3), other=st.booleans())
    def change_queue(self, places, other):
        store, workspace = self.lab.engine.store, self.lab.workspace
        queue = next(store.find("task_queues", workspace.sid))
        expression = 'languages HAS "en"' if other else 'languages HAS "es"'
        more = {"max_reserved_workers": places, "target_workers": expression}
        self.do(task_queues.update_task_queue, queue, **more)

    @rule(number=NUMBER)
    def replace_worker(self, number):
        worker = self.one(Worker, number)
        self.do(workers.delete_worker, worker)
        if self.lab.engine.store.get(Worker, worker.sid) is None:
            self.lab.worker(worker.friendly_name, {"languages": ["en"], "level": 1})

    @rule(seconds=st.sampled_from([0.5, 3, 5, 30, 100, 300, 90_000]))
    def wait(self, seconds):
        self.lab.wait(seconds)

    @precondition(lambda self: self.some(Task))
    @rule(number=NUMBER)
    def fail_halfway(self, number):
        engine, task = self.lab.engine, self.one(Task, number)
        before = state(engine)

        def command(engine):
            delete_task(engine, task)
            raise Refused

        with pytest.raises(Refused):
            run(engine, self.lab.now, command)
        assert state(engine) == before

    @invariant()
    def a_task_has_one_worker_and_one_more_for_each_transfer(self):
        store = self.lab.engine.store
        taken = Counter(r.task_sid for r in self.all(Reservation) if r.reservation_status in TAKEN)
        for sid, count in taken.items():
            transfers = list(store.find("transfers_of_task", sid))
            ended = sum(one.transfer_mode == "COLD" for one in transfers)
            assert count <= 1 + ended + sum(one.transfer_status == "complete" for one in transfers)
        accepted = [
            (r.task_sid, r.worker_sid)
            for r in self.all(Reservation)
            if r.reservation_status == "accepted"
        ]
        assert len(accepted) == len(set(accepted))

    @invariant()
    def a_task_and_its_reservations_say_the_same(self):
        for task in self.all(Task):
            found = self.lab.engine.store.find("reservations_of_task", task.sid)
            statuses = Counter(r.reservation_status for r in found)
            pending, status = statuses["pending"], task.assignment_status
            waits, taken = status in ("pending", "reserved"), status in ("assigned", "wrapping")
            assert task.pending_reservations == pending
            assert (status == "reserved") == (pending > 0)
            assert waits or (status == "assigned") == (statuses["accepted"] > 0)
            assert not taken or statuses["accepted"] + statuses["wrapping"] > 0
            assert waits or taken or not statuses["accepted"] + statuses["wrapping"]
            assert status != "completed" or statuses["completed"] > 0
            assert task.transfer_sid is not None or not (waits and statuses["accepted"])

    @invariant()
    def a_transfer_goes_on_while_its_task_waits(self):
        for transfer in self.all(Transfer):
            task = self.lab.engine.store.require(Task, transfer.task_sid)
            goes_on = transfer.transfer_status == "initiated"
            assert goes_on == (task.transfer_sid == transfer.sid)
            assert not goes_on or task.assignment_status in ("pending", "reserved")
            assert not goes_on or transfer.transfer_type == "QUEUE" or task.pending_reservations

    @invariant()
    def every_task_has_its_place_and_an_end(self):
        for task in self.all(Task):
            assert task.task_queue_sid is not None
            moving = task.assignment_status in ("pending", "reserved")
            has_moved = self.lab.engine.store.count("transfers_of_task", task.sid) > 0
            assert (task.expires_at is None) != (task.remove_at is None)
            assert has_moved or (task.expires_at is not None) == moving
            assert moving or (task.step_until is None)

    @invariant()
    def a_worker_is_never_given_more_than_it_can_hold(self):
        store = self.lab.engine.store
        new = [r for r in self.all(Reservation) if r.sid not in self.counted]
        for reservation in new:
            self.counted.add(reservation.sid)
            key = (reservation.worker_sid, reservation.task_channel_sid)
            if store.require(Task, reservation.task_sid).ignore_capacity or not store.count(
                "held", key
            ):
                continue
            channel = next(store.find("worker_channel", key))
            earlier = [r for r in store.find("held", key) if r.serial <= reservation.serial]
            assert len(earlier) <= channel.configured_capacity

    @invariant()
    def nobody_waits_for_a_worker_who_could_take_it(self):
        engine = self.lab.engine
        for task in self.all(Task):
            waits = task.assignment_status in ("pending", "reserved")
            if not waits or task.held_until or task.pending_reservations >= task.places:
                continue
            target = target_of(engine.store, task)
            for worker in self.all(Worker):
                assert not routing.can_take(engine, task, worker, target), (
                    task,
                    worker,
                )

    @invariant()
    def statuses_move_along_the_tables_only(self):
        now = {}
        for kind, field, table in (
            (Task, "assignment_status", TASK),
            (Reservation, "reservation_status", lifecycle.RESERVATION),
            (Transfer, "transfer_status", lifecycle.TRANSFER),
        ):
            for record in self.all(kind):
                now[record.sid] = getattr(record, field)
                before = self.seen.get(record.sid, next(iter(table)))
                assert now[record.sid] in reachable(table, before)
        self.seen = now

    @invariant()
    def events_tell_the_same_story_as_the_state(self):
        for event in self.lab.events[self.replayed :]:
            self.replay.apply(event)
        self.replayed = len(self.lab.events)
        tasks, reservations = self.all(Task), self.all(Reservation)
        statuses = self.replay.tasks()
        assert {w.sid: w.activity_sid for w in self.all(Worker)} == self.replay.workers
        assert all(statuses[task.sid] == task.assignment_status for task in tasks)
        assert all(self.replay.queues[task.sid] == task.task_queue_sid for task in tasks)
        assert all(self.replay.reservations[r.sid] == r.reservation_status for r in reservations)
        gone = statuses.keys() - {task.sid for task in tasks}
        assert {statuses[sid] for sid in gone} <= lifecycle.TASK_ENDED

    @invariant()
    def a_restart_finds_the_same(self):
        assert state(reloaded(self.lab.engine)) == state(self.lab.engine)
        assert not self.lab.engine.freed


def reachable(table, status):
    """The statuses that one or more moves lead to, and the one where it starts."""
    found, ahead = {status}, [status]
    while ahead:
        following = set(table[ahead.pop()].values()) - found
        found |= following
        ahead += following
    return found


TestLife = RandomCommands.TestCase
TestLife.settings = settings(max_examples=120, stateful_step_count=40)
