import json

import pytest
from press import press

from helpers import controls
from helpers.controls.playground import Playground
from helpers.curl_command.parse import parse
from helpers.lessons.workspace import PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


@pytest.fixture
def panel(lab) -> Playground:
    return controls.playground(lab)


def matching(panel):
    return [row["name"] for row in panel.content["rows"] if row["holds"]]


def write(panel: Playground, expression: str) -> None:
    press(panel, "write", expression=expression)


def test_first_expression_matches_every_worker(panel):
    assert matching(panel) == ["Alice", "Bob"]
    assert panel.content["title"] == "2 of 2 Workers match."


def test_each_worker_has_a_verdict_for_each_clause(panel):
    write(panel, 'languages HAS "es" AND languages HAS "en"')
    assert matching(panel) == ["Alice"]
    assert panel.content["title"] == "1 of 2 Workers matches."
    [bob] = [row for row in panel.content["rows"] if row["name"] == "Bob"]
    assert bob["clauses"] == [
        {"text": 'languages HAS "es"', "holds": False, "found": 'languages is ["en"]'},
        {"text": 'languages HAS "en"', "holds": True, "found": 'languages is ["en"]'},
    ]


def test_matches_are_those_of_taskrouter(lab, panel):
    for text in ('languages HAS "es"', 'activity_name == "Idle"', 'worker.friendly_name != "Bob"'):
        write(panel, text)
        found = lab.workspace.workers.list(target_workers_expression=text)
        assert matching(panel) == sorted(worker.friendly_name for worker in found)


def test_common_mistake_is_named_with_its_correction(panel):
    write(panel, 'language HAS "es"')
    assert matching(panel) == []
    assert "there is languages" in panel.content["rows"][0]["mistakes"][0]
    assert "there is languages" in repr(panel)


def test_syntax_error_points_at_the_place_and_the_last_result_stays(panel):
    write(panel, 'languages HAS "es"')
    before = panel.content["rows"]
    write(panel, 'languages HASS "es"')
    assert panel.content["title"] == "Not an expression yet"
    assert panel.content["problem"].startswith("unexpected 'HASS' at character 11")
    assert panel.content["problem"].endswith('languages HASS "es"\n          ^')
    assert panel.content["rows"] == before
    assert "Alice" not in repr(panel)
    write(panel, 'languages HAS "es"')
    assert panel.content["problem"] == "" and matching(panel) == ["Alice"]


def test_matching_workers_come_first_and_those_without_a_value_are_names(lab, panel):
    for name, attributes in (("Ada", {"languages": ["fr"]}), ("Zoe", {})):
        lab.workspace.workers.create(friendly_name=name, attributes=json.dumps(attributes))
    panel.state.poller.refresh()
    write(panel, 'languages HAS "es"')
    assert [row["name"] for row in panel.content["rows"]] == ["Alice", "Ada", "Bob"]
    assert panel.content["others"] == ["Zoe"]


def test_unchanged_workers_send_no_message(panel):
    sent = []
    panel.observe(sent.append, "content")
    panel.state.poller.refresh()
    assert sent == []


@pytest.mark.parametrize("text", ["", "   "])
def test_empty_expression_matches_no_worker_and_is_not_an_error(panel, text):
    write(panel, text)
    assert panel.content["problem"] == ""
    assert matching(panel) == []
    assert panel.content["title"] == "The expression is empty, so no Worker matches."


def test_verdicts_follow_the_workers(lab, panel):
    write(panel, 'languages HAS "es"')
    attributes = json.dumps({"languages": ["es"]})
    lab.workspace.workers(lab.bob_sid).update(attributes=attributes)
    panel.state.poller.refresh()
    assert matching(panel) == ["Alice", "Bob"]


def test_shown_call_lists_the_same_workers(lab, panel):
    write(panel, 'languages HAS "es"')
    call = panel.state.call
    assert ".workers.list(\n    target_workers_expression='languages HAS \"es\"',\n)" in call.python
    shown = parse(call.curl)
    assert shown.method == "GET"
    assert shown.url.endswith("/Workers?TargetWorkersExpression=languages+HAS+%22es%22")
    client = lab.session.client
    [found] = eval(call.python, {"client": client})
    [listed] = json.loads(client.request("GET", shown.url).text)["workers"]
    assert found.sid == listed["sid"] == lab.alice_sid


def test_summary_warns_about_clauses_that_read_channels(panel):
    write(panel, "worker.channel.chat.assigned_tasks == 0")
    assert "reads no WorkerChannels" in panel.content["title"]


def test_first_expression_can_be_given(lab):
    panel = controls.playground(lab, 'languages HAS "es"')
    assert panel.content["expression"] == 'languages HAS "es"'
    assert repr(panel) == (
        'Expression: languages HAS "es"\n'
        "1 of 2 Workers matches.\n"
        "✓ Alice\n"
        '    ✓ languages HAS "es": languages is ["en", "es"]\n'
        "✗ Bob\n"
        '    ✗ languages HAS "es": languages is ["en"]'
    )


def test_expression_sends_no_request(lab, panel):
    before = len(lab.session.requests)
    write(panel, 'languages HAS "es"')
    assert len(lab.session.requests) == before


def test_panel_opens_while_taskrouter_is_down(lab, taskrouter):
    taskrouter.server.stop()
    panel = controls.playground(lab)
    assert "does not answer" in panel.content["notice"]
    assert "does not answer" in repr(panel)
    assert panel.content["rows"] == []
