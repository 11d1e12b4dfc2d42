import pytest

from helpers.controls.parts.fields import ActivityButtons

ACTIVITIES = [("Offline", "WA1"), ("Idle", "WA2")]


@pytest.fixture
def buttons() -> ActivityButtons:
    buttons = ActivityButtons()
    buttons.render("Alice", ACTIVITIES, "WA2")
    return buttons


def test_each_button_says_what_it_does(buttons):
    assert list(buttons.tooltips) == ["Set Alice to Offline", "Set Alice to Idle"]


def test_an_activity_that_is_not_known_yet_leaves_them_as_they_are(buttons):
    buttons.render("Alice", ACTIVITIES, "WA3")
    assert buttons.value == "WA2"
    assert not buttons.rendering


def test_the_page_is_never_told_that_another_one_is_pressed(buttons, monkeypatch):
    told = []
    monkeypatch.setattr(buttons.comm, "send", lambda data, **_: told.append(data["state"]))
    buttons.render("Alice", [*ACTIVITIES, ("Lunch", "WA3")], "WA3")
    assert [state["index"] for state in told] == [2]
