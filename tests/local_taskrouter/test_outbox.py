"""The outbox: which callbacks are under way at the same time, and which wait for which."""

import asyncio
import socket
import threading
from collections import Counter

import pytest
from asgi_client import client_on
from callback_receiver import JSON
from local_taskrouter import outbox as outbox_module
from local_taskrouter.callbacks import Attempt, make_attempts
from local_taskrouter.clock import ManualClock
from local_taskrouter.core.records import Callback
from local_taskrouter.database import Delivery
from local_taskrouter.faults import Faults
from local_taskrouter.outbox import ASSIGNMENTS_AT_ONCE, PLENTY, Outbox
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter
from timeout import SECONDS, eventually
from workspace_builder import WorkspaceBuilder

GOOD = "http://good/"


class Desk:
    """An outbox whose requests all hang, except those to GOOD, until `respond` is called."""

    def __init__(self):
        self.sent, self.finished, self.canceled, self.loaded = [], [], [], []
        self.stored = {}
        self._hanging = {}
        self.outbox = self.new_outbox()

    def new_outbox(self, **options):
        return Outbox(self.send, self.finish, self.load, **options)

    async def send(self, client, callback):
        url = callback.url
        self.sent.append((url, callback.parameters.get("n")))
        if url != GOOD:
            answered = self._hanging[url, len(self.sent)] = asyncio.Event()
            self._loop = asyncio.get_running_loop()
            try:
                await answered.wait()
            except asyncio.CancelledError:
                self.canceled.append(url)
                raise
        return [Attempt(url, True, 200)]

    def finish(self, delivery, attempts, is_discarded):
        self.finished.append(delivery.id)

    def load(self, number):
        self.loaded.append(number)
        return self.stored.get(number)

    def respond(self, url, count=1):
        """Answer the oldest requests to this URL."""
        for key in [key for key in self._hanging if key[0] == url][:count]:
            self._loop.call_soon_threadsafe(self._hanging.pop(key).set)

    def submit(self, url, number=0, assignment=False, workspace="WS1"):
        callback = Callback(workspace, url, {"n": str(number)}, "WR1" if assignment else "")
        self.outbox.submit(Delivery(number, "due", callback))

    def under_way(self):
        """How many requests each URL has had."""
        return Counter(url for url, _ in self.sent)


@pytest.fixture
def desk(monkeypatch):
    monkeypatch.setattr(outbox_module, "GRACE_SECONDS", 0)
    desk = Desk()
    yield desk
    desk.outbox.close()


@pytest.mark.parametrize("assignment", [True, False])
def test_when_a_thousand_addresses_hang_another_gets_its_callback(desk, assignment):
    for number in range(900):
        for _ in range(2):
            desk.submit(f"http://hangs/{number}", assignment=assignment)
    eventually("all hang", lambda: len(desk.under_way()) == 900)
    desk.submit(GOOD, number=7)
    eventually("the good one is answered", lambda: desk.finished == [7])


def test_events_of_a_workspace_leave_one_after_another_in_their_order(desk):
    for number in range(3):
        desk.submit("http://slow/", number)
    for number in range(3):
        eventually("one is sent", lambda sent=number + 1: len(desk.sent) == sent)
        desk.respond("http://slow/")
        eventually("it is answered", lambda done=number + 1: len(desk.finished) == done)
    assert [n for _, n in desk.sent] == ["0", "1", "2"]


def test_workspaces_with_one_address_do_not_wait_for_each_other(desk):
    for workspace in ("WS1", "WS2"):
        desk.submit("http://slow/", workspace=workspace)
    eventually("both are sent", lambda: len(desk.sent) == 2)


def test_eight_assignment_callbacks_to_an_address_are_under_way_at_a_time(desk):
    for number in range(ASSIGNMENTS_AT_ONCE + 2):
        desk.submit("http://slow/", number, assignment=True)
    eventually("eight are sent", lambda: len(desk.sent) == ASSIGNMENTS_AT_ONCE)
    desk.respond("http://slow/")
    eventually("the ninth is sent", lambda: len(desk.sent) == ASSIGNMENTS_AT_ONCE + 1)
    assert [n for _, n in desk.sent] == [str(n) for n in range(ASSIGNMENTS_AT_ONCE + 1)]


def test_with_many_requests_under_way_each_address_has_one(desk):
    for number in range(PLENTY):
        desk.submit(f"http://hangs/{number}", assignment=True)
    for _ in range(3):
        desk.submit("http://slow/", assignment=True)
    eventually("it is sent", lambda: desk.under_way()["http://slow/"] == 1)
    desk.respond("http://slow/")
    eventually("the next one is sent", lambda: desk.under_way()["http://slow/"] == 2)
    assert len(desk.sent) == PLENTY + 2


def test_no_more_requests_are_under_way_than_allowed(desk):
    desk.outbox = desk.new_outbox(most=2)
    for number in range(4):
        desk.submit(f"http://slow/{number}")
    for answered in range(3):
        eventually("two are under way", lambda sent=answered + 2: len(desk.sent) == min(sent, 4))
        desk.respond(desk.sent[answered][0])
        eventually("one is answered", lambda done=answered + 1: len(desk.finished) == done)
    assert [url for url, _ in desk.sent] == [f"http://slow/{number}" for number in range(4)]


def test_of_a_long_line_only_the_first_are_in_memory(desk, monkeypatch):
    monkeypatch.setattr(outbox_module, "IN_MEMORY", 2)
    desk.stored = {4: Delivery(4, "due", Callback("WS1", GOOD, {}))}  # 3 and 5 have been deleted
    for number in range(6):
        desk.submit("http://slow/", number)
    for number in range(3):
        eventually("one is sent", lambda sent=number + 1: len(desk.sent) == sent)
        desk.respond("http://slow/")
    assert desk.outbox.wait(SECONDS)
    assert (desk.loaded, desk.finished) == ([3, 4, 5], [0, 1, 2, 4])


def test_discarded_callbacks_are_not_sent(desk):
    for number in range(3):
        desk.submit("http://slow/", number)
    eventually("one is sent", lambda: len(desk.sent) == 1)
    desk.outbox.discard()
    desk.respond("http://slow/")
    assert desk.outbox.wait(SECONDS)
    assert len(desk.sent) == 1


def test_delivery_discarded_before_its_first_step_holds_up_no_other(desk):
    desk.submit(GOOD)
    assert desk.outbox.wait(SECONDS)  # the outbox's thread has started
    busy, free = threading.Event(), threading.Event()
    desk.outbox._loop.call_soon_threadsafe(lambda: busy.set() or free.wait(SECONDS))
    assert busy.wait(SECONDS)
    desk.submit(GOOD, 1)
    desk.outbox.discard()
    desk.submit(GOOD, 2)
    free.set()
    assert desk.outbox.wait(SECONDS)
    assert desk.finished == [0, 2]


def test_delivery_discarded_while_it_is_finished_is_known_to_be(desk, monkeypatch):
    finishing, may_go_on, found = threading.Event(), threading.Event(), []

    def finish(delivery, attempts, is_discarded):
        finishing.set()
        may_go_on.wait(SECONDS)
        found.append(is_discarded())

    monkeypatch.setattr(desk.outbox, "_finish", finish)
    for discard in (False, True):
        finishing.clear()
        may_go_on.clear()
        desk.submit(GOOD)
        assert finishing.wait(SECONDS)
        if discard:
            desk.outbox.discard()
        may_go_on.set()
        eventually("it is finished", lambda count=discard + 1: len(found) == count)
    assert found == [False, True]


def test_close_cancels_what_hangs_and_sends_nothing_that_waits(desk):
    threads = set(threading.enumerate())
    for number in range(3):
        desk.submit("http://hangs/", number)
    eventually("one is sent", lambda: len(desk.sent) == 1)
    desk.outbox.close()
    desk.submit("http://hangs/")
    assert (len(desk.sent), desk.canceled, desk.finished) == (1, ["http://hangs/"], [])
    assert set(threading.enumerate()) <= threads


def test_close_waits_for_a_response_that_is_about_to_come(desk, monkeypatch):
    monkeypatch.setattr(outbox_module, "GRACE_SECONDS", SECONDS)
    wait = desk.outbox.wait

    def respond_meanwhile(*args):
        desk.respond("http://slow/")
        return wait(*args)

    monkeypatch.setattr(desk.outbox, "wait", respond_meanwhile)
    desk.submit("http://slow/", 7)
    eventually("it is sent", lambda: len(desk.sent) == 1)
    desk.outbox.close()
    assert (desk.finished, desk.canceled) == ([7], [])


def test_close_discards_before_a_response_can_start_what_waits(desk, monkeypatch):
    drop, lock = desk.outbox._drop_waiting, desk.outbox._changed
    could_start = []

    def respond():
        could_start.append(lock.acquire(blocking=False))
        if could_start[0]:
            lock.release()

    def drop_after_a_response():
        thread = threading.Thread(target=respond)
        thread.start()
        thread.join()
        drop()

    monkeypatch.setattr(desk.outbox, "_drop_waiting", drop_after_a_response)
    desk.outbox.close()
    assert could_start == [False]


def test_failure_while_finishing_is_logged_and_the_next_one_is_sent(desk, caplog, monkeypatch):
    finish = desk.finish

    def fails_once(delivery, attempts, is_discarded):
        finish(delivery, attempts, is_discarded)
        if len(desk.finished) == 1:
            raise OSError("no space left")

    monkeypatch.setattr(desk.outbox, "_finish", fails_once)
    for number in range(2):
        desk.submit(GOOD, number)
    assert desk.outbox.wait(SECONDS)
    assert desk.finished == [0, 1] and "no space left" in caplog.text


def test_name_that_no_server_resolves_delays_no_other(receiver, monkeypatch):
    look_up, unanswered, asked = socket.getaddrinfo, threading.Event(), set()

    def resolve(host, *args, **options):
        asked.add(host)
        if host.startswith("unanswered"):
            unanswered.wait(SECONDS)
            raise socket.gaierror("no answer")
        return look_up(host, *args, **options)

    async def send(client, callback):
        return await make_attempts(client, callback, ACCOUNT_SID, "token", Faults())

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    finished = []
    box = Outbox(
        send, lambda delivery, attempts, _: finished.append(attempts[0].url), lambda _: None
    )
    for number in range(64):
        url = f"http://unanswered-{number}/"
        box.submit(Delivery(number, "due", Callback("WS1", url, {}, "WR1")))
    eventually("all names are looked up", lambda: len(asked) == 64)
    url = receiver.url.replace("127.0.0.1", "localhost")
    box.submit(Delivery(64, "due", Callback("WS1", url, {}, "WR1")))
    eventually("the callback arrives", lambda: finished == [url])
    box.close()  # although the lookups have not ended
    unanswered.set()


@pytest.fixture
def hanging():
    """The URL of a server that accepts connections and never responds."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_hanging_event_address_does_not_delay_the_assignment_callback(
    hanging, built, client, emulator, receiver
):
    workspace = client.taskrouter.v1.workspaces(built.workspace_sid)
    workspace.update(event_callback_url=hanging)
    for number in range(2 * ASSIGNMENTS_AT_ONCE):
        workspace.activities.create(f"Break {number}")
    built.worker("Alice")
    built.workflow(default=built.queue(), assignment_callback_url=receiver.url)
    receiver.answer = lambda request: (200, JSON, '{"instruction": "accept"}')
    task = built.task()
    eventually("the instruction is applied", lambda: built.status(task) == "assigned")
    assert {delivery.state for delivery in emulator.taskrouter.deliveries()} == {"due", "done"}


def test_callback_that_hangs_at_a_stop_is_sent_again_after_the_restart(
    hanging, receiver, tmp_path, monkeypatch
):
    monkeypatch.setattr(outbox_module, "GRACE_SECONDS", 0)
    database = tmp_path / "stopped.db"
    stopped = TaskRouter(database, ACCOUNT_SID, "token", ManualClock())
    office = WorkspaceBuilder(client_on(stopped))
    office.worker("Alice")
    office.workflow(default=office.queue(), assignment_callback_url=hanging)
    office.task()
    stopped.close()
    again = TaskRouter(database, ACCOUNT_SID, "token", ManualClock())
    assert [delivery.state for delivery in again.deliveries()] == ["due"]
    again.close()
