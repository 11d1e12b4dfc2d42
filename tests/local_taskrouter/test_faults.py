"""Faults hit the requests and callbacks they are aimed at, so often, and no others."""

import asyncio
import threading
from json import JSONDecodeError

import pytest
from callback_receiver import JSON
from local_taskrouter import callbacks
from local_taskrouter.core.records import Callback
from local_taskrouter.delivery_table import Delivery
from local_taskrouter.faults import Fault, Faults
from local_taskrouter.http import app
from requests import ConnectionError
from timeout import SECONDS
from twilio.base.exceptions import TwilioException, TwilioRestException


@pytest.fixture
def fault(control):
    """Request a fault; return the faults that are still to come."""

    def fault(**form):
        status, answer = control("POST", "/faults", data=form)
        assert status == 200, answer["message"]
        return answer["faults"]

    return fault


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "exactly one of status, delay and fault"),
        ({"status": "429", "delay": "1"}, "exactly one of status, delay and fault"),
        ({"status": "399"}, "status is a number from 400 to 599"),
        ({"kind": "event", "status": "x"}, "status is a number from 200 to 599"),
        ({"delay": "nan"}, "delay is a number from 0 to 3600"),
        ({"status": "429", "count": "0"}, "count is a number from 1 to 1000000"),
        ({"status": "429", "counts": "2"}, "there is no parameter counts"),
        ({"status": "429", "url": "*"}, "url does not aim at a fault of kind=request"),
        ({"kind": "event", "status": "500", "path": "*"}, "path does not aim"),
        ({"status": "429", "path": "/Workspaces/*"}, "path begins with /v1, or with *"),
        (
            {"kind": "event", "status": "500", "url": "/events"},
            "url begins with http:// or https://",
        ),
        ({"status": "429", "method": "FETCH"}, "method is one of GET, POST, DELETE, or a pattern"),
        ({"kind": "worker", "status": "500"}, "kind is one of request, assignment"),
        ({"callback": "lost"}, "fault is one of refused, slow for kind=callback"),
        ({"fault": "shuffled"}, "fault is one of refused, garbage for kind=request"),
    ],
)
def test_invalid_fault_is_rejected_with_what_is_allowed(control, form, sentence):
    status, body = control("POST", "/faults", data=form)
    assert (status, body["code"]) == (400, 20001)
    assert sentence in body["message"] and "status=429 count=2" in body["message"]
    assert control("GET", "/faults")[1] == {"faults": []}


def test_faults_are_listed_with_what_is_left_and_end_on_delete(client, control, fault):
    fault(status=503, count=2, method="get", path="*/Workspaces")
    expected = {"kind": "request", "status": 503, "method": "GET", "path": "*/Workspaces"}
    assert fault(callback="slow") == [
        {**expected, "count": 2},
        {"kind": "callback", "fault": "slow", "count": 1},
    ]
    with pytest.raises(TwilioException):
        client.taskrouter.v1.workspaces.list()
    assert control("GET", "/faults")[1]["faults"][0] == {**expected, "count": 1}
    assert control("DELETE", "/faults") == (200, {"faults": []})
    assert client.taskrouter.v1.workspaces.list() == []


def test_faults_hit_the_next_requests_in_their_order_and_no_more(client, fault):
    fault(status=429, count=2)
    fault(status=502)
    codes = []
    for _ in range(3):
        with pytest.raises(TwilioRestException) as refused:
            client.taskrouter.v1.workspaces.create("Office")
        codes.append((refused.value.status, refused.value.code))
    assert codes == [(429, 20429), (429, 20429), (502, 20500)]
    assert client.taskrouter.v1.workspaces.create("Office").friendly_name == "Office"
    assert len(client.taskrouter.v1.workspaces.list()) == 1


def test_fault_hits_only_the_method_and_path_it_is_aimed_at(built, fault):
    fault(status=500, method="POST", path="*/Workers")
    built.workspace.workers.list()
    built.workspace.activities.create("Lunch")
    with pytest.raises(TwilioRestException):
        built.worker("Alice")
    assert built.worker("Alice").friendly_name == "Alice"


def test_refused_request_gets_no_response_and_changes_nothing(client, control, fault):
    fault(fault="refused")
    with pytest.raises(ConnectionError):
        client.taskrouter.v1.workspaces.create("Office")
    assert client.taskrouter.v1.workspaces.list() == []


def test_garbage_is_no_json_and_changes_nothing(client, fault):
    fault(fault="garbage")
    with pytest.raises(JSONDecodeError):
        client.taskrouter.v1.workspaces.create("Office")
    assert client.taskrouter.v1.workspaces.list() == []


def test_delayed_request_is_overtaken_and_succeeds(client, emulator, fault, monkeypatch):
    delays, delayed, may_go_on = [], threading.Event(), asyncio.Event()

    async def sleep(seconds):
        delays.append(seconds)
        delayed.set()
        await may_go_on.wait()

    monkeypatch.setattr(app, "sleep", sleep)
    fault(delay=2.5, path="*/Workspaces", method="POST")
    create = client.taskrouter.v1.workspaces.create
    thread = threading.Thread(target=create, args=("Slow",))
    thread.start()
    assert delayed.wait(SECONDS)
    create("Quick")
    emulator.loop.call_soon_threadsafe(may_go_on.set)
    thread.join()
    names = [each.friendly_name for each in client.taskrouter.v1.workspaces.list()]
    assert (delays, sorted(names), names[0]) == ([2.5], ["Quick", "Slow"], "Quick")


@pytest.fixture
def with_events(workspace, receiver):
    """Event Callbacks of created Reservations, to a path of the receiver."""
    workspace.update(
        event_callback_url=receiver.url + "/events", events_filter="reservation.created"
    )


@pytest.mark.parametrize(
    ("form", "alert"),
    [
        ({"status": 500}, (11200, "the answer's status is 500")),
        ({"fault": "garbage"}, (40001, "the answer is not JSON")),
        ({"fault": "slow"}, (11200, "it took too long")),
        ({"fault": "refused"}, (11200, "the connection failed")),
    ],
)
def test_assignment_fault_hits_no_event_and_leads_to_the_fallback(
    built, announce, emulator, receiver, fault, with_events, form, alert
):
    receiver.answer = lambda request: (200, JSON, '{"instruction": "accept"}')
    assert len(fault(kind="assignment", **form)) == 1
    task = announce(receiver.url, fallback=receiver.url + "/fallback")
    assert sorted(receiver.paths()) == [
        "/assignment_callback/events",
        "/assignment_callback/fallback",
    ]
    assert built.statuses(task) == ["accepted"]
    [delivery] = (
        each for each in emulator.taskrouter.deliveries() if each.callback.reservation_sid
    )
    code, message = delivery.attempts[0]["alert"]
    assert code == alert[0] and alert[1] in message and "requested" in message


def test_event_fault_hits_no_assignment_callback(
    built, announce, emulator, receiver, fault, with_events
):
    receiver.answer = lambda request: (200, JSON, '{"instruction": "accept"}')
    fault(kind="event", status=500)
    task = announce(receiver.url)
    assert receiver.paths() == ["/assignment_callback"]
    assert built.statuses(task) == ["accepted"]
    assert sorted(each.state for each in emulator.taskrouter.deliveries()) == ["done", "failed"]


def test_fault_aimed_at_a_url_hits_no_other(announce, receiver, fault):
    fault(kind="callback", fault="refused", url="*/fallback")
    fault(kind="callback", status=500, url="*/assignment_callback")
    announce(receiver.url, fallback=receiver.url + "/fallback")
    assert receiver.requests == []


def test_delayed_callback_arrives_late_or_counts_as_unanswered(
    built, announce, receiver, fault, monkeypatch
):
    receiver.answer = lambda request: (200, JSON, '{"instruction": "accept"}')
    fault(kind="assignment", delay=0.001)
    assert built.statuses(announce(receiver.url)) == ["accepted"]
    monkeypatch.setattr(callbacks, "SECONDS", 0.01)
    fault(kind="assignment", delay=SECONDS)
    built.worker("Bob")
    assert built.statuses(announce(receiver.url)) == ["pending"]
    assert len(receiver.requests) == 1


def test_faults_are_no_part_of_the_state(emulator, fault):
    taskrouter = emulator.taskrouter
    before = taskrouter.export_state()
    faults = fault(status=500)
    assert taskrouter.export_state() == before
    taskrouter.import_state(before)
    assert taskrouter.faults.to_json() == faults


def test_shuffled_events_leave_in_another_order_the_same_in_each_run():
    deliveries = [Delivery(number, "due", Callback("WS1", "http://a/", {})) for number in range(4)]
    deliveries.insert(1, Delivery(9, "due", Callback("WS1", "http://a/", {}, "WR1")))
    orders = []
    for _ in range(2):
        faults = Faults()
        faults.add(Fault("event", fault="shuffled"))
        orders.append([delivery.id for delivery in faults.shuffle(deliveries)])
        assert faults.shuffle(deliveries) == deliveries
    assert orders[0] == orders[1] != [delivery.id for delivery in deliveries]
    assert sorted(orders[0]) == [0, 1, 2, 3, 9] and orders[0][0] == 9
    two = [deliveries[0], deliveries[2]]
    faults.add(Fault("event", fault="shuffled", count=9))
    assert [faults.shuffle(two) for _ in range(9)] == [two[::-1]] * 9
