import pytest

from helpers.exercises import ask
from helpers.exercises.question import read_questions

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
