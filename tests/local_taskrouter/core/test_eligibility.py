"""Matching pairs found through the indexes are those found by evaluating every pair."""

import pytest
from engine_lab import reloaded
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from local_taskrouter.core import task_queues, workers, workspaces
from local_taskrouter.core.commands import run
from local_taskrouter.core.eligibility import Eligibility, required_value, values_at
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import TaskQueue, Worker
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.expression import parse
from local_taskrouter.sids import SidMaker

TARGETS = st.sampled_from(
    [
        "1 == 1",
        "",
        'languages HAS "es"',
        'languages HAS "en" AND level > 1',
        "level == 1 OR level == 2",
        'level IN ["1", 2]',
        'activity_name == "Available"',
        "level != null",
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        "{}",
        '{"languages":["es"]}',
        '{"languages":["en","es"],"level":2}',
        '{"languages":"es","level":"1"}',
        '{"level":1.0}',
    ]
)
NUMBERS = st.integers(0, 5)


class Pairs(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.engine = Engine(SidMaker(1))
        self.names = iter(range(1000))
        self.workspace = self.do(lambda e: workspaces.create_workspace(e, "W"))

    def do(self, command):
        result = run(self.engine, 0.0, command)
        self.engine.commit()
        return result

    def one(self, index, number):
        found = list(self.engine.store.walk(index, self.workspace.sid))
        return found[number % len(found)] if found else None

    @rule(attributes=ATTRIBUTES)
    def hire(self, attributes):
        name = f"worker {next(self.names)}"
        self.do(lambda e: workers.create_worker(e, self.workspace, name, attributes))

    @rule(text=TARGETS)
    def add_queue(self, text):
        self.do(
            lambda e: task_queues.create_task_queue(e, self.workspace, "q", target_workers=text)
        )

    @rule(number=NUMBERS, attributes=ATTRIBUTES, fails=st.booleans())
    def teach(self, number, attributes, fails):
        worker = self.one("workers", number)
        if worker is None:
            return

        def command(engine):
            workers.update_attributes(engine, worker, attributes)
            if fails:
                raise BadRequest("taken back")

        try:
            self.do(command)
        except BadRequest:
            pass

    @rule(number=NUMBERS, text=TARGETS)
    def retarget(self, number, text):
        queue = self.one("task_queues", number)
        if queue is not None:
            self.do(lambda e: task_queues.update_task_queue(e, queue, target_workers=text))

    @rule(number=NUMBERS)
    def dismiss(self, number):
        worker = self.one("workers", number)
        if worker is not None:
            self.do(lambda e: workers.delete_worker(e, worker))

    @rule(number=NUMBERS)
    def drop_queue(self, number):
        queue = self.one("task_queues", number)
        if queue is not None:
            self.do(lambda e: task_queues.delete_task_queue(e, queue))

    @invariant()
    def the_indexes_agree_with_trying_every_pair(self):
        if not hasattr(self, "workspace"):
            return
        store, eligibility = self.engine.store, self.engine.eligibility
        queues: list[TaskQueue] = list(store.walk("task_queues", self.workspace.sid))
        staff: list[Worker] = list(store.walk("workers", self.workspace.sid))
        for queue in queues:
            members = eligibility.members(queue)
            if members is not None:
                assert members == {w.sid for w in staff if eligibility.matches(queue, w)}
        for worker in staff:
            found = {queue.sid for queue in eligibility.queues_of(worker)}
            assert found == {q.sid for q in queues if eligibility.matches(q, worker)}


TestPairs = Pairs.TestCase
TestPairs.settings = settings(max_examples=40, stateful_step_count=25)


LITERALS = ['"es"', '"en"', "1", "1.0", "2", "true", "false", "null"]
KEYS = ["languages", "level", "team.lead"]
clauses = st.one_of(
    st.builds(
        "{} {} {}".format,
        st.sampled_from(KEYS),
        st.sampled_from(["==", "!=", "HAS", ">"]),
        st.sampled_from(LITERALS),
    ),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(LITERALS),
        st.sampled_from(["==", "IN"]),
        st.sampled_from(KEYS),
    ),
    st.builds(
        "{} {} [{}]".format,
        st.sampled_from(KEYS),
        st.sampled_from(["IN", "NOT IN"]),
        st.lists(st.sampled_from(LITERALS), max_size=3).map(", ".join),
    ),
)
conditions = st.recursive(
    clauses,
    lambda inner: st.builds("({}) {} ({})".format, inner, st.sampled_from(["AND", "OR"]), inner),
)
scalars = st.sampled_from(["es", "en", 1, 1.0, 2, True, False, None])
values = st.one_of(scalars, st.lists(scalars, max_size=3))
attributes = st.fixed_dictionaries(
    {},
    optional={
        "languages": values,
        "level": values,
        "team": st.fixed_dictionaries({}, optional={"lead": values}),
    },
)


@settings(max_examples=400)
@given(conditions, attributes)
def test_matching_attributes_contain_the_required_value(text, attributes):
    expression = parse(text)
    need = required_value(expression.condition)
    if need is not None and expression.matches(attributes):
        assert need.values & set(values_at(need.path, attributes))


@pytest.mark.parametrize(
    ("text", "path", "needed"),
    [
        ('languages HAS "es"', ("languages",), {("str", "es")}),
        ('"es" IN languages', ("languages",), {("str", "es")}),
        ('level > 3 AND team.lead == "Ann"', ("team", "lead"), {("str", "Ann")}),
        ("level IN [1, 2.0]", ("level",), {("number", 1), ("number", 2)}),
        ("level == 1 OR level == 2", ("level",), {("number", 1), ("number", 2)}),
    ],
)
def test_required_value_is_found(text, path, needed):
    need = required_value(parse(text).condition)
    assert (need.path, need.values) == (path, needed)


@pytest.mark.parametrize(
    "text",
    [
        "1 == 1",
        "level != 1",
        "level == null",
        "level IN [1, null]",
        "level == 1 OR name == 1",
        "level > 3",
    ],
)
def test_condition_that_can_match_anything_requires_no_value(text):
    assert required_value(parse(text).condition) is None


def test_restart_evaluates_no_expression(lab, monkeypatch):
    queue = lab.queue("Spanish", 'languages HAS "es"')
    alice = lab.worker("Alice", {"languages": ["es"]})
    lab.worker("Bob", {"languages": ["en"]})
    assert lab.engine.eligibility.members(queue) == {alice.sid}
    matches, evaluated = Eligibility.matches, []

    def counting(*pair):
        evaluated.append(pair)
        return matches(*pair)

    monkeypatch.setattr(Eligibility, "matches", counting)
    again = reloaded(lab.engine)
    assert evaluated == []
    assert again.eligibility.members(queue) == {alice.sid}
    assert len(evaluated) == 1
