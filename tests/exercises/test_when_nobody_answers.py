import pytest

from helpers.exercises import away_not_gone


@pytest.fixture
def here(stage):
    return stage("alice offline")


def test_unsolved_who_does_not_answer_becomes_offline(here, marks):
    found = away_not_gone(here.lab)
    assert marks(found) == "○✓"
    assert str(found.lines[0]).endswith(": the timeout Activity is Offline")


def test_the_timeout_activity_is_enough(here, marks):
    here.workspace.update(timeout_activity_sid=here.activities["Unavailable"])
    assert marks(away_not_gone(here.lab)) == "✓✓"


def test_the_default_activity_is_another_thing(here, marks):
    here.workspace.update(default_activity_sid=here.activities["Unavailable"])
    found = away_not_gone(here.lab)
    assert marks(found) == "○○"


def test_both_is_too_much(here, marks):
    sid = here.activities["Unavailable"]
    here.workspace.update(timeout_activity_sid=sid, default_activity_sid=sid)
    found = away_not_gone(here.lab)
    assert marks(found) == "✓○"
    assert "it is for new Workers" in found.advice


def test_available_would_ask_the_same_empty_chair_again(here, marks):
    here.workspace.update(timeout_activity_sid=here.lab.idle_sid)
    assert marks(away_not_gone(here.lab)) == "○✓"
