"""Learners on a real JupyterHub, all at once: three, or the number in ROOM_LEARNERS.

The isolation of learners does not depend on which notebooks they run, so they share them: each runs
every third one, while neighbors serve and simulate. benchmarks/room.py runs every notebook for each
learner.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hub_process import ProxyUnavailable
from hub_room import Room, home_of, missing_for_room, room, status_with_credentials_of
from smaller_day import with_smaller_day

LEARNERS = int(os.environ.get("ROOM_LEARNERS", "3"))


@pytest.fixture(scope="module")
def busy_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room in which all learners have run their notebooks; their servers still run."""
    if reason := missing_for_room():
        pytest.skip(f"This machine cannot run a JupyterHub with several users: {reason}.")
    notebooks = with_smaller_day(tmp_path_factory.mktemp("room"))
    shares = [notebooks[number % 3 :: 3] for number in range(LEARNERS)]
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(room(shares))
        except ProxyUnavailable as error:
            pytest.skip(f"{error}.")
        opened.open()
        opened.learn()
        yield opened


def test_every_notebook_used_the_emulator_of_its_learner(busy_room):
    emulators = busy_room.emulators()
    assert len({running.url for running in emulators.values()}) == LEARNERS
    for learner in busy_room.learners:
        running = emulators[learner.user]
        assert learner.addresses == [running.url] * len(learner.notebooks)
        assert running.pid in [process.pid for process in learner.user.processes()]


def test_requests_with_a_neighbors_credentials_are_refused(busy_room):
    emulators = busy_room.emulators()
    for running in emulators.values():
        statuses = Counter(
            status_with_credentials_of(emulator, running.url) for emulator in emulators.values()
        )
        assert statuses == {200: 1, 401: LEARNERS - 1}
        assert status_with_credentials_of(running, running.url) == 200


def test_neighbor_cannot_read_an_emulators_files(busy_room):
    users = [learner.user for learner in busy_room.learners]
    for user, neighbor in zip(users, [*users[1:], users[0]], strict=True):
        home = home_of(user)
        assert user.run("cat", str(home.running_file)).returncode == 0
        assert "Permission denied" in neighbor.run("ls", str(home.folder)).stderr
        assert "Permission denied" in neighbor.run("cat", str(home.running_file)).stderr


def test_no_process_runs_after_the_servers_stop(busy_room):
    assert any("local_taskrouter" in command for command in busy_room.running())
    busy_room.close()
    assert busy_room.running() == []
    assert busy_room.emulators() == {}
