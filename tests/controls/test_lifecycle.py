from dataclasses import replace
from importlib import import_module
from urllib.parse import unquote

import pytest
from press import press

from helpers import controls
from helpers.controls.follow.poller import Update
from helpers.controls.lifecycle import Lifecycle
from helpers.lessons.workspace import PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def panel(lab) -> Lifecycle:
    return controls.lifecycle(lab)


def create(lab: PreparedWorkspace, attributes: str = '{"selected_language": "es"}'):
    return lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)


def drawing(picture: dict) -> str:
    return unquote(picture["url"].removeprefix("data:image/svg+xml,"))


def test_step_follows_the_task(lab, panel):
    assert panel.state.number == 1
    assert panel.content["words"].startswith("[Task Created] → ")
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    assert panel.state.number == 3
    assert panel.content["says"] == "Spanish #1 is reserved for Alice."
    assert all("now: reserved" in drawing(each) for each in panel.content["pictures"])
    [reservation] = lab.workspace.tasks(lab.task_sid).reservations.list()
    reservation.update(reservation_status="accepted")
    panel.state.poller.refresh()
    assert panel.state.number == 5
    assert "[Task assigned to Worker]" in panel.content["words"]


def test_accepted_reservation_highlights_its_step_before_the_task_is_assigned(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    reserved = panel.state.snapshot
    lab.workspace.tasks(lab.task_sid).reservations.list()[0].update(reservation_status="accepted")
    panel.state.poller.refresh()
    panel.state.on_update(Update(replace(panel.state.snapshot, tasks=reserved.tasks)))
    assert panel.state.number == 4
    assert "[Reservation accepted]" in panel.content["words"]


def test_every_step_of_a_completed_task_is_done(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    [reservation] = lab.workspace.tasks(lab.task_sid).reservations.list()
    reservation.update(reservation_status="accepted")
    lab.workspace.tasks(lab.task_sid).update(assignment_status="completed", reason="done")
    panel.state.poller.refresh()
    assert panel.as_text().splitlines()[0].count("✓") == 5
    assert not any("now" in drawing(picture) for picture in panel.content["pictures"])


def test_canceled_task_highlights_no_step(lab, panel):
    lab.workspace.tasks(lab.task_sid).update(assignment_status="canceled", reason="gone")
    panel.state.poller.refresh()
    assert panel.as_text().startswith("Task Created → ")
    assert panel.content["says"] == "Spanish #1 is canceled."


def test_task_canceled_while_a_worker_is_asked_highlights_no_step(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    lab.workspace.tasks(lab.task_sid).update(assignment_status="canceled", reason="gone")
    panel.state.poller.refresh()
    assert panel.state.number is None
    assert panel.as_text().splitlines()[1] == "Spanish #1 is canceled."


def test_newest_task_is_followed_without_a_choice(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    create(lab)
    panel.state.poller.refresh()
    assert panel.content["says"].startswith("Spanish #2 waits: ")
    assert panel.state.number == 1, "Alice is available, but has another Task"
    press(panel, "choose", value=lab.task_sid)
    assert panel.state.number == 3


def test_chooser_lists_tasks_with_their_status_newest_first(lab, panel):
    newer = create(lab, '{"selected_language": "en"}')
    panel.state.poller.refresh()
    assert panel.content["options"] == [
        ("the newest Task", ""),
        ("English #1, reserved", newer.sid),
        ("Spanish #1, pending", lab.task_sid),
    ]


def test_chooser_offers_only_the_newest_tasks(lab, panel, monkeypatch):
    monkeypatch.setattr(import_module("helpers.controls.lifecycle"), "_MOST", 2)
    newer = [create(lab) for _ in range(2)]
    panel.state.poller.refresh()
    assert [sid for _, sid in panel.content["options"]] == ["", newer[1].sid, newer[0].sid]


def test_picture_without_a_task_highlights_no_step(lab):
    lab.workspace.tasks(lab.task_sid).delete()
    panel = controls.lifecycle(lab)
    assert panel.content["words"].startswith("Task Created → ")
    assert panel.content["says"] == "There is no Task yet."


def test_named_task_is_followed(lab):
    create(lab)
    panel = controls.lifecycle(lab, lab.task_sid)
    assert panel.content["says"].startswith("Spanish #1 waits")
    assert panel.content["chosen"] == lab.task_sid


def test_deleted_task_is_described(lab):
    panel = controls.lifecycle(lab, lab.task_sid)
    lab.workspace.tasks(lab.task_sid).delete()
    panel.state.poller.refresh()
    assert panel.content["says"] == "TaskRouter has no Task Spanish #1 any more."
    assert panel.content["options"][-1] == ("deleted", lab.task_sid)
    assert panel.state.number is None
    press(panel, "choose", value="")
    assert panel.content["says"] == "There is no Task yet."


def test_task_that_never_was_is_described(lab):
    sid = "WT" + "0" * 32
    assert controls.lifecycle(lab, sid).content["says"] == f"TaskRouter has no Task {sid}."


def test_pictures_are_for_a_wide_and_a_narrow_place(panel):
    wide, narrow = panel.content["pictures"]
    assert wide["width"] <= 700 and narrow["width"] <= 320
    assert all(f'height="{one["height"]}"' in drawing(one) for one in (wide, narrow))
    assert drawing(narrow).count("<circle") == 5


def test_text_shows_the_steps_and_the_summary(lab, panel):
    steps = "eligible Worker becomes available → Worker reserved → Reservation accepted"
    assert repr(panel).splitlines() == [
        f"[Task Created] → {steps} → Task assigned to Worker",
        "Spanish #1 waits: Alice matches but is Offline.",
    ]
