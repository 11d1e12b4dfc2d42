"""A Worker's desk, the clock and the lifecycle in JupyterLab: by mouse and keyboard."""

import pytest
from browser_tab import TOO_WIDE, WIDTHS
from playwright.sync_api import Locator, expect
from timeout import becomes, eventually


@pytest.fixture
def desk(panels, lab) -> Locator:
    """The desk of Alice, who is asked."""
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    expect(panels["reservation"].locator(".tr-title")).to_have_text(
        "Alice is asked about Spanish #1."
    )
    return panels["reservation"]


def reservations(lab) -> list:
    [task] = lab.workspace.tasks.list()
    return [
        one.reservation_status for one in lab.workspace.tasks(str(task.sid)).reservations.list()
    ]


def test_reservation_is_chosen_by_keyboard_and_the_focus_stays(tab, desk, lab):
    desk.get_by_role("button", name="Reject").click()
    eventually("Alice is asked again", lambda: len(reservations(lab)) == 2)
    choice = desk.get_by_role("combobox", name="Reservation")
    choice.focus()
    for title in ("asked about", "rejected"):
        tab.page.keyboard.press("ArrowDown")
        expect(desk.locator(".tr-title")).to_contain_text(title)
        expect(choice).to_be_focused()
    expect(desk.get_by_role("button", name="Accept")).to_have_count(0)
    tab.page.keyboard.press("Home")
    expect(desk.get_by_role("button", name="Accept")).to_be_visible()
    assert tab.violations() == []


def test_arrow_keys_move_in_a_switch_and_not_between_cells(tab, panels):
    switch = panels["activity_toggle"]
    switch.get_by_role("radio", name="Idle").focus()
    for key, name in (("ArrowLeft", "Unavailable"), ("ArrowUp", "Available"), ("End", "Idle")):
        tab.page.keyboard.press(key)
        expect(switch.get_by_role("radio", name=name, exact=True)).to_be_focused()


def test_press_that_began_before_the_reservation_changed_answers_no_other(tab, desk, lab):
    desk.get_by_role("button", name="Accept").hover()
    tab.page.mouse.down()
    [task] = lab.workspace.tasks.list()
    [first] = lab.workspace.tasks(str(task.sid)).reservations.list()
    first.update(reservation_status="rejected")
    eventually("Alice is asked again", lambda: reservations(lab) == ["rejected", "pending"])
    expect(desk.locator(".tr-sid")).not_to_contain_text(first.sid[-6:])
    tab.page.mouse.up()
    desk.get_by_role("button", name="Accept").dblclick()
    expect(desk.locator(".tr-title")).to_have_text("Alice has Spanish #1.")
    assert reservations(lab) == ["rejected", "accepted"]
    expect(desk.get_by_role("alert")).to_be_empty()


def test_clock_jumps_to_the_end_of_the_time_to_answer(tab, panels, desk, lab):
    clock = panels["clock"]
    expect(clock.get_by_text("Alice's time to answer ends in")).to_be_visible()
    tab.press(clock.get_by_role("button", name="Jump there"))
    expect(desk.locator(".tr-title")).to_have_text("Alice did not answer about Spanish #1 in time.")
    expect(clock.get_by_text("ahead of your computer")).to_be_visible()
    tab.press(desk.get_by_role("button", name="Set Alice to Idle"))
    expect(desk.locator(".tr-title")).to_have_text("Alice is asked about Spanish #1.")
    assert tab.violations() == []


def test_desk_clock_and_lifecycle_fit_every_width_in_both_themes(tab, panels, desk, lab):
    desk.get_by_role("button", name="Reject").click()
    eventually("Alice is asked again", lambda: len(reservations(lab)) == 2)
    panels["clock"].get_by_role("button", name="2 minutes later").click()
    expect(panels["clock"].get_by_text("It is 2 min later").first).to_be_visible()
    for theme in ("Light", "Dark"):
        tab.set_theme(f"JupyterLab {theme}")
        for width in WIDTHS:
            tab.give_outputs(width)
            for name in ("reservation", "clock", "lifecycle"):
                becomes("", panels[name].evaluate, TOO_WIDE)
                tab.shot(f"desk-{name}-{width}-{theme.lower()}", panels[name])
        assert tab.violations() == []
