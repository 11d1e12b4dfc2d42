"""Each exercise needs no cell but the lesson's first and its own, and its solution solves it."""

import pytest
from open_exercise import every_exercise

NEED_OTHER_CELLS = {
    ("12-on-real-twilio", "remove one of three"),  # it starts a second TaskRouter
}
# Its cells write files instead of Python to run: test_app_tests.py solves its exercises.
WRITES_FILES = "10-test-your-app"


@pytest.mark.parametrize(
    ("lesson", "title"),
    [each for each in every_exercise() if each not in NEED_OTHER_CELLS and each[0] != WRITES_FILES],
)
def test_exercise_is_unsolved_before_its_solution_and_solved_after(open_exercise, lesson, title):
    exercise = open_exercise(lesson, title)
    exercise.write("")
    assert not exercise.check().solved
    assert exercise.write(exercise.solution) is None
    assert exercise.check().solved, exercise.check()
