from dataclasses import replace

import pytest
from twilio.rest import Client

from helpers import controls
from helpers.controls.clock import Clock
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.session import Session


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def panel(lab) -> Clock:
    return controls.clock(lab)


def age(lab: PreparedWorkspace) -> int:
    return lab.workspace.tasks(str(lab.task_sid)).fetch().age or 0


def test_two_minutes_later_advances_the_clock(lab, panel):
    panel.on_step(120, panel.steps[1])
    assert age(lab) == 120
    assert panel.outcome.text == "It is 2 min later for TaskRouter."
    assert "/emulator/clock" in panel.state.call.curl
    assert '{"advance": "120"}' in panel.state.call.python


def test_each_button_advances_by_its_seconds(lab, panel):
    for button, now in zip(panel.steps, (10, 130, 1330), strict=True):
        button.click()
        assert age(lab) == now
    panel.seconds.value = 1
    panel.button.click()
    assert age(lab) == 1331
    names = [button.description for button in panel.steps]
    assert names == ["10 seconds later", "2 minutes later", "20 minutes later"]


def test_double_click_advances_once(lab, panel):
    panel.state.observe(lambda _: panel.on_step(120), "call")
    panel.on_step(120)
    assert age(lab) == 120


def test_any_number_of_seconds_can_be_advanced(lab, panel):
    panel.seconds.value = 7
    panel.on_advance(panel.button)
    assert age(lab) == 7


def test_other_panels_show_the_new_time_at_once(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    reservation = controls.reservation(lab)
    panel.on_step(1200, panel.steps[2])
    assert reservation.state.status == "timeout"


def test_refused_advance_shows_the_error(lab, panel):
    panel.on_step(10)
    assert panel.outcome.text
    panel.state.advance(-1)
    assert panel.error_line.text == "The clock was not put forward (HTTP 400)."
    assert panel.outcome.text == ""


def test_real_twilio_shows_a_notice_and_disables_the_buttons(lab):
    session = lab.session
    live = Session(
        Client("AC1", "x"), "live", session.address, session.requests, session.account_sid, None
    )
    panel = controls.clock(replace(lab, session=live))
    assert all(button.disabled for button in [*panel.steps, panel.button])
    assert panel.outcome.text.startswith("Real Twilio's clock cannot be put forward")
    panel.on_step(120)
    assert panel.error_line.text.startswith("Real Twilio's clock")
    assert repr(panel).startswith("Real Twilio's clock")


def test_text_shows_the_buttons(panel):
    assert repr(panel) == "[10 seconds later] [2 minutes later] [20 minutes later]"
