"""Names and values of the greatest length, and narrow pages."""

import json
import re
from collections.abc import Callable

import pytest
from local_taskrouter.rules.lifecycle import RESERVATION, STEPS, TASK
from playwright.sync_api import BrowserContext, expect
from timeout import becomes, eventually

from helpers.display.lifecycle import lifecycle_svg, show_lifecycle
from helpers.lessons.workspace import prepare

LONG = "Somebody whose name says all about the languages and the team"
LAB = 'from helpers import connect, controls, prepare, tables\nlab = prepare(connect(), "task waiting")'
SHOWN = (
    *(f"tables.{name}(lab)" for name in ("tasks", "workers", "task_queues", "requests")),
    "controls.floor(lab)",
    "controls.workers(lab)",
    "controls.playground(lab, 'languages HAS \"es\"')",
)
# Words of a drawing that touch or leave their box.
OUTSIDE_THEIR_BOX = """drawing => [...drawing.querySelectorAll("g:has(> rect)")]
  .flatMap((group) => {
    const box = group.querySelector("rect").getBoundingClientRect();
    return [...group.querySelectorAll("text")].filter((words) => {
      const { left, right, bottom } = words.getBoundingClientRect();
      return left < box.left + 3 || right > box.right - 3 || bottom > box.bottom;
    });
  })
  .map((words) => words.textContent)"""
WORDS_THAT_TOUCH = """page => [...page.querySelectorAll("svg")].flatMap((drawing) => {
  const edge = drawing.getBoundingClientRect();
  const found = [...drawing.querySelectorAll("text")];
  const boxes = found.map((words) => words.getBoundingClientRect());
  return found.filter(({}, at) => {
    const one = boxes[at];
    return one.left < edge.left || one.right > edge.right || one.bottom > edge.bottom
      || boxes.some((other, n) => n !== at && one.left < other.right && other.left < one.right
        && one.top + 3 < other.bottom - 3 && other.top + 3 < one.bottom - 3);
  }).map((words) => words.textContent);
})"""
SCROLLED = """page => [...page.querySelectorAll(".jp-OutputArea-output")]
  .filter((output) => output.scrollWidth > output.clientWidth + 1)
  .map((output) => output.innerText.slice(0, 100))"""
NARROWEST = (
    "table => Math.min(...[...table.querySelectorAll('td, th')].map((one) => one.clientWidth))"
)


@pytest.fixture
def to_long_activity(taskrouter) -> Callable[[], object]:
    """A Worker, an Activity and a TaskQueue with a long name, and attributes of 700 letters.

    Call it after the notebook's start, which sets Workers to Offline.
    """
    lab = prepare(taskrouter, "task waiting")
    workspace = lab.workspace
    workspace.task_queues.create(friendly_name=LONG, target_workers="1==1")
    activity = workspace.activities.create(friendly_name=LONG)
    worker = workspace.workers.create(
        friendly_name=LONG,
        attributes=json.dumps({"languages": ["es"], "note": 8 * LONG + 20 * "verylong"}),
    )
    return lambda: worker.update(activity_sid=activity.sid)


def test_table_shows_every_column_on_a_narrow_page(tab):
    tab.show("notebooks/long.ipynb", LAB, *SHOWN)
    tab.give_outputs(700)
    expect(tab.output_of("tables.tasks").get_by_text("waits: no available")).to_be_visible()
    becomes([], tab.page.locator(".jp-Notebook").evaluate, SCROLLED)
    assert tab.violations() == []


def test_long_names_and_values_stay_in_place(tab, to_long_activity):
    tab.show("notebooks/long.ipynb", LAB, *SHOWN)
    to_long_activity()
    tab.give_outputs(700)
    drawn = tab.output_of("controls.floor").locator(".tr-svg")
    expect(drawn).to_have_attribute("aria-label", re.compile(LONG))
    becomes([], tab.output_of("controls.floor").evaluate, WORDS_THAT_TOUCH)
    expect(drawn.locator("title", has_text=LONG)).to_have_count(3)  # whole on hover
    expect(drawn.locator("text", has_text="Somebody whose")).to_have_count(6)
    table = tab.output_of("controls.playground").locator("table")
    eventually("no column is narrow", lambda: table.evaluate(NARROWEST) > 60)
    becomes([], tab.page.locator(".jp-Notebook").evaluate, SCROLLED)
    tab.shot("long-names")
    assert tab.violations() == []


def test_words_of_lifecycle_and_statuses_stay_apart(window: BrowserContext):
    page = window.new_page()
    page.set_content("".join(lifecycle_svg(number + 1) for number in range(len(STEPS))))
    assert page.locator("body").evaluate(WORDS_THAT_TOUCH) == []
    for of, statuses in (("Task", TASK), ("Reservation", RESERVATION)):
        page.set_content("".join(show_lifecycle(status, of=of).svg for status in statuses))
        assert page.locator("body").evaluate(OUTSIDE_THEIR_BOX) == []
        assert page.locator("body").evaluate(WORDS_THAT_TOUCH) == []
    page.close()
