"""Events and Event Callbacks, compared with Twilio's reference."""

import json
from types import SimpleNamespace

import pytest
from event_reference import EVENTS, SID_OF
from workspace_builder import WorkspaceBuilder

DAY = 86_400


@pytest.fixture
def office(client, receiver, emulator):
    """A Workspace that sends Event Callbacks; `forms()` returns those that have arrived."""
    built = WorkspaceBuilder(client, "Office", event_callback_url=receiver.url)

    def forms(event_type=None):
        assert emulator.taskrouter.is_settled(30)
        found = [dict(form) for _, _, form in receiver.requests]
        return [each for each in found if event_type in (None, each["EventType"])]

    return SimpleNamespace(built=built, workspace=built.workspace, forms=forms)


@pytest.fixture
def routed(office):
    """The Office with Workflows of each kind."""
    built = office.built
    many, empty = built.queue("Many", max_reserved_workers=2), built.queue("Empty", "1 == 2")
    built.workflow(
        ("kind == 'plain'", many),
        ("kind == 'slow'", {"queue": empty.sid, "timeout": 5}, {"queue": many.sid, "timeout": 5}),
        ("kind == 'skip'", {"queue": empty.sid, "skip_if": "1 == 1"}),
        ("kind == 'sid'", {"queue": many.sid, "known_worker_sid": "task.agent"}),
        (
            "kind == 'name'",
            {
                "queue": many.sid,
                "known_worker_friendly_name": "task.agent",
                "expression": "worker.sid != 'x'",
            },
        ),
        task_reservation_timeout=60,
    )
    return office


def play_every_event(office, emulator):
    built, workspace = office.built, office.workspace
    activity = workspace.activities.create("Lunch")
    activity.update(friendly_name="Break")
    activity.delete()
    channel = workspace.task_channels.create("Fax", "fax")
    channel.update(friendly_name="Telefax")
    channel.delete()
    workspace.task_queues.create("Temporary").update(target_workers="level > 1")
    workspace.task_queues.list(friendly_name="Temporary")[0].delete()
    workspace.update(friendly_name="New office")

    alice, bob = built.worker("Alice"), built.worker("Bob")
    built.task({"kind": "slow"})
    built.task({"kind": "skip"})
    built.move(alice, "Offline"), built.move(bob, "Offline")
    emulator.taskrouter.advance(10)
    workspace.workers(alice.sid).worker_channels("default").update(capacity=2, available=False)
    workspace.workers(alice.sid).worker_channels("default").update(available=True)
    workspace.workers(alice.sid).update(attributes='{"level": 3}')
    built.move(alice, "Available"), built.move(bob, "Available")

    rescinded = built.task({"kind": "plain"})
    first, _ = built.reservations(rescinded)
    first.update(reservation_status="accepted")
    first.update(reservation_status="wrapping")
    workspace.tasks(rescinded.sid).update(assignment_status="completed", reason="done")
    rejected = built.task({"kind": "plain"})
    built.reservations(rejected)[0].update(
        reservation_status="rejected", worker_activity_sid=built.activities["Offline"]
    )
    emulator.taskrouter.advance(60)
    workspace.tasks(rejected.sid).update(attributes='{"kind": "plain", "more": 1}')
    built.move(alice, "Available")
    workspace.tasks(rejected.sid).update(assignment_status="canceled", reason="hangup")
    workspace.tasks(built.task({"kind": "plain"}).sid).delete()
    assigned = built.task({"kind": "plain"})
    built.reservations(assigned)[0].update(reservation_status="accepted")
    emulator.taskrouter.advance(DAY)

    workspace.workers(bob.sid).delete()
    workspace.workflows(built.workflow_sid).update(friendly_name="Renamed")
    workspace.workflows(built.workflow_sid).delete()
    workspace.delete()


def test_when_everything_happens_then_callbacks_have_the_documented_parameters(routed, emulator):
    play_every_event(routed, emulator)
    forms = routed.forms()
    assert {form["EventType"] for form in forms} == set(EVENTS)
    for form in forms:
        resource_type, parameters = EVENTS[form["EventType"]]
        assert form["ResourceType"] == resource_type, form
        assert form["ResourceSid"] == form[SID_OF[resource_type]]
        assert parameters <= set(form), (form["EventType"], parameters - set(form))
        if "OperatingUnitSid" in form:
            assert form["OperatingUnitSid"] == f"OU{routed.built.workspace_sid[2:]}"


def test_descriptions_are_those_recorded_from_twilio(routed):
    built, workspace = routed.built, routed.workspace
    alice = built.worker("Alice")
    workspace.workers(alice.sid).update(attributes='{"level":  3}')
    queue = built.queue("Billing")
    queue.update(target_workers="skills HAS 'billing'")
    task = built.task({"kind": "plain"})
    workflow = workspace.workflows(built.workflow_sid).fetch()
    for event_type, description in (
        ("worker.created", "Worker Alice created"),
        ("worker.attributes.update", 'Worker Alice updated attributes to {"level":3}'),
        ("task-queue.created", f"TaskQueue {queue.sid} created"),
        (
            "task-queue.expression.updated",
            f"TaskQueue {queue.sid} expression updated to 'skills HAS 'billing''",
        ),
        ("task.created", f"Task {task.sid} created"),
        ("workflow.entered", f"Task {task.sid} entered Workflow {workflow.friendly_name}"),
        ("workflow.target-matched", f"Task {task.sid} matched a workflow target"),
        ("task-queue.entered", f"Task {task.sid} entered TaskQueue Many"),
        ("reservation.created", f"Reservation {built.reservations(task)[0].sid} created"),
    ):
        newest = workspace.events.list(event_type=event_type, limit=1)[0]
        assert newest.description == description
        assert routed.forms(event_type)[-1]["EventDescription"] == description


def test_when_a_task_moves_then_it_leaves_one_queue_and_enters_the_other(routed, emulator):
    queues = {each.friendly_name: each for each in routed.workspace.task_queues.list()}
    routed.built.task({"kind": "slow"})
    emulator.taskrouter.advance(5)
    of_queues = [form for form in routed.forms() if form["ResourceType"] == "task"]
    assert [
        (form["EventType"], form["TaskQueueName"])
        for form in of_queues
        if form["EventType"].startswith("task-queue")
    ] == [
        ("task-queue.entered", "Empty"),
        ("task-queue.timeout", "Empty"),
        ("task-queue.moved", "Empty"),
        ("task-queue.entered", "Many"),
    ]
    for name, entered, moved in (("Empty", 1, 1), ("Many", 1, 0)):
        queue = routed.workspace.task_queues(queues[name].sid)
        counts = queue.cumulative_statistics().fetch()
        assert (counts.tasks_entered, counts.tasks_moved) == (entered, moved)


def test_when_a_task_lives_too_long_then_its_event_says_so(routed, emulator):
    task = routed.built.task({"kind": "plain"}, timeout=30)
    emulator.taskrouter.advance(30)
    [form] = routed.forms("task.canceled")
    assert form["TaskSid"] == task.sid
    for parameter in ("EventDescription", "Reason", "TaskCanceledReason"):
        assert form[parameter] == "Task TTL Exceeded"


def test_when_filters_are_combined_then_events_satisfy_each(routed):
    alice, bob = routed.built.worker("Alice"), routed.built.worker("Bob")
    task = routed.built.task({"kind": "plain"})
    [of_alice, of_bob] = (
        routed.workspace.events.list(
            task_sid=task.sid,
            worker_sid=worker.sid,
            workflow_sid=routed.built.workflow_sid,
            event_type="reservation.created",
        )
        for worker in (alice, bob)
    )
    assert [of_alice[0].resource_sid, of_bob[0].resource_sid] == [
        each.sid for each in routed.built.reservations(task)
    ]
    assert len(of_alice) == len(of_bob) == 1


def test_worker_channel_events_have_the_load_and_both_capacities(routed):
    alice = routed.built.worker("Alice")
    channel = routed.workspace.workers(alice.sid).worker_channels("default")
    channel.update(capacity=3)
    routed.built.answer(routed.built.task({"kind": "plain"}), "accepted")
    routed.built.task({"kind": "plain"})
    channel.update(capacity=4, available=False)

    def of(form):
        return {
            name.removeprefix("WorkerChannel"): value
            for name, value in form.items()
            if name.startswith("WorkerChannel")
        }

    expected = {"Capacity": "4", "AvailableCapacity": "2", "TaskCount": "1"}
    capacity = of(routed.forms("worker.capacity.update")[-1])
    assert capacity == {**expected, "Available": "true", "PreviousCapacity": "3"}
    [form] = routed.forms("worker.channel.availability.update")
    assert of(form) == {**expected, "Available": "false", "PreviousCapacity": "4"}
    assert (form["TaskChannelUniqueName"], form["WorkerSid"]) == ("default", alice.sid)


@pytest.mark.parametrize("kind", ["sid", "name"])
def test_when_a_target_names_a_known_worker_then_events_name_it(routed, kind):
    alice, workspace = routed.built.worker("Alice"), routed.workspace
    agent = {"sid": alice.sid, "name": "Alice"}[kind]
    task = routed.built.task({"kind": kind, "agent": agent})
    of_task = {
        each.event_type: each.event_data for each in workspace.events.list(task_sid=task.sid)
    }
    for event_type in ("workflow.target-matched", "task-queue.entered", "reservation.created"):
        assert of_task[event_type]["known_worker_sid"] == alice.sid


@pytest.mark.parametrize("agent", [None, "nobody", 7, "alice"])
def test_when_the_known_worker_does_not_exist_then_events_name_none(routed, agent):
    routed.built.worker("Alice")
    task = routed.built.task({"kind": "name", "agent": agent})
    for event in routed.workspace.events.list(task_sid=task.sid):
        assert "known_worker_sid" not in event.event_data


def test_matched_target_event_has_the_expressions_of_filter_and_target(routed):
    routed.built.task({"kind": "name", "agent": None})
    [form] = routed.forms("workflow.target-matched")
    assert json.loads(form["WorkflowFilterExpression"]) == ["kind == 'name'"]
    assert form["WorkflowFilterTargetExpression"] == "worker.sid != 'x'"
    assert form["WorkflowFilterName"] == "F4"
