import json

import pytest

from helpers import controls
from helpers.controls.workers import MOST, WorkerRow, Workers
from helpers.lessons.workspace import PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def panel(lab) -> Workers:
    return controls.workers(lab)


def posts(lab: PreparedWorkspace) -> int:
    return sum(exchange.method == "POST" for exchange in lab.session.requests.sent())


def alice(lab: PreparedWorkspace, panel: Workers):
    return panel.parts[lab.alice_sid]


def test_new_panel_shows_every_worker_and_sends_no_update(lab):
    before = posts(lab)
    panel = controls.workers(lab)
    assert [row.name for row in panel.state.rows] == ["Alice", "Bob"]
    assert alice(lab, panel).toggles.value == lab.offline_sid
    assert alice(lab, panel).summary.text == "Offline, not available · holds no Task"
    assert alice(lab, panel).toggles.description == "Alice"
    assert alice(lab, panel).attributes.text == '{"languages":["en","es"]}'
    assert posts(lab) == before


def test_click_sets_the_activity_and_shows_call_and_effect(lab, panel):
    alice(lab, panel).toggles.value = lab.idle_sid
    assert lab.workspace.workers(lab.alice_sid).fetch().activity_name == "Idle"
    assert f'activity_sid="{lab.idle_sid}"' in panel.state.call.python
    assert alice(lab, panel).summary.text == (
        f"Idle, available · holds Task {lab.task_sid} (Reservation pending)"
    )
    assert panel.parts[lab.bob_sid].summary.text == "Idle, available · holds no Task"


def test_second_click_during_a_request_sends_nothing(lab, panel):
    away = lab.workspace.activities.list(friendly_name="Unavailable")[0].sid
    pressed = {"new": away, "owner": alice(lab, panel).toggles}
    panel.state.observe(lambda _: panel.on_choose(lab.alice_sid, pressed), "call")
    before = posts(lab)
    alice(lab, panel).toggles.value = lab.idle_sid
    assert posts(lab) == before + 1
    assert alice(lab, panel).toggles.value == lab.idle_sid


def test_change_made_elsewhere_shows_and_sends_nothing(lab, panel):
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    before = posts(lab)
    panel.state.poller.refresh()
    assert alice(lab, panel).toggles.value == lab.idle_sid
    assert alice(lab, panel).toggles.options[-1][0] == "Idle\u00a0✓"
    assert posts(lab) == before


def test_part_of_a_worker_stays_the_same_widget(lab, panel):
    parts = list(panel.list.children)
    made = lab.workspace.workers.create(friendly_name="Zoe")
    panel.state.poller.refresh()
    assert list(panel.list.children[:2]) == parts
    made.delete()
    panel.state.poller.refresh()
    assert list(panel.list.children) == parts
    assert made.sid not in panel.parts


def test_names_and_attributes_are_escaped(lab, panel):
    markup = "<img src=x onerror=alert(1)>"
    made = lab.workspace.workers.create(
        friendly_name=markup, attributes=json.dumps({"name": markup})
    )
    panel.state.poller.refresh()
    lines = panel.parts[made.sid]
    assert (lines.toggles.description, lines.toggles.description_allow_html) == (markup, False)
    assert "<img" not in lines.attributes.value
    assert "&lt;img" in lines.attributes.value


def test_refused_click_shows_the_error_and_is_reverted(lab, panel):
    gone = lab.workspace.activities.create(friendly_name="Gone")
    panel.state.poller.refresh()
    gone.delete()
    alice(lab, panel).toggles.value = gone.sid
    assert panel.error_line.text.startswith("TaskRouter refused this (HTTP 4")
    assert alice(lab, panel).children[-2:] == (panel.error_line, panel.call_lines)
    assert alice(lab, panel).toggles.value == lab.offline_sid


def test_workers_beyond_the_limit_are_counted(lab, panel):
    for number in range(MOST):
        lab.workspace.workers.create(friendly_name=f"Worker {number:02}")
    panel.state.poller.refresh()
    assert len(panel.list.children) == MOST
    assert panel.more_line.text == "and 2 more Workers; write a part of a name above to find one."
    assert "and 2 more Workers" in repr(panel)
    lab.workspace.workers.create(friendly_name="Zoe")
    panel.state.poller.refresh()
    assert panel.more_line.text.startswith("and 3 more Workers")


def test_workspace_without_workers_is_described(lab):
    for worker in lab.workspace.workers.list():
        worker.update(activity_sid=lab.offline_sid)
        worker.delete()
    panel = controls.workers(lab)
    assert panel.more_line.text == repr(panel) == "There is no Worker yet."


def test_summary_lists_all_tasks_of_a_worker():
    row = WorkerRow("WK1", "Alice", "{}", "Idle", "WA1", True, ("Task WT1", "Task WT2"))
    assert row.summary() == "Idle, available · holds Task WT1, Task WT2"


def test_search_finds_one_of_many_workers(lab, panel):
    for number in range(2, MOST):
        lab.workspace.workers.create(friendly_name=f"Worker {number:02}")
    panel.state.poller.refresh()
    assert panel.search.layout.display == "none"
    for number in range(2):
        lab.workspace.workers.create(friendly_name=f"Worker {number:02}")
    panel.state.poller.refresh()
    assert panel.search.layout.display is None
    panel.search.value = "wORKER 29"
    assert [row.name for row in panel.state.rows] == ["Worker 29"]
    assert panel.more_line.text == ""
    panel.search.value = '"es"'
    assert [row.name for row in panel.state.rows] == ["Alice"]
    for of_bob in ("idle", lab.bob_sid):
        panel.search.value = of_bob
        assert [row.name for row in panel.state.rows] == ["Bob"]
    panel.search.value = "nobody"
    assert panel.more_line.text == repr(panel) == "No Worker contains this."
    panel.search.value = ""
    assert len(panel.state.rows) == MOST


def test_search_hides_nothing_when_the_workers_fit(lab, panel):
    panel.state.contains = "nobody"
    assert len(panel.state.rows) == 2


def test_text_shows_each_worker_with_its_activities(panel):
    assert repr(panel).splitlines() == [
        'Alice {"languages":["en","es"]}: [✓ Offline] [Available] [Unavailable] [Idle]',
        "  Offline, not available · holds no Task",
        'Bob {"languages":["en"]}: [Offline] [Available] [Unavailable] [✓ Idle]',
        "  Idle, available · holds no Task",
    ]
