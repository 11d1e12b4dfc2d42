"""Presses in a panel that is drawn in the page, and the call that it shows afterwards."""

import pytest
from playwright.sync_api import Locator, expect
from timeout import eventually

from helpers.lessons.workspace import PreparedWorkspace

START = """from threading import Event
from helpers import connect, controls, prepare
lab = prepare(connect(), "task waiting")
gate = Event()
gate.set()"""
# A press in this panel waits for the gate.
TOGGLE = """toggle = controls.activity_toggle(lab, lab.bob_sid)
toggle.state.observe(lambda _: gate.wait(20), "call")
toggle"""
AGAIN = "twice = controls.activity_toggle(lab, lab.bob_sid)\ntwice"


@pytest.fixture
def toggle(tab, lab) -> Locator:
    tab.show("notebooks/presses.ipynb", START, TOGGLE, AGAIN)
    tab.page.evaluate("localStorage.clear()")
    return tab.output_of("toggle =")


def activity(lab: PreparedWorkspace) -> str:
    return str(lab.workspace.workers(lab.bob_sid).fetch().activity_name)


def count_messages(tab) -> None:
    """Count what the page sends for the panels from now on, in `window.sent`."""
    tab.page.evaluate(
        """() => {
          window.sent = [];
          const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
          if (window.counted === kernel) return;
          window.counted = kernel;
          kernel.anyMessage.connect((_, { direction, msg }) => {
            const press = msg.content?.data?.content?.press;
            if (direction === "send" && press) window.sent.push(press);
          });
        }"""
    )


def test_double_click_and_held_key_are_one_press(tab, toggle, lab):
    count_messages(tab)
    away, idle = (toggle.get_by_role("radio", name=name) for name in ("Unavailable", "Idle"))
    away.dblclick()
    expect(away).to_be_checked()
    idle.focus()
    for _ in range(3):
        tab.page.keyboard.down("Enter")
    tab.page.keyboard.up("Enter")
    expect(idle).to_be_checked()
    idle.click()  # it is chosen
    assert tab.page.evaluate("window.sent") == ["set_activity", "set_activity"]


def test_shown_call_is_copied_in_the_language_chosen_in_any_panel(tab, toggle, lab):
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    again = tab.output_of("twice =")
    toggle.get_by_role("radio", name="Offline").click()
    toggle.get_by_text("Show the call").click()
    expect(toggle.locator("pre")).to_contain_text(f'.workers("{lab.bob_sid}").update(')
    toggle.get_by_role("radio", name="curl").click()
    expect(toggle.locator("pre")).to_contain_text("--data-urlencode ActivitySid=")
    toggle.get_by_role("button", name="Copy").click()
    expect(toggle.get_by_role("button", name="Copied")).to_be_focused()
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert copied == toggle.locator("pre").inner_text()
    again.get_by_role("radio", name="Idle").click()
    again.get_by_text("Show the call").click()
    expect(again.locator("pre")).to_contain_text("curl -X POST")
    tab.inspect()


def test_refusal_is_shown_and_said(tab, toggle, lab):
    away = toggle.get_by_role("radio", name="Unavailable")
    away.evaluate(
        "one => { one.dataset.values = one.dataset.values.replace(/WA\\w{6}/, 'WA000000'); one.click(); }"
    )
    expect(toggle.get_by_role("alert")).to_contain_text("TaskRouter refused this")
    expect(toggle.locator(".tr-banner")).to_be_visible()
    tab.inspect()


def test_control_is_busy_and_takes_no_press_until_the_kernel_answers(tab, toggle, lab):
    count_messages(tab)
    away = toggle.get_by_role("radio", name="Unavailable")
    tab.execute("gate.clear()")
    away.click()
    expect(away).to_have_attribute("aria-busy", "true")
    away.dispatch_event("click")
    tab.shot("busy", toggle)
    tab.execute("gate.set()")
    expect(away).to_be_checked()
    expect(away).not_to_have_attribute("aria-busy", "true")
    assert tab.page.evaluate("window.sent") == ["set_activity"]


def test_press_of_another_name_changes_nothing(tab, toggle, lab):
    away = toggle.get_by_role("radio", name="Unavailable")
    away.evaluate("one => { one.dataset.action = 'close'; one.click(); }")
    expect(toggle.get_by_role("alert")).to_contain_text("no press 'close'")
    eventually("nothing has changed", lambda: activity(lab) == "Idle")
