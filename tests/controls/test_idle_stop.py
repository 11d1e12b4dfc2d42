"""An open panel means that somebody is looking: the local TaskRouter stays. A closed one is not."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import count

import pytest
from local_taskrouter.clock import ManualClock
from local_taskrouter.http import server as server_module
from local_taskrouter.http.server import EmulatorServer
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter
from timeout import eventually

from helpers import controls
from helpers.controls.follow import poller
from helpers.lessons.workspace import prepare
from helpers.session.session import Session

HOUR = 3600
FOLLOW_AND_END = """
from helpers import connect, controls, prepare
lab = prepare(connect(), "task waiting")
panels = [controls.tasks(lab), controls.clock(lab), controls.floor(lab)]
print(repr(panels[0]))
"""


class Hands:
    """A clock that the test moves; it knows how often somebody has looked at it."""

    def __init__(self) -> None:
        self.hours = 0.0
        self._looks = count()

    def __call__(self) -> float:
        self.looked = next(self._looks)
        return self.hours * HOUR


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands = Hands()
    monkeypatch.setattr(server_module, "monotonic", hands)
    monkeypatch.setattr(server_module, "_LOOK_SECONDS", 0.01)
    return hands


@pytest.fixture
def emulator(hands) -> Iterator[EmulatorServer]:
    """One that stops after 12 hours without a request."""
    taskrouter = TaskRouter(":memory:", ACCOUNT_SID, "0" * 32, ManualClock())
    server = EmulatorServer(taskrouter, idle_hours=12)
    yield server
    server.stop()


@pytest.fixture
def serving(emulator) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=emulator.run)
    thread.start()
    yield thread
    emulator.stop()
    thread.join()


@pytest.fixture
def session(client, emulator) -> Session:
    client.username, client.password, client.auth = ACCOUNT_SID, "0" * 32, (ACCOUNT_SID, "0" * 32)
    log = client.http_client.log
    return Session(client, "local", emulator.url, log, ACCOUNT_SID, "0" * 32)


def looks_again(hands: Hands) -> None:
    """The server has looked at the clock since it was moved."""
    before = hands.looked
    eventually("three looks", lambda: hands.looked > before + 3)


def test_taskrouter_stays_while_a_panel_is_open_and_stops_after_it_closes(
    serving, session, hands, monkeypatch
):
    monkeypatch.setattr(poller, "TICK", 3600)  # the panel looks when this test says so
    panel = controls.tasks(prepare(session, "task waiting"))
    for _ in range(3):
        hands.hours += 11
        looks_again(hands)
        panel.state.poller.refresh(everything=False)
    assert serving.is_alive()
    panel.close()
    hands.hours += 13
    serving.join(10)
    assert not serving.is_alive()


def test_poller_thread_ends_when_the_panel_closes(session, serving, monkeypatch):
    monkeypatch.setattr(poller, "TICK", 0.01)
    monkeypatch.setattr(poller, "SECONDS_BETWEEN", {"local": 0.01})
    panel = controls.tasks(prepare(session, "task waiting"))
    [thread] = [one for one in threading.enumerate() if one.name == "panels"]
    panel.close()
    thread.join(10)
    assert not thread.is_alive()


def test_prints_nothing_on_shutdown_with_open_panels():
    """As a kernel does, the process ends while its thread looks."""
    ended = subprocess.run(
        [sys.executable, "-c", FOLLOW_AND_END],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "1 Task: 1 pending." in ended.stdout
