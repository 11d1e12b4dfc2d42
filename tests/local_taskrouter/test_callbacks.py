"""The Assignment Callback: what is sent, what an answer does, and what becomes of no answer."""

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
    """A URL at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"http://127.0.0.1:{port}/assignment_callback"


@pytest.fixture
def deliveries(emulator):
    return emulator.taskrouter.deliveries


@pytest.fixture
def hurry(monkeypatch):
    monkeypatch.setattr(callbacks, "SECONDS", 0.2)


def test_the_request_has_eleven_parameters_in_a_form(built, announce, queue, alice, learner):
    task = announce(learner.url)
    (reservation,) = built.reservations(task)
    ((path, headers, form),) = learner.requests
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
        ("WorkerAttributes", '{"languages":["es"]}'),
        ("WorkerSid", alice.sid),
        ("WorkflowSid", built.workflow_sid),
        ("WorkspaceSid", task.workspace_sid),
    ]


def test_the_task_age_is_that_of_the_reservation(built, announce, alice, learner, emulator):
    built.move(alice, "Offline")
    announce(learner.url)
    emulator.taskrouter.advance(125)
    built.move(alice, "Available")
    emulator.taskrouter.settle()
    assert dict(learner.requests[0][2])["TaskAge"] == "125"


def test_the_signature_is_valid_for_url_and_parameters(announce, learner, emulator):
    url = learner.url + "?shop=1&x=ä"
    announce(url, attributes={"name": "Zoë & Söhne"})
    _, headers, form = learner.requests[0]
    validator = RequestValidator(emulator.taskrouter.auth_token)
    signature = headers["X-Twilio-Signature"]
    assert validator.validate(url, dict(form), signature)
    assert not validator.validate(url, {**dict(form), "TaskPriority": "4"}, signature)
    assert dict(form)["TaskAttributes"] == '{"name":"Zoë & Söhne"}'


@pytest.mark.parametrize(
    ("kind", "body"), [(JSON, "{}"), ("text/html", ""), (JSON, ""), ("Application/JSON; x=y", "{}")]
)
def test_an_empty_answer_asks_for_nothing(built, announce, deliveries, learner, kind, body):
    learner.answer = lambda request: (200, kind, body)
    task = announce(learner.url, fallback=learner.url + "/fallback")
    assert built.statuses(task) == ["pending"]
    assert learner.paths() == ["/assignment_callback"]
    assert [delivery.state for delivery in deliveries()] == ["done"]


def test_the_answer_accept_accepts(built, announce, learner):
    learner.answer = lambda request: (200, JSON, '{"instruction": "accept"}')
    task = announce(learner.url)
    assert (built.status(task), built.statuses(task)) == ("assigned", ["accepted"])


def test_the_answer_reject_moves_the_worker_and_the_task_waits(built, announce, alice, learner):
    sid = built.activities["Unavailable"]
    answer = json.dumps({"instruction": "reject", "activity_sid": sid})
    learner.answer = lambda request: (200, JSON, answer)
    task = announce(learner.url)
    assert (built.status(task), built.statuses(task)) == ("pending", ["rejected"])
    assert alice.fetch().activity_sid == sid


def test_the_answer_reject_alone_leaves_the_worker_where_it_is(built, announce, alice, learner):
    answers = iter(['{"instruction": "reject"}', "{}"])
    learner.answer = lambda request: (200, JSON, next(answers))
    task = announce(learner.url)
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
def test_an_instruction_that_cannot_be_obeyed_is_noted_and_changes_nothing(
    built, announce, deliveries, learner, answer, code
):
    learner.answer = lambda request: (200, JSON, json.dumps(answer))
    task = announce(learner.url)
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
def test_a_bad_answer_makes_it_ask_the_fallback(built, announce, deliveries, learner, name):
    *bad, code = BAD_ANSWERS[name]

    def answer(request):
        good = "fallback" in request[0]
        return (200, JSON, '{"instruction": "accept"}') if good else bad

    learner.answer = answer
    task = announce(learner.url, fallback=learner.url + "/fallback")
    assert learner.paths() == ["/assignment_callback", "/assignment_callback/fallback"]
    assert built.statuses(task) == ["accepted"]
    (delivery,) = deliveries()
    assert delivery.state == "done"
    assert delivery.attempts[0]["alert"][0] == code


def test_a_fallback_request_is_the_same_and_signed_for_its_own_url(announce, learner, emulator):
    learner.answer = lambda request: (500, JSON, "")
    fallback = learner.url + "/fallback"
    announce(learner.url, fallback=fallback)
    (_, _, form), (_, headers, again) = learner.requests
    assert form == again
    validator = RequestValidator(emulator.taskrouter.auth_token)
    assert validator.validate(fallback, dict(again), headers["X-Twilio-Signature"])


def test_a_bad_answer_without_a_fallback_leaves_the_reservation_pending(
    built, announce, deliveries, learner, emulator
):
    learner.answer = lambda request: (500, JSON, "oops")
    task = announce(learner.url)
    assert built.statuses(task) == ["pending"]
    assert [delivery.state for delivery in deliveries()] == ["failed"]
    emulator.taskrouter.advance(120)
    assert built.statuses(task) == ["timeout"]


def test_an_unreachable_server_makes_it_ask_the_fallback(
    built, announce, deliveries, learner, nowhere
):
    task = announce(nowhere, fallback=learner.url)
    assert learner.paths() == ["/assignment_callback"]
    assert built.statuses(task) == ["pending"]
    (delivery,) = deliveries()
    assert "is the server running?" in delivery.attempts[0]["alert"][1]


def test_an_unreachable_server_without_a_fallback_leaves_the_reservation_pending(
    built, announce, nowhere
):
    task = announce(nowhere)
    assert (built.status(task), built.statuses(task)) == ("reserved", ["pending"])


def test_two_unreachable_servers_cancel_the_reservation_and_pause_the_task(
    built, announce, nowhere, emulator
):
    task = announce(nowhere, fallback=nowhere + "/fallback")
    assert (built.status(task), built.statuses(task)) == ("pending", ["canceled"])
    emulator.taskrouter.advance(5)
    emulator.taskrouter.settle()
    assert built.statuses(task) == ["canceled", "canceled"]


def test_two_bad_answers_leave_the_reservation_pending(built, announce, learner):
    learner.answer = lambda request: (500, JSON, "")
    task = announce(learner.url, fallback=learner.url + "/fallback")
    assert (len(learner.requests), built.statuses(task)) == (2, ["pending"])


def test_a_server_that_answers_too_late_counts_as_unreachable(built, announce, learner, hurry):
    go_on = threading.Event()

    def answer(request):
        go_on.wait(10)
        return (200, JSON, '{"instruction": "accept"}')

    learner.answer = answer
    task = announce(learner.url, fallback=learner.url + "/fallback")
    assert built.statuses(task) == ["canceled"]
    go_on.set()


@pytest.mark.parametrize("sent_at_once", [WHOLE_HEAD, WHOLE_HEAD[:30], b""])
def test_a_server_that_answers_bit_by_bit_is_not_waited_for(
    announce, deliveries, hurry, sent_at_once
):
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
            for _ in range(150):
                pause.wait(0.02)
                connection.sendall(b"x")
        except OSError:
            pass


def test_five_seconds_is_what_twilio_grants():
    assert callbacks.SECONDS == 5


def test_a_server_may_use_the_api_before_it_answers(built, announce, learner):
    def answer(request):
        form = dict(request[2])
        reservation = built.workspace.tasks(form["TaskSid"]).reservations(form["ReservationSid"])
        reservation.update(reservation_status="accepted")
        return (200, JSON, "{}")

    learner.answer = answer
    task = announce(learner.url)
    assert (built.status(task), built.statuses(task)) == ("assigned", ["accepted"])


def test_an_instruction_for_a_reservation_that_ended_meanwhile_is_noted_only(
    built, announce, deliveries, learner
):
    def answer(request):
        built.workspace.tasks(dict(request[2])["TaskSid"]).update(assignment_status="canceled")
        return (200, JSON, '{"instruction": "accept"}')

    learner.answer = answer
    task = announce(learner.url)
    assert (built.status(task), built.statuses(task)) == ("canceled", ["canceled"])
    assert [delivery.state for delivery in deliveries()] == ["failed"]


def test_an_instruction_for_a_rescinded_reservation_is_noted_only(
    built, announce, queue, alice, deliveries, learner
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

    learner.answer = answer
    task = announce(learner.url)
    assert sorted(built.statuses(task)) == ["accepted", "rescinded"]
    assert sorted(delivery.state for delivery in deliveries()) == ["done", "failed"]


def test_an_instruction_for_a_deleted_task_is_dropped(built, announce, deliveries, learner):
    def answer(request):
        built.workspace.tasks(dict(request[2])["TaskSid"]).delete()
        return (200, JSON, '{"instruction": "accept"}')

    learner.answer = answer
    announce(learner.url)
    assert [delivery.state for delivery in deliveries()] == ["done"]


def test_each_worker_of_a_multi_reservation_is_announced(built, announce, queue, learner):
    queue.update(max_reserved_workers=2)
    built.worker("Bob")
    announce(learner.url)
    announced = {dict(form)["WorkerSid"] for _, _, form in learner.requests}
    assert announced == {worker.sid for worker in built.workspace.workers.list()}
