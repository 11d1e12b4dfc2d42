"""To import an exported state is the same as to kill the process and to restart it."""

import asyncio
import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from asgi_client import client_on
from hypothesis import given, settings
from hypothesis import strategies as st
from local_taskrouter import callbacks, outbox, settling
from local_taskrouter.clock import ManualClock, SystemClock
from local_taskrouter.core.records import Callback
from local_taskrouter.core.transfers import MODES, start_transfer
from local_taskrouter.database import VERSION
from local_taskrouter.delivery_table import Attempt
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter
from local_taskrouter.sids import SidMaker
from timeout import eventually
from workspace_builder import WorkspaceBuilder

URL = "http://localhost/"
INSTRUCTIONS = {"accept": {"instruction": "accept"}, "reject": {"instruction": "reject"}, "": {}}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("task"), st.sampled_from([30, 86_400])),
        st.tuples(st.just("worker"), st.none()),
        st.tuples(st.just("respond"), st.sampled_from(sorted(INSTRUCTIONS))),
        st.tuples(st.just("advance"), st.sampled_from([0.5, 5, 45, 400])),
        st.tuples(st.just("complete"), st.none()),
        st.tuples(st.just("transfer"), st.sampled_from(MODES)),
        st.tuples(st.just("resume"), st.none()),
    ),
    max_size=12,
)


@dataclass(eq=False)
class Held:
    """A callback that waits for the answer of the app: the name of an instruction."""

    callback: Callback
    loop: asyncio.AbstractEventLoop
    is_answered: asyncio.Event
    name: str = ""

    def answer(self, name):
        self.name = name
        self.loop.call_soon_threadsafe(self.is_answered.set)


class App:
    """Where TaskRouters send callbacks, in place of HTTP. It holds them or, later, answers at once."""

    def __init__(self):
        self.held, self.holds = [], True

    async def attempts(self, client, callback, *_):
        name = "accept" if callback.parameters.get("TaskSid", "")[-1:] in "02468ace" else ""
        if self.holds:
            held = Held(callback, asyncio.get_running_loop(), asyncio.Event())
            self.held.append(held)
            try:
                await held.is_answered.wait()
            finally:
                self.held.remove(held)
            name = held.name
        answer = INSTRUCTIONS[name] if callback.reservation_sid else None
        return [Attempt(callback.url, True, 200, answer=answer)]

    def respond(self, taskrouter, name):
        """Answer the oldest callback, if there is one, and wait until the response is applied."""
        if due(taskrouter):
            eventually("a callback is sent", lambda: self.held)
            held = self.held[0]
            held.answer(name)
            eventually("it is finished", lambda: held.callback not in due(taskrouter))


def due(taskrouter):
    """The callbacks without a response."""
    return [each.callback for each in stored(taskrouter) if each.state == "due"]


def stored(taskrouter):
    return taskrouter.read(lambda snapshot: snapshot.deliveries())


@contextmanager
def app_in_place_of_http():
    app = App()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(callbacks, "make_attempts", app.attempts)
        patched.setattr(outbox, "GRACE_SECONDS", 0)
        patched.setattr(outbox, "ASSIGNMENTS_AT_ONCE", 1)  # so SIDs are drawn in the same order
        patched.setattr(settling, "GRACE_SECONDS", 0)
        yield app


def started(database, clock, sids):
    taskrouter = TaskRouter(database, ACCOUNT_SID, "token", clock, sids)
    taskrouter.start()
    return taskrouter


def new_office(taskrouter):
    office = WorkspaceBuilder(client_on(taskrouter), event_callback_url=URL)
    office.workflow(default=office.queue(), assignment_callback_url=URL)
    return office


def take(step, argument, taskrouter, office, app):
    if step == "task":
        office.task(timeout=argument)
    elif step == "worker":
        office.worker(f"Worker {len(office.workspace.workers.list())}")
    elif step == "respond":
        app.respond(taskrouter, argument)
    elif step == "advance":
        taskrouter.advance(argument, settle=False)
    elif step == "complete":
        for task in office.workspace.tasks.list(assignment_status="assigned", limit=1):
            office.workspace.tasks(task.sid).update(assignment_status="completed")
    elif step == "transfer":
        taskrouter.call(partial(transfer_to_queue, argument))
    else:
        taskrouter.resume()
        taskrouter.freeze()


def transfer_to_queue(mode, engine):
    """Transfer the oldest assigned Task."""
    [workspace] = engine.store.find("workspaces", "all")
    [queue] = engine.store.find("task_queues", workspace.sid)
    for task in engine.store.find("in_status", (workspace.sid, "assigned")):
        for one in engine.store.find("reservations_of_task", task.sid):
            if one.reservation_status == "accepted":
                start_transfer(engine, one, queue, mode)
                return


def killed_copy(taskrouter, folder):
    """The file that is left when the process is killed now."""
    file = Path(folder) / "killed.db"
    with closing(sqlite3.connect(file)) as copy:
        taskrouter.database._db.backup(copy)
    return file


def future(taskrouter, sid):
    """The whole state after all callbacks are answered, time has passed, and a new Task is there."""
    assert taskrouter.is_settled(60)
    assert taskrouter.advance(100, timeout=60)
    office = WorkspaceBuilder(client_on(taskrouter), sid=sid)
    office.worker("Last")
    office.task(workflow_sid=office.workspace.workflows.list()[0].sid)
    assert taskrouter.advance(10_000, timeout=60)
    return taskrouter.export_state()


@given(steps=STEPS, later=STEPS)
@settings(max_examples=8)
def test_at_any_moment_import_of_an_export_equals_kill_and_restart(steps, later):
    with app_in_place_of_http() as app, TemporaryDirectory() as folder:
        alive = started(":memory:", ManualClock(), SidMaker(1))
        office = new_office(alive)
        for step in steps:
            take(*step, alive, office, app)
        exported, killed = json.dumps(alive.export_state()), killed_copy(alive, folder)
        for step in later:
            take(*step, alive, office, app)
        app.holds = False
        restarted = started(killed, ManualClock(), SidMaker(2))
        expected = future(restarted, office.workspace_sid)
        alive.sids = SidMaker(2)
        alive.import_state(json.loads(exported))
        assert future(alive, office.workspace_sid) == expected
        for taskrouter in (alive, restarted):
            assert not due(taskrouter)
            taskrouter.close()


def test_import_restores_a_running_and_a_frozen_clock():
    clock = SystemClock(wall=lambda: 1e9, monotonic=lambda: 0.0)
    taskrouter = TaskRouter(":memory:", ACCOUNT_SID, "token", clock)
    running = taskrouter.export_state()
    taskrouter.freeze()
    taskrouter.advance(3_600)
    frozen = taskrouter.export_state()
    for state, expected in ((running, (1e9, None)), (frozen, (1e9 + 3_600, 1e9))):
        taskrouter.import_state(state)
        assert (clock.now(), clock.stopped) == expected
    taskrouter.close()


def test_response_to_a_callback_of_the_replaced_state_changes_nothing():
    with app_in_place_of_http() as app:
        taskrouter = started(":memory:", ManualClock(), SidMaker(1))
        office = new_office(taskrouter)
        office.workspace.update(event_callback_url="")
        while due(taskrouter):
            app.respond(taskrouter, "")
        office.worker("Alice")
        task = office.task()
        eventually("the callback is sent", lambda: app.held)
        [replaced] = app.held
        taskrouter.import_state(taskrouter.export_state())
        replaced.answer("accept")
        eventually("it is sent again", lambda: app.held and app.held[0] is not replaced)
        assert office.statuses(task) == ["pending"]
        app.held[0].answer("reject")
        eventually("the response is applied", lambda: office.statuses(task)[0] == "rejected")
        taskrouter.close()


def test_response_that_is_applied_while_the_state_is_replaced_changes_nothing():
    with app_in_place_of_http():
        taskrouter = started(":memory:", ManualClock(), SidMaker(1))
        office = new_office(taskrouter)
        office.worker("Alice")
        task = office.task()
        delivery = next(each for each in stored(taskrouter) if each.callback.reservation_sid)
        attempt = Attempt(URL, True, 200, answer=INSTRUCTIONS["accept"])
        taskrouter._finish(delivery, [attempt], lambda: True)
        assert office.statuses(task) == ["pending"] and delivery.callback in due(taskrouter)
        taskrouter._finish(delivery, [attempt], lambda: False)
        assert office.statuses(task) == ["accepted"] and delivery.callback not in due(taskrouter)
        taskrouter.close()


@pytest.mark.parametrize("version", [None, 0, VERSION + 1, "x"])
def test_state_of_another_version_is_refused_in_one_sentence(version):
    taskrouter = TaskRouter(":memory:", ACCOUNT_SID, "token", ManualClock())
    state = taskrouter.export_state()
    assert state["version"] == VERSION
    with pytest.raises(ValueError, match=f"^this state has version {version} .*version {VERSION}$"):
        taskrouter.import_state(state | {"version": version})
    taskrouter.close()
