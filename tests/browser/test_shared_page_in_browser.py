"""Tests share a page and a kernel; each test finds both as if they were new.

This file has one test, so that its page and its kernel are new when it begins.
"""

import json
import re
from datetime import UTC, datetime, timedelta

from browser_tab import activity_of
from playwright.sync_api import expect
from timeout import eventually

from helpers.lessons.workspace import prepare

# What `look` compares besides texts: the state of every field, and the page's theme, size, motion,
# focus, selection and dialogs.
PAGE = """() => ({
  fields: [...document.querySelectorAll(".tr-host :is(input, textarea, select, button)")]
    .filter((one) => one.checkVisibility())
    .map((one) => [one.localName, one.title, one.value, one.disabled, one.className]),
  theme: document.body.dataset.jpThemeLight,
  size: [innerWidth, innerHeight],
  calm: matchMedia("(prefers-reduced-motion: reduce)").matches,
  focus: [document.activeElement.localName, document.activeElement.className],
  selected: getSelection().toString(),
  dialogs: document.querySelectorAll(".jp-Dialog").length,
})"""
# What differs from one run to the next: SIDs, the time of day, and how long something took.
VARIES = re.compile(
    r"(?<=[A-Z]{2})[0-9a-f]{32}|(?<=…)[0-9a-f]{6}|[\d-]{10}T|\d\d:\d\d:\d\dZ?"
    r"|(?:\d+\s(?:h|min|m?s)\b ?)+"
)


def look(tab, taskrouter) -> dict:
    """What the page shows once every panel has rendered."""
    updates = tab.page.get_by_label("Updates")
    eventually("three updates", lambda: int(updates.input_value()) >= 3)
    texts = tab.outputs.locator(".tr-host").all_inner_texts()
    found = {**tab.page.evaluate(PAGE), "texts": texts}
    seen = json.loads(VARIES.sub("", json.dumps(found, ensure_ascii=False)))
    answer = taskrouter.client.request("GET", f"{taskrouter.address}/emulator")
    now = datetime.fromisoformat(json.loads(answer.text)["now"])
    return {**seen, "clock put forward": now - datetime.now(UTC) > timedelta(minutes=1)}


def change_taskrouter(lab) -> None:
    space = lab.workspace
    space.activities.create(friendly_name="Lunch")
    space.workers.create(friendly_name="Carl")
    space.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    space.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    for language in ("en", "es"):
        attributes = json.dumps({"selected_language": language})
        space.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)


def change_panels(tab, panels) -> None:
    expect(activity_of(panels["workers"], "Carl", "Lunch")).to_be_visible()
    expect(panels["tasks"].get_by_role("listitem").nth(2)).to_be_visible()
    form, requests, clock = panels["task_form"], panels["requests"], panels["clock"]
    form.get_by_role("radio", name="French (fr)").click()
    form.get_by_label("More attributes").fill('{"vip": ')
    form.get_by_label("Priority").fill("7")
    form.get_by_role("button", name="Create Task").click()
    expect(form.get_by_text("No Task was created").first).to_be_visible()
    requests.get_by_label("Search in requests").fill("Workers")
    requests.get_by_role("radio", name="Sent").click()
    requests.get_by_role("button", name="Edit, then send").click()
    requests.get_by_label("Parameters JSON").fill("{}")
    clock.get_by_role("button", name="20 minutes later").click()
    expect(clock.get_by_text("It is 20 min later").first).to_be_visible()
    expect(panels["reservation"].locator(".tr-title")).to_contain_text("did not answer")


def change_page(tab, panels) -> None:
    tab.set_theme("JupyterLab Dark")
    tab.page.set_viewport_size({"width": 700, "height": 500})
    tab.page.emulate_media(reduced_motion="no-preference")
    panels["task_form"].get_by_label("More attributes").select_text()
    tab.page.keyboard.down("Shift")
    tab.page.evaluate("() => { jupyterapp.commands.execute('kernelmenu:restart'); }")
    tab.page.locator(".jp-Dialog").wait_for()


def test_reused_page_shows_what_a_new_page_shows(tab, panels, lab, taskrouter, empty):
    fresh = look(tab, taskrouter)
    change_taskrouter(lab)
    change_panels(tab, panels)
    change_page(tab, panels)
    changed = look(tab, taskrouter)
    assert [name for name in fresh if fresh[name] == changed[name]] == []
    prepare(empty(), "anything")
    tab.show(*tab.shown)
    for name, value in look(tab, taskrouter).items():
        assert value == fresh[name], name
