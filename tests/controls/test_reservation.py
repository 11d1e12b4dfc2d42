import threading
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from types import SimpleNamespace

import pytest
from press import press

from helpers import controls, explain
from helpers.controls.follow.poller import Update
from helpers.controls.reservation import Reservation, fields
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
    make_idle(waiting)
    return waiting


@pytest.fixture
def panel(lab) -> Reservation:
    return controls.reservation(lab)


def make_idle(lab: PreparedWorkspace) -> None:
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)


def the_reservation(lab: PreparedWorkspace):
    return lab.workspace.tasks(str(lab.task_sid)).reservations.list()[0]


def says(panel: Reservation) -> str:
    return panel.content["says"]


def shown(panel: Reservation) -> dict:
    return panel.content["desk"]["reservation"]


def answer(panel: Reservation, action: str) -> None:
    """Press a button as it is drawn now."""
    one = shown(panel)
    press(panel, action, task=one["task_sid"], reservation=one["sid"])


def seconds_left(panel: Reservation) -> float:
    return shown(panel)["deadline"] - panel.content["now"]


def test_panel_without_a_reservation_is_empty(waiting):
    panel = controls.reservation(waiting)
    assert says(panel) == repr(panel) == "There is no Reservation yet."
    assert panel.content["desk"] == {"task": None}
    assert panel.content["options"] == [("the newest Reservation", "")]


def test_task_without_a_reservation_is_named_and_says_why(waiting):
    panel = controls.reservation(waiting, waiting.task_sid)
    assert says(panel) == "There is no Reservation of Spanish #1 yet."
    assert panel.content["desk"]["task"]["says"].startswith("Spanish #1 waits: Alice matches")


def test_desk_has_the_reservation_its_task_and_its_worker(lab, panel):
    desk = panel.content["desk"]
    assert says(panel) == "Alice is asked about Spanish #1."
    assert desk["reservation"]["sid"] == the_reservation(lab).sid
    assert desk["task"]["sid"] == lab.task_sid
    assert desk["worker"]["sid"] == lab.alice_sid
    assert panel.content["options"][1:] == [("Alice, Spanish #1, pending", shown(panel)["sid"])]


def test_time_left_is_the_workflows_timeout_and_shrinks(panel, clock):
    assert seconds_left(panel) == pytest.approx(1200, abs=3)
    clock.advance(65)
    panel.state.poller.refresh()
    assert seconds_left(panel) == pytest.approx(1135, abs=3)


def test_task_sent_straight_to_a_queue_counts_down_as_explain_says(waiting):
    queue = waiting.workspace.task_queues.create("All", target_workers="1==1")
    waiting.workspace.workers(waiting.bob_sid).update(activity_sid=waiting.idle_sid)
    task = waiting.workspace.tasks.create(task_queue_sid=queue.sid)
    panel = controls.reservation(waiting, task.sid)
    assert seconds_left(panel) == pytest.approx(1200, abs=3)
    assert "(20 min left)" in explain(waiting, task.fetch()).sentence


def test_accept_accepts_and_shows_the_call(lab, panel):
    answer(panel, "accept")
    assert the_reservation(lab).reservation_status == "accepted"
    assert panel.content["call"]["python"] == (
        f'client.taskrouter.v1.workspaces("{lab.workspace_sid}").tasks("{lab.task_sid}")'
        f'.reservations("{the_reservation(lab).sid}").update(\n'
        '    reservation_status="accepted",\n)'
    )
    assert f"Tasks/{lab.task_sid}/Reservations/" in panel.content["call"]["curl"]
    assert says(panel) == "Alice has Spanish #1."
    assert shown(panel)["deadline"] is None


def test_next_steps_lead_to_the_end(lab, panel):
    answer(panel, "accept")
    said = []
    for action in ("wrap", "complete"):
        press(panel, action, task=lab.task_sid)
        said.append(says(panel))
    assert said == ["Alice is wrapping up Spanish #1.", "Alice has completed Spanish #1."]
    assert lab.workspace.tasks(lab.task_sid).fetch().assignment_status == "completed"
    assert panel.content["ticks"] is False


def test_worker_who_did_not_answer_is_set_back_to_idle(lab, panel, clock, emulator):
    clock.advance(1201)
    emulator.taskrouter.advance(0)
    panel.state.poller.refresh()
    assert says(panel) == "Alice did not answer about Spanish #1 in time."
    desk = panel.content["desk"]
    assert desk["worker"]["activity"] == "Offline"
    assert desk["back"]["name"] == "Idle"
    press(panel, "set_activity", worker=lab.alice_sid, activity=desk["back"]["sid"])
    assert says(panel) == "Alice is asked about Spanish #1."


def test_second_press_while_one_is_sent_sends_nothing(lab, panel):
    sent = []

    def press_again(_: object) -> None:
        if not sent:
            thread = threading.Thread(target=answer, args=(panel, "reject"))
            sent.append(thread)
            thread.start()
            thread.join(10)

    panel.state.observe(press_again, "call")
    answer(panel, "accept")
    assert panel.content["error"] == ""
    assert the_reservation(lab).reservation_status == "accepted"


def test_reject_rejects_and_the_newest_is_followed(lab, panel):
    first = shown(panel)["sid"]
    answer(panel, "reject")
    found = {one.sid: one for one in lab.workspace.tasks(lab.task_sid).reservations.list()}
    assert found[first].reservation_status == "rejected"
    assert len(panel.content["options"]) == len(found) + 1


def test_ended_reservation_can_be_chosen_and_stays(lab, panel):
    first = shown(panel)["sid"]
    answer(panel, "reject")
    make_idle(lab)
    panel.state.poller.refresh()
    assert says(panel) == "Alice is asked about Spanish #1."
    press(panel, "choose", value=first)
    assert says(panel) == "Alice rejected Spanish #1."
    panel.state.poller.refresh()
    assert (panel.content["chosen"], shown(panel)["sid"]) == (first, first)
    press(panel, "choose", value="")
    assert says(panel) == "Alice is asked about Spanish #1."


def test_newest_is_followed_when_the_chosen_one_is_deleted(lab, panel):
    press(panel, "choose", value=the_reservation(lab).sid)
    lab.workspace.tasks(lab.task_sid).delete()
    attributes = '{"selected_language": "es"}'
    made = lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)
    panel.state.poller.refresh()
    assert panel.content["chosen"] == ""
    assert panel.content["desk"]["task"]["sid"] == made.sid
    assert shown(panel)["status"] == "pending"
    assert panel.content["notice"] == ""


def test_chosen_reservation_stays_when_many_are_newer(lab, panel, monkeypatch):
    first = shown(panel)["sid"]
    press(panel, "choose", value=first)
    monkeypatch.setattr(import_module("helpers.controls.reservation"), "_MOST", 1)
    answer(panel, "reject")
    assert panel.content["notice"] == ""
    assert panel.content["options"][-1][1] == panel.content["chosen"] == first
    assert says(panel) == "Alice rejected Spanish #1."


def test_deleted_worker_is_described(lab, panel):
    rejected = {"reservation_status": "rejected", "worker_activity_sid": lab.offline_sid}
    the_reservation(lab).update(**rejected)
    lab.workspace.workers(lab.alice_sid).delete()
    panel.state.poller.refresh()
    desk = panel.content["desk"]
    assert desk["worker"] is None
    assert desk["fields"]["Worker"] == {"deleted": "TaskRouter has deleted the Worker."}


def test_worker_beyond_the_limit_is_not_called_deleted(panel):
    panel.state.on_update(Update(replace(panel.state.snapshot, workers=(), more_workers=True)))
    [said] = panel.content["desk"]["fields"]["Worker"].values()
    assert said == "The Workspace has more Workers than this panel reads."


def test_late_answer_shows_the_refusal(lab, panel):
    the_reservation(lab).update(reservation_status="accepted")
    answer(panel, "reject")
    assert panel.content["error"].startswith("TaskRouter refused this (HTTP 4")
    assert says(panel) == "Alice has Spanish #1."


def test_refusal_is_shown_until_the_status_changes(lab, panel):
    the_reservation(lab).update(reservation_status="accepted")
    answer(panel, "reject")
    panel.state.poller.refresh()
    assert panel.content["error"].startswith("TaskRouter refused this")
    lab.workspace.tasks(lab.task_sid).update(assignment_status="completed", reason="done")
    panel.state.poller.refresh()
    assert panel.content["error"] == ""


def test_refusal_is_cleared_when_another_reservation_is_shown(lab, panel):
    first = shown(panel)
    answer(panel, "reject")
    press(panel, "accept", task=first["task_sid"], reservation=first["sid"])
    assert panel.content["error"].startswith("TaskRouter refused this")
    press(panel, "choose", value=first["sid"])
    make_idle(lab)
    panel.state.poller.refresh()
    press(panel, "choose", value="")
    assert panel.content["error"] == ""


def test_late_press_answers_the_buttons_own_reservation(lab, panel):
    first = shown(panel)
    the_reservation(lab).update(reservation_status="rejected")
    make_idle(lab)
    panel.state.poller.refresh()
    assert shown(panel)["status"] == "pending" and shown(panel)["sid"] != first["sid"]
    press(panel, "accept", task=first["task_sid"], reservation=first["sid"])
    assert panel.content["error"].startswith("TaskRouter refused this (HTTP 4")
    assert f"Reservations/{first['sid']}" in panel.content["call"]["curl"]
    assert shown(panel)["status"] == "pending"


def test_named_task_limits_the_reservations(lab):
    assert shown(controls.reservation(lab, lab.task_sid))["status"] == "pending"
    assert controls.reservation(lab, "WT" + "0" * 32).content["desk"] == {"task": None}


def test_deleted_task_leaves_an_empty_panel(lab, panel):
    lab.workspace.tasks(lab.task_sid).delete()
    panel.state.poller.refresh()
    assert panel.content["desk"] == {"task": None}


def test_text_says_who_is_asked_and_what_to_do(panel):
    assert repr(panel) == "Alice is asked about Spanish #1. Accept or reject within 20 min."
    answer(panel, "accept")
    assert repr(panel) == "Alice has Spanish #1."


def test_every_field_is_shown(lab, panel):
    reservation = the_reservation(lab)
    of = {
        "Reservation": reservation,
        "Task": lab.workspace.tasks(lab.task_sid).fetch(),
        "Worker": lab.workspace.workers(reservation.worker_sid).fetch(),
    }
    for heading, instance in of.items():
        names = {name for name in vars(instance) if not name.startswith("_")} - {"age"}
        found = panel.content["desk"]["fields"][heading]
        assert set(found) == names
        assert (found["sid"], found["url"]) == (instance.sid, instance.url)


def test_no_message_while_only_time_passes(panel, clock):
    sent = []
    panel.observe(sent.append, "content")
    clock.advance(1)
    panel.state.poller.refresh()
    panel.state.poller.tick()
    assert sent == []


def test_fields_are_sorted_formatted_like_the_api_and_omit_the_age():
    assert fields(INSTANCE) == {
        "date_created": "2026-01-02T03:04:05Z",
        "links": '{\n  "reservations": "https://x"\n}',
        "priority": 0,
        "reason": None,
        "sid": "WT1",
    }
    assert list(fields(INSTANCE)) == sorted(fields(INSTANCE))
