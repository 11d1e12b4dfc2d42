"""The pytest fixture `taskrouter`: pytest loads it wherever local-taskrouter is installed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from local_taskrouter.testing import LocalTaskRouter


@pytest.fixture
def taskrouter() -> Iterator["LocalTaskRouter"]:
    """An empty TaskRouter for this test, with a clock that only the test moves."""
    # Imported here, since every run of pytest in this environment loads this file.
    from local_taskrouter.testing import local_taskrouter

    with local_taskrouter() as running:
        yield running
