"""explain in a notebook: HTML and DataFrames, and which Workspace and Workflow it takes."""

import json
import re
from html import unescape

import pytest
from local_taskrouter.explanation import NoSuchTask

from helpers import explain, tables
from helpers.lessons.workspace import SPANISH

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
    assert "Show the nearest 30 of 32 Workers" in explain(lab, lab.task_sid)._repr_html_()


def seen(explanation) -> list[str]:
    """What is in view, line by line; the rest is folded."""
    html = explanation._repr_html_().split("</style>")[1].split("<details>")[0]
    return [unescape(re.sub(r"<[^>]+>", "", line)).strip() for line in html.split("</p>")][:-1]


def test_html_says_what_a_worker_who_matches_lacks(lab):
    tables.tasks(lab)
    title, sentence, _ = seen(explain(lab, lab.task_sid))
    assert title == f"Spanish #1 pending 0 s in {SPANISH} {lab.task_sid}"
    assert sentence == "It waits: Alice matches but is Offline."


def test_html_shows_near_misses_and_the_cure_when_no_worker_matches(prepared):
    lab = prepared("ten complaints")
    found = explain(lab, lab.open("Ben").task_sid)
    assert seen(found)[1:] == [
        "It waits: no Worker matches.",
        '✗ Ben lacks languages HAS "es": languages is "es"',
        '✗ Ana, Chloe and 8 more lack languages HAS "es": languages is missing',
        '→ Ben: HAS needs an array, and languages is a string: make it ["es"].',
    ]
    html = found._repr_html_()
    assert "<summary>Show every Worker (11)</summary>" in html
    assert "<summary>Show every filter (9)</summary>" in html
    assert html.count("<b class=no>✗</b>") == 17 and html.count("<b class=yes>✓</b>") == 3


def test_html_of_a_task_that_would_be_refused_says_so(prepared):
    lab = prepared("ten complaints")
    workflow_sid = lab.case("The gift card").workflow_sid
    found = explain(lab, {"topic": "gift card"}, workflow_sid=workflow_sid)
    title, sentence, cure = seen(found)
    assert title == '{"topic": "gift card"} would be refused'
    assert sentence.startswith("TaskRouter would refuse it: no filter")
    assert cure.startswith("→ Workflow Gift cards: It has no default_filter")


def test_no_backtick_and_no_long_count_of_seconds_is_shown(lab):
    found = explain(lab, lab.task_sid)
    assert "`" not in found._repr_html_() and "`" not in repr(found.workers)
    assert "is canceled in: 24 h, unless a Worker accepts it first" in str(found)


def test_html_of_an_explanation_is_short(prepared):
    lab = prepared("ten complaints")
    sizes = [len(explain(lab, task)._repr_html_()) for task in lab.workspace.tasks.list()]
    assert max(sizes) < 9_000, "27,000 with styles in each cell"
