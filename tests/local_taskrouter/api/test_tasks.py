"""Tasks and Reservations through the SDK: every transition, allowed or not."""

import pytest
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.rules import lifecycle
from twilio.base.exceptions import TwilioRestException


def bring(workspace, activities, alice, workflow, status):
    """A Task in this assignment_status."""
    if status == "pending":
        workspace.workers(alice.sid).update(activity_sid=activities["Offline"])
    task = workspace.tasks(workspace.tasks.create(workflow_sid=workflow.sid).sid)
    if status in ("assigned", "wrapping", "completed"):
        (reservation,) = task.reservations.list()
        reservation.update(reservation_status="accepted")
    if status in ("wrapping", "completed", "canceled"):
        task.update(assignment_status=status, reason="so")
    assert task.fetch().assignment_status == status
    return task


TRIGGERS = {"canceled": "cancel", "wrapping": "wrap_up", "completed": "complete"}
MOVES = [(status, wanted) for status in lifecycle.TASK for wanted in TRIGGERS]
SENTENCES = {
    "canceled": "Cannot cancel task {} in workspace {} for account {} because it is not pending"
    " or reserved.",
    "wrapping": "Cannot wrap up a task {} in workspace {} for account {} because it's not"
    " currently assigned",
    "completed": "Cannot complete task {} in workspace {} for account {} because it is not"
    " currently assigned.",
}


@pytest.mark.parametrize(("status", "wanted"), MOVES)
def test_task_status_changes_as_its_lifecycle_allows(
    workspace, activities, alice, workflow, status, wanted
):
    task = bring(workspace, activities, alice, workflow, status)
    before = shown(task)
    if TRIGGERS[wanted] in lifecycle.TASK[status]:
        moved = task.update(assignment_status=wanted, reason="because")
        assert (moved.assignment_status, moved.reason) == (wanted, "because")
        return
    with pytest.raises(TwilioRestException) as refusal:
        task.update(assignment_status=wanted, reason="because")
    sentence = SENTENCES[wanted].format(before["sid"], before["workspace_sid"], ACCOUNT_SID)
    assert (refusal.value.status, refusal.value.code) == (400, 20001)
    assert refusal.value.msg == f"Unable to update record: {sentence}"
    assert shown(task) == before


def shown(task):
    """Every field that the SDK knows of a Task."""
    return {name: value for name, value in vars(task.fetch()).items() if name[0] != "_"}


@pytest.mark.parametrize("wanted", ["pending", "reserved", "assigned"])
def test_task_status_that_only_taskrouter_sets_is_rejected(workspace, task, wanted):
    with pytest.raises(TwilioRestException, match="only routing sets it"):
        workspace.tasks(task.sid).update(assignment_status=wanted)
    with pytest.raises(TwilioRestException, match="AssignmentStatus must be one of"):
        workspace.tasks(task.sid).update(assignment_status="done")


@pytest.mark.parametrize("wanted", ["wrapping", "completed"])
def test_status_and_attributes_in_one_request_are_rejected(workspace, task, reservation, wanted):
    reservation.update(reservation_status="accepted")
    context = workspace.tasks(task.sid)
    with pytest.raises(TwilioRestException, match="cannot be set in one request"):
        context.update(assignment_status=wanted, attributes='{"note": 1}')
    assert (context.fetch().assignment_status, context.fetch().attributes) == ("assigned", "{}")
    context.update(attributes='{"note": 1}')
    assert context.update(assignment_status=wanted).attributes == '{"note":1}'


def test_rejected_update_rolls_back_its_changes(workspace, activities, task):
    context = workspace.tasks(task.sid)
    with pytest.raises(TwilioRestException):
        context.update(attributes='{"a": 1}', priority=9, assignment_status="assigned")
    assert (context.fetch().attributes, context.fetch().priority) == ("{}", 0)


def test_reason_can_be_set_without_status(workspace, task):
    before = workspace.tasks(task.sid).fetch()
    after = workspace.tasks(task.sid).update(reason="later")
    assert (after.reason, after.assignment_status) == ("later", before.assignment_status)


RESERVATION_TRIGGERS = {
    "accepted": "accept",
    "rejected": "reject",
    "wrapping": "wrap_up",
    "completed": "complete",
}
RESERVATION_MOVES = [
    (status, wanted)
    for status in lifecycle.RESERVATION
    if status != "rescinded"
    for wanted in RESERVATION_TRIGGERS
]


def bring_reservation(workspace, activities, alice, emulator, task, reservation, status):
    if status in ("accepted", "wrapping", "completed"):
        reservation.update(reservation_status="accepted")
    if status in ("wrapping", "completed"):
        reservation.update(reservation_status=status)
    if status == "rejected":
        reservation.update(reservation_status="rejected", worker_activity_sid=activities["Offline"])
    if status == "timeout":
        emulator.taskrouter.advance(120)
    if status == "canceled":
        workspace.tasks(task.sid).update(assignment_status="canceled")
    assert reservation.fetch().reservation_status == status


@pytest.mark.parametrize(("status", "wanted"), RESERVATION_MOVES)
@pytest.mark.parametrize("parent", ["task", "worker"])
def test_reservation_status_changes_as_its_lifecycle_allows(
    workspace, activities, alice, emulator, task, reservation, status, wanted, parent
):
    bring_reservation(workspace, activities, alice, emulator, task, reservation, status)
    owner = workspace.tasks(task.sid) if parent == "task" else workspace.workers(alice.sid)
    context = owner.reservations(reservation.sid)
    if RESERVATION_TRIGGERS[wanted] in lifecycle.RESERVATION[status]:
        assert context.update(reservation_status=wanted).reservation_status == wanted
        return
    with pytest.raises(TwilioRestException) as refusal:
        context.update(reservation_status=wanted)
    assert (refusal.value.status, refusal.value.code) == (400, 20001)
    assert reservation.sid in refusal.value.msg and status in refusal.value.msg
    assert context.fetch().reservation_status == status


def test_accepting_a_rescinded_reservation_returns_410(built, queue, alice, workflow):
    queue.update(max_reserved_workers=2)
    built.worker("Bob")
    first, second = built.reservations(built.task())
    first.update(reservation_status="accepted")
    assert second.fetch().reservation_status == "rescinded"
    with pytest.raises(TwilioRestException) as refusal:
        second.update(reservation_status="accepted")
    assert refusal.value.status == 410


@pytest.mark.parametrize("wanted", ["pending", "timeout", "canceled", "rescinded"])
def test_reservation_status_that_only_taskrouter_sets_is_rejected(reservation, wanted):
    with pytest.raises(TwilioRestException, match="only TaskRouter sets it"):
        reservation.update(reservation_status=wanted)


def test_rejecting_with_activity_moves_the_worker(workspace, activities, alice, reservation):
    reservation.update(reservation_status="rejected", worker_activity_sid=activities["Unavailable"])
    assert workspace.workers(alice.sid).fetch().activity_name == "Unavailable"


def test_instruction_accept_assigns_the_task(workspace, task, reservation):
    reservation.update(instruction="accept")
    assert workspace.tasks(task.sid).fetch().assignment_status == "assigned"


def test_empty_reservation_update_is_rejected(reservation):
    with pytest.raises(TwilioRestException, match="Give a ReservationStatus or an Instruction"):
        reservation.update()


def test_reservation_below_another_parent_returns_404(api, path, alice, task, reservation):
    for parent in (f"Tasks/{task.sid}", f"Workers/{alice.sid}"):
        assert api.get(f"{path}/{parent}/Reservations/{reservation.sid}").status_code == 200
    for parent in (f"Tasks/{alice.sid}", f"Workers/{task.sid}", "Tasks/x"):
        assert api.get(f"{path}/{parent}/Reservations/{reservation.sid}").status_code == 404
        assert api.get(f"{path}/{parent}/Reservations").status_code == 404


def test_reservation_url_has_the_parent_of_the_request(api, path, alice, task, reservation):
    for parent in (f"Tasks/{task.sid}", f"Workers/{alice.sid}"):
        address = f"{path}/{parent}/Reservations/{reservation.sid}"
        assert api.get(address).json()["url"] == f"{api.url}/v1{address}"


def test_attributes_are_returned_compact_in_the_same_order(workspace, workflow):
    text = '{ "z": [1, 2],\n "a": {"é": null, "b": 1.50} }'
    task = workspace.tasks.create(workflow_sid=workflow.sid, attributes=text)
    assert task.attributes == '{"z":[1,2],"a":{"é":null,"b":1.5}}'
    assert workspace.tasks.list()[0].attributes == task.attributes


def test_workflow_sid_is_optional_with_one_workflow(workspace, workflow):
    assert workspace.tasks.create().workflow_sid == workflow.sid
    workspace.workflows.create("Another", workflow.configuration)
    with pytest.raises(TwilioRestException, match="WorkflowSid field is required"):
        workspace.tasks.create()


def test_routing_target_may_be_workflow_queue_or_worker(workspace, workflow, queue, alice):
    for target in (workflow.sid, queue.sid, alice.sid):
        task = workspace.tasks.create(routing_target=target)
        assert (task.routing_target, task.task_queue_sid) == (target, queue.sid)
        assert task.ignore_capacity == (target == alice.sid)
        assert [t.sid for t in workspace.tasks.list(routing_target=target)] == [task.sid]
    assert workspace.tasks.create(task_queue_sid=queue.sid).routing_target is None
    task = workspace.tasks.create(routing_target=alice.sid, ignore_capacity="false")
    assert (task.ignore_capacity, task.assignment_status) == (False, "pending")


@pytest.mark.parametrize("straight_to", ["queue", "alice"])
@pytest.mark.parametrize("with_workflow_sid", [True, False])
def test_when_a_task_goes_straight_to_a_queue_or_worker_then_it_keeps_its_workflow(
    workspace, workflow, queue, alice, emulator, straight_to, with_workflow_sid
):
    target = {"queue": queue, "alice": alice}[straight_to].sid
    named = {"workflow_sid": workflow.sid} if with_workflow_sid else {}
    workflow.update(task_reservation_timeout=30)
    task = workspace.tasks.create(routing_target=target, **named)
    assert (task.workflow_sid, task.task_queue_sid) == (workflow.sid, queue.sid)
    assert [t.sid for t in workspace.tasks.list(workflow_sid=workflow.sid)] == [task.sid]
    task.update(attributes='{"changed": true}')
    workflow.update(re_evaluate_tasks="true")
    types = {event.event_type for event in workspace.events.list(task_sid=task.sid)}
    assert "workflow.entered" not in types


def test_when_a_task_goes_straight_to_a_queue_then_its_workflow_may_be_left_out_among_several(
    workspace, workflow, queue
):
    workspace.workflows.create("Another", workflow.configuration)
    assert workspace.tasks.create(task_queue_sid=queue.sid).workflow_sid is None
    named = workspace.tasks.create(task_queue_sid=queue.sid, workflow_sid=workflow.sid)
    assert named.workflow_sid == workflow.sid


def test_task_that_no_filter_matches_is_rejected(built, workspace, queue):
    built.workflow(("a == 1", queue))
    with pytest.raises(TwilioRestException, match="no default_filter") as refusal:
        built.task({"a": 2})
    assert (refusal.value.status, refusal.value.code) == (400, 20001)
    assert workspace.tasks.list() == []


def test_age_and_dates_follow_the_clock(workspace, workflow, emulator):
    task = workspace.tasks.create(workflow_sid=workflow.sid)
    assert task.date_created == task.date_updated == task.virtual_start_time
    emulator.taskrouter.advance(61.9)
    assert workspace.tasks(task.sid).fetch().age == 61


@pytest.mark.parametrize("written", ['"{}"', "{}", 'W/"{}"', "*"])
def test_update_with_current_etag_succeeds(api, path, task, alice, written):
    for part in (f"Tasks/{task.sid}", f"Workers/{alice.sid}"):
        address, data = f"/v1{path}/{part}", {"Attributes": '{"n":1}'}
        version = api.request("GET", address).headers["ETag"].strip('"')
        headers = {"If-Match": written.format(version)}
        assert api.request("POST", address, data=data, headers=headers).status_code == 200
        assert api.request("GET", address).headers["ETag"] == f'"{int(version) + 1}"'


@pytest.mark.parametrize("stale", ["999", '"999"', "no", ""])
def test_update_and_deletion_with_stale_etag_return_412(api, path, task, alice, stale):
    for part in (f"Tasks/{task.sid}", f"Workers/{alice.sid}"):
        address, headers = f"/v1{path}/{part}", {"If-Match": stale}
        before = api.request("GET", address).json()
        for method, data in (("POST", {"Attributes": '{"n":1}'}), ("DELETE", None)):
            answer = api.request(method, address, data=data, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (412, 20412)
        assert api.request("GET", address).json() == before


def test_reservation_update_checks_the_etag(workspace, task, reservation, api, path):
    address = f"{path}/Tasks/{task.sid}/Reservations/{reservation.sid}"
    assert api.get(address).headers["ETag"] == '"1"'
    with pytest.raises(TwilioRestException) as refusal:
        reservation.update(if_match="0", reservation_status="accepted")
    assert (refusal.value.status, refusal.value.code) == (412, 20412)
    reservation.update(if_match="1", reservation_status="accepted")
    assert api.get(address).headers["ETag"] == '"2"'


def test_version_rises_only_with_a_change(workspace, api, path, workflow, alice):
    def version(part):
        return int(api.get(f"{path}/{part}").headers["ETag"].strip('"'))

    task = f"Tasks/{workspace.tasks.create(workflow_sid=workflow.sid).sid}"
    versions = [version(task)]
    for change in ({"Priority": 1}, {"Attributes": '{"a":1}'}, {"Reason": "x"}):
        api.post(f"{path}/{task}", **change)
        versions.append(version(task))
    assert versions == sorted(set(versions))
    same = api.post(f"{path}/{task}", Priority=1, Attributes='{ "a": 1 }', Reason="x")
    assert int(same.headers["ETag"].strip('"')) == versions[-1]


@pytest.mark.parametrize("name", ["WorkflowSid", "TaskQueueSid", "RoutingTarget"])
def test_task_for_deleted_workspace_returns_404(api, path, workspace, queue, workflow, name):
    sid = queue.sid if name == "TaskQueueSid" else workflow.sid
    workspace.delete()
    response = api.post(f"{path}/Tasks", **{name: sid})
    assert (response.status_code, response.json()["code"]) == (404, 20404)
