"""Fixtures: a Workspace in an engine without HTTP, disk or clock."""

import pytest
from engine_lab import Lab


@pytest.fixture
def lab():
    return Lab()


@pytest.fixture
def single():
    """A single-tasking Workspace."""
    return Lab(multi_task_enabled=False)
