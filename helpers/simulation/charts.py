"""Charts of a day, each with a text alternative that gives its numbers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil
from typing import cast

import pandas as pd

from helpers.display.line_chart import Axis, Line, line_chart
from helpers.display.svg import Picture
from helpers.simulation.customers import HOUR, Customer

_HALF_HOUR = 0.5  # hours
_MOST_MINUTES = 15


def demand(customers: Sequence[Customer]) -> Picture:
    """How many customers arrive in each half hour, a line for each language."""
    first = min(customer.arrives for customer in customers) // HOUR
    last = ceil((max(customer.arrives for customer in customers) + 1) / HOUR)
    halves = range(round(first / _HALF_HOUR), round(last / _HALF_HOUR))
    counted = Counter((c.language, int(c.arrives / HOUR / _HALF_HOUR)) for c in customers)
    lines, texts = [], []
    for language in sorted({customer.language for customer in customers}):
        counts = [counted[language, half] for half in halves]
        steps = zip(halves, counts, strict=True)
        ends = [((half + end) * _HALF_HOUR, count) for half, count in steps for end in (0, 1)]
        lines.append(Line(f"{language}: {sum(counts)} customers", ends))
        texts.append(f"{language}: {' '.join(map(str, counts))}.")
    title = "Customers who arrive in each half hour"
    most = max(counted.values())
    svg = line_chart(title, lines, _hour_axis(first, last), _number_axis("customers", most))
    return Picture(svg, f"{title}, from {first}:00 to {last}:00. {' '.join(texts)}")


def waiting(rows: pd.DataFrame) -> Picture:
    """How long customers waited until they were served or gave up.

    A line for each plan and Workflow in `rows`, which is what `outcomes` returns: the share of
    customers who waited at most so many minutes.
    """
    lines, texts = [], []
    for name, group in _by_scenario(rows):
        shares = group["waited"].value_counts(normalize=True).sort_index().cumsum()
        points = zip(shares.index.tolist(), shares.tolist(), strict=True)
        steps = _steps([(seconds / 60, share) for seconds, share in points])
        lines.append(Line(name, list(steps)))
        median, p90 = (group["waited"].quantile([0.5, 0.9]) / 60).round(1)
        texts.append(f"{name}: half waited at most {median} minutes, 9 of 10 at most {p90}.")
    title = "How many customers waited no longer than this"
    marks = [(percent / 100, f"{percent} %") for percent in (0, 25, 50, 75, 90, 100)]
    minutes = Axis("minutes waited", [(m, str(m)) for m in range(0, _MOST_MINUTES + 1, 3)])
    svg = line_chart(title, lines, minutes, Axis("share of customers", marks))
    return Picture(svg, f"{title}. {' '.join(texts)}")


def through_the_day(rows: pd.DataFrame) -> Picture:
    """The mean wait of the customers who arrived in each hour.

    A line for each plan and Workflow in `rows`, which is what `outcomes` returns.
    """
    hours = rows["arrived"].astype(int).tolist()
    first, last = min(hours), max(hours) + 1
    lines, texts = [], []
    for name, group in _by_scenario(rows):
        minutes = group["waited"] / 60
        means = pd.Series(minutes.groupby(group["arrived"].astype(int)).mean())
        points = zip(means.index.tolist(), means.tolist(), strict=True)
        lines.append(Line(name, [(hour + 0.5, mean) for hour, mean in points]))
        texts.append(f"{name}: {', '.join(f'{h}:00 {m}' for h, m in means.round(1).items())}.")
    title = "Mean wait in minutes, by hour of arrival"
    most = max(up for line in lines for _, up in line.points)
    svg = line_chart(title, lines, _hour_axis(first, last), _number_axis("minutes waited", most))
    return Picture(svg, f"{title}. {' '.join(texts)}")


def _by_scenario(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for names, group in rows.groupby(["plan", "workflow"], sort=False):
        yield ", ".join(cast(tuple[str, str], names)), group


def _steps(points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Add the corners of a step at each point, from 0 to the right edge."""
    level = 0.0
    yield 0.0, 0.0
    for across, up in points:
        yield across, level
        yield across, up
        level = up
    yield float(_MOST_MINUTES), level


def _hour_axis(first: int, last: int) -> Axis:
    return Axis("time of day", [(hour, f"{hour}:00") for hour in range(first, last + 1)])


def _number_axis(name: str, most: float) -> Axis:
    """An axis from 0 to at least `most`, with about five marks."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if most <= 6 * step)
    return Axis(name, [(n, str(n)) for n in range(0, step * max(1, ceil(most / step)) + 1, step)])
