"""The log of requests takes a bounded amount of memory, and can be printed."""

import io
import logging

import pytest
from local_taskrouter.request_log import KEPT, LONGEST, RequestLog, log, print_requests


@pytest.fixture
def requests():
    return RequestLog(lambda: 1_767_225_600.0)


def test_only_the_latest_requests_are_kept(requests):
    for number in range(KEPT + 5):
        requests.add("GET", f"/{number}", [], 200, "", 0.001)
    assert [requests.find()[0].path, requests.find()[-1].path] == ["/5", f"/{KEPT + 4}"]
    assert len(requests.find()) == KEPT


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ([("a", "x" * LONGEST * 3), ("b", "y")], ["a", "…"]),
        ([("a", "x"), ("b", "y" * LONGEST)], ["a", "b"]),
        ([(str(n), "x" * 10) for n in range(10_000)], None),
        ([("n" * LONGEST * 3, "x")], ["…"]),
    ],
)
def test_long_parameters_are_cut(requests, parameters, names):
    requests.add("POST", "/" * LONGEST * 2, parameters, 201, "", 0.0)
    [request] = requests.find()
    assert sum(len(name) + len(value) for name, value in request.parameters) <= LONGEST + 2
    assert len(request.path) == LONGEST
    assert names in (None, [name for name, _ in request.parameters])
    assert request.parameters[-1][0] == "…" or request.parameters[-1][1].endswith("…")


def test_printed_request_is_one_line_with_status_reason_and_parameters(requests):
    stream, before = io.StringIO(), log.handlers[:]
    print_requests(stream)
    requests.add("POST", "/v1/Workspaces", [("FriendlyName", "a\nb")], 400, "Too short", 0.0021)
    requests.add("GET", "/v1/Workspaces", [], None, "", 0.5)
    log.handlers[:] = before
    log.setLevel(logging.NOTSET)
    requests.add("GET", "/silent", [], 200, "", 0.5)
    first, second = stream.getvalue().splitlines()
    assert first.endswith("POST /v1/Workspaces 400 2 ms Too short FriendlyName='a\\nb'")
    assert second.endswith("GET /v1/Workspaces no response 500 ms")
