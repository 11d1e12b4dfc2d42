"""The indexes must say what trying every pair says."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from local_taskrouter.core import parts, workers, workspaces
from local_taskrouter.core.commands import run
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import TaskQueue, Worker
from local_taskrouter.errors import BadRequest
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
        self.do(lambda e: parts.create_queue(e, self.workspace, "q", target_workers=text))

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
            self.do(lambda e: parts.update_queue(e, queue, target_workers=text))

    @rule(number=NUMBERS)
    def dismiss(self, number):
        worker = self.one("workers", number)
        if worker is not None:
            self.do(lambda e: workers.delete_worker(e, worker))

    @rule(number=NUMBERS)
    def drop_queue(self, number):
        queue = self.one("task_queues", number)
        if queue is not None:
            self.do(lambda e: parts.delete_queue(e, queue))

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
TestPairs.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, derandomize=True
)
