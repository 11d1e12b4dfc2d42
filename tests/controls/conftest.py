"""Panels follow TaskRouter in a thread, which ends with each test."""

from collections.abc import Iterator

import pytest

from helpers.controls import watch


@pytest.fixture(autouse=True)
def ended_threads() -> Iterator[None]:
    yield
    watch.stop_all()
