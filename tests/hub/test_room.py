"""Three learners on a real JupyterHub. `benchmarks/room.py` does the same with twenty."""

from collections.abc import Iterator
from contextlib import ExitStack

import hub_room
import pytest
from hub_process import NoProxy
from hub_room import Room, home_of, room, status_for

from helpers.refresh import NOTEBOOKS

LESSONS = [NOTEBOOKS / "00-start-here.ipynb", NOTEBOOKS / "05-accept-the-reservation.ipynb"]


@pytest.fixture(scope="module")
def learnt() -> Iterator[Room]:
    """A room in which everybody has run the lessons, all at once; the servers still run."""
    if reason := hub_room.why_not():
        pytest.skip(f"There can be no JupyterHub of several users here: {reason}.")
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(room(3, LESSONS))
        except NoProxy as fault:
            pytest.skip(f"{fault}.")
        opened.open()
        opened.learn()
        yield opened


def test_every_notebook_spoke_with_an_emulator_of_its_own_learner(learnt):
    emulators = learnt.emulators()
    assert len({running.url for running in emulators.values()}) == 3
    for learner in learnt.learners:
        running = emulators[learner.user]
        assert learner.addresses == [running.url] * len(LESSONS)
        assert running.pid in [process.pid for process in learner.user.processes()]


def test_a_neighbour_can_neither_read_nor_drive_an_emulator(learnt):
    emulators = learnt.emulators()
    for user, running in emulators.items():
        folder = home_of(user).folder
        assert user.run("ls", str(folder)).returncode == 0
        assert status_for(running, running.url) == 200
        for neighbour, theirs in emulators.items():
            if neighbour != user:
                assert "Permission denied" in neighbour.run("ls", str(folder)).stderr
                token = neighbour.run("cat", str(home_of(user).running_file))
                assert "Permission denied" in token.stderr
                assert status_for(theirs, running.url) == 401


def test_nothing_is_left_running_after_the_servers_stop(learnt):
    assert any("helpers.emulator" in command for command in learnt.running())
    learnt.close()
    assert learnt.running() == []
    assert learnt.emulators() == {}
