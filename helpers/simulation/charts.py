"""Plots of a day, each with a text alternative that tells its numbers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil

import pandas as pd

from helpers.display.line_chart import Axis, Line, line_chart
from helpers.display.svg import Picture
from helpers.simulation.customers import HOUR, Customer

_STEP = 0.5
_MOST_MINUTES = 15


def demand(customers: Sequence[Customer]) -> Picture:
    """How many customers come in each half hour, a line for each language."""
    first = min(customer.arrives for customer in customers) // HOUR
    last = ceil((max(customer.arrives for customer in customers) + 1) / HOUR)
    halves = range(round(first / _STEP), round(last / _STEP))
    counted = Counter((c.language, int(c.arrives / HOUR / _STEP)) for c in customers)
    lines, told = [], []
    for language in sorted({customer.language for customer in customers}):
        counts = [counted[language, half] for half in halves]
        steps = zip(halves, counts, strict=True)
        ends = [((half + end) * _STEP, count) for half, count in steps for end in (0, 1)]
        lines.append(Line(f"{language}: {sum(counts)} customers", ends))
        told.append(f"{language}: {' '.join(map(str, counts))}.")
    title = "Customers who come in each half hour"
    most = max(counted.values())
    svg = line_chart(title, lines, _hours(first, last), _numbers("customers", most))
    return Picture(svg, f"{title}, from {first}:00 to {last}:00. {' '.join(told)}")


def waiting(rows: pd.DataFrame) -> Picture:
    """How long customers waited: for each plan and Workflow of `outcomes`, the share that waited at
    most so many minutes, until they were served or gave up.
    """
    lines, told = [], []
    for name, group in _by_scenario(rows):
        shares = group["waited"].value_counts(normalize=True).sort_index().cumsum()
        steps = _steps([(seconds / 60, share) for seconds, share in shares.items()])
        lines.append(Line(name, list(steps)))
        half, nine = (group["waited"].quantile([0.5, 0.9]) / 60).round(1)
        told.append(f"{name}: half of them at most {half} minutes, 9 of 10 {nine}.")
    title = "How many customers waited no longer than this"
    marks = [(percent / 100, f"{percent} %") for percent in (0, 25, 50, 75, 90, 100)]
    minutes = Axis("minutes waited", [(m, str(m)) for m in range(0, _MOST_MINUTES + 1, 3)])
    svg = line_chart(title, lines, minutes, Axis("share of customers", marks))
    return Picture(svg, f"{title}. {' '.join(told)}")


def through_the_day(rows: pd.DataFrame) -> Picture:
    """The mean wait of those who came in each hour, for each plan and Workflow of `outcomes`."""
    first, last = int(rows["arrived"].min()), int(rows["arrived"].max()) + 1
    lines, told = [], []
    for name, group in _by_scenario(rows):
        means = (group["waited"] / 60).groupby(group["arrived"].astype(int)).mean()
        lines.append(Line(name, [(hour + 0.5, mean) for hour, mean in means.items()]))
        told.append(f"{name}: {', '.join(f'{h}:00 {m}' for h, m in means.round(1).items())}.")
    title = "Minutes waited by those who came in each hour, mean"
    most = max(up for line in lines for _, up in line.points)
    svg = line_chart(title, lines, _hours(first, last), _numbers("minutes waited", most))
    return Picture(svg, f"{title}. {' '.join(told)}")


def _by_scenario(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for (plan, workflow), group in rows.groupby(["plan", "workflow"], sort=False):
        yield f"{plan}, {workflow}", group


def _steps(points: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """A step up at each point, from 0 to the right edge."""
    level = 0.0
    yield 0.0, 0.0
    for across, up in points:
        yield across, level
        yield across, up
        level = up
    yield float(_MOST_MINUTES), level


def _hours(first: int, last: int) -> Axis:
    return Axis("time of day", [(hour, f"{hour}:00") for hour in range(first, last + 1)])


def _numbers(name: str, most: float) -> Axis:
    """From 0 to at least `most`, in about five steps."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if most <= 6 * step)
    return Axis(name, [(n, str(n)) for n in range(0, step * max(1, ceil(most / step)) + 1, step)])
