"""The filters and the order of each list."""

import json
from datetime import UTC, datetime

import pytest
from twilio.base.exceptions import TwilioException


def names(found):
    return [each.friendly_name for each in found]


def test_workspaces_are_filtered_by_name(client):
    workspaces = client.taskrouter.v1.workspaces
    for name in ("One", "Two", "Two"):
        workspaces.create(name)
    assert names(workspaces.list()) == ["One", "Two", "Two"]
    assert names(workspaces.list(friendly_name="Two")) == ["Two", "Two"]
    assert workspaces.list(friendly_name="two") == []


def test_activities_are_filtered_by_name_and_availability(workspace):
    assert names(workspace.activities.list(available="true")) == ["Available"]
    assert names(workspace.activities.list(available="0")) == ["Offline", "Unavailable"]
    assert names(workspace.activities.list(friendly_name="Offline")) == ["Offline"]


@pytest.fixture
def staff(built):
    """Alice (available, es, level 3), Bob (offline, en, level 1) and a TaskQueue for each language."""
    for name, activity, language, level in (
        ("Alice", "Available", "es", 3),
        ("Bob", "Offline", "en", 1),
    ):
        built.worker(name, activity, languages=[language], level=level)
        built.queue(language, f'languages HAS "{language}"')
    return built.workspace


def test_workers_are_filtered_by_each_parameter(staff, activities):
    queue = staff.task_queues.list(friendly_name="es")[0]
    only_alice = (
        {"friendly_name": "Alice"},
        {"available": "true"},
        {"activity_name": "Available"},
        {"activity_sid": activities["Available"]},
        {"target_workers_expression": "level > 2"},
        {"target_workers_expression": 'worker.friendly_name == "Alice"'},
        {"target_workers_expression": f'activity_sid == "{activities["Available"]}"'},
        {"task_queue_name": "es"},
        {"task_queue_sid": queue.sid},
        {"task_queue_sid": queue.sid, "task_queue_name": "es"},
    )
    for filters in only_alice:
        assert names(staff.workers.list(**filters)) == ["Alice"], filters
    assert names(staff.workers.list(available="no")) == ["Bob"]
    assert names(staff.workers.list()) == ["Alice", "Bob"]
    assert staff.workers.list(friendly_name="Alice", available="false") == []
    assert staff.workers.list(task_queue_name="nowhere") == []
    assert staff.workers.list(task_queue_sid=queue.sid, task_queue_name="en") == []
    assert staff.workers.list(task_queue_sid="WQ" + "0" * 32) == []


def test_task_queues_are_filtered_by_name_worker_and_attributes(staff):
    alice = staff.workers.list(friendly_name="Alice")[0]
    for filters in (
        {"friendly_name": "es"},
        {"worker_sid": alice.sid},
        {"evaluate_worker_attributes": '{"languages": ["es"]}'},
    ):
        assert names(staff.task_queues.list(**filters)) == ["es"], filters
    assert staff.task_queues.list(worker_sid="WK" + "0" * 32) == []


def test_workflows_are_filtered_by_name(workspace, workflow):
    assert names(workspace.workflows.list(friendly_name="Workflow")) == ["Workflow"]
    assert workspace.workflows.list(friendly_name="Other") == []


def test_workspace_and_worker_have_the_five_default_channels(workspace, alice):
    expected = ["default", "voice", "sms", "video", "chat"]
    assert [c.unique_name for c in workspace.task_channels.list()] == expected
    channels = workspace.workers(alice.sid).worker_channels
    assert [c.task_channel_unique_name for c in channels.list()] == expected


@pytest.fixture
def tasks(workspace, workflow, queue, emulator):
    """Tasks "a" and "b" of one Workflow, "c" of another; one second apart; "b" has a priority."""
    other = workspace.workflows.create("Other", workflow.configuration)
    made = {}
    for name, flow, priority in (("a", workflow, 0), ("b", workflow, 9), ("c", other, 0)):
        emulator.taskrouter.advance(1)
        attributes = json.dumps({"name": name, "size": len(made)})
        made[name] = workspace.tasks.create(
            workflow_sid=flow.sid, attributes=attributes, priority=priority
        )
    workspace.tasks(made["c"].sid).update(assignment_status="canceled")
    return made


def task_names(found):
    return "".join(json.loads(task.attributes)["name"] for task in found)


def test_tasks_are_filtered_by_each_parameter(workspace, tasks, workflow, queue):
    for filters, expected in (
        ({}, "abc"),
        ({"assignment_status": ["pending"]}, "ab"),
        ({"assignment_status": ["pending,canceled"]}, "abc"),
        ({"assignment_status": ["reserved", "canceled"]}, "c"),
        ({"priority": 9}, "b"),
        ({"workflow_sid": workflow.sid}, "ab"),
        ({"workflow_name": "Other"}, "c"),
        ({"task_queue_sid": queue.sid}, "abc"),
        ({"task_queue_name": "Everybody"}, "abc"),
        ({"task_queue_name": "Nobody"}, ""),
        ({"evaluate_task_attributes": "size >= 1"}, "bc"),
        ({"has_addons": True}, ""),
        ({"priority": 0, "assignment_status": ["pending"]}, "a"),
    ):
        assert task_names(workspace.tasks.list(**filters)) == expected, filters


def test_tasks_are_ordered_by_each_key(workspace, tasks):
    for ordering, expected in (
        ("DateCreated", "abc"),
        ("DateCreated:desc", "cba"),
        ("Priority:desc", "bac"),
        ("Priority:desc,DateCreated:desc", "bca"),
        ("VirtualStartTime:desc", "cba"),
    ):
        assert task_names(workspace.tasks.list(ordering=ordering)) == expected, ordering


@pytest.mark.parametrize("ordering", ["Age", "Priority:up", "DateCreated,VirtualStartTime"])
def test_invalid_ordering_of_tasks_is_rejected(workspace, ordering):
    with pytest.raises(TwilioException, match="Ordering"):
        workspace.tasks.list(ordering=ordering)


def test_unknown_status_in_a_filter_is_rejected(workspace, alice):
    with pytest.raises(TwilioException, match="AssignmentStatus must be one of"):
        workspace.tasks.list(assignment_status=["done"])
    with pytest.raises(TwilioException, match="ReservationStatus must be one of"):
        workspace.workers(alice.sid).reservations.list(reservation_status="done")


def test_reservations_are_filtered_by_status_and_worker(built, workspace, alice, task, reservation):
    bob = built.worker("Bob", "Offline")
    reservation.update(reservation_status="rejected")
    of_task = workspace.tasks(task.sid).reservations
    of_alice = workspace.workers(alice.sid).reservations
    for found in (of_task, of_alice):
        assert [r.reservation_status for r in found.list()] == ["rejected", "pending"]
        (pending,) = found.list(reservation_status="pending")
        assert pending.sid != reservation.sid
    assert len(of_task.list(worker_sid=alice.sid)) == 2
    assert of_task.list(worker_sid=bob.sid) == []


def kinds(found):
    return {event.event_type for event in found}


def test_events_are_filtered_by_each_parameter(
    workspace, alice, task, reservation, queue, workflow
):
    for filters, some in (
        ({"event_type": "task.created"}, {"task.created"}),
        ({"task_sid": task.sid}, {"task.created", "reservation.created"}),
        ({"worker_sid": alice.sid}, {"worker.created", "reservation.created"}),
        ({"reservation_sid": reservation.sid}, {"reservation.created"}),
        ({"task_queue_sid": queue.sid}, {"task-queue.created", "task-queue.entered"}),
        ({"workflow_sid": workflow.sid}, {"workflow.created", "workflow.entered"}),
        ({"task_channel": "default"}, {"task-channel.created", "task.created"}),
        ({"task_sid": "WT" + "0" * 32}, set()),
    ):
        found = workspace.events.list(**filters)
        assert some <= kinds(found) and len(found) < len(workspace.events.list())
        assert bool(some) == bool(found), filters
    (event,) = workspace.events.list(event_type="task.created")
    assert workspace.events.list(sid=event.sid)[0].sid == event.sid
    assert workspace.events(event.sid).fetch().description == event.description


def test_events_of_the_last_15_minutes_are_listed_newest_first(workspace, emulator, queue):
    emulator.taskrouter.advance(15 * 60)
    workspace.task_queues.create("Second")
    found = workspace.events.list()
    assert found[0].event_data["task_queue_name"] == "Second"
    dates = [event.event_date for event in found]
    assert dates == sorted(dates, reverse=True) and dates[0] > dates[-1]
    emulator.taskrouter.advance(1)
    assert kinds(workspace.events.list()) == {"task-queue.created"}
    assert len(workspace.events.list(minutes=16)) == len(found)


def test_events_are_filtered_by_start_and_end(workspace, emulator, clock):
    begin = moment(clock)
    emulator.taskrouter.advance(100)
    workspace.task_queues.create("In between")
    middle = moment(clock)
    emulator.taskrouter.advance(100)
    workspace.task_queues.create("Late")
    found = workspace.events.list(
        start_date=begin, end_date=middle, event_type="task-queue.created"
    )
    assert [event.event_data["task_queue_name"] for event in found] == ["In between"]
    with pytest.raises(TwilioException, match="30 days"):
        workspace.events.list(start_date="2020-01-01T00:00:00Z")
    assert len(workspace.events.list(minutes=50_000)) == len(workspace.events.list(minutes=60))


def moment(clock):
    return datetime.fromtimestamp(clock.now(), UTC)


def test_resource_url_of_an_event_returns_the_resource(
    workspace, api, path, task, reservation, alice
):
    for event in workspace.events.list():
        assert event.resource_url.startswith(f"{api.url}/v1{path}")
        if event.resource_type != "workspace":
            answer = api.session.get(event.resource_url, timeout=10)
            assert answer.json()["sid"] == event.resource_sid


def test_lists_exclude_other_workspaces(client, workspace, task, alice, queue):
    workspaces = client.taskrouter.v1.workspaces
    other = workspaces(workspaces.create("Other").sid)
    assert other.workers.list() == other.task_queues.list() == other.workflows.list() == []
    assert other.tasks.list() == []
    other.workers.create("Zoe", attributes=alice.attributes)
    assert other.workers.list(task_queue_sid=queue.sid) == []
    of_both = {a.sid for a in other.activities.list()} & {
        a.sid for a in workspace.activities.list()
    }
    assert not of_both
    assert {event.workspace_sid for event in other.events.list()} == {other.fetch().sid}
    workspaces(other.fetch().sid).delete()
    assert workspace.tasks(task.sid).fetch().assignment_status == "reserved"


def test_unknown_parameters_and_wrong_case_are_ignored(api, path, task):
    assert len(api.get(f"{path}/Tasks", assignmentstatus="x", Nonsense="1").json()["tasks"]) == 1
    answer = api.post(f"{path}/Workers", FriendlyName="A", friendlyname="b", Foo="1")
    assert (answer.status_code, answer.json()["friendly_name"]) == (201, "A")


def test_multipart_forms_and_repeated_keys_are_parsed(api, path):
    parts = {"FriendlyName": (None, "Zoë"), "Attributes": (None, '{"a": "é"}')}
    worker = api.request("POST", f"/v1{path}/Workers", files=parts)
    assert (worker.status_code, worker.json()["attributes"]) == (201, '{"a":"é"}')
    pairs = [("FriendlyName", "First"), ("FriendlyName", "Last")]
    assert api.request("POST", f"/v1{path}/Workers", data=pairs).json()["friendly_name"] == "Last"
    params = [("AssignmentStatus", "pending"), ("AssignmentStatus", "reserved")]
    meta = api.request("GET", f"/v1{path}/Tasks", params=params).json()["meta"]
    assert "AssignmentStatus=pending&AssignmentStatus=reserved" in meta["url"]


def test_workers_and_queues_are_ordered_by_each_key(workspace, emulator):
    for name in ("Bob", "Alice", "Carol"):
        workspace.workers.create(name)
        workspace.task_queues.create(name)
        emulator.taskrouter.advance(1)
    workers, queues = workspace.workers, workspace.task_queues
    assert names(workers.list(ordering="FriendlyName:asc")) == ["Alice", "Bob", "Carol"]
    assert names(workers.list(ordering="DateStatusChanged:desc")) == ["Carol", "Alice", "Bob"]
    assert names(queues.list(ordering="DateCreated:desc")) == ["Carol", "Alice", "Bob"]
    assert names(queues.list(ordering="FriendlyName:desc")) == ["Carol", "Bob", "Alice"]


def test_unknown_ordering_key_is_rejected(workspace):
    with pytest.raises(TwilioException, match="Ordering must look like"):
        workspace.workers.list(ordering="Salary:asc")
