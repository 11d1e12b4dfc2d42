"""The pytest fixture `taskrouter`, which pytest finds once local-taskrouter is installed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from local_taskrouter.testing import LocalTaskRouter


@pytest.fixture
def taskrouter() -> Iterator["LocalTaskRouter"]:
    """An empty TaskRouter of this test's own, with a clock that stands until the test moves it."""
    # Imported here, since every pytest run in this environment loads this file.
    from local_taskrouter.testing import local_taskrouter

    with local_taskrouter() as running:
        yield running
