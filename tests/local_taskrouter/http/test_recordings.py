"""Control routes that show the callbacks that were sent, and the requests that came."""

import pytest
from local_taskrouter.process.home import ACCOUNT_SID
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator


def test_deliveries_have_request_and_response(announce, control, receiver):
    receiver.answer = lambda request: (200, "application/json", '{"instruction": "accept"}')
    task = announce(receiver.url)
    (delivery,) = control("GET", "/deliveries")[1]["deliveries"]
    assert delivery["state"] == "done"
    assert delivery["callback"]["parameters"]["TaskSid"] == task.sid
    assert delivery["attempts"][0]["body"] == '{"instruction": "accept"}'


def test_deliveries_come_in_pages(built, workspace, control, receiver, emulator):
    workspace.update(event_callback_url=receiver.url)
    for name in ("Alice", "Bob", "Carol"):
        built.worker(name)
    assert emulator.taskrouter.is_settled(30)
    numbers, path = [], "/deliveries?page_size=2"
    while path:
        _, page = control("GET", path)
        assert len(page["deliveries"]) <= 2
        numbers += [delivery["id"] for delivery in page["deliveries"]]
        path = page["next_page"] and page["next_page"].removeprefix("/emulator")
    every = control("GET", "/deliveries")[1]
    assert numbers == [delivery["id"] for delivery in every["deliveries"]] == sorted(numbers)
    assert len(numbers) > 3 and every["next_page"] is None


@pytest.mark.parametrize("query", ["page_size=0", "page_size=1001", "after=x", "after=-1"])
def test_invalid_page_of_deliveries_is_rejected(control, query):
    status, body = control("GET", f"/deliveries?{query}")
    assert (status, body["code"]) == (400, 20001)
    assert query.partition("=")[0] in body["message"]


def test_deliveries_are_found_by_kind_and_task(built, workspace, control, announce, receiver):
    first = announce(receiver.url)
    workspace.update(event_callback_url=receiver.url, events_filter="task.created")
    second = announce(receiver.url)
    assert control("POST", "/settle")[1]["settled"]

    def found(query):
        answer = control("GET", f"/deliveries?{query}")[1]
        return [
            (each["kind"], each["callback"]["parameters"]["TaskSid"])
            for each in answer["deliveries"]
        ]

    assert found("kind=event") == [("event", second.sid)]
    assert found("kind=assignment") == [("assignment", first.sid)]
    assert found(f"task={second.sid}&kind=event") == [("event", second.sid)]
    assert found(f"task={second.sid}&kind=assignment") == []
    assert len(found("")) == 2
    built.worker("Bob")
    assert control("POST", "/settle")[1]["settled"]
    page = control("GET", "/deliveries?page_size=1&kind=assignment")[1]
    assert found(page["next_page"].partition("?")[2]) == [("assignment", second.sid)]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("kind=callback", "kind is assignment or event, not callback"),
        ("kind=", "kind is assignment or event, not"),
        ("task=hello", "'hello' is not the SID of a Task: WT and 32 hexadecimal digits."),
        ("task=", "'' is not the SID of a Task"),
    ],
)
def test_unknown_kind_or_task_of_deliveries_is_rejected(control, query, message):
    status, body = control("GET", f"/deliveries?{query}")
    assert status == 400 and message in body["message"]


def test_delivery_has_what_was_sent(announce, control, receiver, emulator):
    announce(receiver.url)
    [delivery] = control("GET", "/deliveries")[1]["deliveries"]
    [(_, headers, form)] = receiver.requests
    parameters, [attempt] = delivery["callback"]["parameters"], delivery["attempts"]
    assert parameters == dict(form) and parameters["AccountSid"] == ACCOUNT_SID
    assert attempt["signature"] == headers["X-Twilio-Signature"]
    validator = RequestValidator(emulator.taskrouter.auth_token)
    assert validator.validate(attempt["url"], parameters, attempt["signature"])


def test_requests_show_parameters_status_and_the_reason_of_an_error(built, alice, control):
    workspace = built.workspace
    task = built.workspace.tasks
    with pytest.raises(TwilioRestException):
        task.create(attributes="{")
    workspace.workers.list(friendly_name="Alice")
    _, refused = control("POST", "/clock", data={"advance": "x"})
    *_, created, listed, control_request = control("GET", "/requests")[1]["requests"]
    assert (created["method"], created["path"], created["status"]) == (
        "POST",
        f"/v1/Workspaces/{built.workspace_sid}/Tasks",
        400,
    )
    assert created["parameters"] == [["Attributes", "{"]] and "Attributes" in created["message"]
    assert created["at"] == "2026-01-01T00:00:00Z" and created["seconds"] > 0
    assert ["FriendlyName", "Alice"] in listed["parameters"]
    assert (listed["status"], listed["message"]) == (200, "")
    assert control_request["message"] == refused["message"]
    assert control_request["parameters"] == [["advance", "x"]]


def test_requests_are_found_by_method_path_and_status_in_pages(client, built, control):
    for name in ("Alice", "Bob", "Carol"):
        built.worker(name)
    with pytest.raises(TwilioRestException):
        built.worker("Alice")

    def found(query):
        answer = control("GET", f"/requests?{query}")[1]
        names = [dict(each["parameters"])["FriendlyName"] for each in answer["requests"]]
        return names, answer["next_page"]

    query = "method=post&path=*/Workers"
    assert found(f"{query}&status=201") == (["Alice", "Bob", "Carol"], None)
    assert found(f"{query}&status=400") == (["Alice"], None)
    names, following = found(f"{query}&status=201&page_size=2")
    assert names == ["Alice", "Bob"]
    assert found(following.partition("?")[2]) == (["Carol"], None)
    assert control("GET", "/requests?status=x")[0] == 400


def test_requests_without_credentials_or_response_are_logged_and_a_reset_forgets_all(
    client, control, emulator
):
    client.http_client.session.get(f"{emulator.url}/v1/Workspaces")
    control("POST", "/faults", data={"fault": "refused"})
    with pytest.raises(OSError):
        client.taskrouter.v1.workspaces.create("Office")
    statuses = [each["status"] for each in control("GET", "/requests")[1]["requests"]]
    assert (statuses[0], statuses[-1]) == (401, None)
    control("POST", "/reset")
    assert control("GET", "/requests")[1] == {"requests": [], "next_page": None}
