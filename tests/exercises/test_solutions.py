"""Each exercise needs no cell but the lesson's first and its own, and its solution solves it."""

import pytest
from open_exercise import every_exercise
from twilio.base.exceptions import TwilioException

from helpers.session.api_errors import what_to_do

NEED_OTHER_CELLS = {
    ("12-on-real-twilio", "remove one of three"),  # it starts a second TaskRouter
}
# Their cells play days or write files: tests/kernels and test_app_tests.py solve these exercises.
NEED_THE_LESSON = ("09-a-day-on-the-floor", "10-test-your-app")


@pytest.mark.parametrize(
    ("lesson", "title"),
    [
        each
        for each in every_exercise()
        if each not in NEED_OTHER_CELLS and each[0] not in NEED_THE_LESSON
    ],
)
def test_exercise_is_unsolved_before_its_solution_and_solved_after(open_exercise, lesson, title):
    exercise = open_exercise(lesson, title)
    assert not exercise.attempt("").solved
    assert exercise.write(exercise.solution) is None
    assert exercise.check().solved, exercise.check()


@pytest.mark.parametrize(
    ("lesson", "title"),
    [each for each in every_exercise() if "03" <= each[0] < "06" and each[1] != "The mail"],
)
def test_after_the_clean_up_a_sentence_says_where_to_begin(open_exercise, lesson, title):
    exercise = open_exercise(lesson, title)
    exercise.write("")
    exercise.names["session"].teardown()
    steps = [exercise.check, *([exercise.begin] if exercise.preparation else [])]
    for step in steps:
        with pytest.raises(TwilioException) as deleted:
            step()
        assert "Run the notebook from its first cell" in what_to_do(deleted.value)
