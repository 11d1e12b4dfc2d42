import json
import threading
from typing import Any

import pytest
from press import press

from helpers import controls, tables
from helpers.controls.tasks import Tasks
from helpers.lessons.workspace import PreparedWorkspace

LACKS = 'lacks `languages HAS "es"`: languages is ["en"].'


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


def shown(panel: Tasks, sid: str | None) -> dict[str, Any]:
    [task] = [task for task in panel.content["shown"]["tasks"] if task["sid"] == sid]
    return task


def accept(lab: PreparedWorkspace) -> None:
    [reservation] = lab.workspace.tasks(lab.task_sid).reservations.list()
    reservation.update(reservation_status="accepted")


def test_card_shows_where_a_task_is_and_why_it_waits(lab, panel):
    task = shown(panel, lab.task_sid)
    assert (task["name"], task["status"], task["queue"]) == ("Spanish #1", "pending", "Spanish")
    assert task["why"] == f"Alice matches but is Offline; Bob {LACKS}"
    assert panel.content["shown"]["tasks_say"] == "1 Task waits"


def test_text_shows_only_what_the_lifecycle_allows(lab, panel):
    seen = [repr(panel)]
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    seen.append(repr(panel))
    accept(lab)
    panel.state.poller.refresh()
    seen.append(repr(panel))
    press(panel, "complete", task=lab.task_sid)
    seen.append(repr(panel))
    assert [text.splitlines() for text in seen] == [
        [
            "1 Task waits.",
            "Spanish #1: pending, TaskQueue Spanish, priority 0 [Cancel]",
            f"  Alice matches but is Offline; Bob {LACKS.replace('`', '')}",
        ],
        [
            "1 Task is reserved.",
            "Spanish #1: reserved, TaskQueue Spanish, Alice, priority 0 [Cancel]",
        ],
        [
            "1 Task is with a Worker.",
            "Spanish #1: assigned, TaskQueue Spanish, Alice, priority 0 [Complete]",
        ],
        ["No Task is open.", "Spanish #1: completed, TaskQueue Spanish, priority 0"],
    ]
    assert status(lab) == "completed"


def test_task_waits_for_a_worker_who_has_another(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    other = create(lab)
    panel.state.poller.refresh()
    assert panel.content["shown"]["tasks_say"] == "1 Task waits, 1 is reserved"
    assert shown(panel, other.sid)["why"].startswith("Alice matches but has another Task")


def set_channel(lab: PreparedWorkspace, **settings: Any) -> None:
    worker = lab.workspace.workers(lab.alice_sid)
    channels = {one.task_channel_unique_name: one.sid for one in worker.worker_channels.list()}
    worker.worker_channels(str(channels["default"])).update(**settings)


@pytest.mark.parametrize("settings", [{"available": False}, {"capacity": 0}])
def test_worker_whose_channel_takes_no_task_is_not_about_to_get_it(lab, panel, settings):
    set_channel(lab, **settings)
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    assert shown(panel, lab.task_sid)["why"].startswith("Alice matches but has no room (0 of ")
    assert list(tables.tasks(lab)["reason"]) == [
        'waits: every available Worker who matches languages HAS "es" is busy (Alice takes none on this channel)'
    ]
    assert controls.lifecycle(lab).state.number == 1  # no eligible Worker yet


def test_worker_whose_channel_is_on_again_is_reserved(lab, panel):
    set_channel(lab, available=False)
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    other = create(lab)
    set_channel(lab, available=True)
    panel.state.poller.refresh(everything=False)
    assert shown(panel, lab.task_sid)["says"] == "Spanish #1 is reserved for Alice."
    assert shown(panel, other.sid)["why"].startswith("Alice matches but has another Task")


def test_worker_who_rejected_a_task_does_not_hold_it(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    [reservation] = lab.workspace.tasks(lab.task_sid).reservations.list()
    reservation.update(reservation_status="rejected", worker_activity_sid=lab.offline_sid)
    panel.state.poller.refresh()
    assert "Spanish #1: pending, TaskQueue Spanish, priority 0 [Cancel]" in repr(panel)


def test_cancel_cancels_and_shows_the_call(lab, panel):
    press(panel, "cancel", task=lab.task_sid)
    assert status(lab) == shown(panel, lab.task_sid)["status"] == "canceled"
    assert 'assignment_status="canceled"' in panel.content["call"]["python"]
    assert lab.workspace.tasks(lab.task_sid).fetch().reason == "canceled in the notebook"


def test_refusal_is_shown(lab, panel):
    press(panel, "complete", task=lab.task_sid)
    assert panel.content["error"].startswith("TaskRouter refused this (HTTP 4")
    assert panel.content["error"] in repr(panel)


def test_press_ends_its_task_and_no_other(lab, panel):
    other = create(lab)
    panel.state.poller.refresh()
    press(panel, "cancel", task=other.sid)
    assert (other.fetch().assignment_status, status(lab)) == ("canceled", "pending")


def test_second_press_during_a_request_sends_nothing(lab, panel):
    others: list[threading.Thread] = []

    def press_again(_: object) -> None:
        thread = threading.Thread(target=panel.state.cancel, args=(lab.task_sid,))
        others.append(thread)
        thread.start()
        thread.join(10)

    panel.state.observe(press_again, "call")
    press(panel, "cancel", task=lab.task_sid)
    assert len(others) == 1
    assert panel.content["error"] == ""


def test_deleted_task_is_removed_and_new_one_added(lab, panel):
    lab.workspace.tasks(lab.task_sid).delete()
    panel.state.poller.refresh()
    assert panel.content["shown"] == {"tasks": [], "tasks_say": "No Task is open"}
    made = create(lab)
    panel.state.poller.refresh()
    assert [task["sid"] for task in panel.content["shown"]["tasks"]] == [made.sid]


def test_change_of_a_worker_without_a_task_sends_nothing(lab, panel):
    sent = []
    panel.observe(sent.append, "content")
    lab.workspace.workers(lab.bob_sid).update(activity_sid=lab.offline_sid)
    lab.workspace.workers.create(friendly_name="Carl", attributes='{"languages": ["en"]}')
    panel.state.poller.refresh()
    assert [change["new"]["shown"]["tasks"][0]["why"] for change in sent] == [
        f"Alice matches but is Offline; Bob and Carl {LACKS.replace('lacks', 'lack')}"
    ]
