"""The panels side by side in one notebook: used by mouse and keyboard, and following TaskRouter."""

import json
import re

from browser_tab import activity_of
from playwright.sync_api import expect
from timeout import eventually

from helpers.lessons.workspace import PreparedWorkspace

START = 'from helpers import connect, controls, prepare\nlab = prepare(connect(), "task waiting")'
MARKUP = "<img src=nowhere onerror=alert(1)>"


def the_task(lab: PreparedWorkspace):
    return lab.workspace.tasks.list()[0]


def test_task_is_created_reserved_accepted_and_completed_in_panels(tab, panels, lab):
    workers, tasks, reservation = panels["workers"], panels["tasks"], panels["reservation"]
    expect(tasks.get_by_text("Alice matches but is Offline")).to_be_visible()
    expect(reservation.locator(".tr-title")).to_have_text("There is no Reservation yet.")
    expect(reservation.get_by_role("button")).to_have_count(0)
    activity_of(workers, "Alice", "Idle").click()
    expect(workers.get_by_text("has been asked about Spanish #1")).to_be_visible()
    assert the_task(lab).assignment_status == "reserved"
    expect(reservation.locator(".tr-title")).to_have_text("Alice is asked about Spanish #1.")
    expect(reservation.get_by_text("left to answer")).to_be_visible()
    expect(panels["lifecycle"].get_by_role("img")).to_have_attribute(
        "alt", re.compile(re.escape("[Worker reserved]"))
    )
    floor = panels["floor"]
    expect(floor.get_by_text("Spanish #1 is reserved for Alice.").first).to_be_visible()
    tab.press(reservation.get_by_role("button", name="Accept"))
    expect(panels["lifecycle"].locator(".tr-title")).to_have_text("Alice has Spanish #1.")
    assert the_task(lab).assignment_status == "assigned"
    expect(floor.get_by_text("Alice has Spanish #1.").first).to_be_visible()
    expect(tasks.get_by_role("button", name="Cancel")).to_have_count(0)
    tab.press(tasks.get_by_role("button", name="Complete"))
    eventually("the Task is completed", lambda: the_task(lab).assignment_status == "completed")
    expect(tasks.locator(".tr-title")).to_have_text("No Task is open")
    assert tab.violations() == []


def test_panels_show_changes_made_elsewhere(tab, panels, lab):
    attributes = json.dumps({"name": MARKUP, "selected_language": "es"})
    made = lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)
    expect(panels["tasks"].get_by_title(made.sid)).to_be_visible()
    expect(panels["tasks"].get_by_text("<img src=nowhere")).to_be_visible()
    expect(tab.page.locator('img[src="nowhere"]')).to_have_count(0)
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    expect(panels["workers"].get_by_text("has been asked about Spanish #1")).to_be_visible()
    tab.press(panels["clock"].get_by_role("button", name="20 minutes later"))
    expect(panels["reservation"].locator(".tr-title")).to_contain_text("did not answer")
    expect(activity_of(panels["workers"], "Alice", "Offline")).to_be_checked()
    assert tab.violations() == []


def test_request_is_found_edited_and_sent(tab, panels, lab):
    requests = panels["requests"]
    activity_of(panels["workers"], "Alice", "Unavailable").click()
    expect(activity_of(panels["workers"], "Alice", "Unavailable")).to_be_checked()
    requests.get_by_label("Search in requests").press_sequentially("ActivitySid")
    expect(requests.get_by_role("option").first).to_contain_text("POST")
    expect(requests.get_by_label("Search in requests")).to_have_value("ActivitySid")
    expect(requests.get_by_role("rowheader", name="ActivitySid")).to_be_visible()
    tab.press(requests.get_by_role("button", name="Edit, then send"))
    form = requests.get_by_label("Parameters JSON")
    form.fill(json.dumps({"ActivitySid": lab.offline_sid}))
    requests.get_by_role("button", name="Send", exact=True).click()
    expect(requests.get_by_text("POST was sent; the answer has the status 200.")).to_be_visible()
    expect(activity_of(panels["workers"], "Alice", "Offline")).to_be_checked()
    assert tab.violations() == []


def test_double_click_and_held_key_count_as_one_click(tab, panels, lab):
    create = panels["task_form"].get_by_role("button", name="Create Task")
    create.dblclick()
    eventually("a Task more", lambda: len(lab.workspace.tasks.list()) == 2)
    panels["clock"].get_by_role("button", name="2 minutes later").dblclick()
    expect(panels["clock"].get_by_text("It is 2 min later").first).to_be_visible()
    assert len(lab.workspace.tasks.list()) == 2
    assert max(task.age for task in lab.workspace.tasks.list()) < 240
    expect(create).to_be_enabled()
    create.focus()
    for _ in range(3):
        tab.page.keyboard.down("Enter")
    tab.page.keyboard.up("Enter")
    eventually("a Task more", lambda: len(lab.workspace.tasks.list()) == 3)
    panels["clock"].get_by_role("button", name="10 seconds later").click()
    expect(panels["clock"].get_by_text("It is 10 s later").first).to_be_visible()
    assert len(lab.workspace.tasks.list()) == 3


# How many of the panels that cells returned have stopped because their cell ran again.
STOPPED = """stopped = [one for one in Out.values() if "has stopped" in getattr(one.state, "notice", "")]
print(len(stopped), "of", len(Out), "have stopped")"""


def test_panels_work_after_run_all_and_a_reload(tab, lab):
    following = ["clock", "floor", "lifecycle", "requests", "reservation", "tasks", "workers"]
    tab.open_cells(
        "notebooks/again.ipynb", START, *(f"controls.{name}(lab)" for name in following), STOPPED
    )
    tab.run_all()
    expect(tab.output_of("have stopped")).to_have_text("0 of 7 have stopped")
    tab.run_all()
    expect(tab.output_of("have stopped")).to_have_text("7 of 14 have stopped")
    tab.reload()
    workers = tab.output_of("controls.workers")
    activity_of(workers, "Alice", "Idle").click()
    expect(workers.get_by_text("has been asked about Spanish #1")).to_be_visible()
    expect(tab.output_of("controls.tasks").get_by_text("1 Task is reserved").first).to_be_visible()
    expect(tab.page.get_by_text("Error displaying widget")).to_have_count(0)


RESTART = """() => {
  jupyterapp.commands.execute("kernelmenu:restart").then(() => { window.restarted = true; });
}"""


def test_panel_without_its_kernel_shows_a_notice_and_ignores_clicks(tab):
    tab.open_cells("notebooks/restarted.ipynb", START, "controls.activity_toggle(lab, lab.bob_sid)")
    tab.run_all()
    toggle = tab.output_of("activity_toggle").locator(".tr-host")
    away = toggle.get_by_role("radio", name="Unavailable")
    expect(away).to_be_enabled()
    tab.page.evaluate(RESTART)
    tab.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    tab.page.wait_for_function("window.restarted")  # else the test ends before the kernel starts
    lost = "The kernel was restarted, or has ended. Run the notebook from its first cell."
    expect(toggle.locator(".tr-banner")).to_have_text(lost)
    expect(toggle.get_by_role("alert")).to_have_text(lost)
    expect(away).to_be_disabled()
    away.dispatch_event("click")
    expect(away).not_to_have_attribute("aria-busy", "true")
    tab.shot("without-a-kernel")
    assert tab.violations() == []


REAL_TWILIO = """from twilio.base.domain import Domain
made, local = Domain.__init__, connect()
def at_the_emulator(self, twilio, url):
    made(self, twilio, url.replace("https://taskrouter.twilio.com", local.address))
Domain.__init__ = at_the_emulator
import os
os.environ["TWILIO_ACCOUNT_SID"] = local.account_sid
os.environ["TWILIO_AUTH_TOKEN"] = local.auth_token
lab = prepare(connect("live"), "task waiting")"""


def test_panels_work_on_a_live_target_except_the_clock(tab):
    """A local TaskRouter stands at the SDK's address of Twilio, in this kernel only."""
    names = ("workers", "tasks", "reservation", "clock")
    panels = [f"controls.{name}(lab)" for name in names]
    tab.open_cells(
        "notebooks/live.ipynb",
        f"from helpers import connect, controls, prepare\n{REAL_TWILIO}\nprint(lab.session)",
        *panels,
    )
    tab.run_all()
    workers, tasks, reservation, clock = map(tab.output_of, panels)
    expect(tab.outputs.first).to_contain_text("Connected to real Twilio")
    activity_of(workers, "Alice", "Idle").click()
    expect(reservation.locator(".tr-title")).to_have_text("Alice is asked about Spanish #1.")
    tab.press(reservation.get_by_role("button", name="Accept"))
    complete = tasks.get_by_role("button", name="Complete")
    expect(complete).to_be_enabled()
    complete.click()
    expect(tasks.locator(".tr-title")).to_have_text("No Task is open")
    expect(clock.locator(".tr-title")).to_contain_text("this control is for the local TaskRouter")
    expect(clock.get_by_role("button")).to_have_count(0)
    assert tab.violations() == []
