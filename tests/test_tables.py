import json
from datetime import UTC, datetime

import pytest

from helpers import controls, explain, tables
from helpers.lessons.workspace import ENGLISH, SPANISH, PreparedWorkspace
from helpers.session.request_log import Exchange

CALLBACK_PARAMETERS = {
    "AccountSid",
    "ReservationSid",
    "TaskAge",
    "TaskAttributes",
    "TaskPriority",
    "TaskQueueSid",
    "TaskSid",
    "WorkerAttributes",
    "WorkerSid",
    "WorkflowSid",
    "WorkspaceSid",
}


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


def create(lab: PreparedWorkspace, language: str = "es", **more):
    attributes = json.dumps({"selected_language": language})
    return lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid, **more)


def set_activity(lab: PreparedWorkspace, worker_sid: str, activity_sid: str) -> None:
    lab.workspace.workers(worker_sid).update(activity_sid=activity_sid)


def reasons(lab: PreparedWorkspace) -> list[str]:
    return list(tables.tasks(lab)["reason"])


def test_activities_with_availability(lab):
    shown = tables.activities(lab)
    assert dict(zip(shown["friendly_name"], shown["available"], strict=True)) == {
        "Offline": False,
        "Available": True,
        "Unavailable": False,
        "Idle": True,
    }
    assert lab.idle_sid in set(shown["sid"])


def test_workers_by_name(lab):
    shown = tables.workers(lab)
    assert list(shown["friendly_name"]) == ["Alice", "Bob"]
    assert list(shown["activity_name"]) == ["Offline", "Idle"]
    assert list(shown["available"]) == [False, True]
    assert json.loads(next(iter(shown["attributes"]))) == {"languages": ["en", "es"]}
    assert list(shown["sid"]) == [lab.alice_sid, lab.bob_sid]


def test_task_queues_by_name(lab):
    shown = tables.task_queues(lab)
    assert list(shown["friendly_name"]) == [ENGLISH, SPANISH]
    assert list(shown["target_workers"]) == ['languages HAS "en"', 'languages HAS "es"']


def test_workflow_filters_in_order(lab):
    shown = tables.workflow_filters(lab)
    assert shown.to_numpy().tolist() == [
        ["Language - Spanish", 'selected_language == "es"', SPANISH, "", ""],
        ["Language - English", 'selected_language == "en"', ENGLISH, "", ""],
    ]


def test_workflow_filters_with_target_settings_and_default(lab):
    target = {"queue": lab.english_queue_sid, "priority": 5, "timeout": 30}
    filters = [{"filter_friendly_name": "Vip", "expression": "vip == true", "targets": [target]}]
    routing = {"filters": filters, "default_filter": {"queue": lab.spanish_queue_sid}}
    workflow = lab.workspace.workflows(lab.workflow_sid)
    workflow.update(configuration=json.dumps({"task_routing": routing}))
    assert tables.workflow_filters(lab).to_numpy().tolist() == [
        ["Vip", "vip == true", ENGLISH, 5, 30],
        ["default filter", "(no filter matches)", SPANISH, "", ""],
    ]


def test_waiting_task_has_age_and_reason(lab, clock):
    task = create(lab, priority=3)
    clock.advance(7)
    [row] = tables.tasks(lab).to_dict("records")
    assert json.loads(row.pop("attributes")) == {"selected_language": "es"}
    assert row == {
        "task": "Spanish #1",
        "sid": task.sid,
        "queue": SPANISH,
        "assignment_status": "pending",
        "priority": 3,
        "age": "7 s",
        "reason": 'waits: no available Worker matches languages HAS "es" (Alice is Offline)',
    }


def test_reserved_task_has_no_reason_and_a_reservation(lab):
    task = create(lab)
    set_activity(lab, lab.alice_sid, lab.idle_sid)
    [row] = tables.tasks(lab).to_dict("records")
    assert (row["assignment_status"], row["reason"]) == ("reserved", "")
    [reservation] = tables.reservations(lab).to_dict("records")
    assert (reservation["worker_name"], reservation["task_sid"]) == ("Alice", task.sid)
    assert reservation["task"] == "Spanish #1"
    assert reservation["reservation_status"] == "pending"


def test_reason_names_expression_of_target(lab):
    target = {"queue": lab.english_queue_sid, "expression": "worker.level > 3"}
    routing = {"filters": [{"expression": "1==1", "targets": [target]}]}
    workflow = lab.workspace.workflows(lab.workflow_sid)
    workflow.update(configuration=json.dumps({"task_routing": routing}))
    create(lab)
    [row] = tables.tasks(lab).to_dict("records")
    assert row["reason"] == 'waits: no Worker matches languages HAS "en" and worker.level > 3'


def test_reason_names_channel_without_capacity(lab):
    lab.workspace.workers(lab.bob_sid).worker_channels("default").update(capacity=0)
    create(lab, "en")
    [row] = tables.tasks(lab).to_dict("records")
    assert row["reason"].endswith("is busy (Bob takes none on this channel)")


def test_names_stay_when_an_older_task_is_deleted(lab):
    first, _ = create(lab), create(lab)
    assert list(tables.tasks(lab)["task"]) == ["Spanish #1", "Spanish #2"]
    lab.workspace.tasks(first.sid).delete()
    create(lab, "en")
    assert list(tables.tasks(lab)["task"]) == ["Spanish #2", "English #1"]


def test_second_task_waits_for_busy_worker(lab):
    set_activity(lab, lab.alice_sid, lab.idle_sid)
    create(lab)
    create(lab)
    assert reasons(lab)[1] == (
        'waits: every available Worker who matches languages HAS "es" is busy '
        "(Alice has another Task)"
    )


def test_reason_when_no_worker_matches(lab):
    lab.workspace.task_queues(lab.spanish_queue_sid).update(target_workers='languages HAS "eo"')
    create(lab)
    assert reasons(lab)[0] == 'waits: no Worker matches languages HAS "eo"'


def test_table_panel_and_explain_agree_on_known_worker(lab):
    target = {"queue": lab.spanish_queue_sid, "known_worker_friendly_name": "task.agent"}
    routing = {"filters": [{"expression": "1==1", "targets": [target]}]}
    workflow = lab.workspace.workflows(lab.workflow_sid)
    workflow.update(configuration=json.dumps({"task_routing": routing}))
    set_activity(lab, lab.alice_sid, lab.idle_sid)
    attributes = json.dumps({"agent": "Zoe"})
    task = lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)
    known = "the known Worker is 'Zoe' (task.agent)"
    assert f"Bob and Alice are excluded: {known}" in explain(lab, task).sentence
    assert reasons(lab)[0] == f"waits: {known}, and there is no such Worker"
    assert f"Bob and Alice are excluded: {known}" in repr(controls.tasks(lab))


def test_task_pauses_after_canceled_reservation(lab, emulator):
    workflow = lab.workspace.workflows(lab.workflow_sid)
    closed = "http://127.0.0.1:9/"
    workflow.update(assignment_callback_url=closed, fallback_assignment_callback_url=closed)
    create(lab)
    set_activity(lab, lab.alice_sid, lab.idle_sid)
    assert emulator.taskrouter.is_settled(30)
    assert list(tables.reservations(lab)["reservation_status"]) == ["canceled"]
    assert reasons(lab)[0].endswith("after which TaskRouter pauses for some seconds")


def test_empty_tables_of_tasks_and_reservations_have_columns(lab):
    assert tables.tasks(lab).empty
    assert tables.reservations(lab).empty
    assert "reason" in tables.tasks(lab).columns
    assert "reservation_status" in tables.reservations(lab).columns


def test_events_of_a_task_oldest_first(lab, clock):
    task = create(lab)
    clock.advance(2)
    set_activity(lab, lab.alice_sid, lab.idle_sid)
    shown = tables.events(lab, task_sid=task.sid)
    types = list(shown["event_type"])
    assert types.index("task.created") < types.index("reservation.created")
    assert list(shown["time"]) == sorted(shown["time"])
    assert all(time.endswith("Z") for time in shown["time"])
    assert tables.events(lab, task_sid="WT" + "0" * 32).empty


def exchange(**fields) -> Exchange:
    at = datetime(2026, 11, 23, 19, 30, 5, tzinfo=UTC)
    return Exchange(
        **{"direction": "received", "method": "POST", "url": "http://x/a", **fields}, at=at
    )


def test_requests_in_both_directions_with_errors(lab):
    log = lab.session.requests
    log.clear()
    log.record(exchange(status=200))
    log.record(exchange(direction="sent", method="GET", error="ConnectionError: no\nConnection"))
    log.record(exchange(status=500, error="Traceback\n  ...\nZeroDivisionError: by zero\n"))
    time = "2026-11-23T19:30:05Z"
    assert tables.requests(lab).to_numpy().tolist() == [
        [time, "received", "POST", "/a", "200"],
        [time, "sent", "GET", "/a", "no answer: Connection"],
        [time, "received", "POST", "/a", "500: ZeroDivisionError: by zero"],
    ]
    assert len(tables.requests(lab, "received")) == 2
    assert len(tables.requests(lab, "sent")) == 1


def test_parameters_are_sorted_by_name():
    shown = tables.parameters(exchange(form=[("TaskSid", "WT1"), ("AccountSid", "AC1")]))
    assert shown[["name", "value"]].to_numpy().tolist() == [
        ["AccountSid", "AC1"],
        ["TaskSid", "WT1"],
    ]


def test_parameters_of_assignment_callback_are_explained(lab):
    callback = dict.fromkeys([*CALLBACK_PARAMETERS, "Other"], "x")
    shown = tables.parameters(exchange(form=list(callback.items())))
    uses = dict(zip(shown["name"], shown["what a server would use it for"], strict=True))
    assert uses.pop("Other") == ""
    assert len(uses) == 11 and all(uses.values())
