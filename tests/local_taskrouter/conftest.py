"""Fixtures: a Workspace that is built through the SDK, and a web server that gets its callbacks."""

import pytest
from callback_receiver import Learner
from workspace_builder import WorkspaceBuilder


@pytest.fixture
def built(client):
    return WorkspaceBuilder(client)


@pytest.fixture
def workspace(built):
    return built.workspace


@pytest.fixture
def activities(built):
    """Activity SIDs by name."""
    return built.activities


@pytest.fixture
def queue(built):
    return built.queue()


@pytest.fixture
def workflow(built, queue):
    return built.workflow(default=queue)


@pytest.fixture
def alice(built):
    """A Worker who is available."""
    return built.worker("Alice", languages=["es"])


@pytest.fixture
def task(built, workflow, alice):
    """A Task that is reserved for Alice."""
    return built.task()


@pytest.fixture
def reservation(built, task):
    (reservation,) = built.reservations(task)
    return reservation


@pytest.fixture
def learner():
    learner = Learner()
    yield learner
    learner.close()


@pytest.fixture
def announce(built, queue, alice, emulator):
    """Create a Task that is reserved for Alice, and wait until its callback is answered."""

    def announce(url, fallback="", attributes=None):
        built.workflow(
            default=queue, assignment_callback_url=url, fallback_assignment_callback_url=fallback
        )
        task = built.task(attributes or {"selected_language": "es"}, priority=3)
        emulator.taskrouter.settle()
        return task

    return announce
