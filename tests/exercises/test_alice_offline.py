import pytest

from helpers import exercises


@pytest.fixture
def here(stage):
    return stage("alice offline")


def test_lunch_unsolved_says_where_bob_is(here, marks):
    found = exercises.bob_has_lunch(here.lab)
    assert marks(found) == "✓○"
    assert str(found.lines[1]) == "○ Bob is Unavailable: he is Idle"


def test_lunch_is_solved_by_the_activity_whoever_set_it(here, marks):
    here.bob.update(activity_sid=here.activities["Unavailable"])
    assert marks(exercises.bob_has_lunch(here.lab)) == "✓✓"


def test_lunch_offline_is_another_activity(here, marks):
    here.bob.update(activity_sid=here.lab.offline_sid)
    assert marks(exercises.bob_has_lunch(here.lab)) == "✓○"


def test_lunch_is_not_alices(here, marks):
    here.alice.update(activity_sid=here.activities["Unavailable"])
    found = exercises.bob_has_lunch(here.lab)
    assert marks(found) == "○○"
    assert found.advice.startswith("Next: Update Alice with lab.offline_sid")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('languages HAS "en"', "✓○✓"),
        ('languages HAS "en" AND languages HAS "es"', "✓✓✓"),
        ('languages HAS "es" AND languages HAS "en"', "✓✓✓"),
        ('languages HAS "en" OR languages HAS "es"', "✓○○"),
        ('languages HAS "es"', "✓✓○"),
        ('name == "Alice"', "○✓✓"),
    ],
)
def test_an_expression_is_tried_on_people_who_are_not_there(here, marks, expression, expected):
    here.workspace.task_queues(here.lab.english_queue_sid).update(target_workers=expression)
    found = exercises.both_languages(here.lab)
    assert marks(found) == expected
    assert found.solved == ("○" not in expected)


def test_an_expression_that_is_not_enough_is_shown(here):
    found = exercises.both_languages(here.lab)
    assert str(found.lines[1]) == (
        '○ A Worker who speaks only English does not match: one does, by languages HAS "en"'
    )
