from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from helpers import controls
from helpers.controls.follow.poller import Update
from helpers.controls.lifecycle import Lifecycle, _described
from helpers.display.html import short
from helpers.lessons.workspace import ENGLISH, SPANISH, PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def panel(lab) -> Lifecycle:
    return controls.lifecycle(lab)


def create(lab: PreparedWorkspace, attributes: str = '{"selected_language": "es"}'):
    return lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)


def test_step_follows_the_task(lab, panel):
    assert panel.state.number == 1
    assert 'alt="[Task Created] → ' in panel.picture.value
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    assert panel.state.number == 3
    assert panel.summary.text == (
        f"Task {lab.task_sid} is reserved; Alice's Reservation is pending."
    )
    [reservation] = lab.workspace.tasks(lab.task_sid).reservations.list()
    reservation.update(reservation_status="accepted")
    panel.state.poller.refresh()
    assert panel.state.number == 5
    assert "[Task assigned to Worker]" in panel.picture.value


def test_accepted_reservation_highlights_its_step_before_the_task_is_assigned(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    reserved = panel.state.snapshot
    lab.workspace.tasks(lab.task_sid).reservations.list()[0].update(reservation_status="accepted")
    panel.state.poller.refresh()
    panel.state.on_update(Update(replace(panel.state.snapshot, tasks=reserved.tasks)))
    assert panel.state.number == 4
    assert "[Reservation accepted]" in panel.picture.value


def test_every_step_of_a_completed_task_is_done(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    [reservation] = lab.workspace.tasks(lab.task_sid).reservations.list()
    reservation.update(reservation_status="accepted")
    lab.workspace.tasks(lab.task_sid).update(assignment_status="completed", reason="done")
    panel.state.poller.refresh()
    assert panel.as_text().splitlines()[0].count("✓") == 5
    assert "now" not in panel.picture.value


def test_canceled_task_highlights_no_step(lab, panel):
    lab.workspace.tasks(lab.task_sid).update(assignment_status="canceled", reason="gone")
    panel.state.poller.refresh()
    assert panel.as_text().startswith("Task Created → ")
    assert panel.summary.text == f"Task {lab.task_sid} is canceled; it had no Reservation."


def test_newest_task_is_followed_without_a_choice(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    newer = create(lab)
    panel.state.poller.refresh()
    assert newer.sid in panel.summary.text
    assert panel.state.number == 1, "Alice is available, but has another Task"
    panel.chooser.value = lab.task_sid
    assert panel.state.number == 3


def test_chooser_lists_tasks_with_their_queue_newest_first(lab, panel):
    newer = create(lab, '{"selected_language": "en"}')
    panel.state.poller.refresh()
    assert panel.chooser.options == (
        ("the newest", ""),
        (f"{short(str(newer.sid))} reserved, {ENGLISH}", newer.sid),
        (f"{short(str(lab.task_sid))} pending, {SPANISH}", lab.task_sid),
    )


def test_task_in_no_queue_is_listed():
    task: Any = SimpleNamespace(
        sid="WT1", assignment_status="canceled", task_queue_friendly_name=None
    )
    assert _described(task) == "…WT1 canceled, in no TaskQueue"


def test_chooser_offers_only_the_newest_tasks(lab, panel, monkeypatch):
    monkeypatch.setattr(import_module("helpers.controls.lifecycle"), "_MOST", 2)
    newer = [create(lab) for _ in range(2)]
    panel.state.poller.refresh()
    assert [sid for _, sid in panel.chooser.options] == ["", newer[1].sid, newer[0].sid]


def test_picture_without_a_task_highlights_no_step(lab):
    lab.workspace.tasks(lab.task_sid).delete()
    panel = controls.lifecycle(lab)
    assert 'alt="Task Created → ' in panel.picture.value
    assert panel.summary.text == "There is no Task yet."


def test_named_task_is_followed(lab):
    create(lab)
    panel = controls.lifecycle(lab, lab.task_sid)
    assert lab.task_sid in panel.summary.text
    assert panel.chooser.value == lab.task_sid


def test_deleted_task_is_described(lab):
    panel = controls.lifecycle(lab, lab.task_sid)
    lab.workspace.tasks(lab.task_sid).delete()
    panel.state.poller.refresh()
    assert panel.summary.text == f"TaskRouter has no Task {lab.task_sid}."
    assert panel.state.number is None
    panel.chooser.value = ""
    assert panel.summary.text == "There is no Task yet."


def test_text_shows_the_steps_and_the_summary(lab, panel):
    steps = "eligible Worker becomes available → Worker reserved → Reservation accepted"
    assert repr(panel).splitlines() == [
        f"[Task Created] → {steps} → Task assigned to Worker",
        f"Task {lab.task_sid} is pending; it has no Reservation yet.",
    ]
