import threading

import pytest
from press import press
from spy_lock import SpyLock

from helpers import controls
from helpers.controls.activity_toggle import ActivityToggle
from helpers.controls.follow import reader
from helpers.lessons.workspace import PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


@pytest.fixture
def toggle(lab) -> ActivityToggle:
    return controls.activity_toggle(lab, lab.alice_sid)


def activity_of_alice(lab: PreparedWorkspace) -> str:
    return str(lab.workspace.workers(lab.alice_sid).fetch().activity_name)


def updates(lab: PreparedWorkspace) -> int:
    return sum(exchange.method == "POST" for exchange in lab.session.requests.sent())


def chosen(toggle: ActivityToggle) -> str:
    return toggle.content["worker"]["activity"]


def choose(toggle: ActivityToggle, activity_sid: str) -> None:
    press(toggle, "set_activity", worker=toggle.content["worker"]["sid"], activity=activity_sid)


def test_new_panel_shows_the_activity_and_sends_no_update(lab):
    before = updates(lab)
    content = controls.activity_toggle(lab, lab.alice_sid).content
    assert content["worker"] == {"sid": lab.alice_sid, "name": "Alice", "activity": "Offline"}
    assert content["activities"][0] == {
        "sid": lab.offline_sid,
        "name": "Offline",
        "available": False,
    }
    assert content["summary"] == "Alice is Offline, not available: TaskRouter offers no Tasks."
    assert updates(lab) == before


def test_choice_sets_the_activity_and_shows_the_call(lab, toggle):
    choose(toggle, lab.idle_sid)
    assert activity_of_alice(lab) == chosen(toggle) == "Idle"
    assert toggle.content["summary"] == "Alice is Idle, available: TaskRouter may offer Tasks."
    assert f'activity_sid="{lab.idle_sid}"' in toggle.content["call"]["python"]
    assert f"ActivitySid={lab.idle_sid}" in toggle.content["call"]["curl"]
    assert toggle.content["error"] == ""


def test_change_made_elsewhere_shows_after_refresh(lab, toggle):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    before = updates(lab)
    toggle.refresh()
    assert chosen(toggle) == "Idle"
    assert toggle.content["summary"].startswith("Alice is Idle")
    assert updates(lab) == before


def test_refresh_changes_the_state_under_the_lock(lab, toggle):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    toggle.state.lock = lock = SpyLock()
    held: list[int] = []
    toggle.state.observe(lambda _: held.append(lock.held), ["worker", "summary"])
    toggle.refresh()
    assert held and all(held)


def test_activity_added_later_shows_after_refresh(lab, toggle):
    lab.workspace.activities.create(friendly_name="<b>Lunch</b>", available=False)
    before = updates(lab)
    toggle.refresh()
    assert toggle.content["activities"][-1]["name"] == "<b>Lunch</b>"
    assert chosen(toggle) == "Offline"
    assert updates(lab) == before


def test_refused_choice_shows_the_error_and_is_reverted(lab, toggle):
    gone = lab.workspace.activities.create(friendly_name="Gone")
    toggle.refresh()
    gone.delete()
    choose(toggle, gone.sid)
    assert toggle.content["error"].startswith("TaskRouter refused this (HTTP 4")
    assert chosen(toggle) == "Offline"
    assert not toggle.content["busy"]


def test_error_shows_that_taskrouter_is_down(lab, toggle, taskrouter):
    taskrouter.server.stop()
    choose(toggle, lab.idle_sid)
    assert toggle.content["error"].startswith("TaskRouter does not answer")
    assert chosen(toggle) == "Offline"
    assert "TaskRouter does not answer" in toggle.as_text()


def test_panel_of_a_deleted_worker_shows_the_error(lab):
    toggle = controls.activity_toggle(lab, "WK" + "0" * 32)
    assert "HTTP 404" in toggle.content["error"]


def test_second_choice_during_a_request_sends_nothing(lab, toggle):
    other = []

    def choose_again(_: object) -> None:
        if not other:
            thread = threading.Thread(target=choose, args=(toggle, lab.offline_sid + "x"))
            other.append(thread)
            thread.start()
            thread.join(10)

    toggle.state.observe(choose_again, "call")
    before = updates(lab)
    choose(toggle, lab.idle_sid)
    assert len(other) == 1
    assert updates(lab) == before + 1
    assert chosen(toggle) == "Idle"


def test_text_shows_the_activities_and_the_summary(toggle):
    assert toggle._repr_mimebundle_()[0]["text/plain"] == (
        "Alice: [✓ Offline] [Available] [Unavailable] [Idle]\n"
        "Alice is Offline, not available: TaskRouter offers no Tasks."
    )


def test_worker_beyond_the_limit_is_shown(lab, monkeypatch):
    monkeypatch.setattr(reader, "MOST_WORKERS", 1)
    toggle = controls.activity_toggle(lab, lab.bob_sid)
    assert toggle.state.snapshot.worker(lab.bob_sid) is None
    assert toggle.content["summary"] == "Bob is Idle, available: TaskRouter may offer Tasks."
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    toggle.refresh()
    assert chosen(toggle) == "Offline"
