"""Lessons 00 to 04 as a learner uses them: opened, run, controls used, page reloaded."""

import json
import re

from browser_tab import activity_of
from lesson_steps import check_hint_and_solution, create, status_of, wait_for_activity
from playwright.sync_api import expect
from timeout import eventually


def test_00_floor_and_self_check_follow_what_the_learner_does(tab, run, lab):
    run("00-start-here")
    check_hint_and_solution(tab)
    floor, check = tab.output_of("controls.floor"), tab.output_of("exercises.carlas_first_day")
    expect(floor.get_by_text("Spanish #1 is reserved for Alice").first).to_be_visible()
    expect(check.get_by_text("Not yet solved")).to_be_visible()
    [carla] = lab.workspace.workers.list(friendly_name="Carla")
    lab.workspace.workers(carla.sid).update(attributes=json.dumps({"languages": ["en", "es"]}))
    expect(check.get_by_text("leave out what she doesn't speak")).to_be_visible()
    lab.workspace.workers(carla.sid).update(attributes=json.dumps({"languages": ["es"]}))
    expect(check.get_by_text("Solved: Carla's first day")).to_be_visible()
    tab.reload()
    expect(check.get_by_text("Solved: Carla's first day")).to_be_visible()
    assert tab.violations() == []


def test_01_panels_set_and_follow_activities_after_a_reload(tab, run, lab):
    run("01-alice-offline")
    check_hint_and_solution(tab)
    toggle, workers = tab.output_of("controls.activity_toggle"), tab.output_of("controls.workers")
    toggle.get_by_role("radio", name="Idle", exact=True).click()
    wait_for_activity(lab, "Idle")
    expect(toggle.get_by_text("Alice is Idle, available").first).to_be_visible()
    tab.press(toggle.get_by_role("radio", name="Offline", exact=True))
    wait_for_activity(lab, "Offline")
    expect(toggle.get_by_text("Alice is Offline, not available").first).to_be_visible()
    toggle.get_by_text("Show the call").click()
    expect(toggle.get_by_text("activity_sid=")).to_be_visible()
    away = activity_of(workers, "Bob", "Unavailable")
    away.click()
    wait_for_activity(lab, "Unavailable", lab.bob_sid)
    expect(away).to_be_checked()
    tab.press(activity_of(workers, "Bob", "Idle"), "Space")
    wait_for_activity(lab, "Idle", lab.bob_sid)
    workers.get_by_text("Show the call").click()
    expect(workers.get_by_text(f'workers("{lab.bob_sid}").update')).to_be_visible()
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    expect(toggle.get_by_text("Alice is Idle, available").first).to_be_visible()
    expect(activity_of(workers, "Alice", "Idle")).to_be_checked()
    assert tab.violations() == []
    tab.reload()
    expect(toggle.get_by_text("Alice is Idle, available").first).to_be_visible()
    toggle.get_by_role("radio", name="Offline", exact=True).click()
    wait_for_activity(lab, "Offline")
    expect(toggle.get_by_text("Alice is Offline, not available").first).to_be_visible()


def test_02_form_creates_tasks_and_panel_ends_them(tab, run, lab):
    run("02-create-a-task")
    form, tasks = tab.output_of("controls.task_form"), tab.output_of("controls.tasks")
    before = len(lab.workspace.tasks.list())
    form.get_by_role("radio", name="English").click()
    attributes = form.get_by_label("More attributes")
    attributes.fill('{"name": <b>}')
    expect(form.get_by_text("Line 1, character 10")).to_be_visible()
    attributes.fill('{"name": "<b>José</b>"}')
    form.get_by_role("button", name="Create Task").click()
    eventually("a Task more", lambda: len(lab.workspace.tasks.list()) == before + 1)
    newest = lab.workspace.tasks.list()[-1]
    assert json.loads(newest.attributes) == {"selected_language": "en", "name": "<b>José</b>"}
    expect(form.locator(".tr-say", has_text="English #")).to_be_visible()
    expect(form.get_by_title(str(newest.sid))).to_be_visible()
    tab.press(form.get_by_role("button", name="Create Task"), "Space")
    eventually("two Tasks more", lambda: len(lab.workspace.tasks.list()) == before + 2)
    first, second = create(lab), create(lab)
    cancel = [
        tasks.get_by_role("listitem")
        .filter(has=tab.page.get_by_title(each.sid))
        .get_by_role("button")
        for each in (first, second)
    ]
    cancel[0].click()
    eventually("it is canceled", lambda: status_of(lab, first) == "canceled")
    expect(cancel[0]).to_have_count(0)
    tab.reload()
    tab.press(cancel[1])
    eventually("it is canceled", lambda: status_of(lab, second) == "canceled")
    assert tab.violations() == []


def test_03_floor_follows_alice_and_self_check_follows_bob(tab, run, lab):
    run("03-alice-idle")
    check_hint_and_solution(tab)
    floor = tab.output_of("controls.floor").locator(".tr-svg")
    self_check = tab.output_of("exercises.bob_learns_spanish")
    asked = "Spanish #1: reserved, TaskQueue Spanish, Alice. Spanish #2: "
    expect(floor).to_have_attribute("aria-label", re.compile(f"{asked}pending"))
    bob = lab.workspace.workers(lab.bob_sid)
    bob.update(attributes='{"languages": ["en", "es"]}')
    expect(self_check.get_by_text("no call could reach him")).to_be_visible()
    bob.update(attributes='{"languages": ["en", "es"], "contact_uri": "client:bob"}')
    expect(self_check.get_by_text("Solved: Bob learns Spanish")).to_be_visible()
    with_bob = f"{asked}reserved, TaskQueue Spanish, Bob"
    expect(floor).to_have_attribute("aria-label", re.compile(with_bob))
    assert tab.violations() == []
    tab.reload()
    expect(self_check.get_by_text("Solved: Bob learns Spanish")).to_be_visible()


def test_04_request_is_found_and_self_checks_follow(tab, run, lab):
    run("04-inspect-the-reservation")
    requests, panel = tab.output_of("controls.requests"), tab.output_of("controls.reservation")
    requests.get_by_role("radio", name="Received").click()
    expect(requests.get_by_role("option", name="Workers")).to_have_count(0)  # those were sent
    requests.get_by_role("option", name="/assignment").first.click()
    expect(requests.get_by_role("rowheader", name="ReservationSid")).to_be_visible()
    tab.press(requests.get_by_role("button", name="Send again"))
    expect(requests.get_by_text("POST was sent; the answer has the status 200.")).to_be_visible()
    expect(panel.get_by_text("left to answer")).to_be_visible()
    task = lab.workspace.tasks(lab.workspace.tasks.list()[0].sid)
    [reservation] = task.reservations.list()
    panel.get_by_role("button", name="Reject").click()
    eventually("Alice rejects", lambda: reservation.fetch().reservation_status == "rejected")
    choice = panel.get_by_role("combobox", name="Reservation")
    choice.select_option("Alice, Spanish #1, rejected")
    expect(panel.locator(".tr-title")).to_have_text("Alice rejected Spanish #1.")
    expect(tab.output_of("exercises.the_mail").get_by_text("is not set")).to_be_visible()
    room = tab.output_of("exercises.room_for_two")
    alice = lab.workspace.workers(lab.alice_sid).worker_channels("default")
    alice.update(capacity=3)
    expect(room.get_by_text("a capacity of 2")).to_be_visible()
    alice.update(capacity=2)
    expect(room.get_by_text("Solved: Room for two")).to_be_visible()
    assert tab.violations() == []
    tab.reload()
    expect(room.get_by_text("Solved: Room for two")).to_be_visible()
