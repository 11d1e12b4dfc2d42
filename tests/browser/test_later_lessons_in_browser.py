"""Lessons 05 to 12 as a learner uses them: opened, run, controls used, page reloaded."""

import re

from lesson_steps import check_hint_and_solution, create, status_of, wait_for_activity
from playwright.sync_api import expect
from timeout import eventually

from helpers.lessons.workspace import SPANISH
from helpers.session.workspace_ownership import CITY_BIKES


def the_floor_follows_a_task(tab, lab):
    tab.run_through("controls.floor")
    floor = tab.output_of("controls.floor").get_by_role("group", name="Floor").last
    number = len(lab.workspace.tasks.list(task_queue_name=SPANISH)) + 1
    made = create(lab)
    shown = floor.get_by_text(f"Spanish #{number} ").first
    expect(shown).to_be_visible()
    lab.workspace.tasks(made.sid).delete()
    expect(shown).to_have_count(0)
    tab.reload()
    create(lab)
    expect(floor.get_by_text(f"Spanish #{number + 1} ").first).to_be_visible()
    assert tab.violations() == []


def test_05_click_accepts_the_reservation_and_floor_follows(tab, run, lab):
    run("05-accept-the-reservation")
    check_hint_and_solution(tab)
    tab.run_through("controls.reservation")
    panel, newest = tab.output_of("controls.reservation"), lab.workspace.tasks.list()[-1]
    expect(panel.get_by_text("left to answer")).to_be_visible()
    panel.get_by_role("button", name="Accept").click()
    eventually("it is assigned", lambda: status_of(lab, newest) == "assigned")
    expect(panel.locator(".tr-title")).to_have_text(re.compile(r"Alice has Spanish #\d\."))
    expect(panel.get_by_role("button", name="Accept")).to_have_count(0)
    panel.get_by_text("Show the call").click()
    expect(panel.get_by_text('reservation_status="accepted"')).to_be_visible()
    tab.run_through("second.update")
    expect(tab.output_of("second.update")).to_contain_text("✓ The second Task is completed")
    the_floor_follows_a_task(tab, lab)


def test_06_self_check_follows_what_the_learner_builds(tab, run, taskrouter):
    run("06-build-your-own")
    check_hint_and_solution(tab)
    expect(tab.outputs.get_by_text(re.compile("^ *Solved: "))).to_have_count(0)
    floor = tab.output_of("controls.floor").get_by_role("group", name="Floor").last
    expect(floor.get_by_text("Rosa").first).to_be_visible()
    tab.run_through("exercises.has_activities")
    panel = tab.output_of("exercises.has_activities").get_by_role("group", name="Self-check: ")
    expect(panel.get_by_text("Not yet solved")).to_be_visible()
    expect(floor.get_by_text("There is nothing here yet.")).to_be_visible()
    assert tab.violations() == []
    found = taskrouter.tutorial_workspaces.find(CITY_BIKES)
    activities = taskrouter.client.taskrouter.v1.workspaces(found.sid).activities
    activities.create("In the workshop")
    activities.create("At the desk", available=True)
    expect(panel.get_by_text("Solved: The Activities of City Bikes")).to_be_visible()


def test_07_alice_is_offline_after_twenty_minutes(tab, run, lab):
    run("07-when-nobody-answers")
    check_hint_and_solution(tab)
    tab.run_through("controls.clock")
    shown = tab.output_of("controls.clock")
    later = shown.get_by_role("button", name="20 minutes later")
    floor = shown.locator(".tr-svg")
    expect(floor).to_have_attribute("aria-label", re.compile("reserved.*, Alice.*Alice.*Idle"))
    later.click()
    wait_for_activity(lab, "Offline")
    expect(floor).to_have_attribute("aria-label", re.compile("pending.*Alice .*: Offline"))
    expect(shown.get_by_text("It is 20 min later for TaskRouter.").first).to_be_visible()
    shown.get_by_text("Show the call").click()
    expect(shown.get_by_text("/emulator/clock").first).to_be_visible()
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    expect(floor).to_have_attribute("aria-label", re.compile("reserved.*, Alice.*Alice.*Idle"))
    tab.press(later, "Space")
    wait_for_activity(lab, "Offline")
    assert tab.violations() == []


def test_08_playground_shows_verdicts_for_the_workers(tab, run):
    run("08-why-was-it-not-routed")
    panel = tab.output_of("controls.playground")
    field = panel.get_by_label("Expression")
    field.fill('skills HAS "orders"')
    expect(panel.locator(".tr-title", has_text="1 of 11 Workers matches")).to_be_visible()
    tab.reload()
    field.fill("level > ")
    expect(panel.locator(".tr-error")).to_be_visible()
    assert tab.violations() == []


def test_10_shows_green_and_red_runs_of_pytest(tab, run):
    run("10-test-your-app")
    expect(tab.output_of("break_app").get_by_text("1 failed, 6 passed")).to_be_visible()
    check_hint_and_solution(tab)


def test_12_shows_which_taskrouter_it_uses(tab, run):
    run("12-on-real-twilio")
    expect(tab.outputs.locator("table, pre").nth(5)).to_be_visible()
    tab.reload()


def test_09_shows_progress_and_charts_in_both_themes(tab):
    tab.open("notebooks/09-a-day-on-the-floor.ipynb")
    expect(tab.cells.filter(has_text="{14: 20, 15: 0}")).to_have_count(1)  # the smaller day
    tab.run_all()
    for name in ("Playing Monday", "Playing a day and a night", "Playing Wednesday"):
        bar = tab.outputs.get_by_role("progressbar", name=name)
        expect(bar).to_have_attribute("value", "100")
    expect(tab.outputs.get_by_role("img")).to_have_count(5)
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        tab.set_theme(theme)
        picture = tab.output_of("charts.waiting")
        picture.scroll_into_view_if_needed()
        tab.shot(f"waiting, {theme}", picture)
        assert tab.violations() == []
