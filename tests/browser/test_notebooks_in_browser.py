"""Each notebook as a learner sees it: opened, run, its controls used, and loaded again."""

import json

import pytest
from patience import eventually
from playwright.sync_api import expect

from helpers.workspace import ENGLISH, Lab, prepare


@pytest.fixture
def lab(taskrouter) -> Lab:
    """The Workspace that the notebook uses; what is in it stays as it is."""
    return prepare(taskrouter, "anything")


def activity_of_alice(lab: Lab) -> str:
    return lab.workspace.workers(lab.alice_sid).fetch().activity_name


def becomes(lab: Lab, name: str) -> None:
    eventually(f"Alice is {name}", lambda: activity_of_alice(lab) == name)


def test_00_its_button_counts_clicks(tab):
    tab.open("notebooks/00-start-here.ipynb")
    tab.run_all()
    button = tab.outputs.get_by_role("button", name="Click me")
    button.click()
    expect(tab.outputs.get_by_text("Clicked once")).to_be_visible()
    tab.press(button)
    expect(tab.outputs.get_by_text("Clicked 2 times")).to_be_visible()
    assert tab.outputs.locator("table").count() > 4
    assert tab.violations() == []


def test_01_the_toggle_sets_and_follows_alices_activity_also_after_a_reload(tab, lab):
    tab.open("notebooks/01-alice-offline.ipynb")
    tab.run_all()
    toggle = tab.output_of("controls.activity_toggle")
    toggle.get_by_role("button", name="Idle", exact=True).click()
    becomes(lab, "Idle")
    expect(toggle.get_by_text("Alice is Idle, available")).to_be_visible()
    tab.press(toggle.get_by_role("button", name="Offline", exact=True))
    becomes(lab, "Offline")
    expect(toggle.get_by_text("Alice is Offline, not available")).to_be_visible()
    expect(toggle.get_by_text("activity_sid=")).to_be_visible()
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    expect(toggle.get_by_text("Alice is Idle, available")).to_be_visible()
    assert tab.violations() == []
    tab.reload()
    expect(toggle.get_by_text("Alice is Idle, available")).to_be_visible()
    toggle.get_by_role("button", name="Offline", exact=True).click()
    becomes(lab, "Offline")
    expect(toggle.get_by_text("Alice is Offline, not available")).to_be_visible()
    assert tab.page.get_by_text("Error displaying widget").count() == 0


def test_02_the_form_creates_tasks(tab, lab):
    tab.open("notebooks/02-create-a-task.ipynb")
    tab.run_all()
    form = tab.output_of("controls.task_form")
    before = len(lab.workspace.tasks.list())
    form.get_by_label("Language").select_option("English (en)")
    attributes = form.get_by_label("More attributes")
    attributes.fill('{"name": <b>}')
    expect(form.get_by_text("Line 1, character 10")).to_be_visible()
    attributes.fill('{"name": "<b>José</b>"}')
    form.get_by_role("button", name="Create Task").click()
    eventually("a Task more", lambda: len(lab.workspace.tasks.list()) == before + 1)
    newest = lab.workspace.tasks.list()[-1]
    assert json.loads(newest.attributes) == {"selected_language": "en", "name": "<b>José</b>"}
    expect(form.get_by_text(f"Task {newest.sid} is in the TaskQueue '{ENGLISH}'")).to_be_visible()
    tab.press(form.get_by_role("button", name="Create Task"), "Space")
    eventually("two Tasks more", lambda: len(lab.workspace.tasks.list()) == before + 2)
    assert tab.violations() == []


def test_03_the_toggle_shows_alice_who_was_reserved(tab, lab):
    tab.open("notebooks/03-alice-idle.ipynb")
    tab.run_all()
    toggle = tab.output_of("controls.activity_toggle")
    expect(toggle.get_by_text("Alice is Idle, available")).to_be_visible()
    tab.press(toggle.get_by_role("button", name="Offline", exact=True), "Space")
    becomes(lab, "Offline")
    assert tab.violations() == []


@pytest.mark.parametrize("name", ["04-inspect-the-reservation", "05-accept-the-reservation"])
def test_04_and_05_run(tab, name):
    tab.open(f"notebooks/{name}.ipynb")
    tab.run_all()
    assert tab.outputs.locator("table, pre").count() > 5
    assert tab.violations() == []
