import re
from xml.etree import ElementTree

from helpers.display.floor import Floor, QueueBox, WorkerBox, floor_svg, floor_text, positions

MARKUP = '<img src=x onerror=alert(1)>"'


def test_text_lists_each_task_and_an_empty_floor():
    queue = QueueBox("WQ1", "English", ("WT1", "WT2"))
    worker = WorkerBox("WK1", "Alice", "Idle", True, (("WT3", "WQ1"),), ("WT4",))
    assert floor_text(Floor((queue,), (worker,))) == [
        "TaskQueue English: 2 waiting: WT1, WT2",
        "Worker Alice, Idle, available: asked about WT3; works on WT4",
    ]
    assert floor_text(Floor()) == ["There are no TaskQueues and no Workers."]


def test_unavailable_worker_differs_by_a_word_and_a_dashed_border():
    here = floor_svg(Floor(workers=(WorkerBox("WK1", "A", "Idle", True),)), {})
    away = floor_svg(Floor(workers=(WorkerBox("WK1", "A", "Out", False),)), {})
    assert ("not available" in here, "not available" in away) == (False, True)
    assert ("stroke-dasharray" in here, "stroke-dasharray" in away) == (False, True)


def test_names_with_markup_are_escaped():
    floor = Floor((QueueBox("WQ1", MARKUP, ("WT1",)),), (WorkerBox("WK1", MARKUP, MARKUP, True),))
    _, svg = ElementTree.fromstring(f"<p>{floor_svg(floor, {})}</p>")
    assert svg.get("aria-label") == ". ".join(floor_text(floor))
    assert not [element for element in svg.iter() if element.tag.endswith("img")]


def test_crowded_floor_counts_what_is_not_drawn():
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


def test_full_floor_is_drawn_completely():
    waiting = tuple(f"WT{number:032}" for number in range(3))
    queues = tuple(
        QueueBox(f"WQ{number}", "Q", waiting if not number else ()) for number in range(8)
    )
    svg = floor_svg(Floor(queues), {})
    assert "not drawn" not in svg
    assert "more</text>" not in svg


def test_reserved_task_has_a_line_from_its_task_queue():
    queues = (QueueBox("WQ1", "Q"), QueueBox("WQ2", "Q"))
    starts = []
    for queue in queues:
        worker = WorkerBox("WK1", "A", "Idle", True, reserved=(("WT1", queue.sid),))
        [start] = re.findall(r'<path d="M\S+ (\S+)L', floor_svg(Floor(queues, (worker,)), {}))
        starts.append(float(start))
    assert starts[0] < starts[1]


def test_reserved_task_of_a_deleted_task_queue_is_drawn():
    worker = WorkerBox("WK1", "A", "Idle", True, reserved=(("WT1", "WQ9"),))
    assert "stroke-dasharray" in floor_svg(Floor(workers=(worker,)), {})
