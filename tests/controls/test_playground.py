import json

import pytest

from helpers import controls
from helpers.controls.playground import Playground
from helpers.curl_command.parse import parse
from helpers.lessons.workspace import PreparedWorkspace

MARKUP = "<img src=nowhere onerror=alert(1)>"


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("alice offline")


@pytest.fixture
def panel(lab) -> Playground:
    return controls.playground(lab)


def matching(panel):
    return [row.friendly_name for row in panel.state.rows if row.verdict.holds]


def test_first_expression_matches_every_worker(panel):
    assert matching(panel) == ["Alice", "Bob"]
    assert panel.summary.text == "2 of 2 Workers match."


def test_each_worker_has_a_verdict_for_each_clause(panel):
    panel.expression.value = 'languages HAS "es" AND languages HAS "en"'
    assert matching(panel) == ["Alice"]
    assert panel.summary.text == "1 of 2 Workers matches."
    bob = panel.state.rows[1].verdict
    assert [(clause.text, clause.holds) for clause in bob.clauses] == [
        ('languages HAS "es"', False),
        ('languages HAS "en"', True),
    ]
    assert 'languages is ["en"]' in panel.table.value


def test_matches_are_those_of_taskrouter(lab, panel):
    for text in ('languages HAS "es"', 'activity_name == "Idle"', 'worker.friendly_name != "Bob"'):
        panel.expression.value = text
        found = lab.workspace.workers.list(target_workers_expression=text)
        assert matching(panel) == sorted(worker.friendly_name for worker in found)


def test_common_mistake_is_named_with_its_correction(panel):
    panel.expression.value = 'language HAS "es"'
    assert matching(panel) == []
    assert "there is languages" in panel.table.value
    assert "there is languages" in repr(panel)


def test_syntax_error_shows_a_caret_until_it_is_corrected(panel):
    panel.expression.value = 'languages HASS "es"'
    assert panel.syntax_error.text.startswith("unexpected 'HASS' at character 11")
    assert panel.syntax_error.text.endswith('languages HASS "es"\n          ^')
    assert 'role="alert"' in panel.syntax_error.value
    assert panel.state.rows == [] and panel.summary.text == "" and panel.table.value == ""
    panel.expression.value = 'languages HAS "es"'
    assert panel.syntax_error.text == "" and matching(panel) == ["Alice"]


@pytest.mark.parametrize("text", ["", "   "])
def test_empty_expression_matches_no_worker_and_is_not_an_error(panel, text):
    panel.expression.value = text
    assert panel.syntax_error.text == ""
    assert matching(panel) == []
    assert panel.summary.text == "The expression is empty, so no Worker matches."


def test_verdicts_follow_the_workers(lab, panel):
    panel.expression.value = 'languages HAS "es"'
    attributes = json.dumps({"languages": ["es"]})
    lab.workspace.workers(lab.bob_sid).update(attributes=attributes)
    panel.state.poller.refresh()
    assert matching(panel) == ["Alice", "Bob"]


def test_shown_call_lists_the_same_workers(lab, panel):
    panel.expression.value = 'languages HAS "es"'
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
    panel.expression.value = "worker.channel.chat.assigned_tasks == 0"
    assert "reads no WorkerChannels" in panel.summary.text


def test_workers_values_are_escaped(lab, panel):
    attributes = json.dumps({"languages": [MARKUP]})
    lab.workspace.workers(lab.bob_sid).update(attributes=attributes, friendly_name=MARKUP)
    panel.expression.value = f'languages HAS "{MARKUP}"'
    panel.state.poller.refresh()
    assert matching(panel) == [MARKUP]
    for shown in (panel.table.value, panel.summary.value, panel.call_lines.value):
        assert MARKUP not in shown
    assert MARKUP in repr(panel)


def test_first_expression_can_be_given(lab):
    panel = controls.playground(lab, 'languages HAS "es"')
    assert panel.expression.value == 'languages HAS "es"'
    assert repr(panel) == (
        'Expression: languages HAS "es"\n'
        "1 of 2 Workers matches.\n"
        "✓ Alice\n"
        '    ✓ languages HAS "es": languages is ["en", "es"]\n'
        "✗ Bob\n"
        '    ✗ languages HAS "es": languages is ["en"]'
    )


def test_field_has_a_name_and_nothing_is_changed(lab, panel):
    assert panel.expression.description == "Expression"
    before = len(lab.session.requests)
    panel.expression.value = 'languages HAS "es"'
    assert len(lab.session.requests) == before


def test_panel_opens_while_taskrouter_is_down(lab, taskrouter):
    taskrouter.server.stop()
    panel = controls.playground(lab)
    assert "does not answer" in panel.notice_line.text
    assert "does not answer" in repr(panel)
    assert panel.table.layout.display == "none"
