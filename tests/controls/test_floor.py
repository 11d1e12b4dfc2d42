from html import escape

import pytest

from helpers import controls
from helpers.controls.floor import FloorPanel
from helpers.lessons.workspace import ENGLISH, SPANISH, PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def panel(lab) -> FloorPanel:
    return controls.floor(lab)


def sentence(panel: FloorPanel) -> str:
    return repr(panel).splitlines()[0]


def test_sentence_follows_the_task_to_the_worker(lab, panel):
    said = [sentence(panel)]
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    said.append(sentence(panel))
    [reservation] = lab.workspace.tasks(lab.task_sid).reservations.list()
    reservation.update(reservation_status="accepted")
    panel.state.poller.refresh()
    said.append(sentence(panel))
    assert said == [
        "Spanish #1 waits: Alice matches but is Offline.",
        "Spanish #1 is reserved for Alice.",
        "Alice has Spanish #1.",
    ]


def test_one_message_for_a_change_and_none_while_nothing_changes(lab, panel, clock):
    sent = []
    panel.observe(sent.append, "content")
    panel.state.poller.refresh()
    assert sent == []
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    [change] = sent
    assert change["new"]["shown"]["tasks"][0]["status"] == "reserved"


def test_moved_clock_is_sent_even_if_nothing_else_changes(lab, panel, clock):
    before = panel.content
    clock.advance(10)
    panel.state.poller.refresh()
    assert panel.content["shown"] == before["shown"]
    assert panel.content["now"] - before["now"] > 9


def test_reloaded_page_gets_the_time_of_its_question(panel, monkeypatch):
    before = panel.content["now"]
    monkeypatch.setattr(panel.state, "now", lambda: before + 60)
    panel._handle_custom_msg({"ask": "content"}, [])
    assert panel.content["now"] == before + 60


def test_text_names_tasks_task_queues_and_workers(lab, panel):
    assert repr(panel).splitlines() == [
        "Spanish #1 waits: Alice matches but is Offline.",
        "Spanish #1: pending, TaskQueue Spanish",
        f'TaskQueue {ENGLISH}, languages HAS "en": Alice, Bob',
        f'TaskQueue {SPANISH}, languages HAS "es": Alice',
        "Alice (en, es): Offline",
        "Bob (en): Idle",
    ]
    stored = panel._repr_mimebundle_()[0]
    assert stored["text/plain"] == repr(panel)
    assert f"<pre>{escape(repr(panel))}</pre>" in stored["text/html"]


def test_notice_is_drawn_and_said(lab, panel):
    address = lab.session.address
    lab.session.client.taskrouter.base_url = lab.session.address = "http://127.0.0.1:1"
    panel.state.poller.refresh()
    assert panel.content["notice"].startswith("TaskRouter does not answer")
    assert panel.content["shown"]["tasks"] and panel.content["notice"] in repr(panel)
    lab.session.client.taskrouter.base_url = lab.session.address = address
    panel.state.poller.refresh()
    assert panel.content["notice"] == ""


def test_second_panel_keeps_the_names_of_the_first(lab, panel):
    attributes = '{"selected_language": "es"}'
    lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)
    panel.state.poller.refresh()
    lab.workspace.tasks(lab.task_sid).delete()
    assert sentence(controls.floor(lab)).startswith("Spanish #2 waits")


def test_panels_share_the_json_of_one_snapshot(panel, lab):
    second = controls.floor(lab)
    assert second.state.shown is panel.state.shown
    panel.state.poller.tick()
    assert second.state.shown is panel.state.shown is panel.state.poller.show(panel.state.snapshot)
