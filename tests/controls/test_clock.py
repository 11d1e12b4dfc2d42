from dataclasses import replace

import pytest
from press import press
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


def make_idle(lab: PreparedWorkspace) -> None:
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)


def control(lab: PreparedWorkspace, **form: str) -> None:
    url = f"{lab.session.address}/emulator/clock"
    assert lab.session.client.request("POST", url, data=form).status_code == 200


def test_press_advances_the_clock_and_shows_the_call(lab, panel):
    press(panel, "advance", seconds=120)
    assert age(lab) == 120
    assert panel.content["outcome"] == "It is 2 min later for TaskRouter."
    assert "/emulator/clock" in panel.content["call"]["curl"]
    assert '{"advance": "120"}' in panel.content["call"]["python"]


def test_time_is_that_of_taskrouter_even_without_a_task(lab):
    lab.workspace.tasks(lab.task_sid).delete()
    panel = controls.clock(lab)
    before = panel.content["now"]
    press(panel, "advance", seconds=1200)
    assert panel.content["now"] - before == pytest.approx(1200, abs=2)
    assert before > 1_000_000_000


def test_next_is_the_end_of_the_time_to_answer_and_jump_reaches_it(lab, panel):
    make_idle(lab)
    panel.state.poller.refresh()
    due = panel.content["next"]
    assert due["says"] == "Alice's time to answer ends"
    assert due["at"] - panel.content["now"] == pytest.approx(1200, abs=2)
    press(panel, "jump", until=due["at"])
    [reservation] = lab.workspace.tasks(lab.task_sid).reservations.list()
    assert reservation.reservation_status == "timeout"


def test_next_is_the_first_of_several_deadlines(lab, panel):
    make_idle(lab)
    control(lab, advance="60")
    attributes = '{"selected_language": "en"}'
    lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)
    panel.state.poller.refresh()
    assert panel.content["next"]["says"] == "Alice's time to answer ends"


def test_next_is_the_timer_of_the_control_route_while_no_worker_is_asked(lab, panel):
    due = panel.content["next"]
    assert due["says"] == "TaskRouter cancels Spanish #1"
    assert due["at"] - panel.content["now"] == pytest.approx(86_400, abs=2)
    press(panel, "jump", until=due["at"])
    assert lab.workspace.tasks(lab.task_sid).fetch().assignment_status == "canceled"
    assert panel.content["next"]["says"] == "TaskRouter's next timer ends"


def test_nothing_is_due_in_an_empty_workspace(lab):
    lab.workspace.tasks(lab.task_sid).delete()
    assert controls.clock(lab).content["next"] is None


def test_stopped_clock_stands_still(lab, panel):
    control(lab, resume="true")
    panel.state.poller.refresh()
    assert (panel.content["frozen"], panel.content["ticks"]) == (False, True)
    control(lab, freeze="true")
    panel.state.poller.refresh()
    content = panel.content
    assert (content["frozen"], content["ticks"]) == (True, False)
    assert panel.state.now() == content["now"] == panel.state.now()


def test_no_message_while_only_time_passes_and_nothing_is_in_the_request_log(lab, panel, clock):
    before, sent = len(lab.session.requests), []
    panel.observe(sent.append, "content")
    for _ in range(3):
        clock.advance(1)
        panel.state._read_at -= 1  # this computer's time passes too
        panel.state.poller.refresh()
        panel.state.poller.tick()
    assert sent == []
    assert len(lab.session.requests) == before


def test_second_press_while_one_is_sent_advances_once(lab, panel):
    panel.state.observe(lambda _: press(panel, "advance", seconds=120), "call")
    press(panel, "advance", seconds=120)
    assert age(lab) == 120


def test_other_panels_show_the_new_time_at_once(lab, panel):
    make_idle(lab)
    reservation = controls.reservation(lab)
    press(panel, "advance", seconds=1200)
    assert reservation.content["desk"]["reservation"]["status"] == "timeout"


def test_refused_advance_shows_the_error(panel):
    press(panel, "advance", seconds=10)
    assert panel.content["outcome"]
    press(panel, "advance", seconds=-1)
    assert panel.content["error"] == "The clock was not put forward (HTTP 400)."
    assert panel.content["outcome"] == ""


def test_panel_keeps_following_when_the_clock_cannot_be_read(lab, panel, monkeypatch):
    def fail() -> None:
        raise ValueError

    monkeypatch.setattr(panel.state.poller, "read_clock", fail)
    make_idle(lab)
    panel.state.poller.refresh()
    assert panel.content["next"]["says"] == "Alice's time to answer ends"


def test_real_twilio_shows_a_notice_and_no_button(lab):
    session = lab.session
    live = Session(
        Client("AC1", "x"), "live", session.address, session.requests, session.account_sid, None
    )
    panel = controls.clock(replace(lab, session=live))
    assert panel.content["is_local"] is False
    assert panel.content["outcome"].startswith("Real Twilio's clock cannot be put forward")
    press(panel, "advance", seconds=120)
    assert panel.content["error"].startswith("Real Twilio's clock")
    assert repr(panel).startswith("Real Twilio's clock")


def test_text_shows_the_buttons(panel):
    assert repr(panel) == "[10 seconds later] [2 minutes later] [20 minutes later]"
