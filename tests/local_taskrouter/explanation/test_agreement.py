"""`explain` agrees with every decision of the local TaskRouter, and gives true reasons.

The machine creates everything through the SDK. It compares each explanation with what TaskRouter
did, and with the records of its core, which `explain` cannot see.
"""

import json
from dataclasses import astuple
from unittest.mock import patch

from asgi_client import client_on
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from local_taskrouter.clock import ManualClock
from local_taskrouter.core import parsed, records, routing
from local_taskrouter.core.parsed import target_of
from local_taskrouter.explanation import explain, gathering
from local_taskrouter.explanation.evidence import TaskFacts
from local_taskrouter.explanation.explain import explain_evidence
from local_taskrouter.explanation.gathering import gather
from local_taskrouter.explanation.sentences import reason_to_wait
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.rules.expression import parse
from local_taskrouter.service import TaskRouter
from twilio.base.exceptions import TwilioRestException
from workspace_builder import WorkspaceBuilder

TARGETS = [
    "1==1",
    "1==1",
    "level != null",
    "",
    'languages HAS "es"',
    'languages HAS "en" AND level >= 2',
    'level == 2 OR (languages HAS "fr" AND level == 1)',
    'activity_name != "Offline" AND level IN [1, 2]',
    "worker.channel.chat.available_capacity_percentage == 100",
]
PAIRS = [None, None, "worker.level >= task.level", "worker.level != 1", "task.vip == worker.vip"]
ATTRIBUTES = [
    {},
    {"languages": ["es"], "level": 1, "vip": True},
    {"languages": ["en", "es"], "level": 2},
    {"languages": "es", "level": "2"},
    {"languages": ["fr"], "level": 3, "vip": False},
]
FILTERS = ["1==1", 'language == "es"', "level > 1", 'language != "fr"', "vip == true"]
TASKS = [
    {"language": "es", "level": 1, "agent": "W0"},
    {"language": "fr", "level": 2, "vip": True, "agent": "W1"},
    {"language": "en", "level": "2"},
    {"language": "fr"},
]
SKIPS = [None, None, "workers.available == 0", "1==1", "workers.unavailable > 1"]
NUMBER = st.integers(0, 20)
TARGET = st.fixed_dictionaries(
    {
        "queue": st.integers(0, 2),
        "expression": st.sampled_from(PAIRS),
        "timeout": st.sampled_from([None, 5, 5, 20]),
        "skip_if": st.sampled_from(SKIPS),
        "known_worker_friendly_name": st.sampled_from([None, None, "task.agent"]),
        "priority": st.sampled_from([None, 3]),
    }
)
FILTER = st.tuples(st.sampled_from(FILTERS), st.lists(TARGET, min_size=1, max_size=3))


class Agreement(RuleBasedStateMachine):
    @initialize(
        expressions=st.lists(st.sampled_from(TARGETS), min_size=3, max_size=3),
        places=st.integers(1, 2),
        filters=st.lists(FILTER, min_size=1, max_size=3),
        default=st.booleans(),
        workers=st.lists(
            st.tuples(st.sampled_from(ATTRIBUTES), st.sampled_from(["Available", "Offline"])),
            min_size=1,
            max_size=3,
        ),
        first=st.lists(st.sampled_from(TASKS), min_size=2, max_size=3),
        most_read=st.sampled_from([gathering.MOST_READ, 1, 0]),
    )
    def build(self, expressions, places, filters, default, workers, first, most_read):
        self.patched = patch.object(gathering, "MOST_READ", most_read)
        self.patched.start()
        self.clock = ManualClock()
        self.taskrouter = TaskRouter(":memory:", ACCOUNT_SID, "token", self.clock)
        self.client = client_on(self.taskrouter)
        self.built = WorkspaceBuilder(self.client)
        self.space = self.built.workspace
        self.queues = [
            self.built.queue(f"Q{n}", text, max_reserved_workers=places)
            for n, text in enumerate(expressions)
        ]
        self.built.workflow(
            *((expression, *map(self.target, targets)) for expression, targets in filters),
            default=self.queues[-1] if default else None,
            task_reservation_timeout=10,
        )
        self.workers = [
            self.built.worker(f"W{n}", activity, **attributes)
            for n, (attributes, activity) in enumerate(workers)
        ]
        self.seen = set()
        for attributes in first:
            self.create(attributes)

    def target(self, drawn):
        given = {key: value for key, value in drawn.items() if value is not None}
        return given | {"queue": self.queues[drawn["queue"]].sid}

    # Rules

    @rule(attributes=st.sampled_from(TASKS))
    def create(self, attributes):
        """A dry run has the same outcome as the Task that is created afterwards."""
        options = {"workflow_sid": self.built.workflow_sid}
        dry_run = explain(self.client, attributes, self.built.workspace_sid, **options)
        try:
            task = self.built.task(attributes)
        except TwilioRestException:
            assert dry_run.place is None and "refuse" in dry_run.sentence
            return
        assert dry_run.place is not None
        if dry_run.place.is_certain:
            assert dry_run.place.task_queue == task.task_queue_friendly_name
        if any(one.is_unread for one in dry_run.candidates):
            return
        eligible = {one.sid for one in dry_run.candidates if one.is_eligible}
        reserved = {one.worker_sid for one in self.built.reservations(task)}
        assert reserved <= eligible and bool(reserved) == bool(eligible)
        status = {True: "reserved"}.get(bool(eligible), dry_run.assignment_status)
        assert task.assignment_status == status

    @rule(attributes=st.sampled_from(TASKS))
    def create_another(self, attributes):
        self.create(attributes)

    @rule(
        way=st.sampled_from(["chat", "worker", "worker whatever it does", "queue"]),
        number=NUMBER,
        attributes=st.sampled_from(TASKS),
    )
    def create_otherwise(self, way, number, attributes):
        tasks = self.space.tasks
        if way == "chat":
            self.attempt(self.built.task, attributes, task_channel="chat")
        elif way == "queue":
            tasks.create(task_queue_sid=self.pick(self.queues, number).sid)
        else:
            target, ignore = self.pick(self.workers, number).sid, str("whatever" in way).lower()
            self.attempt(tasks.create, routing_target=target, ignore_capacity=ignore)

    @rule(number=NUMBER, activity=st.sampled_from(["Available", "Available", "Offline"]))
    def move(self, number, activity):
        self.built.move(self.pick(self.workers, number), activity)

    @rule(number=NUMBER, attributes=st.sampled_from(ATTRIBUTES))
    def set_attributes(self, number, attributes):
        worker = self.pick(self.workers, number)
        self.space.workers(worker.sid).update(attributes=json.dumps(attributes))

    @rule(
        number=NUMBER,
        capacity=st.sampled_from([0, 1, 1, 2]),
        available=st.booleans(),
        chat=st.booleans(),
    )
    def resize(self, number, capacity, available, chat):
        channels = self.space.workers(self.pick(self.workers, number).sid).worker_channels
        name = "chat" if chat else "default"
        channels(name).update(capacity=capacity, available=available)

    @rule(number=NUMBER, status=st.sampled_from(["accepted", "accepted", "rejected"]))
    def answer(self, number, status):
        pending = self.reservations("pending")
        if pending:
            self.pick(pending, number).update(reservation_status=status)

    @rule(number=NUMBER, status=st.sampled_from(["completed", "wrapping", "canceled"]))
    def end(self, number, status):
        tasks = self.space.tasks.list()
        if tasks:
            self.attempt(self.pick(tasks, number).update, assignment_status=status)

    @rule(number=NUMBER, attributes=st.sampled_from(TASKS))
    def change(self, number, attributes):
        tasks = self.space.tasks.list(assignment_status="pending")
        if tasks:
            self.attempt(self.pick(tasks, number).update, attributes=json.dumps(attributes))

    @rule(seconds=st.sampled_from([1, 4, 5, 10, 15, 20]))
    def advance(self, seconds):
        self.clock.advance(seconds)

    # Invariants

    @invariant()
    def explain_agrees(self):
        if not hasattr(self, "seen"):
            return
        for task in self.space.tasks.list():
            evidence = gather(self.space, TaskFacts.of(task))
            explanation = explain_evidence(evidence)
            self.place_agrees(evidence, explanation)
            for candidate in explanation.candidates:
                self.candidate_agrees(task, candidate)
            eligible = {one.sid for one in explanation.candidates if one.is_eligible}
            if task.assignment_status == "pending":
                assert not eligible, str(explanation)
                self.sentence_is_true(explanation)
            self.reserved_are_matches(explanation)

    def place_agrees(self, evidence, explanation):
        record = self.record(records.Task, evidence.task.sid)
        position = evidence.position
        assert position.is_certain
        step = None if position.step is None else list(astuple(position.step))
        assert step == record.step
        if evidence.task.assignment_status == "pending":
            short = reason_to_wait(evidence)
            assert short.startswith("waits: ") and "about to be made" not in short
            for candidate in explanation.candidates:
                assert (
                    candidate.exclusion in short or candidate.exclusion not in explanation.sentence
                )

    def candidate_agrees(self, task, candidate):
        """Eligibility and every clause are as the core computes them."""
        engine = self.taskrouter.engine
        record, worker = (
            self.record(records.Task, task.sid),
            self.record(records.Worker, candidate.sid),
        )
        if task.assignment_status in ("pending", "reserved"):
            target = target_of(engine.store, record)
            can_take = routing.can_take(engine, record, worker, target)
            assert candidate.is_eligible == (can_take and not candidate.is_unread)
        for verdict, values in (
            (candidate.target_workers, parsed.worker_values(engine.store, worker)),
            (candidate.target, parsed.pair_values(engine.store, record, worker)),
        ):
            for clause in verdict.clauses if verdict else ():
                holds = parse(clause.text).matches(values)
                is_unread = clause.holds is None and verdict.without_channels
                assert is_unread or clause.holds == holds, clause
                assert not (clause.decides and holds)
            if verdict and verdict.text and verdict.is_known:
                assert verdict.holds == parse(verdict.text).matches(values)
                assert verdict.holds or verdict.failing

    def sentence_is_true(self, explanation):
        for one in explanation.candidates[:4]:
            worker = self.record(records.Worker, one.sid)
            activity = self.record(records.Activity, worker.activity_sid).friendly_name
            if f"{one.friendly_name} matches but is Offline" in explanation.sentence:
                assert activity == "Offline" and one.matches
            if not one.matches and explanation.place.target_workers:
                assert f"{one.friendly_name} matches" not in explanation.sentence
                assert one.friendly_name in explanation.sentence

    def reserved_are_matches(self, explanation):
        """A Worker who was just reserved matches."""
        for one in self.reservations("pending", explanation.task_sid):
            if one.sid not in self.seen:
                self.seen.add(one.sid)
                [candidate] = [c for c in explanation.candidates if c.sid == one.worker_sid]
                assert candidate.is_reserved and candidate.is_available
                # The Reservation uses the capacity that this expression reads.
                assert candidate.matches or "channel" in candidate.target_workers.text

    def teardown(self):
        if hasattr(self, "patched"):
            self.patched.stop()

    # Helpers

    def pick(self, items, number):
        return items[number % len(items)]

    def attempt(self, action, *args, **more):
        try:
            action(*args, **more)
        except TwilioRestException as error:
            assert error.status == 400

    def record(self, kind, sid):
        return self.taskrouter.engine.store.require(kind, sid)

    def reservations(self, status, task_sid=None):
        tasks = [task_sid] if task_sid else [task.sid for task in self.space.tasks.list()]
        return [
            one
            for sid in tasks
            for one in self.space.tasks(sid).reservations.list(reservation_status=status)
        ]


TestAgreement = Agreement.TestCase
TestAgreement.settings = settings(max_examples=30, stateful_step_count=15)
