"""What is pushed to a Worker's page."""

import json


def test_page_sees_the_way_of_a_task(connect, token_for, alice, built, workflow, bridge):
    token = token_for(alice.sid)
    page = connect(token)
    kind, init = page.init
    assert (kind, init["channel_id"], init["workspace_sid"]) == (
        "init",
        alice.sid,
        built.workspace_sid,
    )
    assert 3_590_000 < init["token_lifetime"] <= 3_600_000
    task = built.task({"language": "es"})
    kind, created = page.next()
    assert kind == "reservation.created"
    assert (created["reservation_status"], created["task"]["assignment_status"]) == (
        "pending",
        "reserved",
    )
    assert created["task"]["sid"] == task.sid
    address = f"Workspaces/{built.workspace_sid}/Workers/{alice.sid}/Reservations/{created['sid']}"
    answer = bridge(token, "POST", address, {"ReservationStatus": "accepted"}).json()["payload"]
    assert answer["version"] == created["version"] + 1
    kind, accepted = page.next()
    assert kind == "reservation.accepted"
    assert accepted["task"]["assignment_status"] == "assigned"
    bridge(token, "POST", address, {"ReservationStatus": "wrapping"})
    assert [page.next()[0], page.next()[0]] == ["reservation.wrapup", "task.wrapup"]
    built.workspace.tasks(task.sid).update(assignment_status="completed", reason="solved")
    kinds = [page.next() for _ in range(3)]
    assert [kind for kind, _ in kinds] == [
        "task.completed",
        "reservation.completed",
        "task.updated",
    ]
    assert kinds[1][1]["task"]["reason"] == "solved"


def test_dates_are_whole_seconds_and_attributes_text(connect, token_for, alice, built, workflow):
    page = connect(token_for(alice.sid))
    built.task({"language": "es"})
    created = page.until("reservation.created")
    assert isinstance(created["date_created"], int)
    assert json.loads(created["task"]["attributes"]) == {"language": "es"}
    assert "task_transfer" not in created and "canceled_reason_code" not in created


def test_another_workers_page_hears_nothing(connect, token_for, alice, built, workflow):
    bob = built.worker("Bob", languages=["en"])
    page, other = connect(token_for(alice.sid)), connect(token_for(bob.sid))
    built.task({"language": "es"})
    page.until("reservation.created")
    built.workspace.workers(bob.sid).update(attributes='{"languages":["en"],"n":1}')
    assert other.next()[0] == "worker.attributes.update"
    built.workspace.workers(alice.sid).update(attributes='{"languages":["es"],"n":1}')
    assert page.next()[0] == "worker.attributes.update"


def test_deleted_task_is_pushed_as_it_was(connect, token_for, alice, built, task):
    [reservation] = built.reservations(task)
    page = connect(token_for(alice.sid))
    built.workspace.tasks(task.sid).reservations(reservation.sid).update(
        reservation_status="accepted"
    )
    built.workspace.tasks(task.sid).delete()
    completed = page.until("reservation.completed")
    assert completed["task"]["sid"] == task.sid


def test_rejected_and_timed_out_reservations_are_pushed(
    connect, token_for, alice, built, task, emulator
):
    page = connect(token_for(alice.sid))
    [reservation] = built.reservations(task)
    built.workspace.tasks(task.sid).reservations(reservation.sid).update(
        reservation_status="rejected"
    )
    assert [page.next()[0], page.next()[0]] == ["reservation.rejected", "reservation.created"]
    emulator.taskrouter.advance(130)
    kinds = [page.next()[0], page.next()[0]]
    assert kinds == ["reservation.timeout", "worker.activity.update"]


def test_capacity_and_availability_are_pushed_with_the_channel(
    connect, token_for, alice, built, bridge
):
    token = token_for(alice.sid)
    page = connect(token)
    channel = built.workspace.workers(alice.sid).worker_channels("default")
    before = built.workspace.workers(alice.sid).fetch()
    channel.update(capacity=3)
    assert page.until("worker.capacity.update")["configured_capacity"] == 3
    channel.update(available=False)
    assert page.until("worker.channel.availability.update")["available"] == 0
    url = f"Workspaces/{built.workspace_sid}/Workers/{before.sid}"
    assert bridge(token, "GET", url).json()["payload"]["version"] == 2


def test_canceled_task_reaches_who_was_asked(connect, token_for, alice, built, task):
    page = connect(token_for(alice.sid))
    built.workspace.tasks(task.sid).update(assignment_status="canceled", reason="gone")
    found = [page.next() for _ in range(3)]
    assert [kind for kind, _ in found] == ["reservation.canceled", "task.canceled", "task.updated"]
    assert found[0][1]["task"]["assignment_status"] == "canceled"
