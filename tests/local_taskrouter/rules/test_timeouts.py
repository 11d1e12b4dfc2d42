"""Moments as the REST API writes them, and when a Reservation times out."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from local_taskrouter.rules.timeouts import (
    iso,
    reservation_deadline,
    reservation_timeout,
    seconds_left,
)

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_moment_is_written_in_whole_seconds_and_text_stays_as_it_is():
    assert iso(NOON.replace(microsecond=999_999)) == "2026-01-31T12:00:00Z"
    assert iso("2026-01-31T12:00:00Z") == "2026-01-31T12:00:00Z"


@pytest.mark.parametrize(
    ("workflow", "seconds"),
    [(None, 120), (SimpleNamespace(task_reservation_timeout=600), 600)],
)
def test_reservation_timeout_is_the_workflows_or_120_seconds(workflow, seconds):
    assert reservation_timeout(workflow) == seconds
    until = reservation_deadline(NOON, workflow)
    assert (until - NOON).total_seconds() == seconds
    assert seconds_left(until, NOON) == seconds


def test_no_seconds_are_left_after_the_end():
    assert seconds_left(NOON, NOON.replace(hour=13)) == 0
