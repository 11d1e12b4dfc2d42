"""The SDK's requests, and what it reads from the replies."""

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from local_taskrouter.errors import BadRequest
from local_taskrouter.event_bridge.requests import read_request
from local_taskrouter.faults import Fault


@pytest.fixture
def admin(token_for):
    return token_for(None, "admin")


def ask(bridge, token, method, url, params=None, **more):
    response = bridge(token, method, url, params, **more)
    assert response.status_code == 200, response.text
    return response.json()["payload"]


def test_worker_reads_itself_its_activities_and_its_channels(bridge, token_for, alice, built):
    token, own = token_for(alice.sid), f"Workspaces/{built.workspace_sid}/Workers/{alice.sid}"
    worker = ask(bridge, token, "GET", own)
    assert (worker["friendly_name"], worker["activity_name"], worker["version"]) == (
        "Alice",
        "Available",
        0,
    )
    activities = ask(bridge, token, "GET", f"Workspaces/{built.workspace_sid}/Activities")
    assert {one["friendly_name"] for one in activities["contents"]} == set(built.activities)
    channels = ask(bridge, token, "GET", f"{own}/WorkerChannels", {"PageSize": 1000})
    assert {one["task_channel_unique_name"] for one in channels["contents"]} >= {"default", "voice"}


def test_values_are_json_values(bridge, token_for, alice, built):
    token, own = token_for(alice.sid), f"Workspaces/{built.workspace_sid}/Workers/{alice.sid}"
    changed = ask(bridge, token, "POST", own, {"Attributes": {"languages": ["es", "ñ"]}})
    assert changed["attributes"] == '{"languages":["es","ñ"]}'
    moved = {"ActivitySid": built.activities["Offline"], "RejectPendingReservations": True}
    assert ask(bridge, token, "POST", own, moved)["activity_name"] == "Offline"


def test_active_reservations_are_those_that_have_not_ended(bridge, token_for, alice, built, task):
    token, own = token_for(alice.sid), f"Workspaces/{built.workspace_sid}/Workers/{alice.sid}"
    [reservation] = built.reservations(task)
    asked = f"{own}/Reservations"
    [shown] = ask(bridge, token, "GET", asked, {"Active": "true"})["contents"]
    assert (shown["sid"], shown["reservation_timeout"]) == (reservation.sid, 120)
    built.workspace.tasks(task.sid).update(assignment_status="canceled")
    assert ask(bridge, token, "GET", asked, {"Active": "true"})["contents"] == []
    assert len(ask(bridge, token, "GET", asked)["contents"]) == 1


def test_lists_go_on_after_a_sid_and_in_an_order_after_a_token(bridge, admin, built):
    for name in ("Carla", "Alice", "Bob"):
        built.worker(name)
    url, names = f"Workspaces/{built.workspace_sid}/Workers", []
    first = ask(bridge, admin, "GET", url, {"PageSize": 2})
    assert first["after_sid"] == first["contents"][-1]["sid"]
    second = ask(bridge, admin, "GET", url, {"PageSize": 2, "AfterSid": first["after_sid"]})
    assert [one["friendly_name"] for one in first["contents"] + second["contents"]] == [
        "Carla",
        "Alice",
        "Bob",
    ]
    assert second["after_sid"] is None
    token = None
    while True:
        params = {"PageSize": 1, "Ordering": "FriendlyName:asc", "NextToken": token}
        page = ask(bridge, admin, "GET", url, params)
        names += [one["friendly_name"] for one in page["contents"]]
        token = page["meta"]["next_token"]
        if token is None:
            break
    assert names == ["Alice", "Bob", "Carla"]


def test_task_is_created_for_oneself(bridge, token_for, alice, built, queue):
    token = token_for(alice.sid)
    asked = {
        "RoutingTarget": alice.sid,
        "Attributes": {"outbound_to": "+1", "from": "+2"},
        "TaskChannelUniqueName": "voice",
    }
    created = ask(bridge, token, "POST", f"Workspaces/{built.workspace_sid}/Tasks", asked)
    assert (created["task_channel_unique_name"], created["routing_target"]) == ("voice", alice.sid)
    [reservation] = built.workspace.workers(alice.sid).reservations.list()
    assert reservation.task_sid == created["sid"]


def test_queues_say_whether_they_are_lifo(bridge, admin, built):
    built.queue("Newest", task_order="LIFO")
    url = f"Workspaces/{built.workspace_sid}/TaskQueues"
    found = ask(bridge, admin, "GET", url, {"FriendlyName": "Newest"})["contents"]
    assert [one["lifo_queue"] for one in found] == [True]


@pytest.mark.parametrize(
    ("url", "params", "status", "words"),
    [
        ("{workers}", {"AfterSid": "nonsense"}, 400, "AfterSid"),
        ("{workers}/WKnone", {}, 404, "not found"),
        ("{workers}/WQ" + "0" * 32, {}, 404, "not found"),
        ("{workspace}", {}, 403, "another Workspace"),
        ("{workspace}/Workflows", {}, 404, "not found"),
        ("{workspace}/Events", {}, 404, "not found"),
        ("{workspace}/Statistics", {}, 404, "not found"),
        ("{workers}/Statistics", {}, 404, "not found"),
        ("Nothing/at/all", {}, 404, "not found"),
        ("", {}, 404, "not found"),
    ],
)
def test_bad_addresses_are_refused_in_words(bridge, admin, built, url, params, status, words):
    workspace = f"Workspaces/{built.workspace_sid}"
    address = url.format(workspace=workspace, workers=f"{workspace}/Workers")
    response = bridge(admin, "GET", address, params)
    assert response.status_code == status
    body = response.json()
    assert words in body["message"] and body["status"] == status


def test_setters_say_what_is_wrong(bridge, token_for, alice, built):
    token, own = token_for(alice.sid), f"Workspaces/{built.workspace_sid}/Workers/{alice.sid}"
    response = bridge(token, "POST", own, {"ActivitySid": "WAnonsense"})
    assert response.status_code == 400 and "WAnonsense" in response.json()["message"]
    future = bridge(
        token,
        "POST",
        f"Workspaces/{built.workspace_sid}/Tasks",
        {"RoutingTarget": alice.sid, "VirtualStartTime": "2999-01-01T00:00:00Z"},
    )
    assert future.status_code == 400 and "future" in future.json()["message"]
    participants = bridge(token, "POST", f"{own}/CustomerParticipant", {})
    assert participants.status_code == 400 and "no telephony" in participants.json()["message"]


def test_fault_of_the_apis_path_meets_the_page(bridge, token_for, alice, built, emulator):
    token, own = token_for(alice.sid), f"Workspaces/{built.workspace_sid}/Workers/{alice.sid}"
    emulator.taskrouter.faults.add(Fault(status=429, path="*/Workers/*"))
    refused = bridge(token, "GET", own)
    assert (refused.status_code, refused.json()["code"]) == (429, 20429)
    assert bridge(token, "GET", own).status_code == 200


def test_preflight_needs_no_credentials_and_other_methods_are_refused(emulator):
    address = f"{emulator.url}/v1/wschannels"
    preflight = requests.options(address, headers={"Origin": "https://example.com"}, timeout=10)
    allowed = preflight.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert preflight.status_code == 204 and not preflight.content
    assert {"apiversion", "clientversion", "content-type", "if-match"} == set(allowed)
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert requests.get(address, timeout=10).status_code == 405


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_body_that_is_no_request_is_refused(body):
    with pytest.raises(BadRequest):
        read_request(body)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"url": 1, "method": "GET"}', b"null"])
def test_json_that_is_no_request_is_refused(body):
    with pytest.raises(BadRequest):
        read_request(body)


def test_stale_version_is_refused(bridge, token_for, alice, built):
    token, own = token_for(alice.sid), f"Workspaces/{built.workspace_sid}/Workers/{alice.sid}"
    assert bridge(token, "POST", own, {"Attributes": {"n": 1}}, if_match=0).status_code == 200
    assert bridge(token, "POST", own, {"Attributes": {"n": 2}}, if_match=0).status_code == 412
