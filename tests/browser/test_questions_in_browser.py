"""A question and a self-check of a lesson in JupyterLab: by mouse, by keyboard, in both themes."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from helpers.installation import CLONE
from tools.refresh import normalize, run

CELLS = (
    "from helpers import exercises",
    'exercises.ask("on-a-break")',
    'exercises.ask("who-matches")',
)


START = """from helpers import connect, exercises, prepare
lab = prepare(connect(), "alice offline")"""
SELF_CHECK = "exercises.both_languages(lab)"


@pytest.fixture
def questions(tab):
    tab.show("notebooks/questions.ipynb", *CELLS)
    return tab


def test_feedback_appears_after_the_answer_only(questions):
    panel = questions.output_of("on-a-break").get_by_role("group", name="Prediction: ")
    feedback = panel.get_by_text("TaskRouter doesn't read the name.")
    answer = panel.get_by_role("button", name="Answer")
    expect(answer).to_have_attribute("aria-disabled", "true")
    answer.dispatch_event("click")  # nothing is chosen
    expect(panel.get_by_role("radio")).to_have_count(3)
    panel.get_by_role("radio", name="a break is a break").click()
    expect(feedback).to_have_count(0)
    answer.click()
    expect(feedback).to_be_visible()
    expect(panel.get_by_text("your answer", exact=True)).to_be_visible()
    expect(panel.get_by_text("what happens")).to_be_visible()
    questions.inspect()
    panel.get_by_role("button", name="Try again").click()
    expect(feedback).to_have_count(0)
    panel.get_by_role("radio", name="True", exact=True).click()
    answer.click()
    expect(panel.get_by_text("your answer, right")).to_be_visible()


def test_question_is_answered_by_keyboard_alone(questions):
    panel = questions.output_of("who-matches").get_by_role("group", name="Prediction: ")
    first = panel.get_by_role("radio").first
    first.focus()
    questions.page.keyboard.press("ArrowDown")
    questions.page.keyboard.press("Space")
    expect(panel.get_by_role("radio", name="Alice", exact=True)).to_be_checked()
    questions.page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Answer")).to_be_focused()
    questions.page.keyboard.press("Enter")
    expect(panel.get_by_text("your answer, right")).to_be_visible()
    expect(panel.get_by_role("button", name="Try again")).to_be_focused()
    questions.reload()
    expect(questions.output_of("who-matches").get_by_role("radio")).to_have_count(4)


def test_stored_answer_is_collapsed_until_its_cell_runs(tab):
    """The question itself, and what is not an answer, is readable before it runs."""
    notebook = new_notebook(cells=[new_code_cell(each) for each in (*CELLS, "print(6 * 7)")])
    run(notebook, CLONE)
    normalize(notebook)
    for cell in notebook.cells:
        cell.execution_count = None  # run_all waits for higher numbers
    nbformat.write(notebook, Path(tab.server["clone"], "notebooks/stored.ipynb"))
    tab.open("notebooks/stored.ipynb")
    answer = tab.outputs.get_by_text("42", exact=True)
    expect(tab.outputs.get_by_text("Run this cell and choose").first).to_be_visible()
    expect(answer).not_to_be_visible()
    tab.shot("stored-answer")
    tab.run_all()
    expect(answer).to_be_visible()


def test_self_check_refreshes_itself_while_the_learner_tries(tab, lab):
    tab.show("notebooks/self-check.ipynb", START, SELF_CHECK)
    panel = tab.output_of(SELF_CHECK).get_by_role("group", name="Self-check: ")
    expect(panel.get_by_text("Not yet solved")).to_be_visible()
    queue = lab.workspace.task_queues(lab.english_queue_sid)
    queue.update(target_workers='languages HAS "en" AND languages HAS "es"')
    expect(panel.get_by_text("Solved: Two languages")).to_be_visible()
    tab.inspect()
    tab.reload()
    queue.update(target_workers='languages HAS "en"')
    expect(panel.get_by_text("Not yet solved")).to_be_visible()
    tab.inspect()
