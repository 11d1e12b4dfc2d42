import inspect
from collections.abc import Iterator
from typing import get_args

import pytest

from helpers import exercises
from helpers.controls.follow.poller import SETTINGS_EVERY
from helpers.exercises import Line, SelfCheck
from helpers.exercises.self_check import SelfCheckPanel, refreshing
from helpers.lessons.workspace import AnyLab

RIGHT = Line("Bob is <Unavailable>", True, "he is", "Update Bob.")
WRONG = Line("Alice is Offline", False, "she is <Idle>", "Update Alice.")
WRONG_TOO = Line("A Task waits", False, "there is none", "Create one.")


@refreshing
def alice_is_idle(lab) -> SelfCheck:
    alice = lab.workspace.workers(lab.alice_sid).fetch()
    found = f"she is {alice.activity_name}"
    return SelfCheck("Back", [Line("Alice is Idle", bool(alice.available), found, "Update her.")])


@pytest.fixture
def lab(prepared):
    return prepared("alice offline")


@pytest.fixture
def panel(lab) -> Iterator[SelfCheckPanel]:
    open_panel = alice_is_idle(lab).open_panel
    assert open_panel is not None
    panel = open_panel()
    yield panel
    panel.close()


def test_unsolved_shows_what_was_found_and_the_first_advice():
    assert repr(SelfCheck("Lunch", [RIGHT, WRONG, WRONG_TOO])).splitlines() == [
        "○ Not yet solved: Lunch",
        "  ✓ Bob is <Unavailable>",
        "  ○ Alice is Offline: she is <Idle>",
        "  ○ A Task waits: there is none",
        "Next: Update Alice.",
    ]


def test_solved_shows_no_advice():
    assert repr(SelfCheck("Lunch", [RIGHT])) == "✓ Solved: Lunch\n  ✓ Bob is <Unavailable>"


def test_page_without_the_panel_shows_the_text(lab):
    found = alice_is_idle(lab)
    assert found._repr_mimebundle_()[0]["text/plain"] == repr(found)
    assert repr(found).startswith("○ Not yet solved: Back\n  ○ Alice is Idle: she is Offline")


def test_self_check_that_does_not_refresh_is_drawn_as_it_is():
    found = SelfCheck("Lunch", [RIGHT, WRONG])
    panel = found.open_panel()
    assert panel.content == found.to_dict()
    assert found._repr_mimebundle_()[0]["text/plain"] == repr(found)
    panel.close()


def test_panel_follows_what_the_learner_changes(lab, panel):
    assert panel.content["lines"][0]["found"] == "she is Offline"
    alice = lab.workspace.workers(lab.alice_sid)
    for activity_sid, solved in ((lab.idle_sid, True), (lab.offline_sid, False)):
        alice.update(activity_sid=activity_sid)
        panel.state.poller.refresh()
        assert panel.content["solved"] is solved


def test_reading_again_is_not_in_the_learners_log(lab, panel):
    before = len(lab.session.requests.sent())
    panel.state.poller.refresh()
    assert len(lab.session.requests.sent()) == before


def test_unchanged_workspace_is_read_now_and_then_and_a_change_at_once(lab, panel, monkeypatch):
    reads = []
    monkeypatch.setattr(panel.state, "read", lambda lab: reads.append(lab) or panel.state.found)

    def poll(times):
        for _ in range(times):
            panel.state.poller.refresh()
            panel.state.on_update(panel.state.poller.latest)
        return len(reads)

    now_and_then = poll(3 * SETTINGS_EVERY)  # the poller's own thread may poll too
    assert 3 <= now_and_then < 2 * SETTINGS_EVERY
    lab.workspace.update(timeout_activity_sid=lab.offline_sid)  # no panel shows it
    assert poll(1) > now_and_then


def test_self_check_that_fails_says_so_and_recovers(lab, panel, monkeypatch):
    def fail(lab):
        raise ValueError("no such Worker")

    with monkeypatch.context() as patched:
        patched.setattr(panel.state, "read", fail)
        lab.workspace.fetch()
        panel.state.poller.refresh()
        assert panel.content["notice"] == "no such Worker"
    panel.state.poller.refresh()
    assert panel.content["notice"] == ""


def test_closed_panel_reads_no_more(lab, panel):
    panel.close()
    assert panel.state.on_update not in panel.state.poller.listeners


def test_every_self_check_of_a_workspace_refreshes_itself():
    public = [getattr(exercises, name) for name in exercises.__all__]
    checks = [each for each in public if inspect.isfunction(each) and reads_a_workspace(each)]
    assert len(checks) > 10
    assert [each.__name__ for each in checks if not hasattr(each, "__wrapped__")] == []


def reads_a_workspace(function) -> bool:
    signature = inspect.signature(function)
    lab = signature.parameters.get("lab")
    checks = signature.return_annotation is SelfCheck
    return checks and lab is not None and lab.annotation in get_args(AnyLab)
