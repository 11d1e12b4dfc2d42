"""The Assignment Callback: what is sent, what an answer does, and what becomes of no answer."""

import json
import socket
import threading

import pytest
from callback_lab import Learner, Office, settle
from twilio.request_validator import RequestValidator

from helpers.emulator import callbacks
from helpers.emulator.home import ACCOUNT_SID

JSON = "application/json"

WHOLE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 150\r\n\r\n"


@pytest.fixture
def learner():
    learner = Learner()
    yield learner
    learner.close()


@pytest.fixture
def nowhere():
    """A URL at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"http://127.0.0.1:{port}/assignment_callback"


@pytest.fixture
def office(client, emulator):
    return Office(client, emulator.taskrouter)


@pytest.fixture
def hurry(monkeypatch):
    monkeypatch.setattr(callbacks, "SECONDS", 0.2)


def test_the_request_has_eleven_parameters_in_a_form(office, learner):
    task = office.task(learner.url)
    (reservation,) = office.workspace.tasks(task.sid).reservations.list()
    ((path, headers, form),) = learner.requests
    assert path == "/assignment_callback"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert sorted(form) == [
        ("AccountSid", ACCOUNT_SID),
        ("ReservationSid", reservation.sid),
        ("TaskAge", "0"),
        ("TaskAttributes", '{"selected_language":"es"}'),
        ("TaskPriority", "3"),
        ("TaskQueueSid", office.queue.sid),
        ("TaskSid", task.sid),
        ("WorkerAttributes", '{"languages":["es"]}'),
        ("WorkerSid", office.alice.sid),
        ("WorkflowSid", office.workflow.sid),
        ("WorkspaceSid", task.workspace_sid),
    ]


def test_the_task_age_is_that_of_the_reservation(office, learner, emulator):
    office.workspace.workers(office.alice.sid).update(activity_sid=office.activities["Offline"])
    office.task(learner.url)
    emulator.taskrouter.advance(125)
    office.workspace.workers(office.alice.sid).update(activity_sid=office.activities["Available"])
    settle(emulator.taskrouter)
    assert dict(learner.requests[0][2])["TaskAge"] == "125"


def test_the_signature_is_valid_for_url_and_parameters(office, learner, emulator):
    url = learner.url + "?shop=1&x=ä"
    office.task(url, attributes='{"name": "Zoë & Söhne"}')
    _, headers, form = learner.requests[0]
    validator = RequestValidator(emulator.taskrouter.auth_token)
    signature = headers["X-Twilio-Signature"]
    assert validator.validate(url, dict(form), signature)
    assert not validator.validate(url, {**dict(form), "TaskPriority": "4"}, signature)
    assert dict(form)["TaskAttributes"] == '{"name":"Zoë & Söhne"}'


@pytest.mark.parametrize(
    ("kind", "body"), [(JSON, "{}"), ("text/html", ""), (JSON, ""), ("Application/JSON; x=y", "{}")]
)
def test_an_empty_answer_asks_for_nothing(office, learner, kind, body):
    learner.answer = lambda request: (200, kind, body)
    task = office.task(learner.url, fallback=learner.url + "/fallback")
    assert office.reservations(task) == ["pending"]
    assert learner.paths() == ["/assignment_callback"]
    assert [delivery.state for delivery in office.deliveries()] == ["done"]


def test_the_answer_accept_accepts(office, learner):
    learner.answer = lambda request: (200, JSON, '{"instruction": "accept"}')
    task = office.task(learner.url)
    assert (office.status(task), office.reservations(task)) == ("assigned", ["accepted"])


def test_the_answer_reject_moves_the_worker_and_the_task_waits(office, learner):
    sid = office.activities["Unavailable"]
    answer = json.dumps({"instruction": "reject", "activity_sid": sid})
    learner.answer = lambda request: (200, JSON, answer)
    task = office.task(learner.url)
    assert (office.status(task), office.reservations(task)) == ("pending", ["rejected"])
    assert office.workspace.workers(office.alice.sid).fetch().activity_sid == sid


def test_the_answer_reject_alone_leaves_the_worker_where_it_is(office, learner):
    answers = iter(['{"instruction": "reject"}', "{}"])
    learner.answer = lambda request: (200, JSON, next(answers))
    task = office.task(learner.url)
    assert office.reservations(task) == ["rejected", "pending"]
    assert office.workspace.workers(office.alice.sid).fetch().activity_name == "Available"


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
def test_an_instruction_that_cannot_be_obeyed_is_noted_and_changes_nothing(
    office, learner, answer, code
):
    learner.answer = lambda request: (200, JSON, json.dumps(answer))
    task = office.task(learner.url)
    assert (office.status(task), office.reservations(task)) == ("reserved", ["pending"])
    (delivery,) = office.deliveries()
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
def test_a_bad_answer_makes_it_ask_the_fallback(office, learner, name):
    *bad, code = BAD_ANSWERS[name]

    def answer(request):
        good = "fallback" in request[0]
        return (200, JSON, '{"instruction": "accept"}') if good else bad

    learner.answer = answer
    task = office.task(learner.url, fallback=learner.url + "/fallback")
    assert learner.paths() == ["/assignment_callback", "/assignment_callback/fallback"]
    assert office.reservations(task) == ["accepted"]
    (delivery,) = office.deliveries()
    assert delivery.state == "done"
    assert delivery.attempts[0]["alert"][0] == code


def test_a_fallback_request_is_the_same_and_signed_for_its_own_url(office, learner, emulator):
    learner.answer = lambda request: (500, JSON, "")
    fallback = learner.url + "/fallback"
    office.task(learner.url, fallback=fallback)
    (_, _, form), (_, headers, again) = learner.requests
    assert form == again
    validator = RequestValidator(emulator.taskrouter.auth_token)
    assert validator.validate(fallback, dict(again), headers["X-Twilio-Signature"])


def test_a_bad_answer_without_a_fallback_leaves_the_reservation_pending(office, learner, emulator):
    learner.answer = lambda request: (500, JSON, "oops")
    task = office.task(learner.url)
    assert office.reservations(task) == ["pending"]
    assert [delivery.state for delivery in office.deliveries()] == ["failed"]
    emulator.taskrouter.advance(120)
    assert office.reservations(task) == ["timeout"]


def test_an_unreachable_server_makes_it_ask_the_fallback(office, learner, nowhere):
    task = office.task(nowhere, fallback=learner.url)
    assert learner.paths() == ["/assignment_callback"]
    assert office.reservations(task) == ["pending"]
    (delivery,) = office.deliveries()
    assert "is the server running?" in delivery.attempts[0]["alert"][1]


def test_an_unreachable_server_without_a_fallback_leaves_the_reservation_pending(office, nowhere):
    task = office.task(nowhere)
    assert (office.status(task), office.reservations(task)) == ("reserved", ["pending"])


def test_two_unreachable_servers_cancel_the_reservation_and_pause_the_task(
    office, nowhere, emulator
):
    task = office.task(nowhere, fallback=nowhere + "/fallback")
    assert (office.status(task), office.reservations(task)) == ("pending", ["canceled"])
    emulator.taskrouter.advance(5)
    settle(emulator.taskrouter)
    assert office.reservations(task) == ["canceled", "canceled"]


def test_two_bad_answers_leave_the_reservation_pending(office, learner):
    learner.answer = lambda request: (500, JSON, "")
    task = office.task(learner.url, fallback=learner.url + "/fallback")
    assert (len(learner.requests), office.reservations(task)) == (2, ["pending"])


def test_a_server_that_answers_too_late_counts_as_unreachable(office, learner, hurry):
    go_on = threading.Event()

    def answer(request):
        go_on.wait(10)
        return (200, JSON, '{"instruction": "accept"}')

    learner.answer = answer
    task = office.task(learner.url, fallback=learner.url + "/fallback")
    assert office.reservations(task) == ["canceled"]
    go_on.set()


@pytest.mark.parametrize("sent_at_once", [WHOLE_HEAD, WHOLE_HEAD[:30], b""])
def test_a_server_that_answers_bit_by_bit_is_not_waited_for(office, hurry, sent_at_once):
    with socket.create_server(("127.0.0.1", 0)) as slow:
        dripping = threading.Thread(target=drip, args=(slow, sent_at_once))
        dripping.start()
        office.task(f"http://127.0.0.1:{slow.getsockname()[1]}/")
        (delivery,) = office.deliveries()
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
            for _ in range(150):
                pause.wait(0.02)
                connection.sendall(b"x")
        except OSError:
            pass


def test_five_seconds_is_what_twilio_grants():
    assert callbacks.SECONDS == 5


def test_a_server_may_use_the_api_before_it_answers(office, learner):
    def answer(request):
        form = dict(request[2])
        reservation = office.workspace.tasks(form["TaskSid"]).reservations(form["ReservationSid"])
        reservation.update(reservation_status="accepted")
        return (200, JSON, "{}")

    learner.answer = answer
    task = office.task(learner.url)
    assert (office.status(task), office.reservations(task)) == ("assigned", ["accepted"])


def test_an_instruction_for_a_reservation_that_ended_meanwhile_is_noted_only(office, learner):
    def answer(request):
        office.workspace.tasks(dict(request[2])["TaskSid"]).update(assignment_status="canceled")
        return (200, JSON, '{"instruction": "accept"}')

    learner.answer = answer
    task = office.task(learner.url)
    assert (office.status(task), office.reservations(task)) == ("canceled", ["canceled"])
    assert [delivery.state for delivery in office.deliveries()] == ["failed"]


def test_an_instruction_for_a_rescinded_reservation_is_noted_only(office, learner):
    office.workspace.task_queues(office.queue.sid).update(max_reserved_workers=2)
    office.workspace.workers.create("Bob", activity_sid=office.activities["Available"])

    def answer(request):
        form = dict(request[2])
        if form["WorkerSid"] != office.alice.sid:
            return (200, JSON, "{}")
        others = office.workspace.tasks(form["TaskSid"]).reservations.list()
        (of_bob,) = [r for r in others if r.worker_name == "Bob"]
        of_bob.update(reservation_status="accepted")
        return (200, JSON, '{"instruction": "accept"}')

    learner.answer = answer
    task = office.task(learner.url)
    assert sorted(office.reservations(task)) == ["accepted", "rescinded"]
    assert sorted(delivery.state for delivery in office.deliveries()) == ["done", "failed"]


def test_an_instruction_for_a_deleted_task_is_dropped(office, learner):
    def answer(request):
        office.workspace.tasks(dict(request[2])["TaskSid"]).delete()
        return (200, JSON, '{"instruction": "accept"}')

    learner.answer = answer
    office.task(learner.url)
    assert [delivery.state for delivery in office.deliveries()] == ["done"]


def test_each_worker_of_a_multi_reservation_is_announced(office, learner):
    office.workspace.task_queues(office.queue.sid).update(max_reserved_workers=2)
    office.workspace.workers.create("Bob", activity_sid=office.activities["Available"])
    office.task(learner.url)
    announced = {dict(form)["WorkerSid"] for _, _, form in learner.requests}
    assert announced == {worker.sid for worker in office.workspace.workers.list()}
