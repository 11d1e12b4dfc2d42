from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from types import SimpleNamespace

import pytest

from helpers import controls, explain
from helpers.controls.follow.poller import Update
from helpers.controls.reservation import Reservation, facts, rest
from helpers.lessons.workspace import PreparedWorkspace

INSTANCE = SimpleNamespace(
    sid="WT1",
    date_created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    links={"reservations": "https://x"},
    reason=None,
    priority=0,
    age=5,
    _version=object(),
)


@pytest.fixture
def waiting(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def lab(waiting) -> PreparedWorkspace:
    """Alice is reserved for the Task."""
    waiting.workspace.workers(waiting.alice_sid).update(activity_sid=waiting.idle_sid)
    return waiting


@pytest.fixture
def panel(lab) -> Reservation:
    return controls.reservation(lab)


def the_reservation(lab: PreparedWorkspace):
    return lab.workspace.tasks(str(lab.task_sid)).reservations.list()[0]


def test_panel_without_a_reservation_is_empty(waiting):
    panel = controls.reservation(waiting)
    assert panel.summary.text == "There is no Reservation yet."
    assert panel.accept.disabled and panel.reject.disabled
    assert repr(panel) == "There is no Reservation yet."
    assert {heading.layout.display for heading in panel.headings.values()} == {"none"}


def test_task_without_a_reservation_is_named(waiting):
    panel = controls.reservation(waiting, waiting.task_sid)
    assert panel.summary.text == f"There is no Reservation of Task {waiting.task_sid}."


def test_panel_shows_the_reservation_its_task_and_its_worker(lab, panel):
    assert panel.summary.text == "Alice's Reservation is pending."
    assert the_reservation(lab).sid in panel.tables["Reservation"].value
    assert lab.task_sid in panel.tables["Task"].value
    assert lab.alice_sid in panel.tables["Worker"].value
    for name, heading in panel.headings.items():
        assert f"<strong>{name}</strong>" in heading.value and heading.layout.display is None
    assert panel.chooser.options[0] == ("the newest", "")
    assert len(panel.chooser.options) == 2


def test_countdown_shows_the_time_left(panel, clock):
    assert panel.countdown.text == "20 min left to answer"
    clock.advance(65)
    panel.state.poller.refresh()
    assert panel.countdown.text == "18 min 55 s left to answer"


def test_task_sent_straight_to_a_queue_counts_down_as_explain_says(waiting, clock):
    queue = waiting.workspace.task_queues.create("All", target_workers="1==1")
    waiting.workspace.workers(waiting.bob_sid).update(activity_sid=waiting.idle_sid)
    task = waiting.workspace.tasks.create(task_queue_sid=queue.sid)
    panel = controls.reservation(waiting, task.sid)
    assert panel.countdown.text == "20 min left to answer"
    assert "(20 min left)" in explain(waiting, task.fetch()).sentence
    clock.advance(65)
    panel.state.poller.refresh()
    assert panel.countdown.text == "18 min 55 s left to answer"


def test_accept_accepts_and_shows_the_call(lab, panel):
    panel.on_accept(panel.accept)
    assert the_reservation(lab).reservation_status == "accepted"
    assert panel.state.call.python == (
        f'client.taskrouter.v1.workspaces("{lab.workspace_sid}").tasks("{lab.task_sid}")'
        f'.reservations("{the_reservation(lab).sid}").update(\n'
        '    reservation_status="accepted",\n)'
    )
    assert f"Tasks/{lab.task_sid}/Reservations/" in panel.state.call.curl
    assert panel.summary.text == "Alice's Reservation is accepted."
    assert panel.accept.disabled and panel.reject.disabled
    assert panel.countdown.text == ""


@pytest.mark.parametrize(("button", "status"), [("accept", "accepted"), ("reject", "rejected")])
def test_each_button_sends_its_answer(lab, panel, button, status):
    getattr(panel, button).click()
    assert the_reservation(lab).reservation_status == status


def test_second_click_sends_nothing(lab, panel):
    panel.state.observe(lambda _: panel.on_accept(panel.accept), "call")
    panel.on_accept(panel.accept)
    assert panel.error_line.text == ""
    assert the_reservation(lab).reservation_status == "accepted"


def test_reject_rejects_and_the_newest_is_followed(lab, panel):
    first = the_reservation(lab).sid
    panel.on_reject(panel.reject)
    found = {one.sid: one for one in lab.workspace.tasks(lab.task_sid).reservations.list()}
    assert found[first].reservation_status == "rejected"
    assert len(panel.chooser.options) == len(found) + 1


def test_ended_reservation_can_be_chosen(lab, panel):
    first = the_reservation(lab).sid
    panel.on_reject(panel.reject)
    panel.chooser.value = first
    assert panel.summary.text == "Alice's Reservation is rejected."
    panel.state.poller.refresh()
    assert panel.chooser.value == first
    assert panel.accept.disabled


def test_newest_is_followed_when_the_chosen_one_is_deleted(lab, panel):
    panel.chooser.value = the_reservation(lab).sid
    lab.workspace.tasks(lab.task_sid).delete()
    attributes = '{"selected_language": "es"}'
    made = lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)
    panel.state.poller.refresh()
    assert (panel.state.chosen_sid, panel.chooser.value) == ("", "")
    assert made.sid in panel.tables["Task"].value
    assert panel.state.status == "pending"
    assert panel.notice_line.text == ""


def test_chosen_reservation_stays_when_many_are_newer(lab, panel, monkeypatch):
    first = the_reservation(lab).sid
    panel.chooser.value = first
    monkeypatch.setattr(import_module("helpers.controls.reservation"), "_MOST", 1)
    panel.on_reject(panel.reject)
    assert panel.notice_line.text == ""
    assert (panel.chooser.value, panel.chooser.options[-1][1]) == (first, first)
    assert panel.summary.text == "Alice's Reservation is rejected."


def test_deleted_worker_is_described(lab, panel):
    answer = {"reservation_status": "rejected", "worker_activity_sid": lab.offline_sid}
    the_reservation(lab).update(**answer)
    lab.workspace.workers(lab.alice_sid).delete()
    panel.state.poller.refresh()
    assert "TaskRouter has deleted the Worker." in panel.tables["Worker"].value
    assert panel.countdown.text == ""


def test_chosen_reservation_is_shown_at_once(lab, panel):
    first = the_reservation(lab).sid
    panel.on_reject(panel.reject)
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    assert panel.summary.text == "Alice's Reservation is pending."
    panel.chooser.value = first
    assert panel.summary.text == "Alice's Reservation is rejected."
    assert panel.accept.disabled and panel.reject.disabled
    panel.chooser.value = ""
    assert panel.summary.text == "Alice's Reservation is pending."


def test_timeout_is_shown(lab, panel, clock, emulator):
    clock.advance(1201)
    emulator.taskrouter.advance(0)
    panel.state.poller.refresh()
    assert panel.summary.text == "Alice's Reservation is timeout."


def test_late_answer_shows_the_refusal(lab, panel):
    the_reservation(lab).update(reservation_status="accepted")
    panel.on_reject(panel.reject)
    assert panel.error_line.text.startswith("TaskRouter refused this (HTTP 4")
    assert panel.summary.text == "Alice's Reservation is accepted."


def test_refusal_is_shown_until_the_status_changes(lab, panel):
    the_reservation(lab).update(reservation_status="accepted")
    panel.on_reject(panel.reject)
    panel.state.poller.refresh()
    assert panel.error_line.text.startswith("TaskRouter refused this")
    lab.workspace.tasks(lab.task_sid).update(assignment_status="completed", reason="done")
    panel.state.poller.refresh()
    assert panel.error_line.text == ""


def test_refusal_is_cleared_when_another_reservation_is_shown(lab, panel):
    panel.on_reject(panel.reject)
    late = panel.state.snapshot.reservations[0]
    panel.state.answer("accept", (late.task_sid, late.sid))
    assert panel.error_line.text.startswith("TaskRouter refused this")
    panel.chooser.value = late.sid
    assert panel.error_line.text == ""


def test_late_click_answers_the_buttons_own_reservation(lab, panel):
    pressed, first = panel.accept, the_reservation(lab).sid
    the_reservation(lab).update(reservation_status="rejected")
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    assert panel.state.status == "pending"
    panel.on_accept(pressed)
    assert panel.error_line.text.startswith("TaskRouter refused this (HTTP 4")
    assert f"Reservations/{first}" in panel.state.call.curl
    assert panel.state.status == "pending"


def test_named_task_limits_the_reservations(lab):
    assert controls.reservation(lab, lab.task_sid).state.status == "pending"
    assert controls.reservation(lab, "WT" + "0" * 32).state.status == ""


def test_deleted_task_leaves_an_empty_panel(lab, panel):
    lab.workspace.tasks(lab.task_sid).delete()
    panel.state.poller.refresh()
    assert panel.accept.disabled


def test_text_shows_the_summary_and_the_facts(lab, panel):
    lines = repr(panel).splitlines()
    assert lines[0] == "Alice's Reservation is pending. [Accept] [Reject]"
    assert "  friendly_name: Alice" in lines
    assert f"  sid: {lab.task_sid}" in lines


def test_worker_beyond_the_limit_is_not_called_deleted(panel):
    panel.state.on_update(Update(replace(panel.state.snapshot, workers=(), more_workers=True)))
    assert "more Workers than this panel reads" in panel.tables["Worker"].value


def test_every_property_is_shown_and_most_are_folded_away(lab, panel):
    reservation = the_reservation(lab)
    of = {
        "Reservation": reservation,
        "Task": lab.workspace.tasks(lab.task_sid).fetch(),
        "Worker": lab.workspace.workers(reservation.worker_sid).fetch(),
    }
    for heading, instance in of.items():
        shown, folded = panel.tables[heading].value.split("<summary>Everything else</summary>")
        names = [name for name in vars(instance) if not name.startswith("_") and name != "age"]
        assert all(f">{name}</th>" in shown + folded for name in names)
        assert instance.sid in shown
        assert instance.url in folded


def test_facts_are_not_rendered_again_when_only_the_age_changes(lab, panel, clock):
    painted = []
    for table in panel.tables.values():
        table.observe(painted.append, "value")
    clock.advance(5)
    panel.state.poller.refresh()
    assert painted == []


def test_facts_are_formatted_like_the_api():
    assert facts(INSTANCE, ["date_created", "links", "reason", "priority"]) == [
        ("date_created", "2026-01-02T03:04:05Z"),
        ("links", '{\n  "reservations": "https://x"\n}'),
        ("reason", ""),
        ("priority", 0),
    ]


def test_rest_is_sorted_by_name_and_omits_the_age():
    names = [name for name, _ in rest(INSTANCE, ["sid", "date_created"])]
    assert names == ["links", "priority", "reason"]
