from xml.etree import ElementTree

import pytest
from svg_parts import SVG, attribute, polylines, texts

from helpers.display.line_chart import Axis, Line, line_chart

AXIS = Axis("", [(0, "0"), (1, "1")])


def test_points_are_drawn_where_the_axes_have_their_values():
    x, y = Axis("hours", [(0, "0"), (10, "10")]), Axis("minutes", [(0, "0"), (4, "4")])
    svg = line_chart("Title", [Line("one", [(0, 0), (5, 4), (10, 2)])], x, y)

    [[left, middle, right]] = polylines(svg)
    assert middle[0] == pytest.approx((left[0] + right[0]) / 2)
    assert right[1] == pytest.approx((left[1] + middle[1]) / 2)
    assert left[1] > middle[1], "y grows downwards in SVG"
    marks = {
        element.text: float(attribute(element, "x"))
        for element in ElementTree.fromstring(svg).iter(f"{SVG}text")
        if element.get("text-anchor") == "middle" and element.get("x")
    }
    assert marks == {"0": left[0], "10": right[0]}


def test_point_beyond_an_axis_is_drawn_at_its_end():
    beyond = polylines(line_chart("", [Line("", [(-1, -1), (2, 2)])], AXIS, AXIS))
    assert beyond == polylines(line_chart("", [Line("", [(0, 0), (1, 1)])], AXIS, AXIS))


def test_lines_have_names_and_differ_by_more_than_color():
    lines = [Line(name, [(0, 0), (1, 1)]) for name in ("a", "<b>", "c", "d")]
    svg = line_chart("Title", lines, AXIS, AXIS)
    drawn = list(ElementTree.fromstring(svg).iter(f"{SVG}polyline"))
    assert len({line.get("stroke-dasharray") for line in drawn}) == 4
    assert {"Title", "a", "<b>", "c", "d"} <= set(texts(svg))
    assert ElementTree.fromstring(svg).findtext(f"{SVG}title") == "Title"
