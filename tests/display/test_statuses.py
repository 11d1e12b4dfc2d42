import json
from itertools import pairwise
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from local_taskrouter.rules.lifecycle import RESERVATION, RESERVATION_SETTABLE, TASK, TASK_SETTABLE
from twilio.base.exceptions import TwilioRestException

from helpers.display.lifecycle import show_lifecycle
from helpers.display.statuses import states_text

SVG = "{http://www.w3.org/2000/svg}"
TABLES = {"Task": TASK, "Reservation": RESERVATION}
BOTH = pytest.mark.parametrize("of", TABLES)


def drawn(of, now=None):
    return ElementTree.fromstring(show_lifecycle(now, of=of).svg)


def texts(of, now=None):
    return [" ".join(group.itertext()) for group in drawn(of, now).iter(f"{SVG}g")]


def rects(of):
    return [
        {key: int(rect.get(key)) for key in ("x", "y", "width", "height")} for rect in boxes(of)
    ]


def boxes(of):
    return [rect for rect in drawn(of).iter(f"{SVG}rect") if rect.get("stroke")]


def overlap(one, other):
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "width"), ("y", "height"))
    )


def test_words_tell_every_move_and_whose_it_is():
    assert states_text("Task", "pending").splitlines() == [
        "The statuses of a Task. A move with * only TaskRouter makes.",
        "[pending]: reserve* → reserved, cancel → canceled",
        "reserved: reserve* → reserved, release* → pending, accept* → assigned, cancel → canceled",
        "assigned: wrap up → wrapping, complete → completed",
        "wrapping: complete → completed",
        "completed: the end",
        "canceled: the end",
    ]


@BOTH
def test_every_status_has_a_box_and_every_move_a_line_with_its_name(of):
    moves = [trigger for following in TABLES[of].values() for trigger in following]
    labels = [text.replace(" ", "_") for text in texts(of)]
    assert [label for label in labels if label in moves] == moves
    ends = {status for status, following in TABLES[of].items() if not following}
    assert {f"{status} end" if status in ends else status for status in TABLES[of]} <= {*texts(of)}


@BOTH
def test_a_dashed_line_is_what_a_program_cannot_ask_for(of):
    settable = {"Task": TASK_SETTABLE, "Reservation": RESERVATION_SETTABLE}[of]
    targets = [target for following in TABLES[of].values() for target in following.values()]
    lines = [path for path in drawn(of).iter(f"{SVG}path") if path.get("marker-end")]
    dashed = [bool(path.get("stroke-dasharray")) for path in lines]
    assert dashed == [target not in settable for target in targets] + [False, True]
    assert texts(of)[-2:] == ["a program may ask for it", "only TaskRouter does it"]


@BOTH
def test_the_lit_status_says_so_and_is_the_only_one(of):
    lit = [text for text in texts(of, "pending") if "now" in text]
    assert lit == ["pending ▶ now"]
    assert not [text for text in texts(of) if "now" in text]


@BOTH
def test_boxes_lie_inside_the_picture_and_apart_from_each_other(of):
    found = rects(of)
    assert len(found) == len(TABLES[of])
    assert int(drawn(of).get("width")) <= 700
    for box in found:
        assert 0 <= box["x"] and box["x"] + box["width"] <= int(drawn(of).get("width"))
        assert 0 <= box["y"] and box["y"] + box["height"] <= int(drawn(of).get("height"))
    assert not any(overlap(one, other) for n, one in enumerate(found) for other in found[:n])


def test_the_longest_way_is_the_upper_row_from_left_to_right():
    names = ["pending", "reserved", "assigned", "wrapping", "completed end", "canceled end"]
    places = dict(
        zip([text for text in texts("Task") if text in names], rects("Task"), strict=True)
    )
    assert all(places[a]["x"] < places[b]["x"] for a, b in pairwise(names[:-1]))
    assert len({places[name]["y"] for name in names[:-1]}) == 1
    assert places["canceled end"]["y"] > places["pending"]["y"]


@BOTH
def test_a_notebook_gets_an_image_that_names_itself(of):
    shown = show_lifecycle(of=of)._repr_mimebundle_()
    assert shown["text/plain"] == states_text(of)
    assert unquote(shown["text/html"].partition("svg+xml,")[2]).startswith("<svg")
    assert f'alt="{"; ".join(states_text(of).splitlines())}"' in shown["text/html"]
    assert drawn(of).get("role") == "img"
    assert drawn(of).findtext(f"{SVG}title") == f"The statuses of a {of}"
    assert drawn(of).findtext(f"{SVG}desc") == states_text(of)


def test_a_status_that_there_is_not_is_refused_with_the_list():
    with pytest.raises(ValueError, match="A Task has no status 'accepted'.*: pending, reserved"):
        show_lifecycle("accepted", of="Task")
    with pytest.raises(ValueError, match="A Reservation has no status 3"):
        show_lifecycle(3, of="Reservation")


@pytest.mark.parametrize("of", ["task", "Worker", ""])
def test_only_tasks_and_reservations_have_statuses(of):
    with pytest.raises(ValueError, match='only of "Task" and of "Reservation"'):
        show_lifecycle(of=of)


def test_what_is_drawn_dashed_taskrouter_refuses_to_set(prepared):
    lab = prepared("task waiting")
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    task = lab.workspace.tasks(lab.task_sid)
    [reservation] = task.reservations.list()

    def refused(thing, **status):
        with pytest.raises(TwilioRestException) as fault:
            thing.update(**status)
        return "cannot be set: only" in fault.value.msg

    assert all(refused(task, assignment_status=status) for status in set(TASK) - TASK_SETTABLE)
    # The rest is possible or, by what the Task is now, refused for another reason.
    dashed = set(RESERVATION) - RESERVATION_SETTABLE
    assert all(refused(reservation, reservation_status=status) for status in dashed)
    reservation.update(reservation_status="accepted")
    attributes = json.dumps({"selected_language": "es"})
    other = lab.workspace.tasks.create(workflow_sid=lab.workflow_sid, attributes=attributes)
    done = [
        task.update(assignment_status="wrapping"),
        task.update(assignment_status="completed"),
        lab.workspace.tasks(other.sid).update(assignment_status="canceled"),
    ]
    assert {one.assignment_status for one in done} == TASK_SETTABLE
