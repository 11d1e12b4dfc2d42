"""What every panel that is drawn in the page sends and does; the toggle of Activities stands for all."""

import pytest
from press import press

from helpers import controls
from helpers.controls.activity_toggle import ActivityToggle
from helpers.lessons.workspace import PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


@pytest.fixture
def panel(lab) -> ActivityToggle:
    return controls.activity_toggle(lab, lab.alice_sid)


@pytest.fixture
def sent(panel, monkeypatch) -> list[dict]:
    """What the page gets from now on."""
    messages: list[dict] = []
    monkeypatch.setattr(panel.comm, "send", lambda data, **_: messages.append(data["state"]))
    return messages


def test_press_is_answered_by_one_message_with_its_whole_effect(lab, panel, sent):
    press(panel, "set_activity", worker=lab.alice_sid, activity=lab.idle_sid)
    [message] = sent
    content = message["content"]
    assert content["worker"]["activity"] == "Idle"
    assert content["call"] == vars(panel.state.call)
    assert (content["error"], content["busy"]) == ("", False)


def test_press_that_changes_nothing_is_answered_too(lab, panel, sent):
    press(panel, "set_activity", worker=lab.alice_sid, activity=lab.idle_sid)
    press(panel, "set_activity", worker=lab.alice_sid, activity=lab.idle_sid)
    assert [message["content"]["presses"] for message in sent] == [1, 2]


@pytest.mark.parametrize("name", ["refresh", "close", "_set", "no such"])
def test_press_that_the_panel_does_not_list_is_refused(lab, panel, name):
    press(panel, name, worker=lab.alice_sid, activity=lab.idle_sid)
    assert panel.content["error"] == f"This panel has no press {name!r}. Run its cell again."
    assert panel.content["worker"]["activity"] == "Offline"


def test_press_that_raises_is_answered_too(lab, panel, sent):
    press(panel, "set_activity", unknown=1)
    assert [message["content"]["presses"] for message in sent] == [1]


def test_busy_is_drawn_while_an_action_of_the_kernel_runs(lab, panel):
    seen = []
    panel.observe(lambda change: seen.append(change["new"]["busy"]), "content")
    panel.state.set_activity(lab.alice_sid, lab.idle_sid)
    assert True in seen and not seen[-1]
