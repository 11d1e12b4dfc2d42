import re
from math import isnan

import pandas as pd
import pytest
from svg_parts import texts

from helpers.simulation import charts
from helpers.simulation.customers import Customer

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


def lines_of(plot) -> list[list[tuple[float, float]]]:
    return [
        [(x, y) for x, y in line.get_xydata().tolist() if not isnan(y)]
        for line in plot.axes.get_lines()
    ]


def test_demand_counts_customers_in_each_half_hour():
    plot = charts.demand(CUSTOMERS)
    assert plot.text == (
        "Customers who arrive in each half hour, from 9:00 to 10:00. en: 1 2. es: 1 0."
    )
    assert lines_of(plot) == [[(9, 1), (9.5, 2), (10, 2)], [(9, 1), (9.5, 0), (10, 0)]]
    assert {"en: 3 customers", "es: 1 customers", "9:00", "10:00"} <= set(texts(plot.svg))


def test_demand_has_half_hours_without_customers():
    plot = charts.demand([*CUSTOMERS, Customer(5, "en", 12 * 3600, 60, 60)])
    assert plot.text.endswith("9:00 to 13:00. en: 1 2 0 0 0 0 1 0. es: 1 0 0 0 0 0 0 0.")


def test_waiting_gives_percentiles_and_rises_to_all_customers():
    plot = charts.waiting(ROWS)
    assert "A, x: half waited at most 1.5 minutes, 9 of 10 at most 4.1." in plot.text
    assert "B, x: half waited at most 0.5 minutes, 9 of 10 at most 0.5." in plot.text
    first, second = lines_of(plot)
    assert first == [(0, 0.25), (0.5, 0.25), (1, 0.5), (2, 0.75), (5, 1), (15, 1)]
    assert second == [(0, 0), (0.5, 1), (1, 1), (2, 1), (5, 1), (15, 1)]


def test_wait_beyond_the_axis_keeps_the_share_below_one():
    late = pd.concat([ROWS, pd.DataFrame([["A", "x", 9.0, 1800]], columns=ROWS.columns)])
    first, _ = lines_of(charts.waiting(late))
    assert first[-3:] == [(5, 0.8), (15, 0.8), (30, 1)]


def test_through_the_day_gives_the_mean_of_each_hour_with_customers():
    plot = charts.through_the_day(ROWS)
    assert "A, x: 9:00 0.5, 11:00 3.5." in plot.text
    assert "B, x: 9:00 0.5." in plot.text
    assert lines_of(plot) == [[(9.5, 0.5), (11.5, 3.5)], [(9.5, 0.5)]]


def test_plans_differ_in_color_and_workflows_in_dashes():
    both = pd.concat([ROWS, ROWS.assign(workflow="y")])
    found = {
        line.get_label(): (line.get_color(), line.get_linestyle())
        for line in charts.waiting(both).axes.get_lines()
    }
    assert found["A, x"][0] == found["A, y"][0] != found["B, x"][0] == found["B, y"][0]
    assert found["A, x"][1] == found["B, x"][1] != found["A, y"][1] == found["B, y"][1]


@pytest.mark.parametrize("chart", [charts.waiting, charts.through_the_day])
def test_chart_is_small_and_has_its_text_as_alternative(chart):
    plot = chart(ROWS)
    shown = plot._repr_mimebundle_()
    assert len(shown["text/html"]) < 45_000
    [alternative] = re.findall(r'<img [^>]*alt="([^"]+)"', shown["text/html"])
    assert alternative == shown["text/plain"] == plot.text
