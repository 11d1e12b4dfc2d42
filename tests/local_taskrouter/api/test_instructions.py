"""Voice instructions: validated, stored, and applied as if the call succeeds."""

import json
import re

import pytest
from local_taskrouter.client import client_of
from local_taskrouter.core.records import Reservation
from twilio.base.exceptions import TwilioRestException
from workspace_builder import WorkspaceBuilder


@pytest.fixture
def office(client):
    """A Workspace with one available Worker, Alice, who has a contact URI."""
    office = WorkspaceBuilder(client, template="FIFO")
    office.worker("Alice", contact_uri="+15005550006")
    return office


@pytest.fixture
def single_tasking_office(client):
    """The same where Workers have one Task at a time."""
    office = WorkspaceBuilder(client, template="FIFO", multi_task_enabled=False)
    office.worker("Alice", "Idle", contact_uri="+15005550006")
    return office


def reserved(office, **attributes):
    return office.reservations(office.task(attributes))[0]


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"instruction": "dequeue", "dequeue_from": "+15005550001"}, "accepted"),
        ({"instruction": "conference", "from_": "+15005550001"}, "accepted"),
        ({"instruction": "call", "call_from": "+1500", "call_url": "http://a.example/"}, "pending"),
        (
            {
                "instruction": "call",
                "call_from": "+1500",
                "call_url": "http://a.example/",
                "call_accept": True,
            },
            "accepted",
        ),
        (
            {
                "instruction": "redirect",
                "redirect_call_sid": "CA" + "0" * 32,
                "redirect_url": "http://a.example/",
                "redirect_accept": True,
            },
            "accepted",
        ),
    ],
)
def test_complete_instruction_is_applied(office, emulator, parameters, status):
    reservation = reserved(office, call_sid="CA1")
    assert reservation.update(**parameters).reservation_status == status
    kept = emulator.taskrouter.engine.store.require(Reservation, reservation.sid).instruction
    assert json.loads(kept)["instruction"] == parameters["instruction"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"instruction": "dequeue", "dequeue_from": "+1500"},
        {"instruction": "call", "call_from": "+1500", "call_url": "http://a.example/"},
    ],
)
def test_when_the_worker_is_called_then_attributes_and_later_events_have_the_call(
    office, parameters
):
    reservation = reserved(office, call_sid="CA1", name="Zoë").update(**parameters)
    task = office.workspace.tasks(reservation.task_sid)
    attributes = json.loads(task.fetch().attributes)
    assert re.fullmatch("CA[0-9a-f]{32}", attributes.pop("worker_call_sid"))
    assert attributes == {"call_sid": "CA1", "name": "Zoë"}
    if parameters["instruction"] == "call":
        reservation.update(reservation_status="accepted")
    linked = task.update(assignment_status="completed").attributes
    events = office.workspace.events
    for event_type in ("task.updated", "reservation.accepted", "task.completed"):
        [*_, event] = events.list(event_type=event_type, task_sid=reservation.task_sid)
        assert event.event_data["task_attributes"] == linked


@pytest.mark.parametrize(
    "parameters",
    [
        {"instruction": "conference", "from_": "+1500"},
        {
            "instruction": "redirect",
            "redirect_call_sid": "CA" + "0" * 32,
            "redirect_url": "http://a.example/",
        },
    ],
)
def test_when_the_worker_is_not_called_then_attributes_stay(office, parameters):
    reservation = reserved(office, call_sid="CA1").update(**parameters)
    task = office.workspace.tasks(reservation.task_sid).fetch()
    assert json.loads(task.attributes) == {"call_sid": "CA1"}


@pytest.mark.parametrize("ending", ["wrapping", "completed"])
@pytest.mark.parametrize(
    ("kind", "instruction"),
    [
        ("office", "dequeue"),
        ("single_tasking_office", "dequeue"),
        ("single_tasking_office", "conference"),
    ],
)
def test_worker_moves_to_post_work_activity_after_the_call(request, kind, instruction, ending):
    office = request.getfixturevalue(kind)
    reservation = connected(office, instruction)
    alice = office.workspace.workers(reservation.worker_sid)
    assert alice.fetch().activity_name != "Lunch"
    office.workspace.tasks(reservation.task_sid).update(assignment_status=ending)
    assert alice.fetch().activity_name == "Lunch"


def test_post_work_activity_of_a_conference_has_no_effect_when_workers_multitask(office):
    reservation = connected(office, "conference")
    office.workspace.tasks(reservation.task_sid).update(assignment_status="completed")
    assert office.workspace.workers(reservation.worker_sid).fetch().activity_name == "Available"


def connected(office, instruction):
    """An accepted Reservation whose Worker is to move to Lunch afterwards."""
    lunch = office.workspace.activities.create("Lunch")
    more = {"from_": "+1500", "post_work_activity_sid": lunch.sid}
    if instruction == "dequeue":
        more = {"dequeue_from": "+1500", "dequeue_post_work_activity_sid": lunch.sid}
    return reserved(office, call_sid="CA1").update(instruction=instruction, **more)


def test_worker_who_changed_activity_stays_there_after_wrap_up(office):
    reservation = connected(office, "dequeue")
    task, alice = (
        office.workspace.tasks(reservation.task_sid),
        office.workspace.workers(reservation.worker_sid),
    )
    task.update(assignment_status="wrapping")
    alice.update(activity_sid=office.activities["Offline"])
    task.update(assignment_status="completed")
    assert alice.fetch().activity_name == "Offline"


@pytest.mark.parametrize("instruction", ["Dequeue", "Conference", "Accept"])
def test_instruction_may_begin_with_a_capital_letter(office, instruction):
    reservation = reserved(office, call_sid="CA1", to="+1500")
    updated = reservation.update(instruction=instruction, from_="+1500")
    assert updated.reservation_status == "accepted"


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"instruction": "call"}, "from"),
        ({"instruction": "call", "call_from": "+1500"}, "url"),
        ({"instruction": "redirect", "redirect_url": "http://a.example/"}, "call_sid"),
        ({"instruction": "dance"}, "dance"),
        ({"instruction": "conference"}, "from"),
        (
            {
                "instruction": "conference",
                "from_": "+1500",
                "post_work_activity_sid": f"WA{'0' * 32}",
            },
            "post_work_activity_sid WA0+ is not an Activity",
        ),
        ({"instruction": "call", "call_timeout": "long"}, "CallTimeout"),
        ({"instruction": "dequeue"}, "from, or the Task's attribute to,"),
        (
            {
                "instruction": "dequeue",
                "dequeue_from": "+1500",
                "dequeue_status_callback_event": ["answered", "sung"],
            },
            "status_callback_event must be some of initiated",
        ),
    ],
)
def test_incomplete_instruction_is_rejected_and_changes_nothing(office, parameters, named):
    reservation = reserved(office, call_sid="CA1")
    with pytest.raises(TwilioRestException, match=named) as refused:
        reservation.update(**parameters)
    assert (refused.value.status, refused.value.code) == (400, 20001)
    assert reservation.fetch().reservation_status == "pending"


@pytest.mark.parametrize("instruction", ["dequeue", "conference"])
def test_when_no_call_belongs_to_the_task_then_it_cannot_be_connected(office, instruction):
    reservation = reserved(office)
    with pytest.raises(TwilioRestException, match="call_sid, which <Enqueue> sets"):
        reservation.update(instruction=instruction, from_="+1500")


def test_when_the_task_is_for_an_outbound_call_then_a_conference_connects_it(office):
    reservation = reserved(office, outbound_to="+15005550009")
    accepted = reservation.update(instruction="conference", from_="+1500")
    assert accepted.reservation_status == "accepted"


def test_when_the_supervisor_has_no_contact_uri_then_supervise_is_rejected(office):
    reservation = reserved(office).update(reservation_status="accepted")
    supervisor = office.worker("Sue")
    supervise = {"instruction": "supervise", "supervisor": supervisor.sid}
    with pytest.raises(TwilioRestException, match="supervisor's attribute contact_uri"):
        reservation.update(**supervise)
    supervisor.update(attributes='{"contact_uri": "client:sue"}')
    with pytest.raises(TwilioRestException, match="from, or the Task's attribute from,"):
        reservation.update(**supervise)
    assert reservation.update(**supervise, from_="+1500").reservation_status == "accepted"


def test_instruction_for_accepted_reservation_is_rejected(office):
    reservation = reserved(office)
    reservation.update(reservation_status="accepted")
    with pytest.raises(TwilioRestException) as refused:
        reservation.update(instruction="conference")
    assert refused.value.msg.endswith(
        f"Unable to execute Conference instruction. Reservation {reservation.sid} is not currently"
        " in a Pending state."
    )


def test_api_key_gives_access_to_the_account(emulator, client, monkeypatch):
    monkeypatch.setitem(emulator.taskrouter.credentials, "SK" + "1" * 32, "secret")
    with client_of(emulator.url, "SK" + "1" * 32, "secret") as by_key:
        created = by_key.taskrouter.v1.workspaces.create("Office")
    assert created.account_sid == client.username
    with (
        client_of(emulator.url, "SK" + "1" * 32, "other") as wrong,
        pytest.raises(TwilioRestException, match="Authenticate"),
    ):
        wrong.taskrouter.v1.workspaces("WS" + "0" * 32).fetch()
