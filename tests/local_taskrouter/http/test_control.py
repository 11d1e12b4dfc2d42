"""Control routes: export and import the state."""

import pytest
import requests
from local_taskrouter.database import VERSION, DatabaseFailure
from twilio.base.exceptions import TwilioRestException


def test_control_without_credentials_returns_401(emulator):
    for path in ("", "/state", "/deliveries"):
        assert requests.get(f"{emulator.url}/emulator{path}", timeout=10).status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_without_credentials_returns_200(emulator, method):
    response = requests.request(method, f"{emulator.url}/health", timeout=10)
    assert (response.status_code, response.text) == (200, '{"status": "ok"}' * (method == "GET"))


def test_health_of_an_unreadable_database_returns_503(emulator, monkeypatch):
    def read(query):
        raise DatabaseFailure("The disk is full")

    monkeypatch.setattr(emulator.taskrouter, "read", read)
    response = requests.get(f"{emulator.url}/health", timeout=10)
    assert (response.status_code, response.json()["message"]) == (503, "The disk is full")


def test_reset_leaves_an_empty_account(client, control):
    workspaces = client.taskrouter.v1.workspaces
    sid = workspaces.create("Office").sid
    status, body = control("POST", "/reset")
    assert (status, body["now"]) == (200, "2026-01-01T00:00:00Z")
    assert workspaces.list() == []
    with pytest.raises(TwilioRestException):
        workspaces(sid).fetch()


def test_exported_state_can_be_imported(client, built, task, emulator, control):
    emulator.taskrouter.advance(30)
    saved = control("GET", "/state")[1]
    control("POST", "/reset")
    assert client.taskrouter.v1.workspaces.list() == []
    assert control("POST", "/state", json=saved)[1]["now"] == "2026-01-01T00:00:30Z"
    assert built.status(task) == "reserved"
    assert task.fetch().age == 30
    assert len(built.workspace.events.list(task_sid=task.sid)) > 0
    assert control("GET", "/state")[1] == saved


@pytest.mark.parametrize(
    "state",
    [
        *("[]", "x", "{}"),
        f'{{"version": {VERSION}, "records": [[1]], "events": [], "deliveries": [], "settings": []}}',
    ],
)
def test_invalid_state_is_rejected_and_changes_nothing(client, control, state):
    client.taskrouter.v1.workspaces.create("Office")
    status, body = control("POST", "/state", data=state)
    assert (status, body["code"]) == (400, 20001)
    assert [w.friendly_name for w in client.taskrouter.v1.workspaces.list()] == ["Office"]


def test_event_callback_is_sent_for_filtered_events(client, emulator, receiver):
    workspace = client.taskrouter.v1.workspaces.create(
        "Office", event_callback_url=receiver.url, events_filter="worker.created, task.created"
    )
    context = client.taskrouter.v1.workspaces(workspace.sid)
    worker = context.workers.create("Alice")
    context.activities.create("Lunch")
    assert emulator.taskrouter.is_settled(30)
    ((_, headers, form),) = receiver.requests
    sent = dict(form)
    assert sent["EventType"] == "worker.created"
    assert (sent["WorkerSid"], sent["WorkerName"]) == (worker.sid, "Alice")
    assert (sent["AccountSid"], sent["WorkspaceSid"]) == (client.username, workspace.sid)
    assert (sent["ResourceType"], sent["ResourceSid"]) == ("worker", worker.sid)
    assert sent["Timestamp"] == "1767225600"
    assert headers["X-Twilio-Signature"]
    (event,) = context.events.list(event_type="worker.created")
    assert sent["Sid"] == event.sid


def test_without_filter_every_event_is_sent(client, emulator, receiver):
    workspace = client.taskrouter.v1.workspaces.create("Office", event_callback_url=receiver.url)
    context = client.taskrouter.v1.workspaces(workspace.sid)
    context.update(friendly_name="Shop")
    context.delete()
    assert emulator.taskrouter.is_settled(30)
    announced = {dict(form)["EventType"] for _, _, form in receiver.requests}
    assert {"activity.created", "workspace.updated", "workspace.deleted"} <= announced


def test_event_callback_with_error_response_is_recorded(client, emulator, receiver):
    receiver.answer = lambda request: (500, "text/html", "no")
    client.taskrouter.v1.workspaces.create(
        "Office", event_callback_url=receiver.url, events_filter="workspace.created"
    )
    assert emulator.taskrouter.is_settled(30)
    (delivery,) = emulator.taskrouter.deliveries()
    assert delivery.state == "failed"
    assert "500" in delivery.attempts[0]["alert"][1]


def test_account_is_returned_without_its_token_and_no_other_exists(client):
    account = client.api.v2010.accounts(client.username)
    client.api.base_url = client.taskrouter.base_url
    found = account.fetch()
    assert (found.sid, found.status, found.auth_token) == (client.username, "active", None)
    with pytest.raises(TwilioRestException) as refused:
        client.api.v2010.accounts("AC" + "0" * 32).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)
