"""The pytest fixtures: pytest loads them wherever local-taskrouter is installed."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from local_taskrouter.testing import LocalTaskRouter


@pytest.fixture(scope="session")
def taskrouter_options() -> Mapping[str, Any]:
    """The arguments of `LocalTaskRouter` for both fixtures: override it in your conftest.py."""
    return {}


@pytest.fixture
def taskrouter(taskrouter_options: Mapping[str, Any]) -> Iterator["LocalTaskRouter"]:
    """A TaskRouter for this test alone, with a clock that only the test moves."""
    yield from _running(taskrouter_options)


@pytest.fixture(scope="session")
def session_taskrouter(taskrouter_options: Mapping[str, Any]) -> Iterator["LocalTaskRouter"]:
    """A TaskRouter for all tests of a process, which keeps its state from test to test."""
    yield from _running(taskrouter_options)


def _running(options: Mapping[str, Any]) -> Iterator["LocalTaskRouter"]:
    # Imported here, since every run of pytest in this environment loads this file.
    from local_taskrouter.testing import LocalTaskRouter

    with LocalTaskRouter(**options) as running:
        yield running
