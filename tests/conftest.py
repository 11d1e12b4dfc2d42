"""Fixtures: an emulator in this process with a frozen clock, and emulators in separate processes."""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from local_taskrouter.clock import ManualClock
from local_taskrouter.http.server import EmulatorServer
from local_taskrouter.process import launch
from local_taskrouter.process.home import Home
from local_taskrouter.testing import LocalTaskRouter
from session_with import session_with
from twilio.rest import Client

from helpers.lessons.workspace import AnyLab, prepare
from helpers.session.session import Session

# The same examples in every run, however slow the machine is: a red test is never luck.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def shared_emulator() -> Iterator[EmulatorServer]:
    with LocalTaskRouter() as running:
        yield running.server


@pytest.fixture
def emulator(request: pytest.FixtureRequest) -> Iterator[EmulatorServer]:
    """An empty emulator in this process with a frozen clock; `emulator.taskrouter` is its service.

    Tests share it, since starting one takes longer than most tests, and it is reset after each. A
    test that stops its emulator uses the fixture `taskrouter`, and gets that one.
    """
    if "taskrouter" in request.fixturenames:
        yield request.getfixturevalue("taskrouter").server
        return
    server = request.getfixturevalue("shared_emulator")
    yield server
    server.taskrouter.reset()


@pytest.fixture
def clock(emulator: EmulatorServer) -> ManualClock:
    return emulator.taskrouter.clock


@pytest.fixture
def client(session: Session) -> Client:
    """The SDK's client of `emulator`."""
    return session.client


@pytest.fixture
def session(emulator: EmulatorServer) -> Iterator[Session]:
    """A Session with `emulator`, whose requests are in `session.requests`."""
    with session_with(emulator) as session:
        yield session


@pytest.fixture(scope="session")
def prepared_states() -> dict[str, tuple[dict[str, Any], AnyLab]]:
    return {}


@pytest.fixture
def prepared(session: Session, emulator: EmulatorServer, prepared_states) -> Callable[[str], Any]:
    """A function that returns `prepare(session, start)` for an empty account, and sends no requests.

    The twenty requests of `prepare` are sent once for each start; after that the state is loaded.
    """

    def prepared(start: str) -> Any:
        if start not in prepared_states:
            lab = prepare(session, start)
            prepared_states[start] = (emulator.taskrouter.export_state(), lab)
            session.requests.clear()
        state, lab = prepared_states[start]
        emulator.taskrouter.import_state(state)
        return replace(lab, session=session)

    return prepared


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """The home of an emulator in a separate process, which is stopped at the end."""
    home = Home(tmp_path / "home")
    use_home(home, monkeypatch)
    yield home
    stop(home)


@pytest.fixture
def running_home(shared_home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The home of an empty emulator that runs in a separate process.

    Tests share it, and may kill the emulator. A test that damages its files uses `home`.
    """
    use_home(shared_home, monkeypatch)
    launch.send_control(launch.ensure_running(shared_home), "POST", "/emulator/reset")
    return shared_home


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = Home(tmp_path_factory.mktemp("shared") / "home")
    yield home
    stop(home)


def use_home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the environment to this home, without any credentials."""
    for name in list(os.environ):
        if name.startswith(("TASKROUTER_", "TWILIO_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TASKROUTER_HOME", str(home.folder))


def stop(home: Home) -> None:
    try:
        launch.stop(home)
    except launch.EmulatorUnavailable:
        os.kill(home.running().pid, signal.SIGTERM)
