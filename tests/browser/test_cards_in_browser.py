"""The cards of Tasks and Workers in a notebook: found among many, and lit on the floor."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from browser_tab import activity_of
from playwright.sync_api import Locator, expect

from helpers.lessons.workspace import PreparedWorkspace

START = """from helpers import connect, controls, prepare
from helpers.controls.follow import poller
poller.stop_all()
poller.TICK = poller.SECONDS_BETWEEN["local"] = 0.25
lab = prepare(connect(), "task waiting")"""
MANY = 60
TAB_STOPS = """panel => [...panel.querySelectorAll("*")]
  .filter((one) => one.tabIndex >= 0 && one.checkVisibility()).map((one) => one.localName)"""


@pytest.fixture
def cards(tab, lab) -> dict[str, Locator]:
    names = ("floor", "tasks", "workers")
    codes = [f"controls.{name}(lab)" for name in names]
    tab.show("notebooks/cards.ipynb", START, *codes)
    return dict(zip(names, map(tab.output_of, codes), strict=True))


def create_tasks(lab: PreparedWorkspace, *languages: str) -> None:
    for language in languages:
        attributes = json.dumps({"selected_language": language})
        lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)


def create_workers(lab: PreparedWorkspace, number: int) -> None:
    with ThreadPoolExecutor(4) as pool:
        [
            *pool.map(
                lambda n: lab.workspace.workers.create(friendly_name=f"W {n:02}"), range(number)
            )
        ]


def test_chosen_task_is_lit_on_the_floor_of_the_notebook(tab, cards, lab):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    create_tasks(lab, "en", "es")
    title = cards["floor"].locator(".tr-title")
    expect(title).to_contain_text("is reserved for")
    row = cards["tasks"].get_by_role("listitem").filter(has_text="Spanish #2")
    row.click()
    expect(title).to_contain_text("Spanish #2 waits")
    expect(row).to_have_attribute("aria-current", "true")
    row.focus()
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("Space")
    expect(title).to_contain_text("English #1 is reserved for Bob.")
    tab.shot("cards-lit")


def test_one_is_found_among_many_workers_and_its_activity_set(tab, cards, lab):
    workers = cards["workers"]
    expect(workers.get_by_role("searchbox")).to_have_count(0)
    create_workers(lab, MANY)
    expect(workers.get_by_role("listitem")).to_have_count(50)
    expect(workers).to_contain_text("The first 50 are shown: search to find the others.")
    search = workers.get_by_role("searchbox", name="Search the Workers")
    search.fill("w 59")
    expect(workers.get_by_role("listitem")).to_have_count(1)
    expect(workers).to_contain_text(f"1 of {MANY + 2} contain “w 59”.")
    search.focus()
    create_tasks(lab, "es")  # a redraw
    expect(cards["tasks"].get_by_role("listitem")).to_have_count(2)
    expect(search).to_be_focused()
    expect(search).to_have_value("w 59")
    activity_of(workers, "W 59", "Idle").click()
    expect(activity_of(workers, "W 59", "Idle")).to_be_checked()
    search.fill("")
    expect(workers.get_by_role("listitem")).to_have_count(50)
    assert workers.evaluate(TAB_STOPS) == ["input", "li", "summary"]
    tab.give_outputs(700)
    tab.shot("cards-many", workers)
    tab.inspect()


def test_refusal_is_shown_in_the_card_that_was_pressed(tab, cards, lab):
    create_tasks(lab, "es", "es")
    tasks = cards["tasks"]
    second = tasks.get_by_role("listitem").nth(1)
    cancel = second.get_by_role("button", name="Cancel")
    cancel.evaluate("one => { one.dataset.action = 'complete'; one.click(); }")  # before a redraw
    expect(second.locator(".tr-banner")).to_contain_text("TaskRouter refused this")
    tasks.get_by_text("Show the call").click()
    expect(tasks.locator("pre")).to_contain_text("completed")
    tab.inspect()
