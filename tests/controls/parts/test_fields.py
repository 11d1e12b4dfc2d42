import pytest

from helpers.controls.parts.fields import ActivityButtons

ACTIVITIES = [("Offline", "WA1"), ("Idle", "WA2")]


@pytest.fixture
def buttons() -> ActivityButtons:
    buttons = ActivityButtons()
    buttons.render("Alice", ACTIVITIES, "WA2")
    return buttons


def test_each_button_has_a_tooltip(buttons):
    assert list(buttons.tooltips) == ["Set Alice to Offline", "Set Alice to Idle"]


def test_unknown_activity_leaves_the_buttons_unchanged(buttons):
    buttons.render("Alice", ACTIVITIES, "WA3")
    assert buttons.value == "WA2"
    assert not buttons.rendering


def test_page_never_gets_a_wrong_pressed_button(buttons, monkeypatch):
    sent = []
    monkeypatch.setattr(buttons.comm, "send", lambda data, **_: sent.append(data["state"]))
    buttons.render("Alice", [*ACTIVITIES, ("Lunch", "WA3")], "WA3")
    assert [state["index"] for state in sent] == [2]
