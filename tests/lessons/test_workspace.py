import json
from typing import Any

import pytest
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from helpers.lessons.workspace import (
    ACTIVITIES,
    ENGLISH,
    SPANISH,
    STARTS,
    TASK_ATTRIBUTES,
    TASK_QUEUES,
    TASK_RESERVATION_TIMEOUT,
    WORKERS,
    WORKFLOW,
    WORKSPACE,
    prepare,
)

LESSON_STARTS = [start for start in STARTS if start != "anything"]
SPANISH_TASK = json.dumps(TASK_ATTRIBUTES)


def named(resources, name):
    [found] = [r for r in resources.list() if r.friendly_name == name]
    return found


def add_task(lab, language="es", **options):
    attributes = json.dumps({"selected_language": language})
    return lab.workspace.tasks.create(
        attributes=attributes, workflow_sid=lab.workflow_sid, **options
    )


def accept(lab, task):
    [reservation] = lab.workspace.tasks(task.sid).reservations.list()
    return reservation.update(reservation_status="accepted")


def alice(lab):
    return lab.workspace.workers(lab.alice_sid)


def bob(lab):
    return lab.workspace.workers(lab.bob_sid)


def spanish_queue(lab):
    return lab.workspace.task_queues(lab.spanish_queue_sid)


def workflow(lab):
    return lab.workspace.workflows(lab.workflow_sid)


def assert_declared(lab):
    """Check everything that the lessons rely on, with any start."""
    space = lab.workspace
    settings = space.fetch()
    assert settings.friendly_name == WORKSPACE and settings.multi_task_enabled
    assert settings.default_activity_sid == settings.timeout_activity_sid == lab.offline_sid
    available = {a.friendly_name: a.available for a in space.activities.list()}
    assert available.items() >= ACTIVITIES.items()
    assert named(space.activities, "Idle").sid == lab.idle_sid
    for name, expression in TASK_QUEUES.items():
        queue = named(space.task_queues, name)
        assert queue.target_workers == expression and queue.max_reserved_workers == 1
        assert queue.sid == {SPANISH: lab.spanish_queue_sid, ENGLISH: lab.english_queue_sid}[name]
    found = named(space.workflows, WORKFLOW)
    assert found.sid == lab.workflow_sid
    assert found.task_reservation_timeout == TASK_RESERVATION_TIMEOUT
    filters = json.loads(found.configuration)["task_routing"]["filters"]
    queues = [f["targets"][0]["queue"] for f in filters]
    assert queues == [lab.spanish_queue_sid, lab.english_queue_sid]
    for name, attributes in WORKERS.items():
        worker = named(space.workers, name)
        assert worker.sid == {"Alice": lab.alice_sid, "Bob": lab.bob_sid}[name]
        assert json.loads(worker.attributes) == attributes
        channel = space.workers(worker.sid).worker_channels("default").fetch()
        assert (channel.configured_capacity, channel.available) == (1, True)


def assert_started(lab, start):
    """Check what a start sets besides: Activities, Tasks and callback URLs."""
    space = lab.workspace
    activities = {w.friendly_name: w.activity_name for w in space.workers.list()}
    assert {name: activities.pop(name) for name in ("Alice", "Bob")} == STARTS[start]
    assert not any(w.available for w in space.workers.list() if w.friendly_name in activities)
    found = named(space.workflows, WORKFLOW)
    assert not found.assignment_callback_url and not found.fallback_assignment_callback_url
    assert not space.fetch().event_callback_url
    tasks = space.tasks.list()
    if start != "task waiting":
        assert tasks == [] and lab.task_sid is None
        return
    [task] = tasks
    assert task.sid == lab.task_sid
    assert (task.assignment_status, task.task_queue_friendly_name) == ("pending", SPANISH)
    assert json.loads(task.attributes) == TASK_ATTRIBUTES
    assert space.tasks(task.sid).reservations.list() == []


def unchanged(lab):
    pass


def workers_renamed(lab):
    alice(lab).update(friendly_name="Alicia", activity_sid=lab.idle_sid)
    bob(lab).update(friendly_name="BOB")


def workers_deleted(lab):
    alice(lab).delete()
    bob(lab).delete()


def workers_changed(lab):
    alice(lab).update(attributes='{"languages": ["fr"]}')
    bob(lab).update(attributes='{"languages": ["en", "es"], "level": 5}')
    for worker in (alice(lab), bob(lab)):
        worker.worker_channels("default").update(capacity=0)
    alice(lab).worker_channels("default").update(available=False)


def workers_added(lab):
    eve = lab.workspace.workers.create(
        friendly_name="Eve", attributes='{"languages": ["es"]}', activity_sid=lab.idle_sid
    )
    add_task(lab)
    lab.workspace.workers.create(friendly_name="Mallory", activity_sid=lab.offline_sid)
    assert eve.available


def queues_changed(lab):
    spanish_queue(lab).update(target_workers="1==1", max_reserved_workers=5, task_order="LIFO")
    lab.workspace.task_queues(lab.english_queue_sid).update(friendly_name="Renamed")
    bob(lab).update(activity_sid=lab.idle_sid)
    add_task(lab)


def workflow_changed(lab):
    routing = {"task_routing": {"default_filter": {"queue": lab.english_queue_sid}}}
    workflow(lab).update(configuration=json.dumps(routing), task_reservation_timeout=5)
    for _ in range(2):
        add_task(lab)  # Bob gets one, the other waits in the wrong TaskQueue


def workflow_and_queue_deleted(lab):
    for task in lab.workspace.tasks.list():
        lab.workspace.tasks(task.sid).delete()
    workflow(lab).delete()
    spanish_queue(lab).delete()


def idle_missing(lab):
    for worker in (alice(lab), bob(lab)):
        worker.update(activity_sid=lab.offline_sid)
    lab.workspace.activities(lab.idle_sid).delete()


def idle_not_available(lab):
    idle_missing(lab)
    wrong = lab.workspace.activities.create(friendly_name="Idle", available=False)
    alice(lab).update(activity_sid=wrong.sid)


def settings_changed(lab):
    lab.workspace.update(
        timeout_activity_sid=lab.idle_sid,
        default_activity_sid=lab.idle_sid,
        event_callback_url="http://127.0.0.1:9/events",
    )


def callback_urls_left_behind(lab):
    workflow(lab).update(
        assignment_callback_url="http://127.0.0.1:9/assignment_callback",
        fallback_assignment_callback_url="http://127.0.0.1:9/fallback",
    )


def task_reserved(lab):
    alice(lab).update(activity_sid=lab.idle_sid)
    add_task(lab)
    add_task(lab)


def task_accepted(lab):
    alice(lab).update(activity_sid=lab.idle_sid)
    accept(lab, add_task(lab))
    add_task(lab)


def task_wrapping_and_ended(lab):
    alice(lab).update(activity_sid=lab.idle_sid)
    for status in ("wrapping", "completed"):
        task = add_task(lab)
        accept(lab, task)
        lab.workspace.tasks(task.sid).update(assignment_status=status)
        alice(lab).worker_channels("default").update(capacity=2)
    alice(lab).update(activity_sid=lab.offline_sid)
    canceled = add_task(lab)
    lab.workspace.tasks(canceled.sid).update(assignment_status="canceled")


def many_tasks(lab):
    alice(lab).update(activity_sid=lab.offline_sid)
    for language in ["en", "es"] * 30:
        add_task(lab, language)


def everything_deleted(lab):
    lab.workspace.delete()


CHANGES = [
    unchanged,
    workers_renamed,
    workers_deleted,
    workers_changed,
    workers_added,
    queues_changed,
    workflow_changed,
    workflow_and_queue_deleted,
    idle_missing,
    idle_not_available,
    settings_changed,
    callback_urls_left_behind,
    task_reserved,
    task_accepted,
    task_wrapping_and_ended,
    many_tasks,
    everything_deleted,
]


@pytest.mark.parametrize("start", LESSON_STARTS)
@pytest.mark.parametrize("change", CHANGES)
def test_changed_workspace_is_restored_to_the_declared_start(session, prepared, change, start):
    change(prepared("alice offline"))
    lab = prepare(session, start)
    assert_declared(lab)
    assert_started(lab, start)


@pytest.mark.parametrize("start", STARTS)
def test_empty_account_gets_the_whole_workspace(session, start):
    lab = prepare(session, start)
    assert_declared(lab)
    if start != "anything":
        assert_started(lab, start)
    assert [a.friendly_name for a in lab.workspace.activities.list()] == list(ACTIVITIES)


@pytest.mark.parametrize("start", STARTS)
def test_second_prepare_sends_only_get_requests(session, start):
    first = prepare(session, start)
    assert session.requests.since_mark() == []  # an attempt begins
    session.requests.clear()
    assert prepare(session, start) == first
    assert {exchange.method for exchange in session.requests} == {"GET"}
    assert len(session.requests) <= 8 + (start == "task waiting")  # the Reservations of its Task


def test_start_anything_keeps_tasks_activities_and_callback_urls(session):
    lab = prepare(session, "alice available")
    bob(lab).update(activity_sid=lab.offline_sid)
    task = add_task(lab)
    accept(lab, task)
    callback_urls_left_behind(lab)
    again = prepare(session, "anything")
    assert lab.workspace.tasks(str(task.sid)).fetch().assignment_status == "assigned"
    assert str(workflow(again).fetch().assignment_callback_url).endswith("/assignment_callback")
    assert alice(again).fetch().activity_name == "Idle"
    assert bob(again).fetch().activity_name == "Offline"


def test_oldest_waiting_task_of_the_learner_is_kept(session):
    lab = prepare(session, "alice offline")
    add_task(lab, "en")
    mine = add_task(lab)
    add_task(lab)
    assert prepare(session, "task waiting").task_sid == mine.sid


def test_waiting_task_with_other_attributes_is_replaced(session):
    lab = prepare(session, "alice offline")
    attributes = json.dumps({**TASK_ATTRIBUTES, "vip": True})
    task = lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)
    assert prepare(session, "task waiting").task_sid != task.sid


def test_waiting_task_of_another_workflow_is_replaced(session):
    lab = prepare(session, "alice offline")
    routing = {"task_routing": {"default_filter": {"queue": lab.spanish_queue_sid}}}
    other = lab.workspace.workflows.create("Mine", configuration=json.dumps(routing))
    task = lab.workspace.tasks.create(attributes=SPANISH_TASK, workflow_sid=other.sid)
    assert task.task_queue_sid == lab.spanish_queue_sid
    assert prepare(session, "task waiting").task_sid != task.sid


def test_task_deleted_by_taskrouter_meanwhile_is_ignored(session, monkeypatch):
    delete = TaskInstance.delete
    monkeypatch.setattr(TaskInstance, "delete", lambda task: delete(task) and delete(task))
    add_task(prepare(session, "alice offline"))
    assert prepare(session, "alice offline").workspace.tasks.list() == []


def test_newer_resource_with_the_same_name_does_not_replace_the_older(session):
    lab = prepare(session, "alice offline")
    empty = json.dumps({"task_routing": {}})
    lab.workspace.workflows.create(friendly_name=WORKFLOW, configuration=empty)
    lab.workspace.activities.create(friendly_name="idle", available=True)
    assert prepare(session, "alice offline") == lab


def test_other_workspaces_are_neither_read_nor_changed(session):
    workspaces = session.client.taskrouter.v1.workspaces
    other = workspaces.create(friendly_name=f"{WORKSPACE} 2", template="FIFO")
    worker = workspaces(other.sid).workers.create(friendly_name="Alice", attributes='{"a":1}')
    task = workspaces(other.sid).tasks.create(attributes="{}")
    session.requests.clear()
    for start in STARTS:
        prepare(session, start)
    assert not any(other.sid in exchange.path for exchange in session.requests)
    assert workspaces(other.sid).workers(worker.sid).fetch().attributes == worker.attributes
    assert workspaces(other.sid).tasks(task.sid).fetch().assignment_status == "pending"


def test_unknown_start_is_refused_with_the_list_of_starts(session):
    with pytest.raises(ValueError, match='"anything", "alice available"'):
        prepare(session, "alice asleep")
    assert len(session.requests) == 0


def test_start_in_place_of_the_session_is_refused_with_what_to_call():
    not_a_session: Any = "alice offline"
    with pytest.raises(TypeError, match=r"^prepare got 'alice offline' .* Call prepare\(session\)"):
        prepare(not_a_session)


def test_lab_shows_its_workspace_and_start(session):
    lab = prepare(session, "alice offline")
    assert repr(lab) == "The Workspace 'TaskRouter Tutorial' is ready (alice offline)"
    assert repr(prepare(session)) == "The Workspace 'TaskRouter Tutorial' is ready"
