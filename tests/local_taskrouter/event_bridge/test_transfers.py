"""Transfers over the Event Bridge: requests, what each page hears, and who may."""

import pytest


class Office:
    """Alice has accepted a Task that speaks Spanish; Bob speaks English. Both have a page."""

    def __init__(self, built, alice, task, bridge, token_for, connect):
        self.built, self.alice, self.task, self.bridge = built, alice, task, bridge
        self.bob = built.worker("Bob", "Offline")
        self.english = built.queue("English", "friendly_name == 'Bob'")
        built.answer(task, "accepted")
        [self.held] = built.reservations(task)
        built.move(self.bob, "Available")
        self.tokens = {one.sid: token_for(one.sid) for one in (alice, self.bob)}
        self.alices, self.bobs = (connect(self.tokens[one.sid]) for one in (alice, self.bob))

    def ask(self, worker, path="", token=None, **params):
        """The status and payload, or message, of a request for transfers as this Worker."""
        url = f"Workspaces/{self.built.workspace_sid}/Workers/{worker.sid}/Transfers{path}"
        response = self.bridge(token or self.tokens[worker.sid], "POST", url, params)
        body = response.json()
        return response.status_code, body.get("payload", body.get("message"))

    def start(self, to, **more):
        more = {"ReservationSid": self.held.sid, "TaskSid": self.task.sid, "To": to.sid} | more
        status, transfer = self.ask(self.alice, **more)
        assert status == 200, transfer
        return transfer

    def cancel(self, transfer):
        asked = {"TaskSid": self.task.sid, "TransferStatus": "canceled"}
        return self.ask(self.alice, f"/{transfer['sid']}", **asked)


@pytest.fixture
def office(built, alice, task, bridge, token_for, connect):
    return Office(built, alice, task, bridge, token_for, connect)


def test_transfer_is_answered_and_pushed_to_both_pages(office):
    transfer = office.start(office.bob)
    assert isinstance(transfer.pop("date_created"), int)
    assert isinstance(transfer.pop("date_updated"), int)
    account, sid = transfer.pop("account_sid"), transfer.pop("sid")
    assert account.startswith("AC") and sid.startswith("TT")
    assert transfer == {
        "workspace_sid": office.built.workspace_sid,
        "initiating_reservation_sid": office.held.sid,
        "initiating_worker_sid": office.alice.sid,
        "initiating_queue_sid": office.task.task_queue_sid,
        "initiating_workflow_sid": office.task.workflow_sid,
        "task_sid": office.task.sid,
        "transfer_mode": "WARM",
        "transfer_to": office.bob.sid,
        "transfer_type": "WORKER",
        "transfer_status": "initiated",
    }
    kind, initiated = office.alices.next()
    assert (kind, initiated["sid"]) == ("task.transfer-initiated", sid)
    created = office.bobs.until("reservation.created")
    assert (created["task_transfer"]["sid"], created["task"]["assignment_status"]) == (
        sid,
        "reserved",
    )
    assert "active_outgoing_task_transfer" not in created


def test_page_that_connects_later_finds_its_outgoing_transfer(office):
    transfer = office.start(office.bob)
    own = f"Workspaces/{office.built.workspace_sid}/Workers/{office.alice.sid}/Reservations"
    asked = office.tokens[office.alice.sid], "GET", own, {"Active": "true"}
    [shown] = office.bridge(*asked).json()["payload"]["contents"]
    assert shown["active_outgoing_task_transfer"]["sid"] == transfer["sid"]
    assert "task_transfer" not in shown
    office.cancel(transfer)
    [shown] = office.bridge(*asked).json()["payload"]["contents"]
    assert "active_outgoing_task_transfer" not in shown


def test_accepted_transfer_is_complete_on_both_pages(office):
    office.start(office.bob, Mode="COLD", Priority=5, Attributes={"note": "VIP"})
    assert office.alices.until("reservation.wrapup")["task"]["assignment_status"] == "reserved"
    office.built.answer(office.task, "accepted")
    accepted = office.bobs.until("reservation.accepted")
    assert accepted["task_transfer"]["transfer_status"] == "complete"
    assert (accepted["task"]["priority"], accepted["task"]["attributes"]) == (5, '{"note":"VIP"}')
    assert office.alices.until("task.transfer-completed")["transfer_status"] == "complete"


def test_rejected_transfer_fails_on_both_pages_and_returns_the_task(office):
    office.start(office.bob)
    office.built.answer(office.task, "rejected")
    rejected = office.bobs.until("reservation.rejected")
    assert rejected["task_transfer"]["transfer_status"] == "failed"
    failed = office.alices.until("task.transfer-failed")
    assert (failed["transfer_status"], failed["transfer_failed_reason"]) == (
        "failed",
        "Transfer failed because the reservation was rejected",
    )
    assert office.alices.next()[1]["assignment_status"] == "assigned"


def test_failed_attempt_leaves_a_transfer_to_a_queue_initiated(office, emulator):
    office.start(office.english)
    emulator.taskrouter.advance(130)
    assert office.bobs.until("reservation.timeout")["task_transfer"]["transfer_type"] == "QUEUE"
    failed = office.alices.until("task.transfer-attempt-failed")
    assert failed["transfer_status"] == "initiated"
    assert office.alices.until("task.updated")["assignment_status"] == "pending"


def test_canceled_transfer_is_answered_pushed_and_cannot_be_canceled_again(office):
    transfer = office.start(office.bob)
    status, canceled = office.cancel(transfer)
    assert (status, canceled["transfer_status"]) == (200, "canceled")
    gone = office.bobs.until("reservation.canceled")
    assert gone["task_transfer"]["transfer_status"] == "canceled"
    assert gone["task"]["assignment_status"] == "assigned"
    assert office.alices.until("task.transfer-canceled")["sid"] == transfer["sid"]
    assert office.cancel(transfer) == (
        400,
        f"Transfer {transfer['sid']} is already canceled . Cannot cancel transfer.",
    )


def test_answer_to_a_post_has_no_transfer_for_the_sdk_cannot_read_it(office):
    office.start(office.bob)
    [pending] = office.built.reservations(office.task, reservation_status="pending")
    own = f"Workspaces/{office.built.workspace_sid}/Workers/{office.bob.sid}/Reservations"
    asked = f"{own}/{pending.sid}", {"ReservationStatus": "accepted"}
    answer = office.bridge(office.tokens[office.bob.sid], "POST", *asked).json()["payload"]
    assert answer["reservation_status"] == "accepted" and "task_transfer" not in answer
    shown = office.bridge(office.tokens[office.bob.sid], "GET", asked[0]).json()["payload"]
    assert shown["task_transfer"]["transfer_status"] == "complete"


def test_deleted_task_fails_its_transfer_on_the_page(office):
    office.start(office.bob)
    office.built.workspace.tasks(office.task.sid).delete()
    assert office.alices.until("task.transfer-failed")["transfer_status"] == "failed"
    assert office.bobs.until("reservation.canceled")["task"]["sid"] == office.task.sid


def test_events_log_the_transfer(office):
    transfer = office.start(office.bob)
    [event] = office.built.workspace.events.list(event_type="task.transfer-initiated")
    assert (event.resource_type, event.resource_sid) == ("task", office.task.sid)
    assert (
        event.description
        == f"Transfer {transfer['sid']} of Task {office.task.sid} to Bob initiated"
    )
    assert event.event_data["transfer_mode"] == "WARM"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ReservationSid": None}, "Missing required parameter ReservationSid"),
        ({"ReservationSid": "x"}, "ReservationSid must be a SID"),
        ({"ReservationSid": "WR" + "0" * 32}, "is no Reservation of Worker"),
        ({"TaskSid": "WT" + "0" * 32}, "is another Task"),
        ({"To": None}, "Missing required parameter To"),
        ({"To": "Bob"}, "To Bob is no Worker and no TaskQueue of this Workspace"),
        ({"To": ["WK" + "0" * 32, {"a": 1}]}, "is no Worker and no TaskQueue"),
        ({"Mode": "LUKEWARM"}, "Mode must be one of WARM, COLD"),
        ({"Priority": -1}, "Priority must be a whole number"),
        ({"Attributes": "[]"}, "Attributes must be a JSON object"),
    ],
)
def test_wrong_requests_are_refused_in_words_and_change_nothing(office, wrong, words):
    asked = {"ReservationSid": office.held.sid, "TaskSid": office.task.sid, "To": office.bob.sid}
    status, message = office.ask(office.alice, **asked | wrong)
    assert status == 400 and words in message
    assert office.built.status(office.task) == "assigned"


def test_target_of_another_workspace_is_refused(office, client):
    other = client.taskrouter.v1.workspaces.create("Another", template="FIFO")
    [queue] = other.task_queues.list()
    asked = {"ReservationSid": office.held.sid, "To": queue.sid}
    assert office.ask(office.alice, **asked)[0] == 400


def test_worker_transfers_and_cancels_only_its_own(office, token_for):
    asked = {"ReservationSid": office.held.sid, "TaskSid": office.task.sid, "To": office.bob.sid}
    theirs = office.tokens[office.bob.sid]
    assert office.ask(office.alice, token=theirs, **asked)[0] == 403
    assert office.ask(office.bob, **asked | {"To": office.english.sid})[0] == 400
    transfer, canceled = office.start(office.bob), {"TransferStatus": "canceled"}
    assert office.ask(office.alice, f"/{transfer['sid']}", theirs, **canceled)[0] == 403
    assert office.ask(office.bob, f"/{transfer['sid']}", **canceled)[0] == 404
    supervisor = token_for(office.bob.sid, "supervisor")
    assert office.ask(office.alice, f"/{transfer['sid']}", supervisor, **canceled)[0] == 200


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("/TT" + "0" * 32, {"TransferStatus": "canceled"}, 404),
        ("/nonsense", {"TransferStatus": "canceled"}, 404),
        ("{own}", {}, 400),
        ("{own}", {"TransferStatus": "complete"}, 400),
        ("{own}", {"TransferStatus": "canceled", "TaskSid": "WT" + "0" * 32}, 400),
    ],
)
def test_wrong_cancellations_are_refused_and_the_transfer_goes_on(office, path, params, status):
    transfer = office.start(office.bob)
    assert office.ask(office.alice, path.format(own=f"/{transfer['sid']}"), **params)[0] == status
    assert office.built.status(office.task) == "reserved"


def test_rest_api_has_no_transfers(office, emulator, client):
    address = f"/v1/Workspaces/{office.built.workspace_sid}/Workers/{office.alice.sid}/Transfers"
    url = f"{emulator.url}{address}"
    response = client.request("POST", url)
    assert response.status_code == 404
