"""The Assignment Callback: its request, the effects of the response, and of no response."""

import json
import socket
import threading

import pytest
from callback_receiver import JSON
from local_taskrouter import callbacks
from local_taskrouter.process.home import ACCOUNT_SID
from twilio.request_validator import RequestValidator

WHOLE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 150\r\n\r\n"


@pytest.fixture
def nowhere():
    """A URL on which no server listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"http://127.0.0.1:{port}/assignment_callback"


@pytest.fixture
def deliveries(emulator):
    return emulator.taskrouter.deliveries


@pytest.fixture
def short_timeout(monkeypatch):
    monkeypatch.setattr(callbacks, "SECONDS", 0.2)


def test_assignment_callback_has_twelve_form_parameters(built, announce, queue, alice, receiver):
    task = announce(receiver.url)
    (reservation,) = built.reservations(task)
    ((path, headers, form),) = receiver.requests
    assert path == "/assignment_callback"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert sorted(form) == [
        ("AccountSid", ACCOUNT_SID),
        ("ReservationSid", reservation.sid),
        ("TaskAge", "0"),
        ("TaskAttributes", '{"selected_language":"es"}'),
        ("TaskPriority", "3"),
        ("TaskQueueSid", queue.sid),
        ("TaskSid", task.sid),
        ("Timestamp", str(int(reservation.date_created.timestamp()))),
        ("WorkerAttributes", '{"languages":["es"]}'),
        ("WorkerSid", alice.sid),
        ("WorkflowSid", built.workflow_sid),
        ("WorkspaceSid", task.workspace_sid),
    ]


def test_task_age_is_counted_until_the_reservation(built, announce, alice, receiver, emulator):
    built.move(alice, "Offline")
    announce(receiver.url)
    emulator.taskrouter.advance(125)
    built.move(alice, "Available")
    assert emulator.taskrouter.is_settled(30)
    assert dict(receiver.requests[0][2])["TaskAge"] == "125"


def test_signature_is_valid_for_url_and_parameters(announce, receiver, emulator):
    url = receiver.url + "?shop=1&x=ä"
    announce(url, attributes={"name": "Zoë & Söhne"})
    _, headers, form = receiver.requests[0]
    validator = RequestValidator(emulator.taskrouter.auth_token)
    signature = headers["X-Twilio-Signature"]
    assert validator.validate(url, dict(form), signature)
    assert not validator.validate(url, {**dict(form), "TaskPriority": "4"}, signature)
    assert dict(form)["TaskAttributes"] == '{"name":"Zoë & Söhne"}'


@pytest.mark.parametrize(
    ("kind", "body"), [(JSON, "{}"), ("text/html", ""), (JSON, ""), ("Application/JSON; x=y", "{}")]
)
def test_empty_response_leaves_reservation_pending(
    built, announce, deliveries, receiver, kind, body
):
    receiver.answer = lambda request: (200, kind, body)
    task = announce(receiver.url, fallback=receiver.url + "/fallback")
    assert built.statuses(task) == ["pending"]
    assert receiver.paths() == ["/assignment_callback"]
    assert [delivery.state for delivery in deliveries()] == ["done"]


def test_instruction_accept_accepts(built, announce, receiver):
    receiver.answer = lambda request: (200, JSON, '{"instruction": "accept"}')
    task = announce(receiver.url)
    assert (built.status(task), built.statuses(task)) == ("assigned", ["accepted"])


def test_instruction_reject_with_activity_moves_the_worker(built, announce, alice, receiver):
    sid = built.activities["Unavailable"]
    answer = json.dumps({"instruction": "reject", "activity_sid": sid})
    receiver.answer = lambda request: (200, JSON, answer)
    task = announce(receiver.url)
    assert (built.status(task), built.statuses(task)) == ("pending", ["rejected"])
    assert alice.fetch().activity_sid == sid


def test_instruction_reject_without_activity_keeps_the_worker(built, announce, alice, receiver):
    answers = iter(['{"instruction": "reject"}', "{}"])
    receiver.answer = lambda request: (200, JSON, next(answers))
    task = announce(receiver.url)
    assert built.statuses(task) == ["rejected", "pending"]
    assert alice.fetch().activity_name == "Available"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"instruction": "sing"}, 55555),
        ({"instruction": None}, 40005),
        ({"instruction": ["accept"]}, 55555),
        ({"instruction": "dequeue", "from": "+1"}, 40140),
        ({"instruct": "accept"}, 40005),
        ({"instruction": "reject", "activity_sid": "WA" + "0" * 32}, 40100),
        ({"instruction": "reject", "activity_sid": 7}, 40100),
    ],
)
def test_invalid_instruction_is_recorded_and_changes_nothing(
    built, announce, deliveries, receiver, answer, code
):
    receiver.answer = lambda request: (200, JSON, json.dumps(answer))
    task = announce(receiver.url)
    assert (built.status(task), built.statuses(task)) == ("reserved", ["pending"])
    (delivery,) = deliveries()
    assert delivery.state == "failed"
    assert delivery.attempts[-1]["alert"][0] == code


BAD_ANSWERS = {
    "500": (500, JSON, '{"instruction": "accept"}', 11200),
    "404": (404, "text/html", "", 11200),
    "204": (204, JSON, "", 11200),
    "302": (302, JSON, "{}", 11200),
    "HTML": (200, "text/html", "<html>", 40000),
    "no type": (200, "", '{"instruction": "accept"}', 40000),
    "half JSON": (200, JSON, '{"instruction": ', 40001),
    "a list": (200, JSON, '["accept"]', 40001),
    "deep JSON": (200, JSON, "[" * 60_000, 40001),
    "too long": (200, JSON, '"' + "x" * callbacks.LARGEST_ANSWER + '"', 11200),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_bad_response_leads_to_the_fallback(built, announce, deliveries, receiver, name):
    *bad, code = BAD_ANSWERS[name]

    def answer(request):
        good = "fallback" in request[0]
        return (200, JSON, '{"instruction": "accept"}') if good else bad

    receiver.answer = answer
    task = announce(receiver.url, fallback=receiver.url + "/fallback")
    assert receiver.paths() == ["/assignment_callback", "/assignment_callback/fallback"]
    assert built.statuses(task) == ["accepted"]
    (delivery,) = deliveries()
    assert delivery.state == "done"
    assert delivery.attempts[0]["alert"][0] == code


def test_fallback_request_is_signed_for_its_url(announce, receiver, emulator):
    receiver.answer = lambda request: (500, JSON, "")
    fallback = receiver.url + "/fallback"
    announce(receiver.url, fallback=fallback)
    (_, _, form), (_, headers, again) = receiver.requests
    assert form == again
    validator = RequestValidator(emulator.taskrouter.auth_token)
    assert validator.validate(fallback, dict(again), headers["X-Twilio-Signature"])


def test_bad_response_without_fallback_leaves_reservation_pending(
    built, announce, deliveries, receiver, emulator
):
    receiver.answer = lambda request: (500, JSON, "oops")
    task = announce(receiver.url)
    assert built.statuses(task) == ["pending"]
    assert [delivery.state for delivery in deliveries()] == ["failed"]
    emulator.taskrouter.advance(120)
    assert built.statuses(task) == ["timeout"]


def test_unreachable_server_leads_to_the_fallback(built, announce, deliveries, receiver, nowhere):
    task = announce(nowhere, fallback=receiver.url)
    assert receiver.paths() == ["/assignment_callback"]
    assert built.statuses(task) == ["pending"]
    (delivery,) = deliveries()
    assert "is the server running?" in delivery.attempts[0]["alert"][1]


def test_unreachable_server_without_fallback_leaves_reservation_pending(built, announce, nowhere):
    task = announce(nowhere)
    assert (built.status(task), built.statuses(task)) == ("reserved", ["pending"])


def test_two_unreachable_servers_cancel_the_reservation_and_pause_the_task(
    built, announce, nowhere, emulator
):
    task = announce(nowhere, fallback=nowhere + "/fallback")
    assert (built.status(task), built.statuses(task)) == ("pending", ["canceled"])
    emulator.taskrouter.advance(5)
    assert emulator.taskrouter.is_settled(30)
    assert built.statuses(task) == ["canceled", "canceled"]


def test_two_bad_responses_leave_reservation_pending(built, announce, receiver):
    receiver.answer = lambda request: (500, JSON, "")
    task = announce(receiver.url, fallback=receiver.url + "/fallback")
    assert (len(receiver.requests), built.statuses(task)) == (2, ["pending"])


def test_late_response_counts_as_unreachable(built, announce, receiver, short_timeout):
    may_respond = threading.Event()

    def answer(request):
        may_respond.wait(10)
        return (200, JSON, '{"instruction": "accept"}')

    receiver.answer = answer
    task = announce(receiver.url, fallback=receiver.url + "/fallback")
    assert built.statuses(task) == ["canceled"]
    may_respond.set()


@pytest.mark.parametrize("sent_at_once", [WHOLE_HEAD, WHOLE_HEAD[:30], b""])
def test_trickling_response_times_out_in_total(announce, deliveries, short_timeout, sent_at_once):
    with socket.create_server(("127.0.0.1", 0)) as slow:
        dripping = threading.Thread(target=drip, args=(slow, sent_at_once))
        dripping.start()
        announce(f"http://127.0.0.1:{slow.getsockname()[1]}/")
        (delivery,) = deliveries()
        dripping.join()
    code, sentence = delivery.attempts[0]["alert"]
    assert (code, sentence.rpartition(": ")[2]) == (11200, "it took too long")
    assert delivery.attempts[0]["seconds"] < 2


def drip(server, sent_at_once):
    connection, _ = server.accept()
    with connection:
        connection.recv(65_536)
        connection.sendall(sent_at_once)
        pause = threading.Event()
        try:
            for byte in (WHOLE_HEAD + b"x" * 150)[len(sent_at_once) :]:
                pause.wait(0.02)
                connection.sendall(bytes([byte]))
        except OSError:
            pass


def test_timeout_is_five_seconds():
    assert callbacks.SECONDS == 5


def test_server_can_use_the_api_before_it_responds(built, announce, receiver):
    def answer(request):
        form = dict(request[2])
        reservation = built.workspace.tasks(form["TaskSid"]).reservations(form["ReservationSid"])
        reservation.update(reservation_status="accepted")
        return (200, JSON, "{}")

    receiver.answer = answer
    task = announce(receiver.url)
    assert (built.status(task), built.statuses(task)) == ("assigned", ["accepted"])


def test_instruction_for_canceled_reservation_is_only_recorded(
    built, announce, deliveries, receiver
):
    def answer(request):
        built.workspace.tasks(dict(request[2])["TaskSid"]).update(assignment_status="canceled")
        return (200, JSON, '{"instruction": "accept"}')

    receiver.answer = answer
    task = announce(receiver.url)
    assert (built.status(task), built.statuses(task)) == ("canceled", ["canceled"])
    assert [delivery.state for delivery in deliveries()] == ["failed"]


def test_instruction_for_rescinded_reservation_is_only_recorded(
    built, announce, queue, alice, deliveries, receiver
):
    queue.update(max_reserved_workers=2)
    built.worker("Bob")

    def answer(request):
        form = dict(request[2])
        if form["WorkerSid"] != alice.sid:
            return (200, JSON, "{}")
        others = built.workspace.tasks(form["TaskSid"]).reservations.list()
        (of_bob,) = [r for r in others if r.worker_name == "Bob"]
        of_bob.update(reservation_status="accepted")
        return (200, JSON, '{"instruction": "accept"}')

    receiver.answer = answer
    task = announce(receiver.url)
    assert sorted(built.statuses(task)) == ["accepted", "rescinded"]
    assert sorted(delivery.state for delivery in deliveries()) == ["done", "failed"]


def test_instruction_for_deleted_task_is_ignored(built, announce, deliveries, receiver):
    def answer(request):
        built.workspace.tasks(dict(request[2])["TaskSid"]).delete()
        return (200, JSON, '{"instruction": "accept"}')

    receiver.answer = answer
    announce(receiver.url)
    assert [delivery.state for delivery in deliveries()] == ["done"]


def test_each_reserved_worker_gets_a_callback(built, announce, queue, receiver):
    queue.update(max_reserved_workers=2)
    built.worker("Bob")
    announce(receiver.url)
    announced = {dict(form)["WorkerSid"] for _, _, form in receiver.requests}
    assert announced == {worker.sid for worker in built.workspace.workers.list()}
