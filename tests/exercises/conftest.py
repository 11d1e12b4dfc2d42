"""Exercises as a learner does them, on a running TaskRouter."""

from collections.abc import Callable, Iterator

import pytest
from local_taskrouter.http.server import EmulatorServer
from open_exercise import Exercises, OpenExercise
from session_with import session_with

from helpers.controls.follow import poller
from helpers.exercises import SelfCheck
from helpers.webhooks.server import stop_all


@pytest.fixture(autouse=True)
def ended_threads() -> Iterator[None]:
    yield
    poller.stop_all()


@pytest.fixture(scope="package")
def exercises(shared_emulator: EmulatorServer) -> Iterator[Exercises]:
    with session_with(shared_emulator) as session:
        yield Exercises(session)
    stop_all()


@pytest.fixture
def open_exercise(
    emulator: EmulatorServer, exercises: Exercises
) -> Callable[[str, str], OpenExercise]:
    """Starts an exercise: the lesson's first cell and the start cells have run."""
    return lambda lesson, title: exercises.open(lesson, title, emulator)


@pytest.fixture
def marks() -> Callable[[SelfCheck], str]:
    """The first character of each line of a self-check: "✓○"."""
    return lambda self_check: "".join(str(line)[0] for line in self_check.lines)


@pytest.fixture
def expect(marks: Callable[[SelfCheck], str]) -> Callable[[SelfCheck, str, str], None]:
    """Asserts the marks of a self-check, and a part of its advice."""

    def expect(found: SelfCheck, marked: str, advice: str) -> None:
        assert marks(found) == marked and advice in found.advice, found

    return expect
