"""explain in a notebook: HTML and DataFrames, and which Workspace and Workflow it takes."""

import json

import pytest
from local_taskrouter.explanation import NoSuchTask

from helpers import explain

MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture
def lab(prepared):
    return prepared("task waiting")


def test_lab_or_session_explains_the_same_task(lab):
    task = lab.workspace.tasks(lab.task_sid).fetch()
    found = explain(lab, task)
    assert str(found) == str(explain(lab, lab.task_sid)) == str(explain(lab.session, task))
    assert str(found) == str(explain(lab.session.client, task))
    assert found.sentence.startswith("Alice matches but is Offline; Bob lacks")


def test_attributes_go_to_workflow_of_lab(lab):
    assert explain(lab, {"selected_language": "en"}).sentence == "Bob could take it at once."


def test_unknown_task_raises_no_such_task(lab):
    with pytest.raises(NoSuchTask, match=f"in the Workspace {lab.workspace_sid}"):
        explain(lab, "WT" + "0" * 32)


def test_workers_are_a_table_in_order_of_names(lab):
    table = explain(lab, lab.task_sid).workers
    assert list(table["worker"]) == ["Alice", "Bob"]
    assert list(table["available"]) == [False, True]
    assert table["in words"][0] == "matches but is Offline"


def test_clauses_are_a_table(lab):
    table = explain(lab, lab.task_sid).to_frame()
    assert list(table["about"])[-2:] == ["Alice", "Bob"]
    assert list(table["holds"])[-2:] == [True, False]
    assert set(table["expression"]) == {"filter", "target_workers"}


def test_values_from_outside_are_text_in_html(lab):
    lab.workspace.workers(lab.bob_sid).update(
        friendly_name=MARKUP, attributes=json.dumps({"languages": MARKUP})
    )
    html = explain(lab, lab.task_sid)._repr_html_()
    assert "<img" not in html and "&lt;img src=x" in html


def test_html_of_dry_run_without_task_queue_has_no_workers(lab):
    html = explain(lab, {"selected_language": "fr"})._repr_html_()
    assert "TaskRouter would refuse it" in html and "Workers" not in html


def test_html_shows_the_nearest_workers_of_many(lab):
    for number in range(30):
        lab.workspace.workers.create(f"W{number}")
    assert "Workers, the nearest 30 of 32" in explain(lab, lab.task_sid)._repr_html_()
