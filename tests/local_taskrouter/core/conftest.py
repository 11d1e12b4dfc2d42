"""Fixtures: a Workspace in an engine without HTTP, disk or clock."""

import pytest
from engine_lab import EngineLab, reloaded, state
from local_taskrouter.core.transfers import start_transfer


@pytest.fixture
def lab():
    return EngineLab()


@pytest.fixture
def single():
    """A single-tasking Workspace."""
    return EngineLab(multi_task_enabled=False)


class Floor:
    """Alice has accepted a Task from the TaskQueue Spanish; Bob is available, Carla is Offline."""

    def __init__(self, lab):
        self.lab = lab
        self.alice = lab.worker("Alice", {"languages": ["es"]})
        self.queue = lab.queue("Spanish", 'languages HAS "es"')
        workflow = lab.workflow(default=self.queue, task_reservation_timeout=60)
        self.task = lab.task(workflow, {"language": "es"})
        self.held = lab.pending(self.task)
        lab.accept(self.task)
        self.bob = lab.worker("Bob", {"languages": ["en"]})
        self.carla = lab.worker("Carla", {"languages": ["en"]}, activity="Offline")
        self.english = lab.queue("English", 'languages HAS "en"')

    def start(self, to, mode="WARM", reservation=None, **more):
        return self.lab.do(start_transfer, reservation or self.held, to, mode, **more)

    def statuses(self):
        return self.task.assignment_status, self.lab.reservations(self.task)

    def new_events(self, seen):
        return [event.event_type for event in self.lab.events[seen:]]

    def restarted(self):
        assert state(reloaded(self.lab.engine)) == state(self.lab.engine)


@pytest.fixture
def floor(lab):
    return Floor(lab)
