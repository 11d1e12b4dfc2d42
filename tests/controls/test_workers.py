import pytest
from press import press

from helpers import controls
from helpers.controls.workers import Workers
from helpers.lessons.workspace import PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def panel(lab) -> Workers:
    return controls.workers(lab)


def posts(lab: PreparedWorkspace) -> int:
    return sum(exchange.method == "POST" for exchange in lab.session.requests.sent())


def alice(panel: Workers) -> dict:
    return panel.content["shown"]["workers"][0]


def test_new_panel_shows_every_worker_and_sends_no_update(lab):
    before = posts(lab)
    content = controls.workers(lab).content["shown"]
    assert [worker["name"] for worker in content["workers"]] == ["Alice", "Bob"]
    assert (content["workers"][0]["activity"], content["workers"][0]["skills"]) == (
        "Offline",
        "en, es",
    )
    assert content["workers_say"] == "1 of 2 Workers is available"
    assert content["tasks"] == []
    assert posts(lab) == before


def test_press_sets_the_activity_and_shows_call_and_effect(lab, panel):
    press(panel, "set_activity", worker=lab.alice_sid, activity=lab.idle_sid)
    assert lab.workspace.workers(lab.alice_sid).fetch().activity_name == "Idle"
    assert f'activity_sid="{lab.idle_sid}"' in panel.content["call"]["python"]
    assert (alice(panel)["activity"], alice(panel)["state"]) == ("Idle", "asked")
    assert panel.content["shown"]["tasks"] == [{"sid": lab.task_sid, "name": "Spanish #1"}]


def test_second_press_during_a_request_sends_nothing(lab, panel):
    away = lab.workspace.activities.list(friendly_name="Unavailable")[0].sid
    panel.state.observe(lambda _: panel.state.set_activity(lab.alice_sid, away), "call")
    before = posts(lab)
    press(panel, "set_activity", worker=lab.alice_sid, activity=lab.idle_sid)
    assert posts(lab) == before + 1
    assert alice(panel)["activity"] == "Idle"


def test_change_made_elsewhere_shows_and_sends_nothing(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    before = posts(lab)
    panel.state.poller.refresh()
    assert alice(panel)["activity"] == "Idle"
    assert posts(lab) == before


def test_new_and_deleted_workers_are_shown(lab, panel):
    made = lab.workspace.workers.create(friendly_name="Zoe")
    panel.state.poller.refresh()
    assert panel.content["shown"]["workers"][-1]["sid"] == made.sid
    made.delete()
    panel.state.poller.refresh()
    assert [worker["name"] for worker in panel.content["shown"]["workers"]] == ["Alice", "Bob"]


def test_refused_press_shows_the_error_and_the_activity_as_it_is(lab, panel):
    gone = lab.workspace.activities.create(friendly_name="Gone")
    gone.delete()
    press(panel, "set_activity", worker=lab.alice_sid, activity=gone.sid)
    assert panel.content["error"].startswith("TaskRouter refused this (HTTP 4")
    assert alice(panel)["activity"] == "Offline"


def test_change_of_a_waiting_task_sends_nothing(lab, panel):
    sent = []
    panel.observe(sent.append, "content")
    lab.workspace.tasks(lab.task_sid).update(priority=5)
    panel.state.poller.refresh()
    assert sent == []


def test_text_shows_each_worker_and_what_they_have(lab, panel):
    assert repr(panel).splitlines() == [
        "1 of 2 Workers is available.",
        "Alice (en, es): Offline",
        "Bob (en): Idle",
    ]
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    assert repr(panel).splitlines()[1] == "Alice (en, es): Idle, is asked about Spanish #1"
