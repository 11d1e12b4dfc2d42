import re
from xml.etree import ElementTree

import pytest

from helpers import controls
from helpers.controls.floor import FloorPanel
from helpers.display.floor import (
    Floor,
    QueueBox,
    WorkerBox,
    floor_svg,
    floor_text,
    positions,
)
from helpers.lessons.workspace import ENGLISH, SPANISH, PreparedWorkspace

MARKUP = '<img src=x onerror=alert(1)>"'


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def panel(lab) -> FloorPanel:
    return controls.floor(lab)


def test_a_task_travels_from_the_queue_past_the_question_to_the_worker(lab, panel):
    places = [positions(panel.state.floor)[lab.task_sid]]
    assert 'taskrouter-moved"' not in panel.picture.value
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.watch.refresh()
    places.append(positions(panel.state.floor)[lab.task_sid])
    assert 'class="taskrouter-moved"' in panel.picture.value
    worker = "Worker Alice, Idle, available"
    assert f"{worker}: asked about {lab.task_sid}" in repr(panel).splitlines()
    [reservation] = lab.workspace.tasks(lab.task_sid).reservations.list()
    reservation.update(reservation_status="accepted")
    panel.state.watch.refresh()
    places.append(positions(panel.state.floor)[lab.task_sid])
    assert f"{worker}: works on {lab.task_sid}" in repr(panel).splitlines()
    left = [place[0] for place in places]
    assert left == sorted(set(left))


def test_nothing_is_drawn_anew_when_nothing_has_changed(panel, clock):
    drawn = []
    panel.picture.observe(drawn.append, "value")
    clock.advance(3)
    panel.state.watch.refresh()
    assert drawn == []


def test_the_picture_says_in_words_what_it_shows(lab, panel):
    assert repr(panel).splitlines() == [
        f"TaskQueue {ENGLISH}: 0 waiting",
        f"TaskQueue {SPANISH}: 1 waiting: {lab.task_sid}",
        "Worker Alice, Offline, not available: has no Task",
        "Worker Bob, Idle, available: has no Task",
    ]
    assert f'aria-label="TaskQueue {ENGLISH}: 0 waiting. ' in panel.picture.value


def test_several_tasks_are_told_one_by_one_and_an_empty_floor_is_said_to_be_empty():
    queue = QueueBox("WQ1", "English", ("WT1", "WT2"))
    worker = WorkerBox("WK1", "Alice", "Idle", True, (("WT3", "WQ1"),), ("WT4",))
    assert floor_text(Floor((queue,), (worker,))) == [
        "TaskQueue English: 2 waiting: WT1, WT2",
        "Worker Alice, Idle, available: asked about WT3; works on WT4",
    ]
    assert floor_text(Floor()) == ["There are no TaskQueues and no Workers."]


def test_task_queues_stand_in_the_order_of_their_names(lab, panel):
    lab.workspace.task_queues.create("Arabic")
    panel.state.watch.refresh()
    assert repr(panel).splitlines()[0] == "TaskQueue Arabic: 0 waiting"


def test_an_available_worker_differs_by_a_word_and_the_border_not_by_colour():
    here = floor_svg(Floor(workers=(WorkerBox("WK1", "A", "Idle", True),)), {})
    away = floor_svg(Floor(workers=(WorkerBox("WK1", "A", "Out", False),)), {})
    assert ("not available" in here, "not available" in away) == (False, True)
    assert ("stroke-dasharray" in here, "stroke-dasharray" in away) == (False, True)


def test_names_with_markup_are_text():
    floor = Floor((QueueBox("WQ1", MARKUP, ("WT1",)),), (WorkerBox("WK1", MARKUP, MARKUP, True),))
    _, svg = ElementTree.fromstring(f"<p>{floor_svg(floor, {})}</p>")
    assert svg.get("aria-label") == ". ".join(floor_text(floor))
    assert not [one for one in svg.iter() if one.tag.endswith("img")]


def test_a_crowded_floor_says_what_is_not_drawn():
    waiting = tuple(f"WT{number:032}" for number in range(10))
    queues = tuple(
        QueueBox(f"WQ{number}", "Q", waiting if not number else ()) for number in range(9)
    )
    svg = floor_svg(Floor(queues), {})
    assert "10 waiting, 7 not drawn" in svg
    assert "and 1 more" in svg
    assert len(positions(Floor(queues))) == 3
    workers = tuple(WorkerBox(f"WK{number}", "A", "Idle", True) for number in range(10))
    assert "and 2 more" in floor_svg(Floor(queues, workers), {})


def test_a_floor_that_is_just_full_is_all_drawn():
    waiting = tuple(f"WT{number:032}" for number in range(3))
    queues = tuple(
        QueueBox(f"WQ{number}", "Q", waiting if not number else ()) for number in range(8)
    )
    svg = floor_svg(Floor(queues), {})
    assert "not drawn" not in svg
    assert "more</text>" not in svg


def test_a_question_is_drawn_from_the_task_queue_of_its_task():
    queues = (QueueBox("WQ1", "Q"), QueueBox("WQ2", "Q"))
    starts = []
    for queue in queues:
        asked = WorkerBox("WK1", "A", "Idle", True, asked=(("WT1", queue.sid),))
        [start] = re.findall(r'<path d="M\S+ (\S+)L', floor_svg(Floor(queues, (asked,)), {}))
        starts.append(float(start))
    assert starts[0] < starts[1]


def test_a_question_about_a_task_of_a_queue_that_is_gone_is_drawn_too():
    asked = WorkerBox("WK1", "A", "Idle", True, asked=(("WT1", "WQ9"),))
    assert "stroke-dasharray" in floor_svg(Floor(workers=(asked,)), {})
