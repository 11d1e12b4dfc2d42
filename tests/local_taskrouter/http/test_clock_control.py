"""Control routes of the clock: show it, move it, freeze it, and wait until nothing is on its way."""

import threading
from datetime import datetime

import pytest
import requests
from callback_receiver import JSON
from local_taskrouter.clock import SystemClock
from local_taskrouter.http.server import EmulatorServer
from local_taskrouter.process.home import ACCOUNT_SID
from local_taskrouter.service import TaskRouter
from timeout import SECONDS

BEGIN = "2026-01-01T00:00:00Z"


def test_clock_shows_time_and_advances(control):
    at_begin = {
        "now": BEGIN,
        "frozen": True,
        "next_due": None,
        "next_due_in": None,
        "settled": True,
    }
    assert control("GET", "/clock") == (200, at_begin)
    moved = {**at_begin, "now": "2026-01-01T00:02:00Z"}
    assert control("POST", "/clock", data={"advance": "120.5"}) == (200, moved)
    assert control("GET", "/clock") == (200, moved)
    assert control("GET", "")[1].items() >= moved.items()


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({}, "advance=120"),
        *(({"advance": bad}, "advance=120") for bad in ("", "-1", "nan", "1e99", "x")),
        ({"advance": "x", "resume": "true"}, "advance=120"),
        ({"freeze": "true", "resume": "true"}, "advance=120"),
        *(({"advance": "1", "timeout": bad}, "timeout") for bad in ("", "-1", "nan", "3601", "x")),
    ],
)
def test_invalid_move_returns_400_and_keeps_the_clock(control, form, expected):
    status, body = control("POST", "/clock", data=form)
    assert (status, body["code"]) == (400, 20001)
    assert expected in body["message"]
    assert control("GET", "/clock")[1]["now"] == BEGIN


def test_advance_by_next_due_in_reaches_the_next_timer(built, task, control):
    control("POST", "/clock", data={"advance": "0.3333"})
    due = control("GET", "/clock")[1]
    assert (due["next_due"], due["next_due_in"]) == ("2026-01-01T00:02:00Z", 119.667)
    control("POST", "/clock", data={"advance": due["next_due_in"]})
    assert built.statuses(task) == ["timeout"]


def test_settle_waits_until_the_instruction_is_applied(built, queue, alice, control, receiver):
    may_respond = threading.Event()
    receiver.answer = lambda request: (
        may_respond.wait(SECONDS),
        (200, JSON, '{"instruction": "accept"}'),
    )[1]
    built.workflow(default=queue, assignment_callback_url=receiver.url)
    task = built.task()
    assert control("POST", "/settle", data={"timeout": "0"})[1]["settled"] is False
    assert built.statuses(task) == ["pending"]
    may_respond.set()
    assert control("POST", "/settle")[1]["settled"] is True
    assert built.statuses(task) == ["accepted"]


@pytest.mark.parametrize("form", [{"timeout": "0"}, {"settle": "false"}])
def test_advance_that_does_not_wait_says_what_is_not_settled(
    built, queue, alice, control, receiver, form
):
    may_respond = threading.Event()
    receiver.answer = lambda request: (may_respond.wait(SECONDS), (200, JSON, "{}"))[1]
    built.workflow(default=queue, assignment_callback_url=receiver.url)
    task = built.task()
    moved = control("POST", "/clock", data={"advance": "130", **form})[1]
    assert (moved["now"], moved["settled"]) == ("2026-01-01T00:02:10Z", False)
    assert built.statuses(task) == ["timeout"]
    may_respond.set()


@pytest.fixture
def running_clock(tmp_path):
    """A function that posts to the control routes of a server whose clock runs."""
    taskrouter = TaskRouter(tmp_path / "t.db", ACCOUNT_SID, "token", SystemClock())
    server = EmulatorServer(taskrouter).start()
    with requests.Session() as http:
        http.trust_env = False
        http.auth = ACCOUNT_SID, "token"

        def post(path="clock", **form):
            return http.post(f"{server.url}/emulator/{path}", data=form, timeout=10).json()

        yield post
    server.stop()


def moment(answer):
    """`now` of an answer, in seconds since 1970."""
    return datetime.fromisoformat(answer["now"]).timestamp()


def test_clock_is_frozen_and_resumed(running_clock):
    running, frozen, moved, resumed = (
        running_clock(**form)
        for form in ({"advance": 0}, {"freeze": "true"}, {"advance": 60}, {"resume": "true"})
    )
    assert [each["frozen"] for each in (running, frozen, moved, resumed)] == [
        False,
        True,
        True,
        False,
    ]
    assert moment(moved) - moment(frozen) == 60
    assert moment(resumed) >= moment(moved)


def test_one_request_freezes_or_resumes_and_advances(running_clock):
    frozen = running_clock(freeze="true", advance="3600")
    resumed = running_clock(resume="true", advance="3600")
    assert (frozen["frozen"], resumed["frozen"]) == (True, False)
    assert moment(resumed) - moment(frozen) >= 3_600


def test_reset_keeps_a_frozen_clock_frozen(running_clock):
    moved = running_clock(freeze="true", advance="3600")
    reset = running_clock("reset")
    assert reset["frozen"] is True
    assert moment(reset) < moment(moved)
    running_clock(resume="true")
    assert running_clock("reset")["frozen"] is False
