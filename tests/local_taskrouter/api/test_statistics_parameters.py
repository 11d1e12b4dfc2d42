"""Parameters of Statistics: wait thresholds, and TaskQueue SIDs in a JSON body."""

import json

import pytest
from local_taskrouter.api.statistics_parameters import queue_sids, thresholds
from local_taskrouter.errors import BadRequest

ONE, TWO = "WQ" + "1" * 32, "WQ" + "2" * 32


@pytest.mark.parametrize(
    ("split", "seconds"), [("5,30", [5, 30]), (" 5, 30,", [5, 30]), ("0", [0]), ("", [])]
)
def test_thresholds_may_have_spaces_or_be_empty(split, seconds):
    assert thresholds("SplitByWaitTime", [split]) == seconds


@pytest.mark.parametrize("split", ["5,x", "-1", "5;30", "1.5", "\0", ",".join(["1"] * 101)])
def test_invalid_or_too_many_thresholds_are_rejected(split):
    with pytest.raises(BadRequest, match="SplitByWaitTime"):
        thresholds("SplitByWaitTime", [split])


@pytest.mark.parametrize(
    "name", ["queueSids", "QueueSids", "TaskQueueSids", "taskQueueSids", "task_queue_sids"]
)
def test_queue_sids_keep_their_order_without_duplicates(name):
    body = {"more": 1, name: [TWO, ONE, TWO]}
    assert queue_sids(json.dumps(body).encode()) == [TWO, ONE]


@pytest.mark.parametrize(
    "body", [b"", b" \n", b"{}", b'{"queues": ["x"]}', b'{"queueSids": []}', b"QueueSids=WQ"]
)
def test_when_the_body_names_no_queue_then_it_is_rejected(body):
    with pytest.raises(BadRequest):
        queue_sids(body)


def test_more_than_50_queue_sids_are_rejected():
    sids = [f"WQ{number:032x}" for number in range(51)]
    assert queue_sids(json.dumps({"queueSids": sids[:50]}).encode()) == sids[:50]
    with pytest.raises(BadRequest, match="1 to 50"):
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
def test_invalid_body_is_rejected(body):
    with pytest.raises(BadRequest):
        queue_sids(body)
