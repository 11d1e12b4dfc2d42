"""Learners on a real JupyterHub, all at once: three, or as many as ROOM_LEARNERS says.

What keeps learners apart doesn't depend on who runs which notebook. So they share the notebooks:
each runs every third one, several in a row, beside neighbors who serve and simulate at that time.
benchmarks/room.py lets everybody run everything.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import hub_room
import pytest
from hub_process import NoProxy
from hub_room import Room, home_of, room, status_for
from smaller_day import with_smaller_day

LEARNERS = int(os.environ.get("ROOM_LEARNERS", "3"))


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room in which everybody has run their notebooks, all at once; the servers still run."""
    if reason := hub_room.why_not():
        pytest.skip(f"There can be no JupyterHub of several users here: {reason}.")
    notebooks = with_smaller_day(tmp_path_factory.mktemp("room"))
    shares = [notebooks[number % 3 :: 3] for number in range(LEARNERS)]
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(room(shares))
        except NoProxy as fault:
            pytest.skip(f"{fault}.")
        opened.open()
        opened.learn()
        yield opened


def test_every_notebook_spoke_with_an_emulator_of_its_own_learner(learnt):
    emulators = learnt.emulators()
    assert len({running.url for running in emulators.values()}) == LEARNERS
    for learner in learnt.learners:
        running = emulators[learner.user]
        assert learner.addresses == [running.url] * len(learner.notebooks)
        assert running.pid in [process.pid for process in learner.user.processes()]


def test_a_neighbor_cannot_drive_an_emulator(learnt):
    emulators = learnt.emulators()
    for running in emulators.values():
        answers = Counter(status_for(asking, running.url) for asking in emulators.values())
        assert answers == {200: 1, 401: LEARNERS - 1}
        assert status_for(running, running.url) == 200


def test_a_neighbor_cannot_read_what_an_emulator_keeps(learnt):
    users = [learner.user for learner in learnt.learners]
    for user, neighbor in zip(users, [*users[1:], users[0]], strict=True):
        home = home_of(user)
        assert user.run("cat", str(home.running_file)).returncode == 0
        assert "Permission denied" in neighbor.run("ls", str(home.folder)).stderr
        assert "Permission denied" in neighbor.run("cat", str(home.running_file)).stderr


def test_nothing_is_left_running_after_the_servers_stop(learnt):
    assert any("local_taskrouter" in command for command in learnt.running())
    learnt.close()
    assert learnt.running() == []
    assert learnt.emulators() == {}
