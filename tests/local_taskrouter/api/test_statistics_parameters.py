"""What Statistics can be asked for: waiting times, and TaskQueues in a JSON body."""

import json

import pytest
from local_taskrouter.api.statistics_parameters import queue_sids, thresholds
from local_taskrouter.errors import BadRequest

ONE, TWO = "WQ" + "1" * 32, "WQ" + "2" * 32


@pytest.mark.parametrize(
    ("split", "seconds"), [("5,30", [5, 30]), (" 5, 30,", [5, 30]), ("0", [0]), ("", [])]
)
def test_thresholds_may_be_spaced_and_empty(split, seconds):
    assert thresholds("SplitByWaitTime", [split]) == seconds


@pytest.mark.parametrize("split", ["5,x", "-1", "5;30", "1.5", "\0", ",".join(["1"] * 101)])
def test_thresholds_must_be_whole_seconds_and_not_too_many(split):
    with pytest.raises(BadRequest, match="SplitByWaitTime"):
        thresholds("SplitByWaitTime", [split])


@pytest.mark.parametrize(
    "name", ["queueSids", "QueueSids", "TaskQueueSids", "taskQueueSids", "task_queue_sids"]
)
def test_queues_are_named_in_their_order_each_once(name):
    body = {"more": 1, name: [TWO, ONE, TWO]}
    assert queue_sids(json.dumps(body).encode()) == [TWO, ONE]
    assert queue_sids(json.dumps({name: []}).encode()) == []


@pytest.mark.parametrize("body", [b"", b" \n", b"{}", b'{"queues": ["x"]}'])
def test_a_body_that_names_no_queues_means_all(body):
    assert queue_sids(body) is None


def test_fifty_queues_can_be_named_and_no_more():
    sids = [f"WQ{number:032x}" for number in range(51)]
    assert queue_sids(json.dumps({"queueSids": sids[:50]}).encode()) == sids[:50]
    with pytest.raises(BadRequest, match="at most 50"):
        queue_sids(json.dumps({"queueSids": sids}).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"WQ"',
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b"1" * 10_000,
        b'{"queueSids": "WQ"}',
        b'{"queueSids": null}',
        b'{"queueSids": [1]}',
        b'{"queueSids": [["WQ"]]}',
        b'{"queueSids": ["\\ud800"]}',
        b'{"queueSids": ["WK00000000000000000000000000000000"]}',
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)
def test_any_other_body_is_refused(body):
    with pytest.raises(BadRequest):
        queue_sids(body)
