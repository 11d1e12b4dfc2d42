import json
import threading
from typing import Any

import pytest

from helpers import controls, tables
from helpers.controls.tasks import MOST, TaskRow, Tasks
from helpers.lessons.workspace import SPANISH, PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def panel(lab) -> Tasks:
    return controls.tasks(lab)


def create(lab: PreparedWorkspace, **attributes: str):
    return lab.workspace.tasks.create(
        attributes=json.dumps({"selected_language": "es", **attributes}),
        workflow_sid=lab.workflow_sid,
    )


def status(lab: PreparedWorkspace) -> str:
    return str(lab.workspace.tasks(str(lab.task_sid)).fetch().assignment_status)


def enabled(lines) -> list[str]:
    return [
        button.description.split()[0]
        for button in (lines.cancel, lines.complete)
        if not button.disabled
    ]


def test_part_shows_where_a_task_is_and_why_it_waits(lab, panel):
    [lines] = panel.list.children
    assert lab.task_sid in lines.heading.value
    assert lines.summary.text == f"pending · in {SPANISH} · priority 0"
    assert lines.reason.text == (
        'It waits: no available Worker matches languages HAS "es" (Alice is Offline).'
    )
    assert panel.summary.text == "1 Task: 1 pending."


def test_summary_of_a_task_in_no_queue():
    row = TaskRow("WT1", "{}", "canceled", "", 0, 5, "")
    assert row.summary() == "canceled · in no TaskQueue · priority 0"


def test_age_is_shown_in_minutes(lab, panel, clock):
    clock.advance(125)
    panel.state.poller.refresh()
    assert panel.parts[lab.task_sid].age.text == "2 min old"


def test_only_buttons_that_the_lifecycle_allows_are_enabled(lab, panel):
    lines = panel.parts[lab.task_sid]
    assert enabled(lines) == ["Cancel"]
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    assert enabled(lines) == ["Cancel"]
    assert (
        lines.summary.text
        == f"reserved · in {SPANISH} · priority 0 · Alice's Reservation is pending"
    )
    assert panel.summary.text == "1 Task: 1 reserved."
    [reservation] = lab.workspace.tasks(lab.task_sid).reservations.list()
    reservation.update(reservation_status="accepted")
    panel.state.poller.refresh()
    assert enabled(lines) == ["Complete"]
    assert (
        lines.summary.text
        == f"assigned · in {SPANISH} · priority 0 · Alice's Reservation is accepted"
    )
    assert lines.reason.text == ""
    panel.on_end(lab.task_sid, "complete")
    assert status(lab) == "completed"
    assert enabled(lines) == []
    assert lines.summary.text == f"completed · in {SPANISH} · priority 0"
    assert lines.age.text == ""


def test_task_waits_for_a_worker_who_has_another(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    other = create(lab)
    panel.state.poller.refresh()
    assert panel.summary.text == "2 Tasks: 1 pending, 1 reserved."
    lines = panel.parts[other.sid]
    assert lines.summary.text == f"pending · in {SPANISH} · priority 0"
    assert lines.reason.text == (
        'It waits: every available Worker who matches languages HAS "es" is busy '
        "(Alice has another Task)."
    )
    assert repr(panel).count("\n  It ") == 1


def set_channel(lab: PreparedWorkspace, **settings: Any) -> None:
    worker = lab.workspace.workers(lab.alice_sid)
    channels = {one.task_channel_unique_name: one.sid for one in worker.worker_channels.list()}
    worker.worker_channels(str(channels["default"])).update(**settings)


@pytest.mark.parametrize("settings", [{"available": False}, {"capacity": 0}])
def test_worker_whose_channel_takes_no_task_is_not_about_to_get_it(lab, panel, settings):
    set_channel(lab, **settings)
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    reason = (
        'waits: every available Worker who matches languages HAS "es" is busy '
        "(Alice takes none on this channel)"
    )
    assert panel.parts[lab.task_sid].reason.text == f"It {reason}."
    assert list(tables.tasks(lab)["reason"]) == [reason]
    assert controls.lifecycle(lab).state.number == 1  # no eligible Worker yet


def test_worker_whose_channel_is_on_again_is_reserved(lab, panel):
    set_channel(lab, available=False)
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    other = create(lab)
    set_channel(lab, available=True)
    panel.state.poller.refresh(everything=False)
    assert panel.parts[lab.task_sid].summary.text.endswith("Alice's Reservation is pending")
    assert panel.parts[str(other.sid)].reason.text.endswith("is busy (Alice has another Task).")


def test_worker_who_rejected_a_task_is_not_shown(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    [reservation] = lab.workspace.tasks(lab.task_sid).reservations.list()
    reservation.update(reservation_status="rejected", worker_activity_sid=lab.offline_sid)
    panel.state.poller.refresh()
    assert panel.parts[lab.task_sid].summary.text == f"pending · in {SPANISH} · priority 0"


def test_cancel_cancels_and_shows_the_call(lab, panel):
    panel.on_end(lab.task_sid, "cancel")
    assert status(lab) == "canceled"
    assert 'assignment_status="canceled"' in panel.state.call.python
    assert lab.workspace.tasks(lab.task_sid).fetch().reason == "canceled in the notebook"
    assert panel.parts[lab.task_sid].summary.text.startswith("canceled")


def test_each_button_names_its_task(lab, panel):
    lines = panel.parts[lab.task_sid]
    for button, name in ((lines.cancel, "Cancel"), (lines.complete, "Complete")):
        assert button.description == f"{name} …{lab.task_sid[-6:]}"
        assert button.tooltip == f"{name} the Task {lab.task_sid}"


def test_refusal_is_shown(lab, panel):
    panel.on_end(lab.task_sid, "complete")
    assert panel.error_line.text.startswith("TaskRouter refused this (HTTP 4")


def test_each_button_ends_its_task(lab, panel):
    other = create(lab)
    panel.state.poller.refresh()
    panel.parts[other.sid].cancel.click()
    assert (other.fetch().assignment_status, status(lab)) == ("canceled", "pending")
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    lab.workspace.tasks(lab.task_sid).reservations.list()[0].update(reservation_status="accepted")
    panel.parts[lab.task_sid].complete.click()
    assert status(lab) == "completed"


def test_error_and_call_are_in_the_part_of_the_clicked_task(lab, panel):
    other = create(lab).sid
    panel.state.poller.refresh()
    outcome = (panel.error_line, panel.call_lines)
    for sid in (lab.task_sid, other):
        panel.on_end(sid, "complete")
        assert panel.parts[sid].children[-2:] == outcome
    assert not set(outcome) & {*panel.parts[lab.task_sid].children, *panel.children}
    lab.workspace.tasks(other).delete()
    panel.state.poller.refresh()
    assert panel.children[-2:] == outcome


def test_second_click_sends_nothing(lab, panel):
    others: list[threading.Thread] = []

    def click_again(_: object) -> None:
        thread = threading.Thread(target=panel.on_end, args=(lab.task_sid, "cancel"))
        others.append(thread)
        thread.start()
        thread.join(10)

    panel.state.observe(click_again, "call")
    panel.on_end(lab.task_sid, "cancel")
    assert len(others) == 1
    assert panel.error_line.text == ""


def test_deleted_task_is_removed_and_new_one_added(lab, panel):
    lab.workspace.tasks(lab.task_sid).delete()
    panel.state.poller.refresh()
    assert panel.list.children == ()
    assert panel.summary.text == "There is no Task yet."
    made = create(lab)
    panel.state.poller.refresh()
    assert list(panel.parts) == [made.sid]


def test_only_the_newest_of_many_tasks_are_shown(lab, panel):
    made = [create(lab).sid for _ in range(MOST)]
    panel.state.poller.refresh()
    assert list(panel.parts) == made
    assert panel.summary.text == (
        f"{MOST + 1} Tasks: {MOST + 1} pending. "
        f"The newest {MOST} are shown; write above what to find."
    )


def test_search_finds_one_of_many_tasks(lab, panel):
    for number in range(1, MOST):
        create(lab, name=f"caller {number:02}")
    panel.state.poller.refresh()
    assert panel.search.layout.display == "none"
    assert panel.summary.text == f"{MOST} Tasks: {MOST} pending."
    create(lab, name=f"caller {MOST}")
    panel.state.poller.refresh()
    assert panel.search.layout.display is None
    panel.search.value = "CALLER 07"
    [row] = panel.state.rows
    assert "caller 07" in row.attributes
    assert panel.summary.text == f"{MOST + 1} Tasks: {MOST + 1} pending. Found: 1."
    panel.search.value = lab.task_sid
    assert list(panel.parts) == [lab.task_sid]
    panel.search.value = "caller"
    assert panel.summary.text.endswith(f"Found: {MOST}.")
    for of_all in ("pending", SPANISH):
        panel.search.value = of_all
        assert panel.summary.text.endswith(
            f"Found: {MOST + 1}. The newest {MOST} are shown; write above what to find."
        )


def test_search_hides_nothing_when_the_tasks_fit(lab, panel):
    panel.state.contains = "nothing"
    assert list(panel.parts) == [lab.task_sid]
    assert panel.summary.text == "1 Task: 1 pending."


def test_attributes_are_escaped(lab, panel):
    made = create(lab, name="<b>José</b>")
    panel.state.poller.refresh()
    assert "<b>" not in panel.parts[made.sid].heading.value
    assert "&lt;b&gt;" in panel.parts[made.sid].heading.value


def test_text_shows_each_task_with_its_reason(lab, panel):
    where = f"pending · in {SPANISH} · priority 0"
    assert repr(panel).splitlines() == [
        "1 Task: 1 pending.",
        f'Task {lab.task_sid} {{"selected_language":"es"}}: {where} [Cancel]',
        '  It waits: no available Worker matches languages HAS "es" (Alice is Offline).',
    ]
