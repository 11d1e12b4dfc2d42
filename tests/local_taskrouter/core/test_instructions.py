"""Fields of a callback's answer: which alert each invalid one leads to."""

import json

import pytest
from local_taskrouter.core.instructions import Alert, apply_instruction
from local_taskrouter.core.transfers import start_transfer

URL = "http://a.example/twiml"


@pytest.fixture
def task(lab):
    """A Task of a call, reserved for Alice."""
    lab.worker("Alice", {"contact_uri": "client:alice"})
    return lab.task(lab.workflow(default=lab.queue()), {"call_sid": "CA1"})


def answer(lab, task, instruction, fields):
    lab.do(apply_instruction, lab.pending(task), {"instruction": instruction, **fields})


@pytest.mark.parametrize(
    ("instruction", "fields", "code"),
    [
        ("dequeue", {"from": None}, 40132),
        ("dequeue", {"status_callback_events": "answered,sung"}, 40134),
        ("dequeue", {"status_callback_events": 7}, 40134),
        ("dequeue", {"status_callback_url": ""}, 40157),
        ("call", {"url": "example.com/twiml"}, 40112),
        ("call", {"url": URL, "status_callback_url": 7}, 40158),
        ("redirect", {"url": "ftp://a.example/", "call_sid": "CA1"}, 40120),
        ("conference", {"status_callback_url": "http://["}, 40159),
        ("conference", {"timeout": "1000"}, 14233),
        ("conference", {"timeout": 1.5}, 14233),
    ],
)
def test_invalid_field_has_its_alert_and_changes_nothing(lab, task, instruction, fields, code):
    with pytest.raises(Alert) as refused:
        answer(lab, task, instruction, {"from": "+1500", **fields})
    assert refused.value.code == code
    assert lab.reservations(task) == [("Alice", "pending")]
    assert json.loads(task.attributes) == {"call_sid": "CA1"}


@pytest.mark.parametrize(
    ("instruction", "fields"),
    [
        ("dequeue", {"from": "+1500", "status_callback_events": "answered, completed"}),
        ("call", {"from": "+1500", "url": URL, "to": "joey", "accept": "true"}),
        ("redirect", {"call_sid": "CA123456789", "url": URL, "accept": True}),
        ("conference", {"from": "+1500", "timeout": "30", "status_callback_url": URL}),
    ],
)
def test_examples_of_the_documentation_are_accepted(lab, task, instruction, fields):
    answer(lab, task, instruction, fields)
    assert lab.reservations(task) == [("Alice", "accepted")]


def test_dequeue_may_call_from_the_number_that_the_caller_dialed(lab):
    lab.worker("Alice", {"contact_uri": "client:alice"})
    workflow = lab.workflow(default=lab.queue())
    task = lab.task(workflow, {"call_sid": "CA1", "to": "+15005550006"})
    answer(lab, task, "dequeue", {})
    assert lab.reservations(task) == [("Alice", "accepted")]


def test_transferred_task_takes_no_instruction_but_these(lab, task):
    held = lab.pending(task)
    lab.accept(task)
    lab.do(start_transfer, held, lab.worker("Bob", {"contact_uri": "client:bob"}))
    for instruction in ("call", "dequeue", "redirect"):
        with pytest.raises(Alert) as refused:
            answer(lab, task, instruction, {"from": "+1500", "url": URL})
        assert refused.value.code == 40151
    answer(lab, task, "conference", {"from": "+1500"})
    assert lab.reservations(task) == [("Alice", "accepted"), ("Bob", "accepted")]
