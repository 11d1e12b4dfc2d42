"""The environment of a learner who runs notebooks."""

import os
from collections.abc import Iterator

import pytest

from tools.sandbox import isolate, stop_emulator


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """One TaskRouter for all notebooks of a module, so that each finds what others left."""
    environment = dict(os.environ)
    isolate(environment, tmp_path_factory.mktemp("learner"))
    yield environment
    stop_emulator(environment)
