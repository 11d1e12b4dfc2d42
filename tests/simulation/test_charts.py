import re
from xml.etree import ElementTree

import pandas as pd
import pytest

from helpers.display.line_chart import Axis, Line, line_chart
from helpers.simulation import charts
from helpers.simulation.customers import Customer

SVG = "{http://www.w3.org/2000/svg}"
CUSTOMERS = [
    Customer(1, "es", 9 * 3600, 60, 60),
    Customer(2, "en", 9 * 3600 + 30, 60, 60),
    Customer(3, "en", 9 * 3600 + 1800, 60, 60),
    Customer(4, "en", 9 * 3600 + 3570, 60, 60),
]
ROWS = pd.DataFrame(
    [
        ["A", "x", 9.0, 0],
        ["A", "x", 9.5, 60],
        ["A", "x", 11.2, 120],
        ["A", "x", 11.9, 300],
        ["B", "x", 9.0, 30],
    ],
    columns=["plan", "workflow", "arrived", "waited"],
)


def points(svg: str) -> list[list[tuple[float, float]]]:
    """What each line was drawn through, in pixels."""
    found = ElementTree.fromstring(svg).iter(f"{SVG}polyline")
    return [
        [tuple(map(float, pair.split(","))) for pair in line.get("points").split()]
        for line in found
    ]


def texts(svg: str) -> list[str]:
    return [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_chart_draws_values_where_its_axes_have_them():
    x, y = Axis("hours", [(0, "0"), (10, "10")]), Axis("minutes", [(0, "0"), (4, "4")])
    svg = line_chart("Title", [Line("one", [(0, 0), (5, 4), (10, 2)])], x, y)

    [[left, middle, right]] = points(svg)
    assert middle[0] == pytest.approx((left[0] + right[0]) / 2)
    assert right[1] == pytest.approx((left[1] + middle[1]) / 2)
    assert left[1] > middle[1], "up is less in SVG"
    marks = {
        element.text: float(element.get("x"))
        for element in ElementTree.fromstring(svg).iter(f"{SVG}text")
        if element.get("text-anchor") == "middle" and element.get("x")
    }
    assert marks == {"0": left[0], "10": right[0]}


def test_what_is_beyond_an_axis_is_drawn_at_its_end():
    axis = Axis("", [(0, "0"), (1, "1")])
    [[low, high]] = points(line_chart("", [Line("", [(-1, -1), (2, 2)])], axis, axis))
    [[start, end]] = points(line_chart("", [Line("", [(0, 0), (1, 1)])], axis, axis))
    assert (low, high) == (start, end)


def test_lines_differ_by_more_than_colour_and_have_their_names():
    axis = Axis("", [(0, "0"), (1, "1")])
    lines = [Line(name, [(0, 0), (1, 1)]) for name in ("a", "<b>", "c", "d")]
    svg = line_chart("Title", lines, axis, axis)
    drawn = list(ElementTree.fromstring(svg).iter(f"{SVG}polyline"))
    assert len({line.get("stroke-dasharray") for line in drawn}) == 4
    assert {"Title", "a", "<b>", "c", "d"} <= set(texts(svg))
    assert ElementTree.fromstring(svg).find(f"{SVG}title").text == "Title"


def test_demand_counts_each_half_hour():
    picture = charts.demand(CUSTOMERS)
    assert picture.text == (
        "Customers who come in each half hour, from 9:00 to 10:00. en: 1 2. es: 1 0."
    )
    assert {"en: 3 customers", "es: 1 customers", "9:00", "10:00"} <= set(texts(picture.svg))


def test_waiting_tells_the_percentiles_and_climbs_to_everybody():
    picture = charts.waiting(ROWS)
    assert "A, x: half of them at most 1.5 minutes, 9 of 10 4.1." in picture.text
    assert "B, x: half of them at most 0.5 minutes, 9 of 10 0.5." in picture.text
    first, _ = points(picture.svg)
    heights = [up for _, up in first]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 5, "0, 25, 50, 75 and 100 percent"


def test_through_the_day_tells_the_mean_of_each_hour_that_has_customers():
    picture = charts.through_the_day(ROWS)
    assert "A, x: 9:00 0.5, 11:00 3.5." in picture.text
    assert "B, x: 9:00 0.5." in picture.text
    assert [len(line) for line in points(picture.svg)] == [2, 1]


@pytest.mark.parametrize(
    "picture", [charts.demand(CUSTOMERS), charts.waiting(ROWS), charts.through_the_day(ROWS)]
)
def test_a_picture_is_small_and_has_its_text_beside_it(picture):
    shown = picture._repr_mimebundle_()
    assert len(shown["text/html"]) < 20_000
    assert shown["text/plain"] == picture.text
    [alternative] = re.findall(r'<img [^>]*alt="([^"]+)"', shown["text/html"])
    assert alternative == picture.text
