"""The panels with a live session; a local TaskRouter stands at the address of Twilio."""

import pytest
from press import press

from helpers import controls
from helpers.controls.follow import poller as poller_module
from helpers.lessons.workspace import PreparedWorkspace, prepare
from helpers.session.session import Session


@pytest.fixture
def lab(session, tmp_path) -> PreparedWorkspace:
    """Alice is reserved for the Task."""
    live = Session(
        session.client,
        "live",
        session.address,
        session.requests,
        session.account_sid,
        session.auth_token,
        tmp_path,
    )
    lab = prepare(live, "task waiting")
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    return lab


@pytest.mark.parametrize("name", controls.__all__)
def test_every_panel_shows_the_workspace(lab, name):
    worker = [lab.alice_sid] if name == "activity_toggle" else []
    panel = getattr(controls, name)(lab, *worker)
    assert panel.state.error == ""
    assert getattr(panel.state, "notice", "") == ""
    assert repr(panel).strip()


def test_toggle_sets_alice_offline_and_idle(lab):
    panel, toggle = controls.workers(lab), controls.activity_toggle(lab, lab.bob_sid)
    press(panel, "set_activity", worker=lab.alice_sid, activity=lab.offline_sid)
    assert panel.content["error"] == ""
    assert lab.workspace.workers(lab.alice_sid).fetch().activity_name == "Offline"
    press(toggle, "set_activity", worker=lab.bob_sid, activity=lab.offline_sid)
    assert [one["activity"] for one in panel.content["shown"]["workers"]] == ["Offline"] * 2


def test_reservation_is_accepted_and_the_task_completed(lab):
    reservation, tasks = controls.reservation(lab), controls.tasks(lab)
    lifecycle, floor = controls.lifecycle(lab), controls.floor(lab)
    one = reservation.content["desk"]["reservation"]
    assert one["deadline"] is not None
    press(reservation, "accept", task=one["task_sid"], reservation=one["sid"])
    assert tasks.content["shown"]["tasks_say"] == "1 Task is with a Worker"
    assert lifecycle.state.number == 5
    assert repr(floor).splitlines()[0] == "Alice has Spanish #1."
    press(tasks, "complete", task=lab.task_sid)
    assert lab.workspace.tasks(lab.task_sid).fetch().assignment_status == "completed"


def test_task_is_created_and_the_request_sent_again(lab):
    form, requests = controls.task_form(lab), controls.requests(lab)
    press(form, "create")
    assert form.content["task"]["says"] == "Spanish #2 waits: Alice matches but has another Task."
    requests.state.on_update(requests.state.poller.latest)
    press(requests, "send_again", exchange=requests.content["lines"][0]["id"])
    assert requests.content["outcome"] == "POST was sent; the answer has the status 201."
    assert len(lab.workspace.tasks.list()) == 3


def test_only_the_clock_shows_that_it_needs_the_local_taskrouter(lab):
    panel = controls.clock(lab)
    before = len(lab.session.requests)
    assert panel.content["outcome"] == (
        "Real Twilio's clock cannot be put forward; this control is for the local TaskRouter."
    )
    assert panel.content["is_local"] is False
    press(panel, "advance", seconds=60)
    assert len(lab.session.requests) == before


def test_twilio_is_polled_every_three_seconds(lab, monkeypatch):
    monkeypatch.setattr(poller_module, "monotonic", lambda: 0.0)
    poller = poller_module.poller_for(lab)
    poller.refresh()
    assert poller.due == pytest.approx(2.7)
