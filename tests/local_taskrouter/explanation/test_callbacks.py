"""The sentence names the Assignment Callback that failed, on a local TaskRouter."""

import pytest
from callback_receiver import JSON
from local_taskrouter.http.explain_route import explain_task

BROKEN = [
    ((403, JSON, ""), "(alert 11200): the answer's status is 403, it must be 200."),
    ((200, JSON, "x"), "(alert 40001): the answer is not JSON."),
    ((200, JSON, '{"instruction": "dance"}'), "dance"),
]


@pytest.fixture
def sentence(emulator):
    """The sentence about a Task now."""
    return lambda task: explain_task(emulator.taskrouter, task).sentence


@pytest.mark.parametrize(("answer", "alert"), BROKEN)
def test_task_that_stays_reserved_names_the_alert(announce, receiver, sentence, answer, alert):
    receiver.answer = lambda request: answer
    found = sentence(announce(receiver.url))
    assert found.startswith("Alice is reserved until ")
    assert " The Assignment Callback for Alice failed (alert " in found and alert in found
    assert found.count("\n") == 0


def test_canceled_reservation_names_the_alert(built, announce, emulator, sentence):
    nobody = "http://127.0.0.1:1/"
    canceled = announce(nobody, fallback=nobody)
    assert built.statuses(canceled) == ["canceled"]
    assert "failed (alert 11200): no answer from http://127.0.0.1:1/" in sentence(canceled)


def test_timed_out_reservation_names_the_alert(built, announce, emulator, sentence):
    task = announce("http://127.0.0.1:1/")
    emulator.taskrouter.advance(130)
    found = sentence(task)
    assert found.startswith(
        "Alice matches but is Offline. The Assignment Callback for Alice failed"
    )


def test_task_that_a_worker_has_or_whose_callback_succeeds_has_none(
    built, announce, receiver, sentence
):
    assert "Callback" not in sentence(announce(receiver.url))
    built.worker("Bob")
    task = announce("http://127.0.0.1:1/")
    built.answer(task, "accepted")
    assert sentence(task).startswith("Bob accepted it")
    assert "Callback" not in sentence(task)
