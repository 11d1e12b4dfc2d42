import json
from itertools import combinations, pairwise
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from local_taskrouter.rules.lifecycle import RESERVATION, RESERVATION_SETTABLE, TASK, TASK_SETTABLE
from svg_parts import SVG, attribute
from twilio.base.exceptions import TwilioRestException

from helpers.display.lifecycle import show_lifecycle
from helpers.display.statuses import statuses_text

TABLES = {"Task": TASK, "Reservation": RESERVATION}
BOTH = pytest.mark.parametrize("of", TABLES)


def drawn(of, now=None):
    return ElementTree.fromstring(show_lifecycle(now, of=of).svg)


def texts(of, now=None):
    return [" ".join(group.itertext()) for group in drawn(of, now).iter(f"{SVG}g")]


def rects(of):
    return [
        {key: int(attribute(rect, key)) for key in ("x", "y", "width", "height")}
        for rect in boxes(of)
    ]


def boxes(of):
    """The boxes of the statuses; the legend's comes last."""
    return [rect for rect in drawn(of).iter(f"{SVG}rect") if rect.get("stroke")][:-1]


def overlap(first, second):
    return all(
        first[start] < second[start] + second[size] and second[start] < first[start] + first[size]
        for start, size in (("x", "width"), ("y", "height"))
    )


def test_text_lists_every_move_and_who_makes_it():
    assert statuses_text("Task", "pending").splitlines() == [
        "The statuses of a Task. Only TaskRouter makes a move with *.",
        "[pending]: reserve* → reserved, cancel → canceled",
        "reserved: reserve* → reserved, release* → pending, accept* → assigned, cancel → canceled",
        "assigned: wrap up → wrapping, complete → completed",
        "wrapping: complete → completed",
        "completed: the end",
        "canceled: the end",
    ]


@BOTH
def test_every_status_has_a_box_and_every_move_a_label(of):
    moves = [trigger for following in TABLES[of].values() for trigger in following]
    labels = [text.replace(" ", "_") for text in texts(of)]
    assert [label for label in labels if label in moves] == moves
    assert set(TABLES[of]) <= {*texts(of)}


@BOTH
def test_final_statuses_are_round(of):
    ends = [not following for following in TABLES[of].values()]
    places = dict(zip([text for text in texts(of) if text in TABLES[of]], boxes(of), strict=True))
    round_ones = [attribute(places[s], "rx") != "8" for s in TABLES[of]]
    assert round_ones == ends


@BOTH
def test_moves_that_only_taskrouter_makes_are_dashed(of):
    settable = {"Task": TASK_SETTABLE, "Reservation": RESERVATION_SETTABLE}[of]
    targets = [target for following in TABLES[of].values() for target in following.values()]
    lines = [path for path in drawn(of).iter(f"{SVG}path") if path.get("marker-end")]
    dashed = [bool(path.get("stroke-dasharray")) for path in lines]
    assert dashed == [target not in settable for target in targets] + [False, True]
    assert texts(of)[-3:] == ["a program can make it", "only TaskRouter makes it", "an end"]


@BOTH
def test_only_the_lit_status_has_a_sign(of):
    assert [text for text in texts(of, "pending") if "▶" in text] == ["▶ pending"]
    assert not [text for text in texts(of) if "▶" in text]


@pytest.mark.parametrize(
    ("of", "now", "way", "left"),
    [
        ("Reservation", "canceled", ["cancel"], ["✓ pending"]),
        ("Reservation", "wrapping", ["accept", "wrap up"], ["✓ pending", "✓ accepted"]),
        ("Reservation", "completed", [], []),  # there are two ways
        ("Task", "assigned", ["reserve", "accept"], ["✓ pending", "✓ reserved"]),
        ("Task", "canceled", [], []),
        ("Task", "pending", [], []),
    ],
)
def test_way_is_lit_as_far_as_there_is_only_one(of, now, way, left):
    lit = [group for group in drawn(of, now).iter(f"{SVG}g") if group.get("font-weight") == "bold"]
    assert [" ".join(group.itertext()) for group in lit] == [*way, f"▶ {now}"]
    assert [text for text in texts(of, now) if "✓" in text] == left
    lines = [path.get("marker-end") for path in drawn(of, now).iter(f"{SVG}path")]
    assert lines.count("url(#lit)") == len(way)


@BOTH
def test_every_status_can_be_lit_in_colors_of_its_own(of):
    for status in TABLES[of]:
        fills = [rect.get("fill") for rect in drawn(of, status).iter(f"{SVG}rect")]
        assert len([fill for fill in fills if fill != "var(--tr-card)"]) == 1


@BOTH
def test_boxes_are_inside_the_drawing_and_do_not_overlap(of):
    found = rects(of)
    assert len(found) == len(TABLES[of])
    assert int(attribute(drawn(of), "width")) <= 700
    for box in found:
        assert 0 <= box["x"] and box["x"] + box["width"] <= int(attribute(drawn(of), "width"))
        assert 0 <= box["y"] and box["y"] + box["height"] <= int(attribute(drawn(of), "height"))
    assert not any(overlap(first, second) for first, second in combinations(found, 2))


def test_longest_path_is_the_upper_row_from_left_to_right():
    names = ["pending", "reserved", "assigned", "wrapping", "completed", "canceled"]
    places = dict(
        zip([text for text in texts("Task") if text in names], rects("Task"), strict=True)
    )
    assert all(places[a]["x"] < places[b]["x"] for a, b in pairwise(names[:-1]))
    assert len({places[name]["y"] for name in names[:-1]}) == 1
    assert places["canceled"]["y"] > places["pending"]["y"]


@BOTH
def test_notebook_shows_an_image_with_alternative_text(of):
    shown = show_lifecycle(of=of)._repr_mimebundle_()
    assert shown["text/plain"] == statuses_text(of)
    assert unquote(shown["text/html"].partition("svg+xml,")[2]).startswith("<svg")
    assert f'alt="{"; ".join(statuses_text(of).splitlines())}"' in shown["text/html"]
    assert drawn(of).get("role") == "img"
    assert drawn(of).findtext(f"{SVG}title") == f"The statuses of a {of}"
    assert drawn(of).findtext(f"{SVG}desc") == statuses_text(of)


def test_unknown_status_is_refused_with_the_list():
    with pytest.raises(ValueError, match="A Task has no status 'accepted'.*: pending, reserved"):
        show_lifecycle("accepted", of="Task")
    with pytest.raises(ValueError, match="A Reservation has no status 3"):
        show_lifecycle(3, of="Reservation")


@pytest.mark.parametrize("of", ["task", "Worker", ""])
def test_another_of_is_refused_with_the_two_that_exist(of):
    with pytest.raises(ValueError, match='Use of="Task" or of="Reservation"'):
        show_lifecycle(of=of)


def test_taskrouter_refuses_to_set_what_is_drawn_dashed(prepared):
    lab = prepared("task waiting")
    lab.workspace.workers(lab.alice_sid).update(activity_sid=lab.idle_sid)
    task = lab.workspace.tasks(lab.task_sid)
    [reservation] = task.reservations.list()

    def refused(resource, **status):
        with pytest.raises(TwilioRestException) as error:
            resource.update(**status)
        return "cannot be set: only" in error.value.msg

    assert all(refused(task, assignment_status=status) for status in set(TASK) - TASK_SETTABLE)
    # The other statuses can be set or, in the Task's status now, are refused for another reason.
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
    assert {each.assignment_status for each in done} == TASK_SETTABLE
