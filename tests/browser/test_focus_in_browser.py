"""Where the keyboard focus is after a click, and while panels change."""

import json

import pytest
from browser_tab import activity_of
from playwright.sync_api import Locator, expect
from timeout import becomes, eventually


def stays(tab, control: Locator) -> None:
    """Check that the focus stays while the panel renders several times."""
    expect(control).to_be_focused()
    updates = tab.page.get_by_label("Updates")
    before = int(updates.input_value())
    eventually("three updates", lambda: int(updates.input_value()) >= before + 3)
    expect(control).to_be_focused()


def create(lab):
    attributes = json.dumps({"selected_language": "es"})
    return lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)


# The outline, and its contrast with what is around it in the units of the WCAG, 3 if it is more.
OUTLINED = """control => {
  const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (text) => rgb(text)
    .map((one) => one / 255)
    .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
  const { outlineColor, outlineStyle, outlineWidth } = getComputedStyle(control);
  const page = getComputedStyle(control.closest(".jp-Notebook")).backgroundColor;
  const [more, less] = [light(outlineColor), light(page)].sort((a, b) => b - a);
  return [outlineStyle, outlineWidth, Math.min((more + 0.05) / (less + 0.05), 3)];
}"""


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_focus_is_visible(tab, panels, lab, theme):
    tab.set_theme(f"JupyterLab {theme}")
    form, requests = panels["task_form"], panels["requests"]
    for control in (
        form.get_by_role("radio", name="Spanish"),
        form.get_by_label("More attributes"),
        form.get_by_label("Priority"),
        form.get_by_role("button", name="Create Task"),
        requests.get_by_role("option").first,
        activity_of(panels["workers"], "Alice", "Idle"),
    ):
        tab.page.keyboard.press("Shift")  # the focus ring shows only after a key
        control.focus()
        expect(control).to_be_focused()
        becomes(["solid", "2px", 3], control.evaluate, OUTLINED)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_switch_keeps_the_focus_after_a_press(tab, panels, lab, key):
    for name in ("workers", "activity_toggle"):
        away = activity_of(panels[name], "Bob", "Unavailable")
        activity_of(panels[name], "Bob", "Idle").focus()
        tab.page.keyboard.press("ArrowLeft")
        expect(away).to_be_focused()
        tab.page.keyboard.press(key)
        expect(away).to_be_checked()
        stays(tab, away)
        lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.idle_sid)
        expect(away).not_to_be_checked()
        stays(tab, away)


def test_switch_keeps_the_focus_when_the_worker_changes_elsewhere(tab, panels, lab):
    option = activity_of(panels["workers"], "Alice", "Available")
    option.focus()
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    expect(panels["workers"].get_by_text("has been asked about Spanish #1")).to_be_visible()
    stays(tab, option)
    made = lab.workspace.activities.create(friendly_name="Lunch <b>break</b>")
    expect(activity_of(panels["workers"], "Alice", "Lunch <b>break</b>")).to_be_visible()
    stays(tab, option)
    made.delete()


def test_task_that_ends_by_its_press_leaves_the_focus_in_its_panel(tab, panels, lab):
    tasks = panels["tasks"]
    tab.press(tasks.get_by_role("button", name="Cancel"))
    title = tasks.locator(".tr-title")
    expect(title).to_have_text("No Task is open")
    stays(tab, title)
    [other, last] = [create(lab) for _ in range(2)]
    expect(tasks.get_by_role("button", name="Cancel")).to_have_count(2)
    tab.press(tasks.get_by_role("button", name="Cancel").first)
    expect(tasks.get_by_role("button", name="Cancel")).to_have_count(1)
    assert (other.fetch().assignment_status, last.fetch().assignment_status) == (
        "canceled",
        "pending",
    )
    stays(tab, tasks.get_by_role("list", name="Tasks", exact=True).get_by_role("listitem"))


def test_answer_moves_the_focus_to_the_next_main_action(tab, panels, lab):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    accept = panels["reservation"].get_by_role("button", name="Accept")
    tab.press(accept)
    expect(panels["reservation"].locator(".tr-title")).to_have_text("Alice has Spanish #1.")
    stays(tab, panels["reservation"].get_by_role("button", name="Complete"))
    tab.page.keyboard.press("Tab")
    expect(panels["reservation"].get_by_role("button", name="Wrap up")).to_be_focused()


def test_button_gone_elsewhere_leaves_the_focus_in_its_panel(tab, panels, lab):
    reservation = panels["reservation"]
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    reject = reservation.get_by_role("button", name="Reject")
    expect(reject).to_be_visible()
    reject.focus()
    lab.workspace.workers(lab.alice_sid).update(
        activity_sid=lab.offline_sid, reject_pending_reservations=True
    )
    expect(reject).to_have_count(0)
    back = reservation.get_by_role("button", name="Set Alice to Idle")
    stays(tab, back)
    tab.page.keyboard.press("Enter")
    expect(reservation.locator(".tr-title")).to_have_text("Alice is asked about Spanish #1.")
    stays(tab, reservation.get_by_role("button", name="Accept"))


def test_deleted_task_leaves_the_focus_in_its_panel(tab, panels, lab):
    panels["tasks"].get_by_role("button", name="Cancel").focus()
    [task] = lab.workspace.tasks.list()
    task.delete()
    expect(panels["tasks"].get_by_text("A Task shows here")).to_be_visible()
    expect(panels["tasks"].locator(".tr-title")).to_be_focused()


def test_buttons_of_form_and_clock_keep_the_focus(tab, panels, lab):
    create = panels["task_form"].get_by_role("button", name="Create Task")
    tab.press(create)
    expect(panels["task_form"].locator(".tr-say")).to_be_visible()
    stays(tab, create)
    for name in ("10 seconds later", "Jump there"):
        button = panels["clock"].get_by_role("button", name=name)
        tab.press(button, "Space")
        expect(panels["clock"].get_by_text("later for TaskRouter").first).to_be_visible()
        stays(tab, button)


def test_fields_keep_the_focus_the_typed_text_and_the_caret(tab, panels, lab):
    field = panels["task_form"].get_by_label("More attributes")
    field.press_sequentially('{"vip": tr}')
    tab.page.keyboard.press("ArrowLeft")
    expect(panels["task_form"].get_by_text("Line 1, character 9")).to_be_visible()
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    stays(tab, field)
    tab.page.keyboard.type("ue")
    expect(panels["task_form"].get_by_text("Line 1, character 9")).to_have_count(0)
    expect(field).to_have_value('{"vip": true}')


def test_arrow_keys_move_through_the_requests(tab, panels, lab):
    requests = panels["requests"]
    chosen = requests.locator("[role=option][aria-selected=true]")
    tab.press(requests.get_by_role("option").first, "End")
    expect(requests.get_by_role("option").last).to_be_focused()
    last = chosen.get_attribute("data-key")
    tab.page.keyboard.press("ArrowUp")
    expect(chosen).not_to_have_attribute("data-key", str(last))
    stays(tab, chosen)
    again = requests.get_by_role("button", name="Send again")
    tab.press(again)
    expect(requests.get_by_text("was sent; the answer has the status")).to_be_visible()
    stays(tab, requests.get_by_role("button", name="Send again"))
    edit = requests.get_by_role("button", name="Edit, then send")
    tab.press(edit)
    tab.press(requests.get_by_role("button", name="Close"))
    expect(requests.get_by_role("button", name="Close")).to_have_count(0)
    expect(requests.get_by_role("button", name="Send again")).to_be_focused()


def test_focus_elsewhere_is_not_moved(tab, panels, lab):
    tab.press(panels["tasks"].get_by_role("button", name="Cancel"))
    field = panels["task_form"].get_by_label("Priority")
    field.focus()
    expect(panels["tasks"].locator(".tr-title")).to_have_text("No Task is open")
    stays(tab, field)
    panels["tasks"].locator(".tr-title").click()
    create(lab)
    expect(panels["tasks"].locator(".tr-title")).to_have_text("1 Task waits")
    expect(panels["tasks"].locator(":focus")).to_have_count(0)
