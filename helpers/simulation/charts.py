"""Charts of a day, each with a text alternative that gives its numbers."""

from collections.abc import Iterator, Sequence
from typing import cast

import pandas as pd
from matplotlib.ticker import MaxNLocator

from helpers.display.plot import Plot
from helpers.simulation.customers import HOUR, Customer

_HALF_HOUR = 0.5  # hours
_MOST_MINUTES = 15
_COLORS, _DASHES = ("C0", "C1", "C2", "C3", "C4"), ("-", "--", ":", "-.")


def demand(customers: Sequence[Customer]) -> Plot:
    """How many customers arrive in each half hour, a line for each language.

    `numbers` has a row for each half hour, by its start in hours (9.0, 9.5), and the end of the
    last one.
    """
    hours = [customer.arrives / HOUR for customer in customers]
    first, last = int(min(hours)), int(max(hours)) + 1
    halves = pd.Series([hour // _HALF_HOUR * _HALF_HOUR for hour in hours])
    counts = pd.crosstab(halves, pd.Series([customer.language for customer in customers]))
    counts = counts.reindex(
        [half * _HALF_HOUR for half in range(2 * first, 2 * last)], fill_value=0
    )
    texts = [f"{language}: {' '.join(map(str, counts[language]))}." for language in counts]
    title = "Customers who arrive in each half hour"
    text = f"{title}, from {first}:00 to {last}:00. {' '.join(texts)}"
    counts.columns = [f"{language}: {counts[language].sum()} customers" for language in counts]
    counts.loc[last] = counts.iloc[-1]
    plot = Plot(counts, text, _DASHES, title=title, ylabel="customers", drawstyle="steps-post")
    plot.axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return _mark_hours(plot, first, last)


def waiting(rows: pd.DataFrame) -> Plot:
    """How long customers waited until they were served or gave up.

    A line for each plan and Workflow in `rows`, which is what `outcomes` returns: the share of
    customers who waited at most so many minutes, which are the index of `numbers`.
    """
    shares, texts = {}, []
    for name, group in _by_scenario(rows):
        minutes = group["waited"] / 60
        shares[name] = minutes.value_counts(normalize=True).sort_index().cumsum()
        median, p90 = minutes.quantile([0.5, 0.9]).round(1)
        texts.append(f"{name}: half waited at most {median} minutes, 9 of 10 at most {p90}.")
    numbers = pd.DataFrame(shares)
    numbers = numbers.reindex(numbers.index.union([0, _MOST_MINUTES])).ffill().fillna(0)
    title = "How many customers waited no longer than this"
    text = f"{title}. {' '.join(texts)}"
    plot = Plot(
        numbers,
        text,
        _styles(rows),
        title=title,
        xlabel="minutes waited",
        ylabel="share of customers",
        drawstyle="steps-post",
    )
    plot.axes.set_xlim(0, _MOST_MINUTES)
    plot.axes.set_yticks(
        [0, 0.25, 0.5, 0.75, 0.9, 1], ["0 %", "25 %", "50 %", "75 %", "90 %", "100 %"]
    )
    return plot


def through_the_day(rows: pd.DataFrame) -> Plot:
    """The mean wait in minutes of the customers who arrived in each hour.

    A line for each plan and Workflow in `rows`, which is what `outcomes` returns. The index of
    `numbers` is the middle of the hour (9.5).
    """
    means, texts = {}, []
    for name, group in _by_scenario(rows):
        minutes, hours = group["waited"] / 60, group["arrived"].astype(int)
        means[name] = pd.Series(minutes.groupby(hours).mean())
        texts.append(
            f"{name}: {', '.join(f'{h}:00 {m}' for h, m in means[name].round(1).items())}."
        )
    numbers = pd.DataFrame(means)
    hours = numbers.index.tolist()
    numbers.index = numbers.index + _HALF_HOUR
    title = "Mean wait in minutes, by hour of arrival"
    text = f"{title}. {' '.join(texts)}"
    plot = Plot(numbers, text, _styles(rows), title=title, ylabel="minutes waited", marker="o")
    return _mark_hours(plot, min(hours), max(hours) + 1)


def _by_scenario(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for names, group in rows.groupby(["plan", "workflow"], sort=False):
        yield ", ".join(cast(tuple[str, str], names)), group


def _styles(rows: pd.DataFrame) -> list[str]:
    """For each plan and Workflow in `rows` a style: a color for each plan, dashes for each Workflow."""
    plans, workflows = list(rows["plan"].unique()), list(rows["workflow"].unique())
    pairs = rows[["plan", "workflow"]].drop_duplicates().itertuples(index=False)
    return [
        f"{_COLORS[plans.index(plan) % 5]}{_DASHES[workflows.index(workflow) % 4]}"
        for plan, workflow in pairs
    ]


def _mark_hours(plot: Plot, first: int, last: int) -> Plot:
    hours = range(first, last + 1)
    plot.axes.set_xlim(first, last)
    plot.axes.set_xticks(hours, [f"{hour}:00" for hour in hours])
    plot.axes.set_xlabel("time of day")
    plot.axes.set_ylim(bottom=0)
    return plot
