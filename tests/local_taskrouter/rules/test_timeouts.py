"""Moments as the REST API writes them, and when a Reservation times out."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from local_taskrouter.rules.timeouts import (
    duration,
    iso,
    reservation_deadline,
    reservation_timeout,
    seconds_left,
    time_left,
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


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (0.9, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h"),
        (3659, "1 h"),
        (90_061, "25 h 1 min"),
    ],
)
def test_duration_uses_the_units_that_people_use(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (120, "120 s"), (121, "3 min"), (1_199, "20 min"), (86_399, "24 h")],
)
def test_time_left_is_rounded_up_to_minutes(seconds, text):
    assert time_left(seconds) == text
