"""The local TaskRouter does not stop while a panel is open, and stops after it closes."""

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


class StoppedClock:
    """A clock that the test moves; it counts how often the server reads it."""

    def __init__(self) -> None:
        self.hours = 0.0
        self._reads = count()

    def __call__(self) -> float:
        self.reads = next(self._reads)
        return self.hours * HOUR


@pytest.fixture
def monotonic_clock(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    monotonic_clock = StoppedClock()
    monkeypatch.setattr(server_module, "monotonic", monotonic_clock)
    monkeypatch.setattr(server_module, "_POLL_SECONDS", 0.01)
    return monotonic_clock


@pytest.fixture
def emulator(monotonic_clock) -> Iterator[EmulatorServer]:
    """A local TaskRouter that stops after 12 hours without a request."""
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


def wait_until_read(monotonic_clock: StoppedClock) -> None:
    """Wait until the server has read the clock since it was moved."""
    before = monotonic_clock.reads
    eventually("three reads", lambda: monotonic_clock.reads > before + 3)


def test_taskrouter_stays_while_a_panel_is_open_and_stops_after_it_closes(
    serving, session, monotonic_clock, monkeypatch
):
    monkeypatch.setattr(poller, "TICK", 3600)  # this test polls
    panel = controls.tasks(prepare(session, "task waiting"))
    for _ in range(3):
        monotonic_clock.hours += 11
        wait_until_read(monotonic_clock)
        panel.state.poller.refresh(everything=False)
    assert serving.is_alive()
    panel.close()
    monotonic_clock.hours += 13
    serving.join(10)
    assert not serving.is_alive()


def test_poller_thread_ends_when_the_panel_closes(session, serving, monkeypatch):
    monkeypatch.setattr(poller, "TICK", 0.01)
    monkeypatch.setattr(poller, "SECONDS_BETWEEN", {"local": 0.01})
    panel = controls.tasks(prepare(session, "task waiting"))
    [thread] = [found for found in threading.enumerate() if found.name == "panels"]
    panel.close()
    thread.join(10)
    assert not thread.is_alive()


def test_prints_nothing_on_shutdown_with_open_panels():
    """The process ends during a poll, as a kernel does."""
    ended = subprocess.run(
        [sys.executable, "-c", FOLLOW_AND_END],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "1 Task waits." in ended.stdout
