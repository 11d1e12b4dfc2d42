"""GET /emulator/explain: why a Task waits, as JSON or text."""

import requests
from local_taskrouter.faults import Fault


def get(client, emulator, accept="*/*", **query):
    with requests.Session() as http:
        http.trust_env = False
        return http.get(
            f"{emulator.url}/emulator/explain",
            query,
            headers={"Accept": accept},
            auth=(client.username, client.password),
            timeout=10,
        )


def test_task_is_explained_as_json_and_as_text(client, emulator, built, workflow):
    built.worker("Ann", "Offline")
    task = built.task()
    response = get(client, emulator, task=task.sid)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/json")
    explanation = response.json()
    assert explanation["sentence"] == "Ann matches but is Offline."
    assert explanation["task_sid"] == task.sid
    text = get(client, emulator, "text/plain", task=task.sid)
    assert text.headers["Content-Type"].startswith("text/plain")
    assert text.text.splitlines()[1] == explanation["sentence"]


def test_task_with_events_and_busy_worker_is_explained(client, emulator, built, workflow, alice):
    first, second = built.task(), built.task()
    explanation = get(client, emulator, task=second.sid).json()
    assert first.sid != second.sid and "Alice" in explanation["sentence"]
    assert explanation["candidates"][0]["is_busy"]
    assert explanation["place"]["route"] == "default_filter"


def test_injected_faults_wait_for_the_app(client, emulator, built, workflow):
    task = built.task()
    emulator.taskrouter.faults.add(Fault(status=500))
    assert get(client, emulator, task=task.sid).status_code == 200
    assert [each["count"] for each in emulator.taskrouter.faults.to_json()] == [1]


def test_failed_callback_of_a_reserved_task_is_named(client, emulator, announce, receiver):
    receiver.answer = lambda request: (500, "text/plain", "")
    task = announce(receiver.url)
    assert (
        get(client, emulator, task=task.sid)
        .json()["sentence"]
        .endswith(
            " The Assignment Callback for Alice failed (alert 11200): the answer's status is 500, it must be"
            " 200."
        )
    )


def test_missing_or_unknown_task_is_refused_in_a_sentence(client, emulator, workflow):
    for query, status, code, words in (
        ({}, 400, 20001, "/emulator/explain?task=WT…"),
        ({"task": "WT" + "0" * 32}, 404, 20404, "There is no Task WT000"),
        ({"task": "x/y"}, 400, 20001, "'x/y' is not the SID of a Task"),
    ):
        response = get(client, emulator, **query)
        body = response.json()
        assert (response.status_code, body["code"]) == (status, code)
        assert words in body["message"]
