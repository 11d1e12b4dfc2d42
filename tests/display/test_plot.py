import re
from xml.etree import ElementTree

import pandas as pd
import pytest
from svg_parts import texts

from helpers.display.plot import Plot
from helpers.display.theme import light_and_dark

NUMBERS = pd.DataFrame({"one": [1, 2], "two": [3, 1]}, index=[9, 10])


@pytest.fixture
def plot():
    return Plot(NUMBERS, "one: 1 2. two: 3 1.", ["-", "--"], title="Both")


def test_numbers_are_the_lines_of_matplotlib(plot):
    first, second = plot.axes.get_lines()
    assert list(first.get_xdata()) == [9, 10]
    assert (list(first.get_ydata()), list(second.get_ydata())) == ([1, 2], [3, 1])
    assert {"one", "two", "Both"} <= set(texts(plot.svg))
    assert plot.numbers is NUMBERS


def test_lines_differ_by_more_than_color(plot):
    first, second = plot.axes.get_lines()
    assert first.get_linestyle() != second.get_linestyle()
    assert first.get_color() != second.get_color()


def test_output_is_an_image_with_its_text_as_alternative(plot):
    shown = plot._repr_mimebundle_()
    assert shown["text/plain"] == repr(plot) == "one: 1 2. two: 3 1."
    assert '<img class="taskrouter-plot" alt="one: 1 2. two: 3 1."' in shown["text/html"]
    assert "filter" not in shown["text/html"]


def test_every_color_has_one_for_light_and_one_for_dark_pages(plot):
    ElementTree.fromstring(plot.svg)
    [style] = re.findall("<style>(:root.*?)</style>", plot.svg)
    drawn = plot.svg.replace(style, "")
    for number, line in enumerate(plot.axes.get_lines(), start=1):
        light, dark = light_and_dark(f"plot-{number}")
        assert line.get_color() == light != dark
        assert f"--tr-plot-{number}:light-dark({light},{dark})" in style
        assert f"var(--tr-plot-{number})" in drawn
    assert set(re.findall("#[0-9a-f]{6}", drawn)) == set()


def test_change_of_the_axes_is_shown(plot):
    plot.axes.set_title("Another")
    assert "Another" in texts(plot.svg)


def test_drawing_is_the_same_each_time(plot):
    again = Plot(NUMBERS, "one: 1 2. two: 3 1.", ["-", "--"], title="Both")
    assert plot.svg == again.svg
