import json

import pytest

from helpers.exercises import bob_learns_spanish


@pytest.fixture
def here(stage):
    """Alice is asked about the first Task; the second waits, because she is busy."""
    here = stage("task waiting")
    here.alice.update(activity_sid=here.lab.idle_sid)
    here.task({"selected_language": "es"})
    return here


def speak(here, *languages):
    here.bob.update(attributes=json.dumps({"languages": languages}))


def test_unsolved_bob_speaks_english_and_waits(here, marks):
    found = bob_learns_spanish(here.lab)
    assert marks(found) == "○✓○"
    assert str(found.lines[2]) == (
        "○ Bob is asked about a Task in Spanish: he holds none, and is Idle"
    )


def test_with_both_languages_he_is_asked_at_once(here, marks):
    speak(here, "en", "es")
    assert marks(bob_learns_spanish(here.lab)) == "✓✓✓"


def test_attributes_that_replace_the_english_are_not_enough(here, marks):
    speak(here, "es")
    found = bob_learns_spanish(here.lab)
    assert marks(found) == "✓○✓"
    assert found.advice.startswith("Next: New attributes take the place of all the old ones.")


def test_languages_under_another_key_are_not_found(here, marks):
    here.bob.update(attributes=json.dumps({"language": ["en", "es"]}))
    assert marks(bob_learns_spanish(here.lab)) == "○○○"


def test_a_task_in_english_is_not_the_one(here, marks):
    here.task({"selected_language": "en"})
    speak(here, "en", "es")
    assert marks(bob_learns_spanish(here.lab)) == "✓✓○"
