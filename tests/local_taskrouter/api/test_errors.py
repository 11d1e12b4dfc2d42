"""Every faulty request gets Twilio's JSON error body and a 4xx status."""

import base64
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from local_taskrouter.api.routes import ROUTES
from local_taskrouter.http import forms
from local_taskrouter.process.home import ACCOUNT_SID

NOWHERE = "0" * 32


def error(response, status, code):
    """Check that a response is this error; return its message."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    body = response.json()
    message = body.pop("message")
    assert body == {
        "code": code,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return message


def basic(user, password):
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return f"Basic {pair}"


@pytest.mark.parametrize("path", ["/v1/Workspaces", "/v1/nowhere", "/emulator", "/"])
@pytest.mark.parametrize(
    "header",
    [
        None,
        basic(ACCOUNT_SID, "wrong"),
        basic("AC" + "1" * 32, "0123456789abcdef0123456789abcdef"),
        basic("", ""),
        basic("ä\ud83d".encode("utf-8", "replace").decode(), "\0"),
        "Basic",
        "Basic ????",
        "Basic //8=",
        "Bearer abc",
        "Digest username=x",
    ],
)
def test_wrong_credentials_are_rejected_on_every_path(api, path, header):
    api.session.auth = lambda request: request
    response = api.request("GET", path, headers={"Authorization": header} if header else {})
    assert error(response, 401, 20003)
    assert response.headers["WWW-Authenticate"].startswith("Basic")


def test_right_credentials_are_accepted(api):
    assert api.get("/Workspaces").status_code == 200


@pytest.mark.parametrize(
    "unknown",
    [
        "",
        "/nowhere",
        "/Workspaces/",
        f"/Workspaces/WS{NOWHERE}",
        f"/Workspaces/WS{NOWHERE}/Tasks",
        "/Workspaces/my-workspace",
        "/Workspaces//TaskQueues",
        "/Workspaces/%00",
        "/Workspaces/%ED%A0%80",
        "/Workspaces/WS1/../../x",
        "/Workspaces/" + "x" * 5_000,
    ],
)
def test_unknown_path_returns_404_and_names_it_without_version(api, unknown):
    message = error(api.get(unknown), 404, 20404)
    assert message.startswith("The requested resource ") and message.endswith(" was not found")
    assert "/v1" not in message


def test_404_message_names_the_path(api):
    path = f"/Workspaces/WS{NOWHERE}/Workers/WK{NOWHERE}"
    assert error(api.get(path), 404, 20404) == f"The requested resource {path} was not found"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_wrong_method_returns_405(api, method):
    response = api.request(method, "/v1/Workspaces")
    assert "is not allowed" in error(response, 405, 20004)
    assert response.headers["Allow"] == "GET, POST"


def test_unknown_sid_returns_404_on_every_route(api, path):
    for route in ROUTES:
        workspace_sid = path.rsplit("/", 1)[1]
        if "<" not in route.path:
            continue
        for name in ("workspace_sid", "sid", "task_sid", "worker_sid"):
            if f"<{name}>" not in route.path:
                continue
            url = route.path.replace(f"<{name}>", "WX" + NOWHERE)
            for other in ("workspace_sid", "sid", "task_sid", "worker_sid"):
                url = url.replace(f"<{other}>", workspace_sid)
            data = REQUIRED if route.method == "POST" else None
            assert error(api.request(route.method, f"/v1{url}", data=data), 404, 20404), route


REQUIRED = {
    "FriendlyName": "A",
    "UniqueName": "a",
    "Configuration": "{}",
    "ReservationStatus": "accepted",
}


def test_sid_of_another_workspace_returns_404(api, client, workspace, path, task, alice):
    other = client.taskrouter.v1.workspaces.create("Other").sid
    for part in (f"Tasks/{task.sid}", f"Workers/{alice.sid}", f"Workers/{alice.sid}/Channels"):
        assert api.get(f"{path}/{part}").status_code == 200
        error(api.get(f"/Workspaces/{other}/{part}"), 404, 20404)
        error(api.get(f"{path}/{part.replace('Workers', 'Workflows')}x"), 404, 20404)


BAD = {
    "no name": ("/Workers", {}, "Missing required parameter FriendlyName"),
    "empty name": ("/Workers", {"FriendlyName": ""}, "FriendlyName must have 1 to 64 characters"),
    "long name": ("/Workers", {"FriendlyName": "x" * 65}, "1 to 64 characters, this has 65"),
    "NUL": ("/Workers", {"FriendlyName": "a\0b"}, "FriendlyName holds a NUL"),
    "half JSON": ("/Workers", {"FriendlyName": "A", "Attributes": '{"a":'}, "is not valid JSON"),
    "a list": ("/Workers", {"FriendlyName": "A", "Attributes": "[1]"}, "must be a JSON object"),
    "NaN": ("/Workers", {"FriendlyName": "A", "Attributes": '{"a":NaN}'}, "not valid JSON"),
    "infinity": ("/Workers", {"FriendlyName": "A", "Attributes": '{"a":1e999}'}, "not valid JSON"),
    "surrogate": (
        "/Workers",
        {"FriendlyName": "A", "Attributes": '{"a":"\\ud800"}'},
        "not valid JSON",
    ),
    "deep JSON": (
        "/Workers",
        {"FriendlyName": "A", "Attributes": '{"a":' + "[" * 100_000},
        "not valid JSON",
    ),
    "huge number": (
        "/Workers",
        {"FriendlyName": "A", "Attributes": '{"a":' + "9" * 5_000 + "}"},
        "not valid JSON",
    ),
    "long attributes": (
        "/Workers",
        {"FriendlyName": "A", "Attributes": "{" + " " * 4_095 + "}"},
        "Attributes may have 4096 characters",
    ),
    "foreign activity": (
        "/Workers",
        {"FriendlyName": "A", "ActivitySid": f"WA{NOWHERE}"},
        "ActivitySid WA0+ is not an Activity",
    ),
    "malformed activity": ("/Workers", {"FriendlyName": "A", "ActivitySid": "idle"}, "be a SID"),
    "expression": (
        "/TaskQueues",
        {"FriendlyName": "A", "TargetWorkers": "skill-level > 3"},
        "TargetWorkers: unexpected '-' at character 6",
    ),
    "deep expression": (
        "/TaskQueues",
        {"FriendlyName": "A", "TargetWorkers": "(" * 4_000},
        "parentheses inside each other",
    ),
    "too many reserved": (
        "/TaskQueues",
        {"FriendlyName": "A", "MaxReservedWorkers": "51"},
        "MaxReservedWorkers must be a whole number from 1 to 50",
    ),
    "task order": (
        "/TaskQueues",
        {"FriendlyName": "A", "TaskOrder": "FILO"},
        "one of FIFO, LIFO",
    ),
    "configuration": (
        "/Workflows",
        {"FriendlyName": "A", "Configuration": '{"task_routing":{"filters":[{}]}}'},
        "Configuration: task_routing.filters\\[0\\].expression is required",
    ),
    "large configuration": (
        "/Workflows",
        {"FriendlyName": "A", "Configuration": json.dumps({"a": "x" * 1_038_576})},
        "may have 1038576 bytes",
    ),
    "no URL": (
        "/Workflows",
        {"FriendlyName": "A", "Configuration": "{}", "AssignmentCallbackUrl": "localhost:5000"},
        "AssignmentCallbackUrl must be an http or https URL",
    ),
    "bad host": (
        "/Workflows",
        {"FriendlyName": "A", "Configuration": "{}", "AssignmentCallbackUrl": "http://[::1"},
        "must be an http or https URL",
    ),
    "no workflow": ("/Tasks", {}, "WorkflowSid field is required"),
    "unknown workflow": ("/Tasks", {"WorkflowSid": f"WW{NOWHERE}"}, "is no Workflow, Worker or"),
    "unknown queue": ("/Tasks", {"TaskQueueSid": f"WQ{NOWHERE}"}, "is no TaskQueue"),
    "unknown target": ("/Tasks", {"RoutingTarget": f"WK{NOWHERE}"}, "is no Workflow, Worker or"),
    "negative priority": ("/Tasks", {"Priority": "-1"}, "Priority must be a whole number from 0"),
    "no number": ("/Tasks", {"Timeout": "soon"}, 'not "soon"'),
    "other digits": ("/Tasks", {"Priority": "٣"}, "Priority must be a whole number"),
    "large number": ("/Tasks", {"Priority": "9" * 5_000}, "Priority must be a whole number"),
    "long timeout": ("/Tasks", {"Timeout": "1209601"}, "from 1 to 1209600"),
    "no time": ("/Tasks", {"VirtualStartTime": "yesterday"}, "a time such as 2026-01-31T12:00"),
    "channel name": (
        "/TaskChannels",
        {"FriendlyName": "A", "UniqueName": "my channel"},
        "UniqueName may hold letters, digits",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_invalid_parameter_is_named_and_changes_nothing(api, path, name):
    part, data, complaint = BAD[name]
    before = api.get(path + part).json()
    message = error(api.request("POST", f"/v1{path}{part}", data=data), 400, 20001)
    assert re.search(complaint, message)
    assert api.get(path + part).json() == before


def test_virtual_start_in_the_future_or_before_1900_is_rejected(api, path, workflow):
    for moment in ("2999-01-01T00:00:00Z", "1899-12-31T23:59:59Z"):
        response = api.post(f"{path}/Tasks", WorkflowSid=workflow.sid, VirtualStartTime=moment)
        assert "in the future or before 1900" in error(response, 400, 20001)
    response = api.post(
        f"{path}/Tasks", WorkflowSid=workflow.sid, VirtualStartTime="1900-01-01T00:00:00Z"
    )
    assert response.json()["virtual_start_time"] == "1900-01-01T00:00:00Z"


def test_routing_target_in_another_workspace_is_rejected(api, client, path, queue, alice, workflow):
    other = client.taskrouter.v1.workspaces.create("Other", template="FIFO").sid
    for target in (queue.sid, alice.sid, workflow.sid):
        response = api.post(f"/Workspaces/{other}/Tasks", RoutingTarget=target)
        assert "of this Workspace" in error(response, 400, 20001)
    response = api.post(f"/Workspaces/{other}/Tasks", TaskQueueSid=queue.sid)
    assert "of this Workspace" in error(response, 400, 20001)


BODIES = {
    "no boundary": ("multipart/form-data", b"--x\r\n"),
    "broken multipart": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form"),
    "a file": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="FriendlyName"; filename="a"\r\n\r\nA\r\n--x--',
    ),
    "half of a surrogate pair": (
        "multipart/form-data; boundary=x; charset=unicode_escape",
        b'--x\r\nContent-Disposition: form-data; name="FriendlyName"\r\n\r\n\\ud800\r\n--x--',
    ),
    "JSON": ("application/json", b'{"FriendlyName": "A"}'),
    "no type": ("", b"FriendlyName=A"),
    "no UTF-8": ("application/x-www-form-urlencoded", b"FriendlyName=\xff\xfe%ff\0"),
    "only ampersands": ("application/x-www-form-urlencoded", b"&&&===" * 1_000),
    "other charset": ("application/x-www-form-urlencoded; charset=nonsense", b"Attributes=%7"),
}


@pytest.mark.parametrize("name", BODIES)
def test_body_that_is_not_a_form_is_rejected(api, path, name):
    kind, body = BODIES[name]
    response = api.request("POST", f"/v1{path}/Workers", data=body, headers={"Content-Type": kind})
    message = error(response, 400, 20001)
    assert ("boundary" if name == "no boundary" else "FriendlyName") in message


def test_body_larger_than_the_limit_returns_413(api, path, monkeypatch):
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        body = b"A=" + b"x" * forms.LARGEST_BODY
        response = api.request(
            "POST", f"/v1{path}/Tasks", data=body, headers={"Content-Type": kind}
        )
        error(response, 413, 20001)


def test_form_with_too_many_parts_is_rejected(api, path):
    files = [(f"p{number}", (None, "x")) for number in range(2_000)]
    response = api.request("POST", f"/v1{path}/Workers", files=files)
    assert "Too many fields" in error(response, 400, 20001)


@pytest.mark.parametrize("host", ["bad host", "a/b", "[::1", "x" * 300, "ü", "a:99999999", "@"])
def test_malformed_host_header_causes_no_server_error(api, host):
    response = api.request("GET", "/v1/Workspaces", headers={"Host": host.encode("latin-1")})
    assert response.status_code in (200, 400)


def test_internal_error_names_the_log(api, monkeypatch, emulator):
    monkeypatch.setattr(emulator.taskrouter, "call", lambda command, wait: 1 / 0)
    assert "emulator.log" in error(api.get("/Workspaces"), 500, 20500)


ANY = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "0", "-1", "1e9", "null", "{}", "[]", '{"a":', "(" * 999, "a==1", "a.b[0] IN [1]"]
        + ["1==1 AND", "WK" + NOWHERE, "PA", "PAWK" + NOWHERE + "-1", "2026-01-01T00:00:00Z", "\0"]
        + ["9999-12-31T23:59:59-23:59", "0001-01-01", "inf", "Priority:asc,DateCreated", "default"]
    ),
)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_parameters_cause_no_server_error(api, path, task, reservation, alice, route, data):
    url = route.path.replace("<workspace_sid>", path.rsplit("/", 1)[1])
    url = url.replace("<task_sid>", task.sid).replace("<worker_sid>", alice.sid)
    sids = {"Tasks": task.sid, "Workers": alice.sid, "Reservations": reservation.sid}
    url = url.replace("<sid>", sids.get(url.split("/")[-2], "default"))
    names = [*route.params, "Unknown"]
    chosen = data.draw(st.lists(st.sampled_from(names), max_size=3))
    drawn = [(name, data.draw(ANY)) for name in chosen]
    if route.method == "DELETE":
        url = url + "x"
    where = {"data": drawn} if route.method == "POST" else {"params": drawn}
    response = api.request(route.method, f"/v1{url}", **where)
    if response.status_code >= 300:
        code = response.json()["code"]
        error(response, response.status_code, code)
        assert 400 <= response.status_code < 500
