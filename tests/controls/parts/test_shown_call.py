import shlex
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest

from helpers.controls.parts import shown_call
from helpers.curl_command.parse import parse

LAB: Any = SimpleNamespace(
    workspace_sid="WS1", session=SimpleNamespace(address="http://127.0.0.1:8765")
)
ATTRIBUTES = '{"selected_language": "es", "name": "O\'Neill & $HOME"}'


def test_update_in_python_and_with_curl():
    call = shown_call.update(LAB, "workers", "WK1", activity_sid="WA1")
    assert call.python == (
        'client.taskrouter.v1.workspaces("WS1").workers("WK1").update(\n    activity_sid="WA1",\n)'
    )
    assert call.curl == (
        "curl -X POST http://127.0.0.1:8765/v1/Workspaces/WS1/Workers/WK1 \\\n"
        "  --data-urlencode ActivitySid=WA1 \\\n"
        "  -u $TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"
    )
    assert str(call) == f"{call.python}\n{call.curl}"


def test_creation_in_python_is_python():
    call = shown_call.create(LAB, "tasks", attributes=ATTRIBUTES, priority=3)
    created = []
    tasks = SimpleNamespace(create=lambda **given: created.append(given))
    v1 = SimpleNamespace(workspaces=lambda sid: SimpleNamespace(tasks=tasks))
    client = SimpleNamespace(taskrouter=SimpleNamespace(v1=v1))
    eval(call.python, {"client": client})
    assert created == [{"attributes": ATTRIBUTES, "priority": 3}]


def test_curl_command_sends_the_same_values():
    parsed = parse(shown_call.create(LAB, "task_queues", target_workers=ATTRIBUTES).curl)
    assert (parsed.method, parsed.url) == (
        "POST",
        f"{LAB.session.address}/v1/Workspaces/WS1/TaskQueues",
    )
    assert parse_qsl(parsed.body) == [("TargetWorkers", ATTRIBUTES)]
    assert parsed.user == "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"


def test_request_without_parameters_has_no_data():
    call = shown_call.request("GET", "http://127.0.0.1:8765/v1", {})
    assert call.python == 'client.request("GET", "http://127.0.0.1:8765/v1")'
    call = shown_call.to_server("GET", "http://127.0.0.1:8765/x", {}, {})
    parsed = 'requests.request(\n    "GET",\n    "http://127.0.0.1:8765/x",\n)'
    assert call.python == f"import requests\n\n{parsed}"
    assert call.curl == "curl -X GET http://127.0.0.1:8765/x"


VALUES = ["a", 'a"b', "it's", "\\", "'\"", "\n", 3, None, "ñ", [], ["a", "'"], {}, {"a": ["b"]}]


@pytest.mark.parametrize("value", VALUES)
def test_literal_of_any_value_evaluates_to_it(value):
    call = shown_call.to_server("POST", "http://127.0.0.1:8765/x", {"X": value}, {"a": "1"})
    requests = SimpleNamespace(request=lambda *_, **given: given["data"])
    _, _, expression = call.python.partition("\n\n")
    assert eval(expression, {"requests": requests}) == {"X": value}


def test_parameters_are_in_double_quotes():
    call = shown_call.request("POST", "http://127.0.0.1:8765/v1", {"a": "1", "b": ["2", "3"]})
    assert call.python.endswith(', data={"a": "1", "b": ["2", "3"]})')


@pytest.mark.parametrize("value", ["a b", "'", '"', "\\", "ñ", "\n", "{}", "`x`", "!"])
def test_any_value_survives_the_shell(value):
    command = shown_call.create(LAB, "tasks", attributes=value).curl.replace("\\\n", "")
    assert f"Attributes={value}" in shlex.split(command)
