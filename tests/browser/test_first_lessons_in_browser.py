"""Lessons 00 to 04 as a learner uses them: opened, run, controls used, page reloaded."""

import json

from browser_tab import activity_of
from lesson_steps import check_hint_and_solution, create, status_of, wait_for_activity
from playwright.sync_api import expect
from timeout import eventually

from helpers.lessons.workspace import ENGLISH


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


def test_03_picture_follows_the_task_reserved_for_alice(tab, run, lab):
    run("03-alice-idle")
    tab.run_through("controls.lifecycle")
    toggle, picture = tab.output_of("controls.activity_toggle"), tab.output_of("controls.lifecycle")
    expect(toggle.get_by_text("Alice is Idle, available").first).to_be_visible()
    title = picture.locator(".tr-title")
    expect(title).to_have_text("Spanish #1 is reserved for Alice.")
    [task] = lab.workspace.tasks.list()
    [reservation] = lab.workspace.tasks(task.sid).reservations.list()
    lab.workspace.tasks(task.sid).reservations(reservation.sid).update(
        reservation_status="accepted"
    )
    expect(title).to_have_text("Alice has Spanish #1.")
    lab.workspace.tasks(task.sid).update(assignment_status="completed", reason="done")
    tab.press(toggle.get_by_role("radio", name="Offline", exact=True), "Space")
    wait_for_activity(lab, "Offline")
    other = create(lab)
    picture.get_by_label("Task", exact=True).select_option("Spanish #2, pending")
    expect(title).to_contain_text("Spanish #2 waits")
    tab.reload()
    expect(title).to_contain_text("Spanish #2 waits")
    expect(picture.get_by_label("Task", exact=True)).to_have_value(str(other.sid))
    toggle.get_by_role("radio", name="Available", exact=True).click()
    expect(title).to_have_text("Spanish #2 is reserved for Alice.")
    assert tab.violations() == []


def test_04_request_is_found_and_reservation_accepted(tab, run, lab):
    run("04-inspect-the-reservation")
    tab.run_through("controls.requests")
    requests, panel = tab.output_of("controls.requests"), tab.output_of("controls.reservation")
    requests.get_by_label("Direction").select_option("received")
    found = requests.get_by_label("Requests")
    expect(found.locator("option", has_text="/v1/")).to_have_count(0)  # those were sent
    found.select_option(index=0)
    expect(requests.get_by_role("rowheader", name="ReservationSid")).to_be_visible()
    tab.press(requests.get_by_role("button", name="Send again"))
    expect(requests.get_by_text("POST was sent; the answer has the status 200.")).to_be_visible()
    expect(panel.get_by_text("left to answer")).to_be_visible()
    [task] = lab.workspace.tasks.list()
    [reservation] = lab.workspace.tasks(task.sid).reservations.list()
    panel.get_by_role("button", name="Reject").click()
    eventually("Alice rejects", lambda: reservation.fetch().reservation_status == "rejected")
    pending = {"reservation_status": "pending"}
    [again] = eventually(
        "Alice gets another Reservation",
        lambda: lab.workspace.tasks(task.sid).reservations.list(**pending),
    )
    panel.get_by_text("Every field").click()
    expect(panel.get_by_role("cell", name=again.sid, exact=True)).to_be_visible()
    tab.press(panel.get_by_role("button", name="Accept"))
    eventually("it is assigned", lambda: status_of(lab, task) == "assigned")
    title = panel.locator(".tr-title")
    expect(title).to_have_text("Alice has Spanish #1.")
    lab.workspace.tasks(task.sid).update(assignment_status="completed", reason="done")
    expect(title).to_have_text("Alice has completed Spanish #1.")
    tab.reload()
    choice = panel.get_by_role("combobox", name="Reservation")
    choice.select_option("Alice, Spanish #1, rejected")
    expect(title).to_have_text("Alice rejected Spanish #1.")
    expect(choice).to_have_value(reservation.sid)
    assert tab.violations() == []
