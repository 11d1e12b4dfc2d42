import re

import nbformat
import pytest

from helpers.exercises import ask
from helpers.exercises.question import read_questions
from tools.refresh import NOTEBOOKS

QUESTIONS = read_questions()


def test_text_alternative_has_the_choices_and_no_answer():
    assert repr(ask("on-a-break")).splitlines() == [
        (
            'Predict: The Activity "On a break" was created with `available=True`. Alice goes there. '
            "What does `alice.available` say?"
        ),
        "Run this cell and choose:",
        "  ○ `False`: a break is a break",
        "  ○ `False` until her break ends",
        "  ○ `True`",
    ]


@pytest.mark.parametrize("name", QUESTIONS)
def test_question_has_one_right_choice_and_feedback_for_each(name):
    text, choices = QUESTIONS[name]
    assert text.endswith("?")
    assert 3 <= len(choices) <= 4
    assert [choice.right for choice in choices].count(True) == 1
    assert all(choice.feedback for choice in choices)
    assert len({choice.answer for choice in choices}) == len(choices)


@pytest.mark.parametrize("name", QUESTIONS)
def test_notebook_stores_nothing_that_gives_the_answer_away(name):
    question = ask(name)
    stored, _ = question._repr_mimebundle_()
    assert stored["text/plain"] == question.as_text()
    assert not [c.feedback for c in question.choices if c.feedback in str(stored)]


def test_right_choices_stand_at_different_places():
    places = {[choice.right for choice in choices].index(True) for _, choices in QUESTIONS.values()}
    assert len(places) > 1


def test_unknown_name_is_refused_with_the_list():
    with pytest.raises(ValueError, match="no question 'lunch'. The questions are: carmen-writes, "):
        ask("lunch")


TERMS = (
    *("Workspace", "Activity", "Worker", "TaskQueue", "Workflow"),
    *("Task", "Reservation", "Assignment Callback"),
)


def test_first_lesson_asks_with_words_that_stand_above():
    """The feedback may not use a term before the lesson does, either."""
    prose, asked = "", []
    for cell in nbformat.read(NOTEBOOKS / "00-start-here.ipynb", as_version=4).cells[1:]:
        if cell.cell_type == "markdown":
            prose += cell.source
        elif found := re.search(r"""exercises\.ask\("(.+)"\)""", cell.source):
            text, choices = read_questions()[found[1]]
            words = " ".join([text, *(f"{each.answer} {each.feedback}" for each in choices)])
            new = {term for term in TERMS if re.search(rf"\b{term}s?\b", words)}
            asked.append((found[1], {term for term in new if term not in prose}))
    assert asked == [(name, set()) for name, _ in asked] and len(asked) == 4
