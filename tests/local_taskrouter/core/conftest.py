"""Fixtures: a Workspace in an engine without HTTP, disk or clock."""

import pytest
from engine_lab import EngineLab


@pytest.fixture
def lab():
    return EngineLab()


@pytest.fixture
def single():
    """A single-tasking Workspace."""
    return EngineLab(multi_task_enabled=False)
