import re

import pandas as pd
import pytest
from svg_parts import polylines, texts

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


def test_demand_counts_customers_in_each_half_hour():
    picture = charts.demand(CUSTOMERS)
    assert picture.text == (
        "Customers who arrive in each half hour, from 9:00 to 10:00. en: 1 2. es: 1 0."
    )
    assert {"en: 3 customers", "es: 1 customers", "9:00", "10:00"} <= set(texts(picture.svg))


def test_waiting_gives_percentiles_and_rises_to_all_customers():
    picture = charts.waiting(ROWS)
    assert "A, x: half waited at most 1.5 minutes, 9 of 10 at most 4.1." in picture.text
    assert "B, x: half waited at most 0.5 minutes, 9 of 10 at most 0.5." in picture.text
    first, _ = polylines(picture.svg)
    heights = [y for _, y in first]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 5, "0, 25, 50, 75 and 100 percent"


def test_through_the_day_gives_the_mean_of_each_hour_with_customers():
    picture = charts.through_the_day(ROWS)
    assert "A, x: 9:00 0.5, 11:00 3.5." in picture.text
    assert "B, x: 9:00 0.5." in picture.text
    assert [len(line) for line in polylines(picture.svg)] == [2, 1]


@pytest.mark.parametrize(
    "picture", [charts.demand(CUSTOMERS), charts.waiting(ROWS), charts.through_the_day(ROWS)]
)
def test_chart_is_small_and_has_its_text_as_alternative(picture):
    shown = picture._repr_mimebundle_()
    assert len(shown["text/html"]) < 20_000
    assert shown["text/plain"] == picture.text
    [alternative] = re.findall(r'<img [^>]*alt="([^"]+)"', shown["text/html"])
    assert alternative == picture.text
