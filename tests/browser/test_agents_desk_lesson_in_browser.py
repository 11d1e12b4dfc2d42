"""Lesson 11: JupyterLab in one tab, and the page that it serves in another."""

import re
import shutil
from pathlib import Path

import pytest
from browser_tab import SCREENSHOTS
from exercise_guard import solution_of
from lesson_steps import check_hint_and_solution, wait_for_activity
from nbformat import read
from playwright.sync_api import expect

from tools.refresh import NOTEBOOKS

NAME = "11-the-agents-desk.ipynb"
[SOLUTION] = filter(None, map(solution_of, read(NOTEBOOKS / NAME, as_version=4).cells))


@pytest.fixture
def lesson(tab, example, lab_server):
    """The lesson, beside the page that npm has built."""
    page = Path(lab_server["clone"], "examples", "agent-desk", "page")
    shutil.copytree(example / "page", page, dirs_exist_ok=True)
    tab.open(f"notebooks/{NAME}")
    return tab


def test_learner_answers_a_task_in_the_page_beside_the_notebook(lesson, window, lab):
    lesson.run_through("bundle.js")
    found = re.search(r"http://\S+", lesson.output_of("bundle.js").inner_text())
    assert found
    page = window.new_page()
    page.goto(found[0])
    expect(page.get_by_role("heading", name="Alice’s desk")).to_be_visible()
    activity, asked = page.get_by_label("Activity"), page.get_by_role("button", name="Accept")
    activity.select_option("Available")
    wait_for_activity(lab, "Available")
    expect(lesson.run_cell("fetch().activity_name)")).to_contain_text("Available")
    expect(lesson.run_cell("activity_sid=lab.idle_sid")).to_contain_text("Idle")
    expect(activity.locator("option:checked")).to_have_text("Idle")

    expect(lesson.run_cell("task = workspace.tasks.create")).to_contain_text("Alice | pending")
    expect(page.get_by_label(re.compile("seconds left to answer"))).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "lesson-11-page.png")
    for button in ("Accept", "Wrap up", "Complete"):
        page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status")).to_have_text("No customer is waiting for you.")
    expect(lesson.run_cell("if asked.fetch()")).to_contain_text("reservation.wrapup | wrapping")

    lesson.run_cell("second = ")
    expect(asked).to_be_visible()
    expect(lesson.run_cell('payload["task"]')).to_contain_text("Task: assigned")
    expect(page.get_by_role("heading", name="is with you")).to_be_visible()
    expect(lesson.run_cell("pushed = ")).to_contain_text("pushed: reservation.created")
    expect(page.get_by_role("article")).to_have_count(0)
    lesson.run_cell("def as_alices_page")
    expect(lesson.run_cell("path = ")).to_contain_text("403 | The token does not allow POST")
    page.close()
    expect(lesson.run_cell("channel.close()")).to_contain_text("Idle")
    expect(lesson.run_cell("emulator/clock")).to_contain_text("timeout | Offline")
    lesson.inspect()


def test_self_check_follows_the_learners_token(lesson):
    lesson.run_all()
    check_hint_and_solution(lesson)
    panel = lesson.output_of("exercises.token_for_bob")
    prompt = lesson.cells.filter(has_text="# Write your lines here").locator(".cm-content")
    prompt.click()
    lesson.page.keyboard.press("Control+End")
    wrong = SOLUTION.replace("lab.bob_sid", "lab.alice_sid")
    lesson.page.keyboard.insert_text(f"\n{wrong}")
    lesson.run_cell("# Write your lines here")
    expect(panel.get_by_text("What in your token is Alice?")).to_be_visible()
    prompt.click()
    lesson.page.keyboard.press("Control+End")
    lesson.page.keyboard.insert_text(f"\n{SOLUTION}")
    lesson.run_cell("# Write your lines here")
    expect(panel.get_by_text("Solved: A token for Bob")).to_be_visible()
