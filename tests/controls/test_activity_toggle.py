import threading

import pytest
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


def test_new_panel_shows_the_activity_and_sends_no_update(lab):
    before = updates(lab)
    toggle = controls.activity_toggle(lab, lab.alice_sid)
    assert [name.split() for name, _ in toggle.toggles.options][:2] == [
        ["Offline", "✓"],
        ["Available"],
    ]
    assert toggle.toggles.value == lab.offline_sid
    assert toggle.toggles.description == "Alice"
    assert toggle.summary.text == ("Alice is Offline, not available: TaskRouter offers no Tasks.")
    assert updates(lab) == before


def test_choice_sets_the_activity_and_shows_the_call(lab, toggle):
    toggle.toggles.value = lab.idle_sid
    assert activity_of_alice(lab) == "Idle"
    assert toggle.summary.text == "Alice is Idle, available: TaskRouter may offer Tasks."
    assert f'activity_sid="{lab.idle_sid}"' in toggle.state.call.python
    assert f"ActivitySid={lab.idle_sid}" in toggle.call_lines.value
    assert toggle.state.error == ""


def test_only_the_chosen_button_is_ticked(lab, toggle):
    toggle.toggles.value = lab.idle_sid
    ticked = [sid for name, sid in toggle.toggles.options if name.endswith("\u00a0✓")]
    assert ticked == [lab.idle_sid]


def test_choice_of_the_current_activity_sends_nothing(lab, toggle):
    before = updates(lab)
    toggle.on_toggle({"new": lab.offline_sid})
    assert updates(lab) == before


def test_change_made_elsewhere_shows_after_refresh(lab, toggle):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    before = updates(lab)
    toggle.refresh()
    assert toggle.toggles.value == lab.idle_sid
    assert toggle.summary.text.startswith("Alice is Idle")
    assert updates(lab) == before


def test_refresh_changes_the_state_under_the_lock(lab, toggle):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    toggle.state.lock = lock = SpyLock()
    held: list[int] = []
    toggle.state.observe(lambda _: held.append(lock.held), ["activity_sid", "summary"])
    toggle.refresh()
    assert held and all(held)


def test_activity_added_later_shows_after_refresh(lab, toggle):
    lab.workspace.activities.create(friendly_name="<b>Lunch</b>", available=False)
    before = updates(lab)
    toggle.refresh()
    assert toggle.toggles.options[-1][0].strip() == "<b>Lunch</b>"
    assert toggle.toggles.value == lab.offline_sid
    assert updates(lab) == before


def test_activity_changed_elsewhere_is_shown_and_sends_nothing(lab, toggle):
    before = updates(lab)
    toggle.state.activities = [("New", "WA" + "0" * 32), *toggle.state.activities]
    assert toggle.toggles.options[0][0].strip() == "New"
    assert toggle.toggles.value == lab.offline_sid
    toggle.state.activity_sid = lab.idle_sid
    assert toggle.toggles.value == lab.idle_sid
    assert updates(lab) == before


def test_refused_choice_shows_the_error_and_is_reverted(lab, toggle):
    gone = lab.workspace.activities.create(friendly_name="Gone")
    toggle.refresh()
    gone.delete()
    toggle.toggles.value = gone.sid
    assert toggle.error_line.text.startswith("TaskRouter refused this (HTTP 4")
    assert toggle.toggles.value == lab.offline_sid
    assert not toggle.toggles.disabled


def test_error_shows_that_taskrouter_is_down(lab, toggle, taskrouter):
    taskrouter.server.stop()
    toggle.toggles.value = lab.idle_sid
    assert toggle.error_line.text.startswith("TaskRouter does not answer")
    assert toggle.toggles.value == lab.offline_sid
    assert "TaskRouter does not answer" in toggle.as_text()


def test_panel_of_a_deleted_worker_shows_the_error(lab):
    toggle = controls.activity_toggle(lab, "WK" + "0" * 32)
    assert "HTTP 404" in toggle.error_line.text


def test_buttons_are_disabled_while_busy(lab, toggle):
    seen = []
    toggle.toggles.observe(lambda change: seen.append(change["new"]), "disabled")
    toggle.toggles.value = lab.idle_sid
    assert seen == [True, False]


def test_second_choice_during_a_request_sends_nothing_and_is_reverted(lab, toggle):
    other = []

    def choose_again(_: object) -> None:
        if not other:
            thread = threading.Thread(
                target=toggle.on_toggle, args=({"new": lab.offline_sid + "x"},)
            )
            other.append(thread)
            thread.start()
            thread.join(10)

    toggle.state.observe(choose_again, "call")
    before = updates(lab)
    toggle.toggles.value = lab.idle_sid
    assert len(other) == 1
    assert updates(lab) == before + 1
    assert toggle.toggles.value == lab.idle_sid


def test_text_shows_the_activities_and_the_summary(toggle):
    assert toggle._repr_mimebundle_()["text/plain"] == (
        "Alice: [✓ Offline] [Available] [Unavailable] [Idle]\n"
        "Alice is Offline, not available: TaskRouter offers no Tasks."
    )


def test_worker_beyond_the_limit_is_shown(lab, monkeypatch):
    monkeypatch.setattr(reader, "MOST_WORKERS", 1)
    toggle = controls.activity_toggle(lab, lab.bob_sid)
    assert toggle.state.snapshot.worker(lab.bob_sid) is None
    assert toggle.summary.text == "Bob is Idle, available: TaskRouter may offer Tasks."
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    toggle.refresh()
    assert toggle.toggles.value == lab.offline_sid
