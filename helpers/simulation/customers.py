"""A day's customers, drawn from a seed: the same seed gives the same customers, on any machine.

Only `random.Random.random` is used, the one sequence that Python promises to keep
(https://docs.python.org/3/library/random.html#notes-on-reproducibility).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log
from random import Random

TICK = 30
"""The simulation's time step in seconds: every time of a day is a multiple of it."""
HOUR = 3600


@dataclass(frozen=True)
class Customer:
    """One customer. All times are in seconds.

    `arrives` counts from midnight. `patience` is how long the customer waits before giving up,
    `handling` how long the conversation takes.
    """

    number: int
    language: str
    arrives: int
    patience: int
    handling: int


def draw_customers(
    rates: Mapping[str, Mapping[float, float]],
    closes: float,
    seed: int,
    patience: float = 12.0,
    handling: float = 4.0,
) -> list[Customer]:
    """Draw a day's customers, in order of arrival.

    `rates` maps each language to arrival rates: `{"en": {9: 20, 12.5: 30}}` means 20 customers an
    hour from 9:00 and 30 from 12:30. No customer arrives before the first of these hours, or at or
    after `closes`. Arrivals are a Poisson process with this changing rate, drawn by thinning (Lewis
    and Shedler 1979). `patience` is the mean of an exponential distribution, `handling` the mean of
    an Erlang distribution of two phases; both are in minutes.

    Raises ValueError for rates that are negative or all zero, and for a mean that is not positive.
    """
    if not (patience > 0 and handling > 0):
        raise ValueError(
            f"patience is {patience} and handling {handling}. Give both in minutes, more than 0."
        )
    drawn = []
    for language, steps in rates.items():
        random = Random(f"{seed} {language}")  # another language leaves this one's customers alone
        _require_rates(language, steps)
        for arrives in _arrivals(random, steps, closes):
            waits = _exponential(random, 60 * patience)
            talks = sum(_exponential(random, 30 * handling) for _ in range(2))
            drawn.append((_rounded(arrives), language, _rounded(waits), _rounded(talks)))
    drawn.sort()
    return [
        Customer(number, language, arrives, max(TICK, waits), max(TICK, talks))
        for number, (arrives, language, waits, talks) in enumerate(drawn, start=1)
    ]


def _require_rates(language: str, steps: Mapping[float, float]) -> None:
    if not steps or any(rate < 0 for rate in steps.values()) or not any(steps.values()):
        raise ValueError(
            f"The rates of {language!r} are {steps}. Give customers per hour, by the hour they "
            "begin at, as in {9: 20, 12: 30}."
        )


def _arrivals(random: Random, steps: Mapping[float, float], closes: float) -> Iterator[float]:
    """Thin arrivals at the highest rate: keep each with the probability `rate / highest`."""
    highest = max(steps.values())
    latest_first = sorted(steps.items(), reverse=True)
    now = min(steps) * HOUR
    while (now := now + _exponential(random, HOUR / highest)) < closes * HOUR:
        rate = next(rate for hour, rate in latest_first if hour * HOUR <= now)
        if random.random() * highest < rate:
            yield now


def _exponential(random: Random, mean: float) -> float:
    return -mean * log(1.0 - random.random())


def _rounded(seconds: float) -> int:
    return TICK * round(seconds / TICK)
