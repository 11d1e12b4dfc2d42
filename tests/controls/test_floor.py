import pytest

from helpers import controls
from helpers.controls.floor import FloorPanel
from helpers.display.floor import positions
from helpers.lessons.workspace import ENGLISH, SPANISH, PreparedWorkspace


@pytest.fixture
def lab(prepared) -> PreparedWorkspace:
    return prepared("task waiting")


@pytest.fixture
def panel(lab) -> FloorPanel:
    return controls.floor(lab)


def test_task_token_moves_queue_reservation_worker(lab, panel):
    places = [positions(panel.state.floor)[lab.task_sid]]
    assert 'taskrouter-moved"' not in panel.picture.value
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    panel.state.poller.refresh()
    places.append(positions(panel.state.floor)[lab.task_sid])
    assert 'class="taskrouter-moved"' in panel.picture.value
    worker = "Worker Alice, Idle, available"
    assert f"{worker}: asked about {lab.task_sid}" in repr(panel).splitlines()
    [reservation] = lab.workspace.tasks(lab.task_sid).reservations.list()
    reservation.update(reservation_status="accepted")
    panel.state.poller.refresh()
    places.append(positions(panel.state.floor)[lab.task_sid])
    assert f"{worker}: works on {lab.task_sid}" in repr(panel).splitlines()
    left = [place[0] for place in places]
    assert left == sorted(set(left))


def test_unchanged_floor_is_not_rendered_again(panel, clock):
    drawn = []
    panel.picture.observe(drawn.append, "value")
    clock.advance(3)
    panel.state.poller.refresh()
    assert drawn == []


def test_picture_has_a_text_alternative(lab, panel):
    assert repr(panel).splitlines() == [
        f"TaskQueue {ENGLISH}: 0 waiting",
        f"TaskQueue {SPANISH}: 1 waiting: {lab.task_sid}",
        "Worker Alice, Offline, not available: has no Task",
        "Worker Bob, Idle, available: has no Task",
    ]
    assert f'aria-label="TaskQueue {ENGLISH}: 0 waiting. ' in panel.picture.value


def test_task_queues_are_sorted_by_name(lab, panel):
    lab.workspace.task_queues.create("Arabic")
    panel.state.poller.refresh()
    assert repr(panel).splitlines()[0] == "TaskQueue Arabic: 0 waiting"
