"""A question with choices, each with its feedback, drawn in the page."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers.display.page_widget import PageWidget

_RUN = "Run this cell and choose:"


@dataclass(frozen=True)
class Choice:
    """An answer that the learner may choose, and the feedback that it gets."""

    answer: str
    feedback: str
    right: bool = False


class Question(PageWidget):
    """A question in the page. Its text alternative has the choices, and not which one is right."""

    def __init__(self, text: str, choices: Sequence[Choice]) -> None:
        super().__init__("question", text=text, choices=[vars(each) for each in choices])
        self.text, self.choices = text, tuple(choices)

    def as_text(self) -> str:
        answers = (f"  ○ {choice.answer}" for choice in self.choices)
        return "\n".join([f"Predict: {self.text}", _RUN, *answers])

    def __repr__(self) -> str:
        return self.as_text()


def ask(name: str) -> Question:
    """Return the question `name` of questions.toml.

    Raises ValueError, with the names of that lesson or of all, for an unknown name.
    """
    questions = read_questions()
    if name not in questions:
        raise ValueError(
            f"There is no question {name!r}. The questions are: {', '.join(questions)}."
        )
    return Question(*questions[name])


@cache
def read_questions() -> dict[str, tuple[str, tuple[Choice, ...]]]:
    """Return the text and the choices of every question, by its name."""
    content = tomllib.loads(Path(__file__).with_name("questions.toml").read_text("utf-8"))
    return {
        name: (each["text"], tuple(Choice(**choice) for choice in each["choices"]))
        for name, each in content.items()
    }
